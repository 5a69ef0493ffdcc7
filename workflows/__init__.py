"""The procedure: waiting, order and deadlines; nothing else."""
