"""Direction: which of two derived texts was there first, from dates and from the texts themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from dedup.documents import Document
from dedup.evidence import Evidence, Side
from dedup.matches import Match, Origin
from dedup.model import Model

__all__ = ["Direction", "balances", "directed", "doubts", "judge_direction"]

_DATES_APART = 30 * 60.0
_DECIDED = 0.6
_BY_DATE, _BY_DATE_LEAN = 0.95, 3.0
_CONTRADICTED = 0.8
_CREDIT = 4.0


@dataclass(frozen=True, slots=True)
class Direction:
    """What is said of a pair's origin.

    Attributes
    ----------
    origin : Origin
    probability : float
        That the named text is the source; of an undecided pair, of the likelier side.
    lean : float
        Log-odds of the left text against the right one as the source, whether or not that suffices for an answer.
    clarity : float
        How likely one of them is the other's source at all.
    reasons : tuple of str
    """

    origin: Origin
    probability: float
    lean: float
    clarity: float
    reasons: tuple[str, ...]


def judge_direction(evidence: Evidence, left: Document, right: Document, model: Model = Model.shipped()) -> Direction:
    """The origin of a derived pair. Dates that are known and far enough apart outrank what the texts say.

    There are three answers to a pair without dates: left, right, and neither, since both may have been written from a
    third text. An answer is given where it is clearly likelier than the two others. Swapping the pair mirrors it.
    """
    lean, shares = _by_text(evidence, left, right, model)
    likelier, clarity = max(shares), round(sum(shares), 4)
    found = Origin.LEFT if lean > 0.0 else Origin.RIGHT
    by_text = found if lean and likelier >= _DECIDED else Origin.UNDECIDED
    why = _reasons(evidence, left, right, found) if by_text is not Origin.UNDECIDED else ()
    dates = _by_date(left, right)
    if dates is None:
        return Direction(by_text, round(likelier, 4), round(lean, 4), clarity, why)
    by_date, hint = dates
    lean = _BY_DATE_LEAN if by_date is Origin.LEFT else -_BY_DATE_LEAN
    if by_text not in (Origin.UNDECIDED, by_date):
        against = (f"the texts themselves point the other way: {reason}" for reason in why)
        return Direction(by_date, _CONTRADICTED, lean, clarity, (hint, *against))
    return Direction(by_date, _BY_DATE, lean, clarity, (hint,))


def directed(match: Match, left: Document, right: Document) -> Match:
    """A match that other texts have settled, with its origin: by the dates, else as it leans."""
    found, reasons = _by_date(left, right), match.reasons
    if found is not None:
        origin, hint = found
        sure, lean, reasons = _BY_DATE, _BY_DATE_LEAN if origin is Origin.LEFT else -_BY_DATE_LEAN, (*reasons, hint)
    else:
        sure, lean = round(match.clarity / (1.0 + math.exp(-abs(match.lean))), 4), match.lean
        origin = Origin.UNDECIDED if sure < _DECIDED else Origin.LEFT if lean > 0.0 else Origin.RIGHT
    source = {Origin.LEFT: left.id, Origin.RIGHT: right.id}.get(origin)
    return replace(match, origin=origin, source=source, origin_probability=sure, lean=lean, reasons=reasons)


def balances(evidence: Evidence) -> dict[str, float]:
    """What tells the source from the derived text: from −1 to 1, positive where the left side has more.

    A rewrite quotes less, clips what it quotes or tells it in its own words, and drops names from what it takes. A copy
    under another headline or byline was cut where the other goes on; under the same one it was added to.
    """
    a, b = evidence.left, evidence.right
    both, either = sorted(max(0.0, min(1.0, 4.0 * side.containment - 2.4)) for side in (a, b))
    own_head, same_head = _begun(min(a.head, b.head)), 1.0 - _begun(max(a.head, b.head))
    further = _balance(_own_words(a), _own_words(b), 20.0)
    return {
        "quotes": _balance(a.quotes, b.quotes, 0.5),
        "quotations": _balance(a.quotations, b.quotations, 20.0),
        "indirect": _balance(a.indirect, b.indirect, 0.3),
        "quoted": _balance(_quoted(a), _quoted(b), 0.05),
        "extra_names": _balance(a.extra_names, b.extra_names, 2.0),
        "cut": either * own_head * further,
        "added": -both * same_head * further,
    }


def doubts(evidence: Evidence) -> dict[str, float]:
    """What speaks for neither: each side has what the other lacks, or there is hardly a difference."""
    a, b = evidence.left, evidence.right
    return {
        "own_facts": math.log1p(min(a.own_facts, b.own_facts)),
        "new_quotes": min(a.new_quotes, b.new_quotes),
        "extra_facts": math.log1p(min(_extra(a), _extra(b))),
        "containment": max(a.containment, b.containment),
    }


def _quoted(side: Side) -> float:
    """Share of a text that is direct quotation."""
    return side.quotations / max(20, side.tokens)


def _begun(words: int) -> float:
    """How surely so many words in front of the first passage are a headline or byline."""
    return 1.0 / (1.0 + math.exp((3.5 - words) / 0.7))


def _own_words(side: Side) -> float:
    """Words in phrases that the other text lacks."""
    return (1.0 - side.containment) * side.tokens


def _extra(side: Side) -> int:
    return side.extra_names + side.extra_numbers


def _balance(left: float, right: float, little: float) -> float:
    """How much more of something the left side has, small amounts counting little."""
    return (left - right) / (left + right + little)


def _by_text(evidence: Evidence, left: Document, right: Document, model: Model) -> tuple[float, tuple[float, float]]:
    """The lean, and the probabilities of left and right; what is missing to 1 is that of neither."""
    weights = model.parts["direction"]
    half = sum(weights[name] * value for name, value in balances(evidence).items())
    half += _CREDIT / 2.0 * (_credits(right, left) - _credits(left, right))
    neither = weights["intercept"] + sum(weights[name] * value for name, value in doubts(evidence).items())
    for_left, for_right = math.exp(min(30.0, half)), math.exp(min(30.0, -half))
    total = math.exp(min(30.0, neither)) + (for_left + for_right)
    return 2.0 * half, (for_left / total, for_right / total)


def _credits(document: Document, other: Document) -> bool:
    """Whether a text names the other's outlet."""
    outlet = other.outlet
    return bool(outlet and outlet != document.outlet and outlet.casefold() in document.text.casefold())


