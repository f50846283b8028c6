"""Explaining: what every stage of a comparison found of one pair, and where, and why, it was lost."""

from dedup.explaining.story import explain, tell_story

__all__ = ["explain", "tell_story"]
