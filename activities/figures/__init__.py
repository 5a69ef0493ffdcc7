"""Counting a month from a bureau's store."""
