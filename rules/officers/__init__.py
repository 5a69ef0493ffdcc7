"""Rules about officers: what a role gives the right to, and which duties one person may not hold together."""