def _reasons(evidence: Evidence, left: Document, right: Document, origin: Origin) -> tuple[str, ...]:
    source, derived, sign = (left, right, 1.0) if origin is Origin.LEFT else (right, left, -1.0)
    winner, loser = ("left", "right") if origin is Origin.LEFT else ("right", "left")
    more = {name: sign * value for name, value in balances(evidence).items()}
    fewer_facts = sign * _balance(evidence.left.own_facts, evidence.right.own_facts, 3.0)
    told = [
        (_credits(derived, source), f"the {loser} text names the other's outlet"),
        (max(more["quotes"], more["quotations"]) > 0.2, f"the {winner} text quotes more directly"),
        (more["indirect"] > 0.5, f"the {loser} text tells in indirect speech what the {winner} one quotes"),
        (more["cut"] > 0.3, f"the {loser} text reads as the {winner} one cut under a headline or byline of its own"),
        (more["added"] > 0.3, f"the {loser} text has additions under the same headline or byline"),
        (more["extra_names"] > 0.3, f"the {winner} text has names in the shared sentences that the {loser} one lacks"),
        (fewer_facts > 0.5, f"the {loser} text has few names and numbers of its own"),
    ]
    return tuple(reason for true, reason in told if true)


def _by_date(left: Document, right: Document) -> tuple[Origin, str] | None:
    """The earlier text, where both dates are known and far enough apart."""
    apart = (right.date - left.date).total_seconds() if left.date and right.date else 0.0
    if abs(apart) < _DATES_APART:
        return None
    origin = Origin.LEFT if apart > 0 else Origin.RIGHT
    return origin, f"the {origin} text is dated {_span(abs(apart))} earlier"


def _span(seconds: float) -> str:
    for unit, size in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
