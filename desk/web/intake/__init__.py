"""What comes in at a browser for a new case, or from a file for many."""
