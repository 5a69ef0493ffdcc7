"""Files and typed values that people give to commands and pages."""
