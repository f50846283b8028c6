"""Finds copies, syndicated versions and rewrites of texts, says who wrote from whom, and shows the passages."""

from __future__ import annotations

from dedup.version import __version__

__all__ = [
    "Alignment",
    "Comparison",
    "DedupError",
    "Document",
    "Evidence",
    "Family",
    "Index",
    "Match",
    "MinHasher",
    "Near",
    "Origin",
    "PairStory",
    "Passage",
    "PassageKind",
    "Relation",
    "Settings",
    "ShingleSamples",
    "Skipped",
    "Statistics",
    "TextBatch",
    "Tuning",
    "__version__",
    "align",
    "compare",
    "compare_pair",
    "explain",
    "explain_pair",
    "read_documents",
    "tune",
]

_HOMES = {
    "alignment": ("Alignment", "Passage", "PassageKind", "align"),
    "documents": ("Document", "TextBatch"),
    "comparison": ("Comparison",),
    "engine": ("compare", "compare_pair", "explain_pair"),
    "errors": ("DedupError", "Skipped"),
    "evidence": ("Evidence",),
    "index": ("Index", "Near"),
    "explaining": ("explain",),
    "explanation": ("PairStory",),
    "matches": ("Family", "Match", "Origin", "Relation"),
    "readers": ("read_documents",),
    "recall": ("Tuning",),
    "settings": ("Settings",),
    "sketch": ("MinHasher", "ShingleSamples"),
    "statistics": ("Statistics",),
    "tuning": ("tune",),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``import dedup`` itself stays light (PEP 562)."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"dedup.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'dedup' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
