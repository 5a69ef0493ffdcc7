"""Amounts: the six lines of the information form, interest, rates, months paid twice."""
