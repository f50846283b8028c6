"""The pipeline over documents in memory: from texts to matches and families."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.alignment import Passage
from dedup.comparison import Comparison, Stage
from dedup.corpus import Corpus
from dedup.documents import Document, TextBatch, as_document
from dedup.errors import Skipped
from dedup.evidence import Evidence
from dedup.families import build_families, equal_texts
from dedup.fit import fit
from dedup.judging import judge_pairs, measure_pairs, new_match, settle_pairs
from dedup.lsh import CandidatePairs
from dedup.matches import Match
from dedup.origins import find_common_origins
from dedup.parallel import available_jobs
from dedup.readers import documents_from_records, read_documents
from dedup.settings import Settings
from dedup.statistics import Statistics
from dedup.tokens import Tokens, tokenize

__all__ = ["Documents", "compare", "compare_pair", "explain_pair"]

_log = logging.getLogger("dedup")

Documents = str | Path | Iterable[Document | tuple[str, str] | str] | Any
"""A path; documents in any form; or an Arrow table or a DataFrame with a column ``text``."""

Progress = Callable[[str, int, int], None]


def compare(
    documents: Documents,
    *,
    against: Documents | None = None,
    settings: Settings = Settings(),
    jobs: int | None = None,
    skipped: Sequence[Skipped] = (),
    on_stage: Progress | None = None,
) -> Comparison:
    """Find every match among documents, or, with ``against``, between new documents and old ones.

    Parameters
    ----------
    documents : path, iterable of Document, (id, text) or str, Arrow table, or DataFrame
        A path is a folder or a file; a bare text gets its number as id. Tables have a column ``text``, and may have
        ``id``, ``title``, ``date``, ``outlet``, ``url`` and ``language``; others pass through.
    against : the same, optional
        Old documents: only pairs of a new and an old one are reported, the new one on the left.
    settings : Settings
    jobs : int, optional
        Threads; as many as there are processors by default. The result does not depend on it.
    skipped : sequence of Skipped
        What was left out before, to stand in the result with what is left out here.
    on_stage : callable, optional
        Told the name of each stage, how much of it is done, and how much there is.

    Returns
    -------
    Comparison

    Raises
    ------
    DedupError
        When a path cannot be read.

    Examples
    --------
    >>> fog = "The ferry Aurelia ran aground in dense fog off Port Ellery on Monday with 214 people on board."
    >>> found = compare([("a", fog), ("b", fog + " Nobody was hurt."), ("c", "Apples are cheap this year.")])
    >>> [(match.left, match.right, match.derived) for match in found.matches]
    [('a', 'b', True)]
    """
    jobs = jobs or available_jobs()
    tell = on_stage or _silent
    stages: list[Stage] = []
    left_out = list(skipped)

    def count(name: str, number: int) -> None:
        stages.append(Stage(name, number))
        _log.info("%s: %d", name, number)

    tell("reading", 0, 1)
    new, old = _collect(documents, left_out), _collect(against, left_out) if against is not None else {}
    both, left_out = _merged(new, old, left_out)
    count("documents", len(both))
    tell("tokenising", 0, 1)
    everything = [both[name] for name in sorted(both)]
    tokens, which = _tokenized(everything)
    classes, wordless = _classes(tokens, which)
    count("documents without words", wordless)
    is_old = np.array([document.id in old for document in everything], np.bool_)
    if old:
        classes = np.where(is_old, _among(classes, is_old), np.arange(len(classes)))
    heads = np.unique(classes)
    count("different texts", len(heads))
    tell("finding candidates", 0, 1)
    tokens = tokens.select(which[heads])
    corpus = Corpus.from_tokens([everything[head] for head in heads], tokens)
    fitted = fit(corpus, settings=settings, jobs=jobs, count=count)
    statistics, pairs = fitted.statistics, fitted.candidates(jobs=jobs, count=count)
    if old:
        pairs = pairs.where(is_old[heads[pairs.left]] != is_old[heads[pairs.right]])
    judged = judge_pairs(corpus, statistics, pairs, settings=settings, jobs=jobs, tell=tell)
    settled = settle_pairs(corpus, statistics, judged, settings=settings)
    matches = find_common_origins(settled) + _identical(everything, classes, settings)
    if old:
        across = [match for match in matches if (match.left in old) != (match.right in old)]
        matches = [match if match.left in new else match.swap() for match in across]
    families = build_families([match for match in matches if match.derived], both)
    wanted = [match for match in matches if match.relation in settings.relation]
    count("matches", len(wanted))
    return Comparison(
        matches=sorted(wanted, key=lambda match: (match.left, match.right)),
        families=families,
        documents=both,
        skipped=left_out,
        stages=stages,
        settings=settings,
        statistics_digest=statistics.digest,
    )


def compare_pair(
    left: Document | str,
    right: Document | str,
    *,
    statistics: Statistics | None = None,
    settings: Settings = Settings(),
) -> Match:
    """Compare two texts, whatever their relation.

    Parameters
    ----------
    left, right : Document or str
        Bare texts get the ids ``left`` and ``right``.
    statistics : Statistics, optional
        Of a collection; the shipped background alone by default. Boilerplate is then known only where a text repeats
        itself, and from ``settings.base``.
    settings : Settings
        ``base`` and ``model`` count; what a search needs does not.

    Returns
    -------
    Match
        Perhaps ``unrelated``.

    Examples
    --------
    >>> str(compare_pair("Fog closed the harbour.", "Apples are cheap this year.").relation)
    'unrelated'
    """
    return explain_pair(left, right, statistics=statistics, settings=settings)[0]


def explain_pair(
    left: Document | str,
    right: Document | str,
    *,
    statistics: Statistics | None = None,
    settings: Settings = Settings(),
) -> tuple[Match, Evidence]:
    """``compare_pair``, and all that was measured."""
    documents = [
        item if isinstance(item, Document) else Document(name, item)
        for name, item in (("left", left), ("right", right))
    ]
    corpus = Corpus.from_documents(documents)
    statistics = statistics or Statistics.background()
    prepared = corpus.prepare(statistics, settings.base)
    pair = CandidatePairs(np.zeros(1, np.int32), np.ones(1, np.int32))
    [result] = measure_pairs(corpus, prepared, statistics, pair, 1, settings.model)
    return result


def _silent(name: str, done: int, total: int) -> None:
    pass


def _collect(documents: Documents, skipped: list[Skipped]) -> dict[str, Document]:
    """Documents by id; of several with one id the first."""
    if isinstance(documents, str | Path):
        documents = read_documents([documents], on_skip=skipped.append)
    elif hasattr(documents, "to_pylist"):
        documents = documents_from_records(documents.to_pylist(), on_skip=skipped.append)
    elif hasattr(documents, "to_dict") and hasattr(documents, "columns"):
        documents = documents_from_records(documents.to_dict("records"), on_skip=skipped.append)
    found: dict[str, Document] = {}
    for number, item in enumerate(documents):
        document = as_document(item, number)
        if document.id in found:
            skipped.append(Skipped(document.id, f"document {number} has the id of an earlier one; give each its own"))
        else:
            found[document.id] = document
    return found


def _merged(
    new: dict[str, Document], old: dict[str, Document], skipped: list[Skipped]
) -> tuple[dict[str, Document], list[Skipped]]:
    twice = sorted(new.keys() & old.keys())
    skipped += [Skipped(name, "stands among the old documents as well; give the new one another id") for name in twice]
    for name in twice:
        del new[name]
    return {**old, **new}, skipped


def _tokenized(documents: Sequence[Document]) -> tuple[Tokens, npt.NDArray[np.int64]]:
    """The tokens of the different texts, and which of these each document has: a copy costs a look-up only."""
    numbers: dict[str, int] = {}
    which = [numbers.setdefault(document.text, len(numbers)) for document in documents]
    return tokenize(TextBatch.from_texts(numbers)), np.array(which, np.int64)


def _classes(tokens: Tokens, which: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], int]:
    """The number of the first document with the same tokens, for each; how many have none, and are alone each."""
    _, first, inverse = np.unique(equal_texts(tokens)[which], return_index=True, return_inverse=True)
    wordless = np.flatnonzero(np.diff(tokens.offsets)[which] == 0)
    classes = first[inverse]
    classes[wordless] = wordless
    return classes, len(wordless)


def _among(classes: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Each document's class, named by its first member among the chosen documents."""
    first: dict[int, int] = {}
    for number in np.flatnonzero(chosen).tolist():
        first.setdefault(int(classes[number]), number)
    return np.array([first.get(int(number), -1) for number in classes], np.int64)


def _identical(documents: Sequence[Document], classes: npt.NDArray[np.int64], settings: Settings) -> list[Match]:
    """Matches of equal texts: of each with its class's representative, the earliest dated, then by id.

    What is measured of one such pair holds for all that are written alike; only dates and outlets differ.
    """
    groups: dict[int, list[Document]] = {}
    heads, sizes = np.unique(classes, return_counts=True)
    for number in np.flatnonzero(np.isin(classes, heads[sizes > 1])).tolist():
        groups.setdefault(int(classes[number]), []).append(documents[number])
    matches = []
    for group in groups.values():
        ranked = sorted(group, key=lambda item: (item.date.timestamp() if item.date else float("inf"), item.id))
        measured: dict[tuple[str, str | None, str, str | None], tuple[Evidence, tuple[Passage, ...]]] = {}
        for i, first in enumerate(ranked if settings.all_pairs else ranked[:1]):
            for other in ranked[i + 1 :]:
                left, right = (first, other) if first.id < other.id else (other, first)
                key = left.text, left.language, right.text, right.language
                if key not in measured:
                    match, evidence = explain_pair(left, right, settings=settings)
                    measured[key] = evidence, match.passages
                matches.append(new_match(left, right, *measured[key], settings.model))
    return matches
