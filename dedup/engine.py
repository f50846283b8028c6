"""The pipeline: from texts to matches and families."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.alignment import Passage
from dedup.comparison import Comparison, Stage
from dedup.corpus import Collection, Corpus
from dedup.documents import Document, as_document
from dedup.errors import DedupError, Skipped
from dedup.evidence import Evidence
from dedup.families import build_families
from dedup.fit import Fit, fit
from dedup.judging import Judged, judge_pairs, measure_pairs, new_match, settle_pairs
from dedup.lsh import CandidatePairs
from dedup.matches import Effort, Match
from dedup.near import identical_match, near_matches
from dedup.origins import find_common_origins
from dedup.parallel import available_jobs
from dedup.readers import documents_from_records, read_documents
from dedup.scratch import DEFAULT_MEMORY, Scratch
from dedup.settings import Settings
from dedup.spool import Spool
from dedup.statistics import Statistics
from dedup.stopwatch import Stopwatch
from dedup.survey import survey

__all__ = ["Documents", "Progress", "Run", "compare", "compare_pair", "explain_pair", "trace"]

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
    memory: int = DEFAULT_MEMORY,
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
    memory : int
        Bytes that texts, signatures and postings may take together; beyond it they are put in temporary files. The
        result does not depend on it.
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
    return _run_stages(
        documents, against, settings=settings, jobs=jobs, memory=memory, skipped=skipped, on_stage=on_stage
    )


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A comparison with what its stages left.

    Attributes
    ----------
    comparison : Comparison
    old : set of str
        Ids of the documents that the others are compared with; empty where all are compared with all.
    order : int64 array (n,)
        The places in the spool of all documents, by id.
    classes : int64 array (n,)
        For each of these the first one with the same tokens.
    heads : int64 array (h,)
        These first ones, ascending: the documents of the collection.
    collection : Collection
    fitted : Fit
    pairs : CandidatePairs
        Of documents of the collection, those that were judged.
    judged : Judged
        Each pair by itself.
    settled : list of Match
        With what the other texts of a story say, but not yet of origins.
    matches : list of Match
        All of them, asked for or not.
    """

    comparison: Comparison
    old: set[str]
    order: npt.NDArray[np.int64]
    classes: npt.NDArray[np.int64]
    heads: npt.NDArray[np.int64]
    collection: Collection
    fitted: Fit
    pairs: CandidatePairs
    judged: Judged
    settled: list[Match]
    matches: list[Match]


def trace(
    documents: Documents,
    *,
    against: Documents | None = None,
    settings: Settings = Settings(),
    jobs: int | None = None,
    skipped: Sequence[Skipped] = (),
    on_stage: Progress | None = None,
) -> Run:
    """``compare``, with what its stages leave kept.

    Raises
    ------
    DedupError
        When a path cannot be read, or the settings ask for the near tier alone, which judges nothing.
    """
    if settings.tier != "all":
        raise DedupError("what the stages of tier 'near' leave is not kept; use tier 'all'")
    kept: dict[str, Any] = {}
    comparison = _run_stages(
        documents, against, settings=settings, jobs=jobs, skipped=skipped, on_stage=on_stage, keep=kept.update
    )
    return Run(comparison=comparison, **kept)


def _forget(**left: Any) -> None:
    pass


