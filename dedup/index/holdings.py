"""The parts of an index: loaded, appended to, merged in tiers, sealed to files, mended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.errors import DamageError, StoreError
from dedup.index.parts import MOST_POSTINGS, Part, Sketches
from dedup.index.searching import Families, View
from dedup.lsh import Bands
from dedup.store import Database, Shelf

__all__ = ["DERIVED_AT_ONCE", "SEALED", "Holdings"]

SEALED = 4_096
"""So many entries, and they are sealed: written to a file. Fewer are derived anew when the index is opened."""

DERIVED_AT_ONCE = 1_000

_FAN = 8
_LARGEST = SEALED * _FAN**2
_RENEWED = SEALED * _FAN

_log = logging.getLogger("dedup")

Derive = Callable[[int, int], Iterable[Sketches]]
"""The sketches of a range of entries, both ends included, from what is stored."""


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A part, the range of entries that it covers, and its name where it is sealed."""

    part: Part
    first: int
    last: int
    name: str | None = None

    @property
    def tier(self) -> int:
        return len(self.part).bit_length() // (_FAN.bit_length() - 1)


class Holdings:
    """What is derived of all entries, as parts, oldest first.

    Parameters
    ----------
    database : Database
    shelf : Shelf
    num_perm : int
    bands : Bands
    derive : callable
    writing : bool
        Otherwise what is missing or damaged is mended in memory only.
    """

    def __init__(
        self, database: Database, shelf: Shelf, num_perm: int, bands: Bands, derive: Derive, *, writing: bool
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._num_perm = num_perm
        self._bands = bands
        self._serial = 0
        self._derive = derive
        self._writing = writing
        self._held: list[_Held] = []
        self._views: dict[Part, View] = {}
        self.removed: npt.NDArray[np.int64] = np.empty(0, np.int64)

    @property
    def parts(self) -> list[Part]:
        """The parts."""
        return [held.part for held in self._held]

    def views(self, families: Families) -> list[View]:
        """The parts as they are to be searched."""
        known = self._views
        self._views = {
            part: known[part] if part in known else View.of(part, families, self.removed) for part in self.parts
        }
        return list(self._views.values())

    @property
    def sealed(self) -> list[str]:
        """The names of those in files."""
        return [held.name for held in self._held if held.name is not None]

    def load(self, *, mend: bool = True) -> None:
        """Take up what is stored; derive what is not yet sealed, and, to ``mend``, what is missing or damaged.

        Raises
        ------
        DamageError
            When a part is missing or damaged, and not to be mended.
        """
        self._held, self._views = [], {}
        self.removed = np.sort(self._database.removed())
        self._serial = int(self._database.facts().get("serial", 0))
        next_entry = 0
        for name, first, last in self._database.parts():
            try:
                self._held.append(_Held(Part.from_arrays(self._shelf.get(name)), first, last, name))
            except DamageError as problem:
                if not mend:
                    raise
                _log.warning("%s; it is derived anew", problem)
                self._held.append(self._derived(name, first, last))
            next_entry = last + 1
        self._tail(next_entry)
        if self._writing:
            self._shelf.keep_only(set(self.sealed))

    def append(self, sketches: Sketches, first: int, last: int) -> None:
        """Take up new entries, then merge and seal what is due."""
        if len(sketches):
            self._held.append(_Held(Part.build(sketches, self._bands), first, last))
        try:
            self._tidy()
        except StoreError as problem:
            _log.warning("%s; nothing is lost, it is tried again with the next documents", problem)

    def remove(self, entries: Iterable[int]) -> None:
        """Leave some entries out from now on."""
        gone = np.array(sorted(entries), np.int64)
        self.removed = np.union1d(self.removed, gone)
        for view in self._views.values():
            view.remove(gone)

    def renew(self, sketches: Iterable[Sketches], also: Callable[[], None]) -> None:
        """Other parts in place of all; ``also`` is done in the same transaction."""
        made: list[_Held] = []
        waiting: list[_Held] = []
        for some in sketches:
            part = Part.build(some, self._bands)
            waiting.append(_Held(part, int(some.entries[0]), int(some.entries[-1])))
            if sum(len(held.part) for held in waiting) >= _RENEWED:
                made.append(self._put(self._merged(waiting), waiting[0].first, waiting[-1].last))
                waiting = []
        with self._database.transaction():
            also()
            self._publish(self.sealed, made)
        self._held = made + waiting
        self.removed = self.removed[:0]
        self._tidy()
        self._shelf.keep_only(set(self.sealed))

    def compact(self) -> None:
        """Write every part that holds removed entries anew without them, and seal the rest."""
        dirty = [held for held in self._held if held.name is None or np.isin(held.part.entries, self.removed).any()]
        for held in dirty:
            self._replace([held], self._merged([held]))

    def mend(self) -> list[str]:
        """What is wrong with the sealed parts, in words; each such part is derived anew, if it may be written."""
        found: list[str] = []
        for held in list(self._held):
            if held.name is None:
                continue
            try:
                wrong = self._shelf.damaged(held.name)
            except DamageError as problem:
                wrong = [str(problem)]
            found += wrong
            if wrong and self._writing:
                self._replace([held], self._built(held.first, held.last))
        return found

    def rebuild(self) -> None:
        """Derive every sealed part anew."""
        for held in list(self._held):
            if held.name is not None:
                self._replace([held], self._built(held.first, held.last))

    def _tail(self, first: int) -> None:
        """Derive the entries behind the last sealed one."""
        for sketches in self._derive(first, np.iinfo(np.int64).max):
            last = int(sketches.entries[-1])
            self._held.append(_Held(Part.build(sketches, self._bands), first, last))
            first = last + 1

    def _tidy(self) -> None:
        """Merge parts of like size, so that few are left however small the batches; seal when enough are unsealed."""
        while True:
            sealed = [held for held in self._held if held.name is not None]
            loose = self._held[len(sealed) :]
            if sum(len(held.part) for held in loose) >= SEALED and self._writing:
                due = loose
            else:
                due = self._due(loose) or (self._due(sealed) if self._writing else [])
            if not due:
                return
            self._replace(due, self._merged(due))

    def _due(self, run: Sequence[_Held]) -> list[_Held]:
        """The newest parts of ``run`` that are no larger than the last one's tier, if they are enough to merge."""
        same: list[_Held] = []
        size = postings = 0
        for held in reversed(run):
            size += len(held.part)
            postings += len(held.part.rows)
            if held.tier > run[-1].tier or size > _LARGEST or postings > MOST_POSTINGS:
                break
            same.insert(0, held)
        return same if len(same) >= _FAN else []

    def _merged(self, run: Sequence[_Held]) -> Part:
        return Part.merge([held.part for held in run], self.removed, self._bands)

    def _built(self, first: int, last: int) -> Part:
        parts = [Part.build(sketches, self._bands) for sketches in self._derive(first, last)]
        return Part.merge(parts, self.removed, self._bands) if parts else Part.empty(self._num_perm, self._bands)

    def _derived(self, name: str, first: int, last: int) -> _Held:
        """A part that was missing or damaged."""
        part = self._built(first, last)
        if not self._writing:
            return _Held(part, first, last)
        made = self._put(part, first, last)
        with self._database.transaction():
            self._publish([name], [made])
        return made

    def _put(self, part: Part, first: int, last: int) -> _Held:
        """Write a part to the shelf, as yet known to nobody."""
        self._serial += 1
        name = f"part-{first:012d}-{last:012d}-{self._serial}"
        about = {"bands": self._bands.bands, "rows": self._bands.rows, "entries": len(part), "first": first}
        kept = self._shelf.put(name, part.arrays(), {**about, "last": last})
        return _Held(Part.from_arrays(kept), first, last, name)

    def _publish(self, gone: Sequence[str], made: Sequence[_Held]) -> None:
        """Note in the current transaction which parts there are."""
        self._database.replace_parts(gone, [(held.name or "", held.first, held.last) for held in made])
        self._database.set_facts({"serial": self._serial})

    def _replace(self, run: Sequence[_Held], part: Part) -> None:
        """One part in place of a run of neighbours; sealed if one of them was, or it is large enough."""
        first, last = run[0].first, run[-1].last
        at = self._held.index(run[0])
        if not any(held.name for held in run) and len(part) < SEALED:
            self._held[at : at + len(run)] = [_Held(part, first, last)]
            return
        made = self._put(part, first, last)
        with self._database.transaction():
            self._publish([held.name for held in run if held.name is not None], [made])
            self._database.forget_removed(first, last)
        self._held[at : at + len(run)] = [made]
        self.removed = self.removed[(self.removed < first) | (self.removed > last)]
        self._shelf.keep_only(set(self.sealed))
