"""Officers at the desk: whose key seals a request, and the roster of a bureau."""
