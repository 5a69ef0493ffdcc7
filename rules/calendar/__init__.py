"""Working days: published holidays, make-up days, provisional years, paused periods."""
