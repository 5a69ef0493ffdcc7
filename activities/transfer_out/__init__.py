"""Activities of the transfer-out bureau."""
