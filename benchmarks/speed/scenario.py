"""A story in sixty papers, a rewrite and a summary of it, and two rewrites without their original, in a haystack."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from dedup.documents import Document

__all__ = ["FIRST_WITHOUT_ORIGINAL", "SECOND_WITHOUT_ORIGINAL", "WANTED", "scenario"]

_ORIGINAL = """The Marlow Street swimming baths will close for eleven months from September after engineers found that
salt air has eaten through the steel beams above the main pool, the borough council said on Thursday. Repairs are put
at 4.6 million crowns, of which the lottery fund has promised a third. "We could have propped the roof and hoped for
the best, but nobody here wants to gamble with swimmers' heads," said councillor Imelda Rask, who chairs the leisure
committee. The baths, built in 1911 by the architect Otto Lindqvist, are used by nine schools and by the Marlow
Otters, a club that has sent three swimmers to the national finals. Lessons move to the Hallam college pool, which is
half the length. A petition to keep the smaller learner pool open gathered 2,300 names in a week, but the council said
both pools share one boiler."""
_REWRITE = """Nine schools must find somewhere else to swim this autumn. Corroded steel beams over the main pool mean
that Marlow's Edwardian baths, Otto Lindqvist's work of 1911, shut in September and stay shut for eleven months, the
borough has announced. The bill comes to 4.6 million crowns; lottery money covers about a third of it. Imelda Rask,
chair of the leisure committee, said she would not gamble with swimmers' heads. Hallam college, whose pool is only
half as long, takes the lessons and the Marlow Otters. Some 2,300 people had signed a petition for the learner pool,
in vain: it hangs on the same boiler as the big one."""
_SUMMARY = """Marlow Street baths to close for eleven months: beams corroded, repairs 4.6 million crowns, lessons move
to Hallam college, says Imelda Rask. The Marlow Otters lose their pool; 2,300 signed a petition."""
FIRST_WITHOUT_ORIGINAL = """A beekeeper from Tarn Edge has won her case against the mobile operator Veltel. The
district court in Osby ruled that the company may not put up its mast within sixty metres of Gunhild Sorley's forty
hives, since the access road would cut through the heather that feeds them. Veltel, which must pay costs of 18,400
crowns, is going to appeal, its lawyer Piet Harrow said."""
SECOND_WITHOUT_ORIGINAL = """Veltel must look for another hilltop. Forty hives belonging to Gunhild Sorley stand too
near the spot at Tarn Edge where the operator wanted its mast, judges in Osby have found, and the road to it would
have crossed their heather. Sixty metres is the least distance allowed. Piet Harrow, for the company, announced an
appeal; costs of 18,400 crowns fall on Veltel for now."""

_PRINTED = datetime(2031, 3, 1, tzinfo=UTC)

WANTED = {
    "copies of a story in sixty papers": {("a-original", f"copy/{i:02}") for i in range(60)},
    "a rewrite of it": {("a-original", "rewrite")},
    "a summary of it": {("a-original", "summary")},
    "two rewrites without their original": {("x/1", "x/2")},
}
"""Pairs of ids that must become candidates."""


def scenario(haystack: int) -> list[Document]:
    """The documents, by id, with so many articles of 120 words of natural frequency around them."""
    feet = [f"Outlet {i} brings you the news of ward {i * 7}. Call {i * 91 + 1000}." for i in range(60)]
    story = [Document(f"copy/{i:02}", f"{_ORIGINAL}\n\n{foot}") for i, foot in enumerate(feet)]
    story += [
        Document("a-original", _ORIGINAL, date=_PRINTED),
        Document("rewrite", _REWRITE),
        Document("summary", _SUMMARY),
    ]
    story += [Document("x/1", FIRST_WITHOUT_ORIGINAL), Document("x/2", SECOND_WITHOUT_ORIGINAL)]
    return sorted([*_articles(haystack), *story], key=lambda document: document.id)


def _articles(count: int) -> list[Document]:
    draw = random.Random(4)  # noqa: S311
    words = ["".join(draw.choices("aeioulnrstdm", k=draw.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    return [Document(f"hay/{i:05}", " ".join(draw.choices(words, weights, k=120))) for i in range(count)]
