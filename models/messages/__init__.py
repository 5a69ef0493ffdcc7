"""Papers, requests and results: the pydantic models that cross the wire."""
