"""Restores what a store has lost by doing its steps again."""
