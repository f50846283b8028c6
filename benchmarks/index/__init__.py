"""Benchmark of the durable index: adding, asking, opening, and what it takes on disk and in memory."""
