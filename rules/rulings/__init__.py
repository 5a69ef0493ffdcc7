"""The province's rulings and what keeps one from being carried out; amended forms; reconciliation."""
