"""Measures what dedup finds, and how fast, against labelled corpora and other programs."""
