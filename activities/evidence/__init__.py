"""Files of evidence at the bureau that keeps them."""
