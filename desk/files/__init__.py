"""Files and typed values that people hand to commands."""
