"""What crosses the engine is encrypted: keys, the codec, and the server that reads for desks."""
