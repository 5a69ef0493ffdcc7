"""What a case, a worklist, a journal and the clocks say to a reader, whatever shows it."""
