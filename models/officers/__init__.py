"""Officers as papers: seals, their keys, and the roster of a bureau."""
