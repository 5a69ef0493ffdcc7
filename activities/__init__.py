"""The steps: one effect each, safe to repeat, one class per subject."""
