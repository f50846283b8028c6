"""Short texts, related in every way, and an index of small parts."""

import json
from pathlib import Path

import pytest

from dedup import Document
from dedup.index import Index, holdings
from dedup.store import Disk

CASES = json.loads((Path(__file__).parent.parent / "cases" / "pairs.json").read_text(encoding="utf-8"))
WIRE = CASES[2]["left"]
TEXTS = sorted({case[side] for case in CASES for side in ("left", "right")})
TEXTS += [WIRE + " Late extra sentence.", WIRE.upper(), WIRE.replace(" ", "  "), "QUAYSIDE — " + WIRE, "", " … "]
NAMES = [f"n{number}" for number in range(12)] + ["sch\udcf6n", "a/b"]


class Crash(BaseException):
    """The process dies here."""


class Failing:
    """Lets the k-th write fail; as a crash, after half of what a file gets, or with an error of the system."""

    def __init__(self, at: int | None = None, error: BaseException | None = None) -> None:
        self.at, self.error, self.steps = at, error or Crash(), []

    def __call__(self, step, stream):
        self.steps.append(step)
        if self.at is not None and len(self.steps) == self.at + 1:
            if stream is not None and step == "write":
                stream.write(b"half of it")
            raise self.error


def abandon(index: Index) -> None:
    """What a dead process leaves: open transactions are rolled back, locks are free, nothing else is done."""
    index._opened.close()


@pytest.fixture
def small(monkeypatch):
    """Parts are sealed and merged after a few documents."""
    shrink(monkeypatch.setattr)


def shrink(set_attribute) -> None:
    for name, value in {"SEALED": 4, "_FAN": 2, "_LARGEST": 32, "_RENEWED": 8}.items():
        set_attribute(holdings, name, value)


def stored(index: Index) -> dict[str, Document]:
    return {name: index.get(name) for name in index._core.database.names()}


def open_failing(path, failing: Failing) -> Index:
    return Index.open(path, disk=Disk(durable=False, on_write=failing))


def answers(index: Index, texts) -> list:
    return [[match.to_dict() for match in index.query(("asked", text))] for text in texts]
