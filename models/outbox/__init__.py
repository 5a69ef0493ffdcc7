"""Word that leaves the house: what is to be sent to whom, and how the province has arranged it."""
