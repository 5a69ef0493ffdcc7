"""A month in figures: bureaus side by side, and the whole province."""
