"""The pipeline over documents in memory: from texts to matches and families."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput, align_pairs, passages_of, prepare
from dedup.boilerplate import find_boilerplate
from dedup.comparison import Comparison, Stage
from dedup.corpus import Corpus, find_candidates
from dedup.documents import Document, as_document
from dedup.errors import Skipped
from dedup.evidence import Evidence, gather_evidence
from dedup.families import build_families, equal_texts
from dedup.lsh import CandidatePairs, ReuseLimits
from dedup.matches import Match, Origin
from dedup.origins import find_common_origins
from dedup.parallel import available_jobs
from dedup.readers import documents_from_records, read_documents
from dedup.settings import Settings
from dedup.statistics import Statistics
from dedup.verdict import judge

__all__ = ["Documents", "compare", "compare_pair", "explain_pair"]

_log = logging.getLogger("dedup")
_BLOCK = 4_096

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
    corpus = Corpus.from_documents([both[name] for name in sorted(both)])
    wordless = np.diff(corpus.tokens.offsets) == 0
    count("documents without words", int(wordless.sum()))
    classes = equal_texts(corpus.tokens)
    is_old = np.array([document.id in old for document in corpus.documents], np.bool_)
    if old:
        classes = np.where(is_old, _among(classes, is_old), np.arange(len(classes)))
    count("different texts", len(np.unique(classes)))
    tell("finding candidates", 0, 1)
    distinct = corpus.select(np.unique(classes))
    found = find_candidates(distinct, settings=settings, limits=ReuseLimits(), jobs=jobs, count=count)
    pairs = found.pairs
    if old:
        kept = is_old[np.unique(classes)]
        pairs = pairs.where(kept[pairs.left] != kept[pairs.right])
    judged = _judge(distinct, found.statistics, found.boilerplate, pairs, jobs, tell)
    matches = find_common_origins(judged) + _identical(corpus, classes, settings.all_pairs)
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
        statistics_digest=found.statistics.digest,
    )


def compare_pair(
    left: Document | str,
    right: Document | str,
    *,
    statistics: Statistics | None = None,
) -> Match:
    """Compare two texts, whatever their relation.

    Parameters
    ----------
    left, right : Document or str
        Bare texts get the ids ``left`` and ``right``.
    statistics : Statistics, optional
        Of a collection; the shipped background alone by default. Boilerplate is then known only where a text repeats
        itself.

    Returns
    -------
    Match
        Perhaps ``unrelated``.

    Examples
    --------
    >>> str(compare_pair("Fog closed the harbour.", "Apples are cheap this year.").relation)
    'unrelated'
    """
    return explain_pair(left, right, statistics=statistics)[0]


def explain_pair(
    left: Document | str, right: Document | str, *, statistics: Statistics | None = None
) -> tuple[Match, Evidence]:
    """``compare_pair``, and all that was measured."""
    documents = [
        item if isinstance(item, Document) else Document(name, item)
        for name, item in (("left", left), ("right", right))
    ]
    corpus = Corpus.from_documents(documents)
    statistics = statistics or Statistics.background()
    prepared = prepare(
        corpus.tokens,
        corpus.segments,
        languages=corpus.languages,
        statistics=statistics,
        boilerplate=find_boilerplate(corpus.tokens, corpus.segments),
    )
    pair = CandidatePairs(np.zeros(1, np.int32), np.ones(1, np.int32))
    [result] = _evidence_and_matches(corpus, prepared, statistics, pair, 1)
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


def _among(classes: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Each document's class, named by its first member among the chosen documents."""
    first: dict[int, int] = {}
    for number in np.flatnonzero(chosen).tolist():
        first.setdefault(int(classes[number]), number)
    return np.array([first.get(int(number), -1) for number in classes], np.int64)


def _judge(
    corpus: Corpus,
    statistics: Statistics,
    boilerplate: npt.NDArray[np.bool_],
    pairs: CandidatePairs,
    jobs: int,
    tell: Progress,
) -> list[Match]:
    """Align the candidate pairs and judge them, a block at a time."""
    involved = np.unique(np.concatenate([pairs.left, pairs.right])).astype(np.int64)
    part = corpus.select(involved)
    kept = np.repeat(np.isin(np.arange(len(corpus)), involved), np.diff(corpus.tokens.offsets))
    prepared = prepare(
        part.tokens, part.segments, languages=part.languages, statistics=statistics, boilerplate=boilerplate[kept]
    )
    left, right = (np.searchsorted(involved, side).astype(np.int32) for side in (pairs.left, pairs.right))
    matches = []
    for start in range(0, len(pairs), _BLOCK):
        tell("aligning", start, len(pairs))
        block = CandidatePairs(left[start : start + _BLOCK], right[start : start + _BLOCK])
        matches += [match for match, _ in _evidence_and_matches(part, prepared, statistics, block, jobs)]
    tell("aligning", len(pairs), len(pairs))
    return matches


def _evidence_and_matches(
    corpus: Corpus,
    prepared: AlignmentInput,
    statistics: Statistics,
    pairs: CandidatePairs,
    jobs: int,
) -> list[tuple[Match, Evidence]]:
    found = align_pairs(prepared, pairs.left, pairs.right, jobs=jobs)
    gathered = gather_evidence(
        prepared, found, pairs.left, pairs.right, statistics=statistics, languages=corpus.languages, jobs=jobs
    )
    results = []
    for p, evidence in enumerate(gathered):
        a, b = int(pairs.left[p]), int(pairs.right[p])
        left, right = corpus.documents[a], corpus.documents[b]
        verdict = judge(evidence, left, right)
        sources = {Origin.LEFT: left.id, Origin.RIGHT: right.id}
        match = Match(
            left=left.id,
            right=right.id,
            relation=verdict.relation,
            probability=verdict.probability,
            relation_probabilities=verdict.relation_probabilities,
            origin=verdict.origin,
            source=sources.get(verdict.origin),
            origin_probability=verdict.origin_probability,
            jaccard=evidence.jaccard,
            left_containment=evidence.left.containment,
            right_containment=evidence.right.containment,
            cosine=evidence.cosine,
            left_coverage=evidence.left.coverage,
            right_coverage=evidence.right.coverage,
            passages=passages_of(prepared, found, p, a, b),
            reasons=verdict.reasons,
        )
        results.append((match, evidence))
    return results


def _identical(corpus: Corpus, classes: npt.NDArray[np.int64], all_pairs: bool) -> list[Match]:
    """Matches of equal texts: of each with its class's representative, the earliest dated, then by id."""
    groups: dict[int, list[Document]] = {}
    for document, number in zip(corpus.documents, classes.tolist(), strict=True):
        groups.setdefault(number, []).append(document)
    matches = []
    for group in groups.values():
        ranked = sorted(group, key=lambda item: (item.date.timestamp() if item.date else float("inf"), item.id))
        firsts = ranked if all_pairs else ranked[:1]
        for i, first in enumerate(firsts):
            matches += [compare_pair(*sorted((first, other), key=lambda item: item.id)) for other in ranked[i + 1 :]]
    return matches
