"""What a score does not prove: the statement that stands by every report."""

__all__ = ["LIMITS", "LIMITS_LINE"]

LIMITS_LINE = (
    "Limits: a score says how texts are related, not why. It proves neither intent nor a breach of rights, and what was"
    " not found may still be there. Read the passages before you act."
)
"""In one line."""

LIMITS = (
    "A probability is an estimate, learnt from labelled pairs of other texts. Of ten pairs at 0.9 about one is wrong;"
    " in texts unlike those, more may be.",
    "Derived does not mean copied without leave. Agencies sell their texts to be printed, outlets share desks, and"
    " quotation is lawful; none of that stands in the texts.",
    "A named source is the likelier of the two compared texts. Both may have been written from a third that was not"
    " compared, or from one press release.",
    "Not derived does not mean original. The source may not be among the compared texts; a brief, a translation, or a"
    " rewrite in wholly other words may share too little to be found.",
    "Names, numbers and quotations that two texts share are facts of an event. Alone they prove nothing.",
)
"""In full."""
