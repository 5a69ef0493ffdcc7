"""The commands of `starter.py`, one module per group."""
