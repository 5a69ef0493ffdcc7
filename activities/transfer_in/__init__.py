"""Activities of the transfer-in bureau."""
