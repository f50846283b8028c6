"""How fast, how exact and how complete sketches and retrieval are."""
