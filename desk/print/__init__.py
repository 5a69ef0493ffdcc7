"""The official papers as PDF files, and the verification of printed files against the register."""
