"""The web desk: what officers see and do in a browser."""
