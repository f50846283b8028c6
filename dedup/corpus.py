"""Documents with what every stage needs of them: a few at a time, from a collection that is not held in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput, prepare
from dedup.boilerplate import find_boilerplate, known_text, mark_forms
from dedup.documents import Document, TextBatch
from dedup.language import UNDETERMINED, guess_languages
from dedup.scratch import Scratch
from dedup.segments import Segments, segment
from dedup.settings import Settings
from dedup.sketch import MinHasher, Signatures
from dedup.spool import Spool
from dedup.statistics import Statistics
from dedup.survey import Survey, survey
from dedup.tokens import Tokens, keep_tokens, tokenize

__all__ = ["Collection", "Corpus", "Numbered"]

_BLOCK_TOKENS, _BLOCK_ROWS = 1 << 18, 1 << 12


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Documents in memory, and what the stages need of them.

    Attributes
    ----------
    tokens : Tokens
    segments : Segments
    languages : list of str
        The documents' own, else guessed.
    """

    tokens: Tokens
    segments: Segments
    languages: list[str]

    def __len__(self) -> int:
        return len(self.tokens)

    @classmethod
    def from_documents(cls, documents: Sequence[Document]) -> Corpus:
        """Tokenise and divide the texts."""
        batch = TextBatch.from_texts(document.text for document in documents)
        return cls.from_batch(batch, [document.language for document in documents])

    @classmethod
    def from_batch(cls, batch: TextBatch, languages: Sequence[str | None], *, guess: bool = True) -> Corpus:
        """Tokenise and divide texts; languages that are not known are guessed, unless nobody asks for them."""
        tokens = tokenize(batch)
        known = list(languages)
        guessed = guess_languages(tokens) if guess and not all(known) else [UNDETERMINED] * len(known)
        return cls(tokens, segment(tokens), [own or str(guess) for own, guess in zip(known, guessed, strict=True)])

    def content(self, statistics: Statistics, base: tuple[str, ...] = ()) -> Tokens:
        """The tokens that are no boilerplate by the statistics' lines and by the templates of ``base``."""
        boilerplate = find_boilerplate(self.tokens, self.segments, statistics, base=known_text(base))
        return keep_tokens(self.tokens, ~boilerplate)

    def prepare(self, statistics: Statistics, base: tuple[str, ...] = ()) -> AlignmentInput:
        """The documents ready for alignment: what is boilerplate, or a form that many families fill in, is marked."""
        boilerplate = find_boilerplate(self.tokens, self.segments, statistics, base=known_text(base))
        return prepare(
            self.tokens,
            self.segments,
            languages=self.languages,
            statistics=statistics,
            boilerplate=boilerplate | mark_forms(self.tokens, statistics),
        )


class Numbered(Protocol):
    """Documents by number: what judging asks of a collection, or of a few documents."""

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """In tokens."""

    def __len__(self) -> int: ...

    def documents(self, numbers: npt.NDArray[np.integer]) -> list[Document]:
        """The named documents."""

    def select(self, numbers: npt.NDArray[np.integer]) -> Corpus:
        """The named documents, tokenised and divided."""


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """Documents by number, of which sketches are at hand, and the texts when they are asked for.

    Attributes
    ----------
    spool : Spool
    places : int64 array (n,)
        Where in the spool each document stands.
    lengths : int64 array (n,)
        In tokens.
    wordy : bool array (n,)
        Whether a document has tokens beside those of known templates.
    signatures : Signatures
    """

    spool: Spool
    places: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    wordy: npt.NDArray[np.bool_]
    signatures: Signatures

    def __len__(self) -> int:
        return len(self.places)

    @classmethod
    def from_documents(
        cls, documents: Sequence[Document], *, settings: Settings = Settings(), jobs: int = 1
    ) -> Collection:
        """Documents of different ids, in their order."""
        scratch = Scratch()
        found = survey(documents, settings=settings, scratch=scratch, jobs=jobs)
        return cls.from_survey(found, np.arange(len(documents)), settings=settings, scratch=scratch)

    @classmethod
    def from_survey(
        cls, found: Survey, places: npt.NDArray[np.int64], *, settings: Settings, scratch: Scratch
    ) -> Collection:
        """The documents at some places of a survey's spool, in that order; its signatures are not to be used again."""
        values = _rows(found.signatures, places, scratch)
        hasher = MinHasher(settings.num_perm, seed=settings.seed)
        return cls(found.spool, places, found.lengths[places], found.wordy[places], hasher.labelled(values))

    def id(self, number: int) -> str:
        """The id of a document."""
        return self.spool.ids[int(self.places[number])]

    def documents(self, numbers: npt.NDArray[np.integer]) -> list[Document]:
        """The named documents."""
        return [self.spool.document(place) for place in self.places[numbers].tolist()]

    def select(self, numbers: npt.NDArray[np.integer], *, guess: bool = True) -> Corpus:
        """The named documents, tokenised and divided anew, with ``guess`` their languages told. O(their tokens)."""
        places = self.places[numbers]
        languages = [self.spool.languages[place] for place in places.tolist()]
        return Corpus.from_batch(self.spool.texts.select(places), languages, guess=guess)

    def blocks(self) -> Iterator[npt.NDArray[np.int64]]:
        """All numbers, in blocks of about as many tokens, in the order in which the documents stand in the spool."""
        order = np.argsort(self.places, kind="stable")
        block = np.cumsum(self.lengths[order]) // _BLOCK_TOKENS
        yield from np.split(order, np.flatnonzero(np.diff(block)) + 1)


def _rows(values: npt.NDArray[np.uint32], rows: npt.NDArray[np.int64], scratch: Scratch) -> npt.NDArray[np.uint32]:
    """The named rows; where they ascend they are moved up, since a copy is half a GB for a million documents."""
    ascending = bool((rows[:-1] < rows[1:]).all())
    if ascending and len(rows) == len(values):
        return values
    if not ascending or not values.flags.writeable:
        chosen = scratch.empty((len(rows), values.shape[1]), np.uint32)
        np.take(values, rows, axis=0, out=chosen)
        return chosen
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = rows[start : start + _BLOCK_ROWS]
        if block[-1] != start + len(block) - 1:
            values[start : start + len(block)] = values[block]
    return values[: len(rows)]
