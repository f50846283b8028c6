"""Reading a report of the speed benchmark: which of its times stand in tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["spread", "times"]


def times(row: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Summaries by stage, and ``total``: processor time on one thread, which other programs disturb least.

    On several threads it is time by the clock. On a quiet machine the two are the same for one thread.
    """
    kind = "processor_" if row["threads"] == 1 else ""
    return {**row[f"{kind}stages"], "total": row[f"{kind}total"]}


def spread(summary: Mapping[str, Any]) -> float:
    """(slowest − fastest) / median.

    >>> spread({"median": 2.0, "least": 1.0, "largest": 4.0})
    1.5
    """
    return float((summary["largest"] - summary["least"]) / summary["median"])
