"""Sends the messages in a store's outbox, and answers what became of them."""
