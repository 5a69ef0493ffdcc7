"""`starter.py demo`: its cases, how they proceed, and their display."""
