"""Finds copies, syndicated versions and rewrites of texts, and who wrote from whom."""
