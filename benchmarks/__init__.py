"""Benchmarks, each compared with a plain loop or another system that does the same."""
