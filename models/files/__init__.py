"""Files that people hand in, read into models with every problem at once."""
