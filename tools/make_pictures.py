"""Make the pictures of ``docs/how.md``: the way of the data, the chance to be found, and what two texts share.

Run with: ``python -m tools.make_pictures``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from dedup.lsh import Bands, choose_bands

FIGURES = Path(__file__).parent.parent / "docs" / "figures"
INK, SOFT, PAPER, BLUE, AMBER, GREEN = "#1d1c1a", "#6b665e", "#ffffff", "#1f6f8b", "#b5651d", "#3f7d4e"
WIDE = 760


def draw(width: int, height: int, title: str, body: Iterable[str]) -> str:
    """A picture with a title for those who do not see it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    )
    return "\n".join([head, *body, "</svg>", ""])


def label(x: float, y: float, text: str, *, size: int = 13, colour: str = INK, anchor: str = "start") -> str:
    """A line of text."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


def box(x: float, y: float, width: float, title: str, lines: Sequence[str], colour: str) -> list[str]:
    """A stage: its name, and what it does."""
    height = 32 + 17 * len(lines)
    parts = [
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height}" rx="6" fill="{PAPER}" stroke="{colour}" '
        'stroke-width="1.5"/>',
        label(x + 12, y + 21, title, size=14, colour=colour),
    ]
    return parts + [label(x + 12, y + 41 + 17 * i, line, size=12, colour=SOFT) for i, line in enumerate(lines)]


def arrow(*points: tuple[float, float]) -> str:
    """A line through points, with a tip at its end."""
    way = " ".join(f"{x:g},{y:g}" for x, y in points)
    (x, y), (before_x, before_y) = points[-1], points[-2]
    if x == before_x:
        tip = f"{x - 5:g},{y - 8:g} {x + 5:g},{y - 8:g}" if y > before_y else f"{x - 5:g},{y + 8:g} {x + 5:g},{y + 8:g}"
    else:
        tip = f"{x - 8:g},{y - 5:g} {x - 8:g},{y + 5:g}"
    return f'<polyline points="{way}" fill="none" stroke="{SOFT}"/><polygon points="{x:g},{y:g} {tip}" fill="{SOFT}"/>'


def pipeline() -> str:
    """From files to families."""
    body = [
        *box(20, 20, 220, "read", ["files, records, tables", "what cannot be read is named"], BLUE),
        *box(270, 20, 220, "tokenise", ["café = CAFÉ = cafe + ´", "scripts without spaces too"], BLUE),
        *box(520, 20, 220, "collapse", ["equal texts become one;", "their ties are reported"], BLUE),
        *box(20, 150, 345, "near tier", ["MinHash signatures, cut into bands", "finds revisions and reprints"], AMBER),
        *box(395, 150, 345, "reuse tier", ["shared rare words and phrases", "finds rewrites and excerpts"], AMBER),
        *box(20, 280, 220, "measure", ["exact overlap, TF-IDF cosine,", "aligned passages, facts"], GREEN),
        *box(270, 280, 220, "judge", ["relation, probability,", "direction, reasons"], GREEN),
        *box(520, 280, 220, "settle", ["by the other texts of the", "story: lineage, origin"], GREEN),
        *box(205, 400, 350, "matches and families", ["table, HTML, JSON, CSV, Parquet, SARIF"], INK),
        arrow((240, 53), (270, 53)),
        arrow((490, 53), (520, 53)),
        arrow((630, 86), (630, 118), (192, 118), (192, 150)),
        arrow((567, 118), (567, 150)),
        arrow((192, 216), (192, 248), (130, 248), (130, 280)),
        arrow((567, 216), (567, 248), (130, 248), (130, 280)),
        arrow((240, 313), (270, 313)),
        arrow((490, 313), (520, 313)),
        arrow((630, 346), (630, 373), (380, 373), (380, 400)),
        label(380, 243, "candidates: never yet a result", size=12, colour=SOFT, anchor="middle"),
    ]
    return draw(WIDE, 470, "The way of the data, from files to matches and families", body)


def curves() -> str:
    """How likely bands bring two texts together, by their similarity."""
    left, top, width, height = 60, 46, 430, 270
    shown = [(choose_bands(128, 0.5, 0.99), BLUE), (choose_bands(128, 0.8, 0.95), AMBER), (Bands(9, 13), GREEN)]

    def place(x: float, y: float) -> tuple[float, float]:
        return left + width * x, top + height * (1 - y)

    body = [label(left, 26, "Chance that a pair is found, by its Jaccard similarity", size=14)]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x, y = place(tick, tick)
        body += [
            f'<path d="M{left} {y:g}H{left + width}M{x:g} {top}V{top + height}" stroke="#e4e0d9"/>',
            label(x, top + height + 18, f"{tick:g}", size=11, colour=SOFT, anchor="middle"),
            label(left - 8, y + 4, f"{tick:g}", size=11, colour=SOFT, anchor="end"),
        ]
    told = ("the default: 0.5, recall 0.99", "threshold 0.8, recall 0.95", "too few bands for 0.8")
    for number, ((bands, colour), meaning) in enumerate(zip(shown, told, strict=True)):
        points = " ".join("{:.1f},{:.1f}".format(*place(step / 100, bands.recall(step / 100))) for step in range(101))
        body.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        y = top + 30 + 60 * number
        body += [label(left + width + 24, y, f"{bands.bands} bands of {bands.rows}", colour=colour)]
        body += [label(left + width + 24, y + 18, meaning, size=12, colour=SOFT)]
    body.append(label(left + width / 2, top + height + 40, "Jaccard", size=12, colour=SOFT, anchor="middle"))
    return draw(WIDE, 370, "S-curves of three bandings", body)


def shares() -> str:
    """Of two texts, the phrases and the rare words in both."""
    rows = [
        ("The ferry Aurelia ran aground off Port Ellery", BLUE),
        ("Aurelia, a ferry, hit a bank near Port Ellery", AMBER),
    ]
    shared = {"ferry", "Aurelia", "Aurelia,", "ferry,", "Port", "Ellery"}
    body = [label(20, 28, "A rewrite shares no three words in a row, but still the rare ones", size=14)]
    for number, (text, colour) in enumerate(rows):
        x, y = 20, 50 + 46 * number
        for word in text.split():
            width = 8.4 * len(word) + 14
            fill, ink = (colour, PAPER) if word in shared else ("#eceae5", SOFT)
            body.append(f'<rect x="{x:g}" y="{y}" width="{width:g}" height="30" rx="5" fill="{fill}"/>')
            body.append(label(x + width / 2, y + 20, word, colour=ink, anchor="middle"))
            x += width + 8
    body.append(label(20, 164, "three-word phrases in both: none, so MinHash finds nothing", size=12, colour=SOFT))
    told = "rare words in both: Aurelia and Ellery weigh most; many such make a candidate"
    body.append(label(20, 184, told, size=12, colour=SOFT))
    return draw(WIDE, 204, "What a rewrite shares with its source", body)


PICTURES = {"how-pipeline": pipeline, "how-curves": curves, "how-shares": shares}


def main() -> None:
    """Write the pictures."""
    for name, make in PICTURES.items():
        (FIGURES / f"{name}.svg").write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
