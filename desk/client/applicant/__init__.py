"""What the insured person is told about their case, in plain words."""
