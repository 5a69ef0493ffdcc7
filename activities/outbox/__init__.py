"""Sending what the outbox of a store holds, and answering what became of it."""
