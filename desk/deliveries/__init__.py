"""Proof that what the person is told has reached them."""
