"""The settings of a comparison: defaults, what they mean, and how a configuration file sets them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from dedup.errors import SettingsError
from dedup.matches import DERIVED, Relation

__all__ = ["Settings", "find_settings_file", "read_settings_file"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a comparison is asked to do. Everything here changes the result; ``jobs`` and paths do not belong here.

    Attributes
    ----------
    threshold : float
        Jaccard similarity of 3-word shingles from which near-duplicates must be found.
    min_recall : float
        Expected share of the pairs at the threshold that is found.
    num_perm : int
        MinHash values of a document.
    seed : int
        Of the hash functions.
    relation : tuple of Relation
        Which relations are reported.
    all_pairs : bool
        Report every pair of a class of identical texts, not only each text's tie to the representative.
    """

    threshold: float = 0.5
    min_recall: float = 0.99
    num_perm: int = 128
    seed: int = 1
    relation: tuple[Relation, ...] = tuple(relation for relation in Relation if relation in DERIVED)
    all_pairs: bool = False

    def changed(self, values: Mapping[str, Any], where: str = "settings") -> Settings:
        """These settings with some changed.

        Raises
        ------
        SettingsError
            For an unknown name or a value that makes no sense; ``where`` says whence it came.

        Examples
        --------
        >>> Settings().changed({"threshold": 0.8}).threshold
        0.8
        >>> Settings().changed({"treshold": 0.8}, "dedup.toml")
        Traceback (most recent call last):
        dedup.errors.SettingsError: dedup.toml: no setting 'treshold'; there are all_pairs, min_recall, num_perm, ...
        """
        known = {field.name for field in fields(self)}
        for name in values:
            if name not in known:
                raise SettingsError(f"{where}: no setting {name!r}; there are {', '.join(sorted(known))}")
        return replace(self, **{name: _checked(name, value, where) for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for headers of output."""
        return {**asdict(self), "relation": [str(relation) for relation in self.relation]}


def _checked(name: str, value: Any, where: str) -> Any:
    if name == "relation":
        names = [value] if isinstance(value, str) else list(value)
        try:
            return tuple(Relation(item) for item in names)
        except ValueError:
            known = ", ".join(Relation)
            raise SettingsError(f"{where}: relation must be among {known}, not {value!r}") from None
    if name == "all_pairs":
        if not isinstance(value, bool):
            raise SettingsError(f"{where}: all_pairs must be true or false, not {value!r}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"{where}: {name} must be a number, not {value!r}")
    ranges = {"threshold": (0.0, 1.0), "min_recall": (0.0, 1.0), "num_perm": (16, 1024), "seed": (0, 2**32 - 1)}
    low, high = ranges[name]
    if not low <= value <= high or (low == 0.0 and name != "seed" and value == low):
        raise SettingsError(f"{where}: {name} must be in [{low}, {high}], not {value!r}")
    return value


def find_settings_file(folder: Path) -> Path | None:
    """``dedup.toml``, or a ``pyproject.toml`` with a table ``[tool.dedup]``, in a folder or the nearest above it."""
    for place in [folder, *folder.parents]:
        own, shared = place / "dedup.toml", place / "pyproject.toml"
        if own.is_file():
            return own
        if shared.is_file() and _has_table(shared):
            return shared
    return None


def _has_table(path: Path) -> bool:
    """Whether a ``pyproject.toml`` speaks of dedup; one that cannot be read, of whatever project, does not."""
    try:
        return "dedup" in _parsed(path).get("tool", {})
    except SettingsError:
        return False


def read_settings_file(path: Path) -> dict[str, Any]:
    """The settings that a file holds.

    Raises
    ------
    SettingsError
        When it cannot be read or is not TOML.
    """
    values = _parsed(path)
    if path.name == "pyproject.toml":
        values = values.get("tool", {}).get("dedup", {})
    return values


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsError(f"{path}: cannot be read as TOML: {problem}") from problem
