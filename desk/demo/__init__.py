"""`starter.py demo`: its cases, its course and its display."""
