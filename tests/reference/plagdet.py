"""Plagdet from its definition, with a set for every span: slow and plain."""

from __future__ import annotations

from math import log2


def characters(span_pair):
    derived_start, derived_end, source_start, source_end = span_pair
    derived = {("derived", place) for place in range(derived_start, derived_end)}
    return derived | {("source", place) for place in range(source_start, source_end)}


def common(one, other):
    """The characters that a case and a detection share, or none if they do not meet on both sides."""
    shared = characters(one) & characters(other)
    return shared if {side for side, _ in shared} == {"derived", "source"} else set()


def mean_share(wholes_and_others):
    shares = []
    for wholes, others in wholes_and_others:
        for whole in wholes:
            shared = set().union(*(common(whole, other) for other in others))
            shares.append(len(shared) / len(characters(whole)))
    return sum(shares) / len(shares) if shares else 0.0


def plagdet(pairs):
    """``(plagdet, precision, recall, granularity)`` of ``[(cases, detections), ...]``."""
    if not any(cases or detections for cases, detections in pairs):
        return 1.0, 1.0, 1.0, 1.0
    recall = mean_share(pairs)
    precision = mean_share([(detections, cases) for cases, detections in pairs])
    hits = [sum(1 for d in detections if common(case, d)) for cases, detections in pairs for case in cases]
    hits = [count for count in hits if count]
    granularity = sum(hits) / len(hits) if hits else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f1 / log2(1 + granularity), precision, recall, granularity
