"""How a person and a bureau can be reached and paid, as the official papers print it."""
