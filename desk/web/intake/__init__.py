"""Applications accepted at the counter: one by its fields, or many from a file."""
