"""Activities of the audit: each bureau examines its own store, the platform compares them."""
