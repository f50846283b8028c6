"""Documents with what every stage needs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput, prepare
from dedup.boilerplate import find_boilerplate, known_text, mark_forms
from dedup.documents import Document, TextBatch
from dedup.language import guess_languages
from dedup.segments import Segments, segment
from dedup.statistics import Statistics
from dedup.tokens import Tokens, keep_tokens, tokenize

__all__ = ["Corpus"]


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Documents, by id, and what the stages need of them.

    Attributes
    ----------
    documents : list of Document
    tokens : Tokens
    segments : Segments
    languages : list of str
        The documents' own, else guessed.
    """

    documents: list[Document]
    tokens: Tokens
    segments: Segments
    languages: list[str]

    def __len__(self) -> int:
        return len(self.documents)

    @classmethod
    def from_documents(cls, documents: Sequence[Document]) -> Corpus:
        """Tokenise and divide the texts."""
        return cls.from_tokens(documents, tokenize(TextBatch.from_texts(document.text for document in documents)))

    @classmethod
    def from_tokens(cls, documents: Sequence[Document], tokens: Tokens) -> Corpus:
        """Divide the texts of documents that are tokenised already."""
        guessed = guess_languages(tokens)
        languages = [document.language or guess for document, guess in zip(documents, guessed, strict=True)]
        return cls(list(documents), tokens, segment(tokens), languages)

    def select(self, numbers: npt.NDArray[np.int64]) -> Corpus:
        """The named documents, ascending. O(their tokens)."""
        if len(numbers) == len(self):
            return self
        places = self.tokens.places(numbers)
        columns = {name: getattr(self.segments, name)[places] for name in self.segments.__dataclass_fields__}
        return Corpus(
            [self.documents[i] for i in numbers],
            self.tokens.select(numbers),
            replace(self.segments, **columns),
            [self.languages[i] for i in numbers],
        )

    def content(self, statistics: Statistics, base: tuple[str, ...] = ()) -> Tokens:
        """The tokens that are no boilerplate by the statistics' lines and by the templates of ``base``."""
        return keep_tokens(
            self.tokens, ~find_boilerplate(self.tokens, self.segments, statistics, base=known_text(base))
        )

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
