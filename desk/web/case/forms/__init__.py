"""The form of each action of staff in a browser."""
