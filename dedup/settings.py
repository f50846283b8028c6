"""The settings of a comparison: defaults, what they mean, and how a configuration file sets them."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from dedup.errors import DedupError, SettingsError, Skipped
from dedup.matches import DERIVED, Relation
from dedup.model import Model
from dedup.readers import read_documents
from dedup.reuse import ReuseLimits

__all__ = ["Settings", "find_settings_file", "read_base", "read_settings_file"]

_log = logging.getLogger("dedup")


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
    min_weight : float
        Weight of the rare words and phrases that two texts must share to be compared where they are no
        near-duplicates: the sum of their idf, a phrase counting as 6.
    max_frequency : int
        A word or phrase in more near-duplicate families than this is not rare.
    relation : tuple of Relation
        Which relations are reported.
    all_pairs : bool
        Report every pair of a class of identical texts, not only each text's tie to the representative.
    tier : str
        ``"near"`` finds near-duplicates alone, by their shared phrases, and aligns nothing; ``"all"`` also rewrites and
        excerpts, and shows passages.
    base : tuple of str
        Texts that are known boilerplate, such as form letters: what stands in them is shown as such, and counts
        neither for nor against a pair.
    model : Model
        Of the verdict.
    """

    threshold: float = 0.5
    min_recall: float = 0.99
    num_perm: int = 128
    seed: int = 1
    min_weight: float = 26.0
    max_frequency: int = 32
    relation: tuple[Relation, ...] = tuple(relation for relation in Relation if relation in DERIVED)
    all_pairs: bool = False
    tier: str = "all"
    base: tuple[str, ...] = field(default=(), repr=False)
    model: Model = field(default_factory=Model.shipped, repr=False)

    def changed(self, values: Mapping[str, Any], where: str = "settings") -> Settings:
        """These settings with some changed; ``base`` and ``model`` are given as paths, read at once.

        Raises
        ------
        SettingsError
            For an unknown name or a value that makes no sense; ``where`` says whence it came.
        DedupError
            When a path of ``base``, or the model, cannot be read.

        Examples
        --------
        >>> Settings().changed({"threshold": 0.8}).threshold
        0.8
        >>> Settings().changed({"treshold": 0.8}, "dedup.toml")
        Traceback (most recent call last):
        dedup.errors.SettingsError: dedup.toml: no setting 'treshold'; there are all_pairs, base, max_frequency, ...
        """
        known = {field.name for field in fields(self)}
        for name in values:
            if name not in known:
                raise SettingsError(f"{where}: no setting {name!r}; there are {', '.join(sorted(known))}")
        return replace(self, **{name: _checked(name, value, where) for name, value in values.items()})

    def reuse_limits(self) -> ReuseLimits:
        """What retrieval by rare words and phrases counts as rare, and how much of it makes a candidate."""
        return ReuseLimits(max_frequency=int(self.max_frequency), min_weight=self.min_weight)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for headers of output: the base and the model by their digests."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        digest = blake2b("\0".join(self.base).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        return plain | {
            "relation": [str(relation) for relation in self.relation],
            "base": {"texts": len(self.base), "digest": digest} if self.base else None,
            "model": self.model.digest,
        }


def read_base(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """The texts of templates: every document of some folders and files. What cannot be read is logged.

    Raises
    ------
    DedupError
        When a path does not exist, or holds no readable text.
    """
    texts: list[str] = []
    for path in paths:
        skipped: list[Skipped] = []
        found = [document.text for document in read_documents([path], on_skip=skipped.append)]
        if not any(text.strip() for text in found):
            why = f": {skipped[0]}" if skipped else ""
            raise DedupError(f"{path}: no readable text to know as boilerplate{why}")
        for item in skipped:
            _log.warning("left out of the known boilerplate: %s", item)
        texts += found
    return tuple(texts)


def _checked(name: str, value: Any, where: str) -> Any:
    if name == "relation":
        names = [value] if isinstance(value, str) else list(value)
        try:
            return tuple(Relation(item) for item in names)
        except ValueError:
            known = ", ".join(Relation)
            raise SettingsError(f"{where}: relation must be among {known}, not {value!r}") from None
    if name == "base":
        paths = [value] if isinstance(value, str | Path) else value
        if not isinstance(paths, list | tuple) or not all(isinstance(path, str | Path) for path in paths):
            raise SettingsError(f"{where}: base must be paths of folders or files, not {value!r}")
        return read_base(paths)
    if name == "model":
        if not isinstance(value, str | Path):
            raise SettingsError(f"{where}: model must be the path of a file, not {value!r}")
        return Model.read(value)
    if name == "tier":
        if value not in ("near", "all"):
            raise SettingsError(f"{where}: tier must be near or all, not {value!r}")
        return value
    if name == "all_pairs":
        if not isinstance(value, bool):
            raise SettingsError(f"{where}: all_pairs must be true or false, not {value!r}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"{where}: {name} must be a number, not {value!r}")
    low, high = _RANGES[name]
    if name in _WHOLE and value != int(value):
        raise SettingsError(f"{where}: {name} must be a whole number, not {value!r}")
    if not low <= value <= high or (low == 0.0 and name != "seed" and value == low):
        raise SettingsError(f"{where}: {name} must be in [{low}, {high}], not {value!r}")
    return value


_RANGES = {
    "threshold": (0.0, 1.0),
    "min_recall": (0.0, 1.0),
    "num_perm": (16, 1024),
    "seed": (0, 2**32 - 1),
    "min_weight": (1.0, 1000.0),
    "max_frequency": (2, 10_000),
}
_WHOLE = ("num_perm", "seed", "max_frequency")


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
    """The settings that a file holds. Paths in it are meant from its folder.

    Raises
    ------
    SettingsError
        When it cannot be read or is not TOML.
    """
    values = _parsed(path)
    if path.name == "pyproject.toml":
        values = values.get("tool", {}).get("dedup", {})
    return {name: _from_folder(path.parent, value) if name in _PATHS else value for name, value in values.items()}


_PATHS = ("base", "model")


def _from_folder(folder: Path, value: Any) -> Any:
    if isinstance(value, list):
        return [_from_folder(folder, item) for item in value]
    return str(folder / value) if isinstance(value, str) else value


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsError(f"{path}: cannot be read as TOML: {problem}") from problem
