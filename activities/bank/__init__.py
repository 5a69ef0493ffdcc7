"""Activities on the bank's statement and on receipts that belong to no case."""
