"""A bureau's officers: the bureau vouches for what they hand in, and keeps its roster."""
