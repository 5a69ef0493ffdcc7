"""Doing again what a bureau's store has lost."""
