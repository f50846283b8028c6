"""Settings of the tests: examples are the same in every run, and not timed."""

from hypothesis import settings

settings.register_profile("dedup", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("dedup")
