"""The command: write generated articles as JSON lines, the truth beside them, and a digest of the texts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmarks.generate.articles import Article, Articles
from benchmarks.generate.lexicon import from_text
from benchmarks.generate.plan import Kind, Recipe

__all__ = ["TextDigest", "add_arguments", "generator_digest", "kept_texts", "run", "write"]


class TextDigest:
    """A digest of texts in their order.

    >>> one, other = TextDigest(), TextDigest()
    >>> one.add("fog"), one.add("quay"), other.add("fogquay")
    (None, None, None)
    >>> one.value == other.value
    False
    """

    def __init__(self) -> None:
        self._state = blake2b(digest_size=16)

    def add(self, text: str) -> None:
        """Count a text in."""
        data = text.encode("utf-8", "surrogatepass")
        self._state.update(len(data).to_bytes(8, "little"))
        self._state.update(data)

    @property
    def value(self) -> str:
        """Of all texts so far."""
        return self._state.hexdigest()


def generator_digest() -> str:
    """Of all that decides the texts of a recipe: texts that are kept are known by it."""
    state = blake2b(digest_size=4)
    for path in sorted(path for path in Path(__file__).parent.iterdir() if path.suffix in {".py", ".txt"}):
        state.update(path.read_bytes())
    state.update((files("dedup") / "data" / "background.txt.xz").read_bytes())
    return state.hexdigest()


def kept_texts(name: str, recipe: Recipe, folder: Path) -> tuple[Path, dict[str, Any]]:
    """The file and the summary of a recipe's texts in a folder; they are written unless they are there."""
    path = folder / f"{name}-{recipe.documents}-{generator_digest()}.jsonl"
    summary = path.with_suffix(".json")
    if not summary.exists():
        write(Articles(recipe), recipe, path)
    kept: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return path, kept


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks generate``."""
    default = Recipe(1)
    parser.add_argument("output", type=Path, help="a .jsonl file; FILE.truth.jsonl and FILE.json are put beside it")
    parser.add_argument("--documents", type=int, default=10_000, metavar="N", help="how many (10,000)")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--words", type=int, default=default.words, help="of a usual article")
    parser.add_argument("--largest-family", type=int, default=default.largest_family, metavar="N")
    parser.add_argument("--identical", type=int, default=0, metavar="N", help="give N documents one and the same text")
    parser.add_argument("--one-footer", action="store_true", help="one boilerplate in a tenth of the documents")
    parser.add_argument("--text", type=Path, metavar="FILE", help="take words and phrases from this text")


def run(arguments: argparse.Namespace) -> int:
    """Write what the command line asks for."""
    recipe = Recipe(
        arguments.documents,
        seed=arguments.seed,
        words=arguments.words,
        largest_family=arguments.largest_family,
        identical=arguments.identical,
        one_footer=arguments.one_footer,
    )
    lexicon = from_text(arguments.text.read_text(encoding="utf-8")) if arguments.text else None
    summary = write(Articles(recipe, lexicon), recipe, arguments.output)
    print(json.dumps(summary, indent=1))
    return 0


def write(articles: Iterable[Article], recipe: Recipe, output: Path) -> dict[str, object]:
    """Write articles one by one; give the recipe, the digest and what was written, as they stand in ``FILE.json``."""
    digest = TextDigest()
    counts = dict.fromkeys((kind.name.lower() for kind in Kind), 0)
    size = 0
    with output.open("w", encoding="utf-8") as texts, output.with_suffix(".truth.jsonl").open("w") as truth:
        for article in articles:
            digest.add(article.text)
            size += len(article.text)
            counts[article.kind.name.lower()] += 1
            texts.write(_record(article))
            truth.writelines(_truth(article))
    summary = {"recipe": asdict(recipe), "digest": digest.value, "characters": size, "kinds": counts}
    output.with_suffix(".json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return summary


def _record(article: Article) -> str:
    date = article.date.isoformat()
    record = {"id": article.id, "outlet": article.outlet, "date": date, "text": article.text}
    return json.dumps(record, ensure_ascii=False) + "\n"


def _truth(article: Article) -> Iterator[str]:
    if article.kind != Kind.FRESH:
        source = f"{article.source:09d}"
        kind = article.kind.name.lower()
        yield json.dumps({"id": article.id, "source": source, "kind": kind, "edited": article.edited}) + "\n"
