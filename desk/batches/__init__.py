"""Many things handed in at once: a row of a file each, and each row answered."""
