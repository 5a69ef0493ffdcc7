"""What a bureau does about its officers: it vouches for what they hand in, and keeps its roster."""
