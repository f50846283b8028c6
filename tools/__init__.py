"""Scripts that make what is shipped, and check it."""
