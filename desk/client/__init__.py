"""Questions and requests to the engine, as the commands make them."""
