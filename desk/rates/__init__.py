"""The publication of a yearly interest rate, by two officers."""
