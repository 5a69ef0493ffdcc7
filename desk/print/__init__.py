"""The official papers as PDF files, and files held against the register."""
