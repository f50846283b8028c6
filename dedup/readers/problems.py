"""What goes wrong on the way, collected in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dedup.errors import Skipped

__all__ = ["Problems"]

_log = logging.getLogger("dedup")


@dataclass(slots=True)
class Problems:
    """Reports what is skipped at once, and dates that are not understood once a file.

    Examples
    --------
    >>> problems = Problems(lambda skipped: print(skipped))
    >>> problems.skip("a.jsonl:3", "not an object")
    a.jsonl:3: not an object
    """

    on_skip: Callable[[Skipped], None]
    dates: int = 0
    bad_dates: int = 0
    first_bad_date: str = ""

    def skip(self, where: str, why: str) -> None:
        """Report an input that is left out."""
        self.on_skip(Skipped(one_line(where), one_line(why)))

    def count_date(self) -> None:
        """Count a document that came with a date, understood or not."""
        self.dates += 1

    def count_bad_date(self, where: str, value: Any) -> None:
        """Count a date that was not understood; the document is kept."""
        self.bad_dates += 1
        if self.bad_dates == 1:
            self.first_bad_date = f"{where}, {str(value)[:60]!r}"

    def close(self, where: str) -> None:
        """Warn of the dates not understood since the last call."""
        if self.bad_dates:
            _log.warning(
                "%s: %d of %d dates not understood, the first at %s; these documents are kept without a date",
                *(one_line(where), self.bad_dates, self.dates, one_line(self.first_bad_date)),
            )
        self.dates = self.bad_dates = 0


def one_line(text: str) -> str:
    r"""The text with everything escaped that could break a line or steer a terminal.

    >>> one_line("a\nb\x1b[31m")
    'a\\nb\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
