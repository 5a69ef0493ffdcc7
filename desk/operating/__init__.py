"""What operators of the platform do to cases at the engine."""
