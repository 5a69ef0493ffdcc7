"""The durable engine: how to reach it, how to prepare it, and one to carry along for a laptop."""
