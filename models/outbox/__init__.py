"""Messages sent outside: what is to be sent to whom, and how the province has arranged it."""
