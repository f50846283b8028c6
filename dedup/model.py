"""The model of the verdict: its coefficients as a value, where they come from, and how they are kept in a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from dedup.errors import ModelError

__all__ = ["MODEL_VERSION", "Model"]

MODEL_VERSION = 2
"""Changes whenever a feature of the verdict means something else, so that old coefficients would mislead."""

_PARTS = ("lineage", "copy", "passage", "direction")


@dataclass(frozen=True, slots=True)
class Model:
    """Coefficients of the verdict: the logit of each part is its intercept and the sum of weight times feature.

    Attributes
    ----------
    parts : mapping of str to mapping of str to float
        ``lineage``, ``copy``, ``passage`` and ``direction``; each has an ``intercept`` and a weight for each feature.
    about : str
        How they were found.
    trained_on : tuple of str
        What they were learnt from.
    measured : mapping
        How well they did in cross-validation, where that is known.

    Examples
    --------
    >>> Model.shipped().parts["passage"]["longest"]
    8.0
    """

    parts: Mapping[str, Mapping[str, float]]
    about: str = ""
    trained_on: tuple[str, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def shipped(cls) -> Model:
        """The model of the package."""
        return _shipped()

    @classmethod
    def read(cls, path: str | Path) -> Model:
        """The model of a file that ``dedup train`` wrote.

        Raises
        ------
        ModelError
            When it cannot be read, is of another version, or lacks a part or a weight.
        """
        try:
            loaded = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise ModelError(f"{path}: cannot be read as a model: {problem}") from problem
        return cls._from_values(loaded, str(path))

    @classmethod
    def _from_values(cls, loaded: Any, where: str) -> Model:
        if not isinstance(loaded, dict) or "version" not in loaded:
            raise ModelError(f"{where}: is no model of the verdict; 'dedup train' writes one")
        if loaded["version"] != MODEL_VERSION:
            raise ModelError(
                f"{where}: is a model of version {loaded['version']!r}, this dedup reads version {MODEL_VERSION};"
                " train it again"
            )
        parts = {name: _weights(name, loaded, where) for name in _PARTS}
        return cls(parts, str(loaded.get("about", "")), tuple(loaded.get("trained_on", ())), loaded.get("measured", {}))

    @property
    def digest(self) -> str:
        """Names the coefficients: equal ones have equal digests, whatever is said about them."""
        values = json.dumps([MODEL_VERSION, self.parts], sort_keys=True)
        return blake2b(values.encode(), digest_size=8).hexdigest()

    def write(self, path: str | Path) -> None:
        """Write the model to a file, a weight a line.

        Raises
        ------
        ModelError
            When it cannot be written.
        """
        values: dict[str, Any] = {"version": MODEL_VERSION, "about": self.about, "trained_on": list(self.trained_on)}
        if self.measured:
            values["measured"] = dict(self.measured)
        values |= {name: dict(weights) for name, weights in self.parts.items()}
        try:
            Path(path).write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as problem:
            raise ModelError(f"{path}: cannot be written: {problem.strerror or problem}") from problem


@cache
def _shipped() -> Model:
    return Model._from_values(_shipped_values(), "dedup/data/verdict.json")


def _shipped_values() -> dict[str, Any]:
    direction, verdict = (
        json.loads((files("dedup") / "data" / name).read_text("utf-8")) for name in ("direction.json", "verdict.json")
    )
    return {"version": MODEL_VERSION, **direction, **verdict}


def _weights(part: str, loaded: Mapping[str, Any], where: str) -> dict[str, float]:
    """The weights of one part: numbers, under the same names as in the shipped model."""
    weights = loaded.get(part)
    if not isinstance(weights, dict):
        raise ModelError(f"{where}: has no part {part!r}; a model has {', '.join(_PARTS)}")
    for name, value in weights.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ModelError(f"{where}: {part}.{name} must be a number, not {value!r}")
    known = _shipped_values()[part]
    for name in sorted(known.keys() ^ weights.keys()):
        problem = "lacks" if name in known else "has an unknown"
        raise ModelError(f"{where}: {problem} weight {part}.{name}; a model has {', '.join(known)} there")
    return {name: float(weights[name]) for name in known}
