"""A small comparison, and its report page."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Match, Origin, Relation
from dedup.report.html import write_html

OVERRIDE, SAILOR = chr(0x202E), "🧑‍✈️"

FOOT = "All rights reserved by the Wire."
SAID = "“We waited for the tide and nobody was hurt,” said harbour master Ines Tolland."
WIRE = (
    "PORT ELLERY (Wire) – Dense fog closed the harbour on Monday, and the ferry Aurelia ran aground with 214 on board."
    f"\n\n{SAID}\n\n{FOOT}\n"
)
SITE = (
    f"{SAILOR} Thick fog shut the harbour on Monday, and the ferry Aurelia ran aground with 214 people on board."
    f"\r\n\r\n{SAID}\r\n\r\n{FOOT}\r\n"
)
START = datetime(2031, 3, 12, 6, 40, tzinfo=UTC)


def span_of(text, part):
    start = text.index(part)
    return start, start + len(part)


def passage(left, right, left_part, right_part, kind):
    return Passage(*span_of(left, left_part), *span_of(right, right_part), kind, 0.9)


def a_match(left, right, relation=Relation.REWRITTEN, **further):
    values = {
        "probability": 0.97,
        "relation_probabilities": {relation: 0.97, Relation.UNRELATED: 0.03},
        "origin": Origin.LEFT,
        "source": left,
        "origin_probability": 0.8,
        "jaccard": 0.11,
        "left_containment": 0.15,
        "right_containment": 0.31,
        "cosine": 0.45,
        "left_coverage": 0.5,
        "right_coverage": 0.5,
        "passages": (),
        "reasons": ("one passage covers 50 % of the left text and 50 % of the right one",),
    }
    return Match(left=left, right=right, relation=relation, **(values | further))


def ferry():
    """Two texts with a passage of each of three kinds; a third that excerpts; one that matches none."""
    documents = [
        Document("a/wire.txt", WIRE, title="Fog", outlet="Wire", date=START),
        Document("b/site.txt", SITE, outlet="The Site", date=START + timedelta(hours=2)),
        Document("c/column.txt", "A column. Dense fog closed the harbour on Monday, they say.", outlet="Courier"),
        Document("d/other.txt", "Apples are cheap."),
    ]
    passages = (
        passage(
            WIRE, SITE, WIRE[WIRE.index("Dense") : WIRE.index(".\n")], SITE[SITE.index("Thick") : SITE.index(".\r")],
            PassageKind.EDITED,
        ),
        passage(WIRE, SITE, *["We waited for the tide and nobody was hurt"] * 2, PassageKind.QUOTATION),
        passage(WIRE, SITE, *["All rights reserved by the Wire"] * 2, PassageKind.BOILERPLATE),
    )  # fmt: skip
    quoted = "Dense fog closed the harbour on Monday"
    matches = [
        a_match("a/wire.txt", "b/site.txt", passages=passages),
        a_match(
            "a/wire.txt",
            "c/column.txt",
            Relation.EXCERPTED,
            probability=0.8,
            left_coverage=0.2,
            right_coverage=0.6,
            passages=(passage(WIRE, documents[2].text, quoted, quoted, PassageKind.VERBATIM),),
        ),
    ]
    return {
        "header": {"dedup": "0", "settings": {"threshold": 0.5, "relation": ["rewritten"]}},
        "matches": matches,
        "families": [Family("a/wire.txt", ("a/wire.txt", "b/site.txt"))],
        "documents": {document.id: document for document in documents},
        "skipped": [Skipped("x.bin", "binary")],
        "stages": [("documents", 4), ("matches", 2)],
    }


def page_of(**found):
    stream = io.StringIO()
    write_html(stream, **found)
    return stream.getvalue()
