"""What the insured person is told of their case, in plain words."""
