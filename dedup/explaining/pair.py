"""A pair within a comparison: what stands for it at each stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from dedup.corpus import Corpus
from dedup.documents import Document
from dedup.engine import Run
from dedup.explaining.features import SharedFeatures, find_shared
from dedup.lsh import CandidatePairs
from dedup.matches import Match
from dedup.sketch import Signatures
from dedup.tokens import Tokens

__all__ = ["Pair", "find_match"]


class Pair:
    """A pair by the numbers of its documents, and of the different texts that stand for these in the corpus."""

    def __init__(self, run: Run, left: int, right: int) -> None:
        self.run, self.settings = run, run.comparison.settings
        heads = run.classes[[left, right]]
        documents = [self._document(int(number)) for number in (left, right, *heads)]
        self.documents, self.heads = (documents[0], documents[1]), (documents[2], documents[3])
        self.equal = bool(heads[0] == heads[1])
        self.texts = np.searchsorted(run.heads, heads)
        self.as_told = CandidatePairs(*self.texts.astype(np.int32).reshape(2, 1))
        self.one_family = not self.equal and len(np.unique(run.fitted.families[self.texts])) == 1

    def _document(self, number: int) -> Document:
        return self.run.collection.spool.document(int(self.run.order[number]))

    @property
    def stood_in(self) -> bool:
        """Whether one of the documents is a copy of a text that stands in for it."""
        return not self.equal and self.heads != self.documents

    @property
    def one_sided(self) -> bool:
        """Whether both are new, or both old, where only new texts are compared with old ones."""
        old = self.run.old
        return bool(old) and (self.documents[0].id in old) == (self.documents[1].id in old)

    @property
    def final(self) -> Match | None:
        """The match as the comparison left it, be it reported or not."""
        return find_match(self.run.matches, self.documents if self.equal else self.heads)

    @property
    def compared(self) -> bool:
        """Whether the pair was compared in full."""
        return self.found_by(self.run.pairs)

    @property
    def signatures(self) -> Signatures:
        """Of the two texts."""
        signatures = self.run.collection.signatures
        return replace(signatures, values=signatures.values[self.texts])

    @cached_property
    def corpus(self) -> Corpus:
        """The two texts, the left one first."""
        return self.run.collection.select(self.texts)

    @cached_property
    def content(self) -> Tokens:
        """The tokens of the two texts that are no boilerplate, those of the left one first."""
        return self.corpus.content(self.run.fitted.statistics, self.settings.base)

    @cached_property
    def shared(self) -> SharedFeatures:
        """The rare features that the two texts share."""
        left, right = self.texts.tolist()
        return find_shared(self.run.collection, self.run.fitted, self.settings, left, right)

    def found_by(self, pairs: CandidatePairs) -> bool:
        """Whether the pair is among others."""
        low, high = np.sort(self.texts)
        return bool(((pairs.left == low) & (pairs.right == high)).any())


def find_match(matches: Iterable[Match], documents: Sequence[Document]) -> Match | None:
    """The match of two documents."""
    wanted = {document.id for document in documents}
    return next((match for match in matches if {match.left, match.right} == wanted), None)
