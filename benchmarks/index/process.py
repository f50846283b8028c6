"""The process that fills one engine with articles and asks it for others."""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dedup.documents import Document, TextBatch
from dedup.engine import compare
from dedup.errors import Skipped
from dedup.exchange import to_lean_datasketch
from dedup.index import Index
from dedup.lsh import choose_bands
from dedup.readers import read_documents
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.tokens import tokenize

__all__ = ["main"]

_BATCH, _SINGLE = 1_000, 100

Figures = dict[str, float | int | str | None]


def main() -> None:
    """Measure as the command line says; the result is the last line of standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--documents", type=int, required=True)
    parser.add_argument("--engine", required=True)
    chosen = parser.parse_args()
    with chosen.texts.open(encoding="utf-8") as lines:
        documents = [Document(record["id"], record["text"]) for record in map(json.loads, lines)]
    stored, asked = documents[: chosen.documents], documents[chosen.documents :]
    work: dict[str, Callable[[], Figures]] = {
        "index": lambda: _index(stored, asked),
        "index, newsroom": _agreement,
        "datasketch in memory": lambda: _datasketch(stored, asked, {"type": "dict"}),
        "datasketch on Redis": lambda: _on_redis(stored, asked),
    }
    print("\n" + json.dumps({**work[chosen.engine](), "memory_peak": None}))


def _index(stored: list[Document], asked: list[Document]) -> Figures:
    folder = Path(tempfile.mkdtemp())
    try:
        return _measured(folder / "a.dedup", stored, asked)
    finally:
        shutil.rmtree(folder)


def _measured(path: Path, stored: list[Document], asked: list[Document]) -> Figures:
    with Index.in_memory() as warm:
        warm.add(stored[:20])
        warm.query(stored[0])
    figures: Figures = {}
    with Index.open(path) as index:
        rates = []
        for start in range(0, len(stored), _BATCH):
            batch = stored[start : start + _BATCH]
            _, clock, processor = _timed(lambda batch=batch: index.add(batch))  # type: ignore[misc]
            rates.append((len(batch) / clock, len(batch) / processor))
        tenth = max(1, len(rates) // 10)
        figures["add, articles/s"] = round(len(rates) / sum(1 / clock for clock, _ in rates))
        figures["add, articles/s of processor time"] = round(len(rates) / sum(1 / used for _, used in rates))
        figures["first tenth"] = round(tenth / sum(1 / used for _, used in rates[:tenth]))
        figures["last tenth"] = round(tenth / sum(1 / used for _, used in rates[-tenth:]))
        _, _, processor = _timed(index.refresh)
        figures["refresh, s"] = round(processor, 1)
    _, figures["open, s"], _ = _timed(lambda: Index.open(path, writing=False).close())
    with Index.open(path, writing=False) as index:
        figures |= _percentiles("query", [_timed(lambda d=d: index.query(d))[2] for d in asked])  # type: ignore[misc]
        figures["matches"] = sum(len(index.query(document)) for document in asked[:100])
        figures |= _percentiles("signatures only", [_timed(lambda d=d: index.near(d))[2] for d in asked])  # type: ignore[misc]
        figures["anonymous memory, MB"] = round(_anonymous_memory() / 1024)
        info = index.info()
    text = sum(len(zlib.compress(document.text.encode(), 1)) for document in stored) / len(stored)
    figures["compressed text, bytes an article"] = round(text)
    figures["on disk, bytes an article"] = round((info["database_bytes"] + info["derived_bytes"]) / len(stored))
    figures["beyond the text, bytes an article"] = round(
        (info["database_bytes"] + info["derived_bytes"]) / len(stored) - text
    )
    with Index.open(path) as index:
        singles = [_timed(lambda d=d: index.add(d))[1] for d in asked[:_SINGLE]]  # type: ignore[misc]
    figures |= _percentiles("single durable add", singles)
    return figures


def _agreement() -> Figures:
    """How much of what a comparison of the sample newsroom finds is found by asking for each document."""
    settings = Settings()
    documents = list(read_documents([Path(__file__).parent.parent.parent / "seeds"], on_skip=_refuse))
    whole = {(match.left, match.right): match for match in compare(documents, settings=settings).matches}
    sides = found = equal = further = 0
    with Index.in_memory(settings=settings) as index:
        index.add(documents)
        index.refresh()
        for document in documents:
            answers = {match.right: match for match in index.query(document)}
            for (left, right), match in whole.items():
                if document.id in (left, right):
                    sides += 1
                    answer = answers.pop(right if document.id == left else left, None)
                    found += answer is not None
                    equal += answer == (match if document.id == left else match.swap())
            further += len(answers)
    return {"sides of matches": sides, "found": found, "equal in all": equal, "not in the comparison": further}


def _refuse(skipped: Skipped) -> None:
    raise RuntimeError(str(skipped))


def _datasketch(stored: list[Document], asked: list[Document], storage: dict[str, Any]) -> Figures:
    """The same bands over the same kind of shingles; signatures by dedup, so that only the index is measured."""
    import datasketch

    hasher = MinHasher(scheme="affine-permutations")
    bands = choose_bands(128, 0.5, 0.99)
    lsh = datasketch.MinHashLSH(num_perm=128, params=(bands.bands, bands.rows), storage_config=storage)

    def sketches(documents: list[Document]) -> list[Any]:
        tokens = tokenize(TextBatch.from_texts(document.text for document in documents))
        return to_lean_datasketch(hasher.signatures(tokens), hasher)

    made = sketches(stored)

    def insert() -> None:
        with lsh.insertion_session() as session:
            for document, sketch in zip(stored, made, strict=True):
                session.insert(document.id, sketch, check_duplication=False)

    _, clock, processor = _timed(insert)
    figures: Figures = {
        "add, articles/s": round(len(stored) / clock),
        "add, articles/s of processor time": round(len(stored) / processor),
    }
    which = 2 if storage["type"] == "dict" else 1  # a server's time is on the clock only
    taken = [_timed(lambda d=d: lsh.query(sketches([d])[0]))[which] for d in asked]  # type: ignore[misc]
    figures |= _percentiles("signatures only", taken)
    figures["anonymous memory, MB"] = round(_anonymous_memory() / 1024)
    return figures


def _on_redis(stored: list[Document], asked: list[Document]) -> Figures:
    if shutil.which("redis-server") is None:
        return {"note": "redis-server is not installed"}
    with _server() as server:
        return _datasketch(stored, asked, {"type": "redis", "redis": server})


@contextmanager
def _server() -> Iterator[dict[str, Any]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([shutil.which("redis-server") or "", *options], stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield {"host": "127.0.0.1", "port": port}
    finally:
        process.terminate()
        process.wait()


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What comes out, seconds on the clock, and seconds of processor time."""
    clock, processor = time.perf_counter(), time.process_time()
    out = work()
    return out, time.perf_counter() - clock, time.process_time() - processor


def _percentiles(name: str, seconds: list[float]) -> Figures:
    ordered = sorted(seconds)
    return {
        f"{name}, p{share}, ms": round(1e3 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 2)
        for share in (50, 90, 99)
    }


def _anonymous_memory() -> int:
    """Kilobytes of this process that no file backs."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
