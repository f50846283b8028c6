"""Any order of adding, removing, replacing, compacting, crashing and reopening gives what the documents give."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from dedup import Document, compare
from dedup.index import Index, holdings
from tests.index.texts import NAMES, TEXTS, WIRE, Crash, Failing, abandon, open_failing, shrink, stored

names = strategies.sampled_from(NAMES)
documents = strategies.builds(
    Document, names, strategies.sampled_from(TEXTS), outlet=strategies.sampled_from([None, "Mail"])
)


class IndexStates(RuleBasedStateMachine):
    """The index beside a dict."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "some.dedup"
        self.failing = Failing()
        self.index = open_failing(self.path, self.failing)
        self.model: dict[str, Document] = {}

    def attempt(self, change, after: dict[str, Document], at: int | None) -> None:
        """Change the index, perhaps to die at some write; what is then there is what was there before, or all of it."""
        self.failing.at = None if at is None else len(self.failing.steps) + at
        try:
            change(self.index)
        except Crash:
            abandon(self.index)
            self.failing = Failing()
            self.index = open_failing(self.path, self.failing)
            if stored(self.index) == self.model:
                after = self.model
        self.failing.at = None
        self.model = after
        assert stored(self.index) == self.model and len(self.index) == len(self.model)

    @rule(some=strategies.lists(documents, max_size=6), at=strategies.none() | strategies.integers(0, 12))
    def add(self, some, at):
        self.attempt(lambda index: index.add(some), self.model | {item.id: item for item in some}, at)

    @rule(some=strategies.lists(names, max_size=3), at=strategies.none() | strategies.integers(0, 8))
    def remove(self, some, at):
        after = {name: item for name, item in self.model.items() if name not in some}
        self.attempt(lambda index: index.remove(some), after, at)

    @rule(at=strategies.none() | strategies.integers(0, 20))
    def compact(self, at):
        self.attempt(lambda index: index.compact(), self.model, at)

    @rule(at=strategies.none() | strategies.integers(0, 20))
    def rebuild(self, at):
        self.attempt(lambda index: index.rebuild(), self.model, at)

    @rule()
    def reopen(self):
        self.index.close()
        self.index = open_failing(self.path, self.failing)

    @precondition(lambda self: self.model)
    @rule(at=strategies.none() | strategies.integers(0, 20))
    def refresh(self, at):
        self.attempt(lambda index: index.refresh(), self.model, at)

    @rule(text=strategies.sampled_from(TEXTS))
    def ask(self, text):
        """The answer is that of an index of the same documents with another history."""
        with Index.in_memory() as other:
            other._core.statistics, other._core.families = self.index._core.statistics, self.index._core.families
            other.add(list(self.model.values()))
            ours = self.index.query(("asked", text))
            if not len(self.index._core.families.entries):
                assert ours == other.query(("asked", text))

    def teardown(self):
        if not hasattr(self, "index"):
            return
        try:
            assert self.index.verify() == []
            self.index.refresh()
            ours, whole = self.index.compare(), compare(list(self.model.values()))
            assert (ours.matches, ours.families) == (whole.matches, whole.families)
            assert self.index.info()["statistics"] == whole.statistics_digest
            with Index.in_memory() as other:
                other.add(list(self.model.values()))
                other.refresh()
                assert self.index.query(("asked", WIRE)) == other.query(("asked", WIRE))
        finally:
            self.index.close()
            shutil.rmtree(self.folder)


class TestIndexStates(IndexStates.TestCase):
    settings = settings(max_examples=300, stateful_step_count=20, derandomize=False, deadline=None)

    def setUp(self):
        self.kept = {name: getattr(holdings, name) for name in ("SEALED", "_FAN", "_LARGEST", "_RENEWED")}
        shrink(setattr)

    def tearDown(self):
        for name, value in self.kept.items():
            setattr(holdings, name, value)