def _run_stages(
    documents: Documents,
    against: Documents | None,
    *,
    settings: Settings,
    jobs: int | None,
    memory: int = DEFAULT_MEMORY,
    skipped: Sequence[Skipped],
    on_stage: Progress | None,
    keep: Callable[..., None] = _forget,
) -> Comparison:
    """``compare``; ``keep`` is given what each stage leaves, which is else let go as soon as it is used."""
    jobs = jobs or available_jobs()
    watch = Stopwatch(on_stage or _silent)
    tell = watch.tell
    stages: list[Stage] = []
    left_out: list[Skipped] = []

    def count(name: str, number: int) -> None:
        stages.append(Stage(name, number))
        _log.info("%s: %d", name, number)

    tell("reading", 0, 0)
    scratch = Scratch(memory)
    old: set[str] = set()
    read = _told(documents, left_out)
    if against is not None:
        read, old = _merged(read, _told(against, left_out), left_out)
    found = survey(read, settings=settings, scratch=scratch, jobs=jobs, tell=tell)
    spool, order, classes = found.spool, found.spool.order(), found.classes()
    count("documents", len(spool))
    count("documents without words", int((found.lengths == 0).sum()))
    is_old = np.array([spool.ids[place] in old for place in order.tolist()], np.bool_) if old else None
    if is_old is not None:
        classes = np.where(is_old, _among(classes, is_old), np.arange(len(classes)))
    heads = np.unique(classes)
    count("different texts", len(heads))
    collection = Collection.from_survey(found, order[heads], settings=settings, scratch=scratch)
    del found
    keep(old=old, order=order, classes=classes, heads=heads, collection=collection)
    across = None if is_old is None else is_old[heads]
    near: set[tuple[str, str]] = set()
    if settings.tier == "near":
        matches, digest = near_matches(collection, across, settings=settings, jobs=jobs, count=count, tell=tell), ""
    else:
        fitted = fit(collection, settings=settings, scratch=scratch, jobs=jobs, count=count, tell=tell)
        sides = (fitted.alike.left, fitted.alike.right)
        near = set(zip(*([collection.id(number) for number in side.tolist()] for side in sides), strict=True))
        near |= {(right, left) for left, right in near if right in old or left in old}
        statistics, pairs = fitted.statistics, fitted.candidates(jobs=jobs, count=count)
        if across is not None:
            pairs = pairs.where(across[pairs.left] != across[pairs.right])
        keep(fitted=fitted, pairs=pairs)
        del fitted
        judged = judge_pairs(collection, statistics, pairs, settings=settings, jobs=jobs, tell=tell)
        tell("settling stories", 0, 0)
        settled = settle_pairs(collection, statistics, judged, settings=settings, jobs=jobs)
        keep(judged=judged, settled=settled)
        matches, digest = find_common_origins(settled), statistics.digest
    matches += _identical(spool, order, classes, settings)
    if old:
        matches = [match for match in matches if (match.left in old) != (match.right in old)]
        matches = [match.swap() if match.left in old else match for match in matches]
    keep(matches=matches)
    tell("grouping", 0, 0)
    derived = [match for match in matches if match.derived]
    families = build_families(derived, spool.rank, near)
    wanted = [match for match in matches if match.relation in settings.relation]
    count("matches", len(wanted))
    return Comparison(
        matches=sorted(wanted, key=lambda match: (match.left, match.right)),
        families=families,
        documents=spool,
        skipped=[*skipped, *left_out],
        stages=stages,
        settings=settings,
        statistics_digest=digest,
        efforts=_efforts(watch, spool, stages),
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
    [result] = measure_pairs(documents, corpus.languages, prepared, statistics, pair, 1, settings.model)
    return result


def _efforts(watch: Stopwatch, spool: Spool, stages: Sequence[Stage]) -> tuple[Effort, ...]:
    counts = {stage.name: stage.count for stage in stages}
    texts = {"documents": len(spool), "size": int(spool.texts.offsets[-1])}
    heads = counts["different texts"]
    own = {"documents": heads, "size": texts["size"] * heads // max(1, len(spool))}
    watch.add("reading", **texts)
    watch.add("finding near-duplicates", documents=heads, candidates=counts["near-duplicate candidates"])
    if "reuse candidates" in counts:
        for stage in ("finding boilerplate", "counting terms", "gathering rare features"):
            watch.add(stage, **own)
        watch.add("finding rare features", candidates=counts["reuse candidates"])
        watch.add("aligning", candidates=counts["candidate pairs"], kept=counts["matches"])
    return watch.finish()


def _silent(name: str, done: int, total: int) -> None:
    pass


def _told(documents: Documents, skipped: list[Skipped]) -> Iterator[Document]:
    """Documents of different ids; of several with one id the first."""
    if isinstance(documents, str | Path):
        documents = read_documents([documents], on_skip=skipped.append)
    elif hasattr(documents, "to_pylist"):
        documents = documents_from_records(documents.to_pylist(), on_skip=skipped.append)
    elif hasattr(documents, "to_dict") and hasattr(documents, "columns"):
        documents = documents_from_records(documents.to_dict("records"), on_skip=skipped.append)
    seen: set[str] = set()
    for number, item in enumerate(documents):
        document = as_document(item, number)
        if document.id in seen:
            skipped.append(Skipped(document.id, f"document {number} has the id of an earlier one; give each its own"))
        else:
            seen.add(document.id)
            yield document


def _merged(
    new: Iterable[Document], old: Iterable[Document], skipped: list[Skipped]
) -> tuple[Iterator[Document], set[str]]:
    """All documents, and the ids of the old ones; of two with one id the old one is taken."""
    fresh = {document.id: document for document in new}
    known = {document.id: document for document in old}
    twice = sorted(fresh.keys() & known.keys())
    skipped += [Skipped(name, "stands among the old documents as well; give the new one another id") for name in twice]
    return iter({**fresh, **known}.values()), set(known)


def _among(classes: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Each document's class, named by its first member among the chosen documents."""
    first: dict[int, int] = {}
    for number in np.flatnonzero(chosen).tolist():
        first.setdefault(int(classes[number]), number)
    return np.array([first.get(int(number), -1) for number in classes], np.int64)


def _identical(
    spool: Spool, order: npt.NDArray[np.int64], classes: npt.NDArray[np.int64], settings: Settings
) -> list[Match]:
    """Matches of equal texts: of each with its class's representative, the earliest dated, then by id.

    What is measured of one such pair holds for all that are written alike; only dates and outlets differ.
    """
    sizes = np.bincount(classes, minlength=len(classes))
    several = np.flatnonzero(sizes[classes] > 1)
    several = several[np.argsort(classes[several], kind="stable")]
    groups = np.split(order[several], np.flatnonzero(np.diff(classes[several])) + 1) if len(several) else []
    matches: list[Match] = []
    for group in groups:
        ranked = sorted(group.tolist(), key=lambda place: (spool.rank(spool.ids[place])[0], spool.ids[place]))
        if settings.tier == "near":
            names = [spool.ids[place] for place in ranked]
            for i, name in enumerate(names if settings.all_pairs else names[:1]):
                matches += [identical_match(name, other) for other in names[i + 1 :]]
            continue
        measured: dict[tuple[str, str | None, str, str | None], tuple[Evidence, tuple[Passage, ...]]] = {}
        for i, place in enumerate(ranked if settings.all_pairs else ranked[:1]):
            first = spool.document(place)
            for further in ranked[i + 1 :]:
                other = spool.document(further)
                left, right = (first, other) if first.id < other.id else (other, first)
                key = left.text, left.language, right.text, right.language
                if key not in measured:
                    match, evidence = explain_pair(left, right, settings=settings)
                    measured[key] = evidence, match.passages
                matches.append(new_match(left, right, *measured[key], settings.model))
    return matches
