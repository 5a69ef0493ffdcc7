"""A yearly interest rate on its way: its publication, and what forms that borrowed one are owed."""
