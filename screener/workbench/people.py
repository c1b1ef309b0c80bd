"""Who moves, as a table and as lists ready to be shown: loss of eligibility first.

It chooses what stands where and decides nothing. It needs no solver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol

from screener.days import iso
from screener.truth import Outcome, Verdict
from screener.workbench.moving import Cause, Ending, Mover, Moves

#: In the order in which verdicts stand in every table.
VERDICTS = tuple(reversed(Verdict))
NOT_THERE = "not there"
#: So many patients of one kind of move are shown; all of them are counted.
SHOWN = 200


class Cell(NamedTuple):
    """How many have these two verdicts; `kind`: lost, gained, other or same."""

    number: int
    kind: str


class Row(NamedTuple):
    """One old verdict of the table, its counts by new verdict, and their sum."""

    verdict: str
    cells: tuple[Cell, ...]
    total: int


class Reason(NamedTuple):
    """A criterion that made a patient move: how it ended by each version, and its words for it."""

    id: str
    old: str
    new: str
    old_says: str
    new_says: str


class Moved(NamedTuple):
    """A patient who moves."""

    patient: str
    as_of: str
    reasons: tuple[Reason, ...]


class Kind(NamedTuple):
    """All who move from one verdict to another; `kind` as of a cell. `more` are not shown."""

    old: str
    new: str
    kind: str
    number: int
    patients: tuple[Moved, ...]
    more: int


class Ends(NamedTuple):
    """How often a criterion passes, fails and cannot be told, old and new; `differs`: not alike."""

    id: str
    old: tuple[int, ...]
    new: tuple[int, ...]
    differs: bool


class People(NamedTuple):
    """What the versions do to the patients given; no counts where a version lacks a criterion."""

    total: int
    moved: int
    table: tuple[Row, ...]
    totals: tuple[int, ...]
    criteria: tuple[Ends, ...]
    kinds: tuple[Kind, ...]


def people(moved: Moves) -> People:
    """The table with its sums, and who moves, loss of eligibility first."""
    table = tuple(
        Row(
            old.value,
            tuple(Cell(moved.table.get((old, new), 0), _kind(old, new)) for new in VERDICTS),
            sum(moved.table.get((old, new), 0) for new in VERDICTS),
        )
        for old in VERDICTS
    )
    totals = tuple(sum(moved.table.get((old, new), 0) for old in VERDICTS) for new in VERDICTS)
    criteria = tuple(
        Ends(name_of(one), tuple(one.old or ()), tuple(one.new or ()), one.old != one.new)
        for one in moved.criteria
    )
    kinds = tuple(_kinds(moved.movers))
    return People(sum(moved.table.values()), len(moved.movers), table, totals, criteria, kinds)


class _Criterion(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def was(self) -> str | None: ...


def name_of(one: _Criterion) -> str:
    """The id of a criterion, and what the version before calls it where that is something else."""
    return one.id if one.was is None else f"{one.id} (was {one.was})"


def _kinds(movers: Sequence[Mover]) -> Iterator[Kind]:
    # Movers come sorted by what becomes of them; within the gains two kinds may alternate.
    def pair(one: Mover) -> tuple[int, int, int]:
        lost = {"lost": 0, "other": 1, "gained": 2}[_kind(one.old, one.new)]
        return lost, VERDICTS.index(one.old), -VERDICTS.index(one.new)

    for _, group in groupby(sorted(movers, key=pair), key=pair):
        found = list(group)
        first = found[0]
        yield Kind(
            first.old.value,
            first.new.value,
            _kind(first.old, first.new),
            len(found),
            tuple(map(_moved, found[:SHOWN])),
            max(0, len(found) - SHOWN),
        )


def _kind(old: Verdict, new: Verdict) -> str:
    if old is new:
        return "same"
    if old is Verdict.ELIGIBLE:
        return "lost"
    return "gained" if new is Verdict.ELIGIBLE else "other"


def _moved(one: Mover) -> Moved:
    return Moved(one.patient or "a patient", iso(one.as_of), tuple(map(_reason, one.because)))


def _reason(cause: Cause) -> Reason:
    def outcome(ending: Ending | None) -> str:
        return NOT_THERE if ending is None else ending.outcome.value

    def says(ending: Ending | None) -> str:
        return "" if ending is None or ending.outcome is Outcome.PASS else ending.sentence

    # What passes is told only where its sentence says what the other side lacks.
    return Reason(
        name_of(cause),
        outcome(cause.old),
        outcome(cause.new),
        says(cause.old),
        says(cause.new),
    )
