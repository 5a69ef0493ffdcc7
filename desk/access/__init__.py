"""Who may read what crosses the engine, and who has read it."""
