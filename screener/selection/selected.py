"""What a selection comes to for one patient: possible values, or none and the cause.

Everything a leaf can ask for has this one shape, so that one rule judges every leaf. Nothing here
reads records.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from screener.causes import Cause
from screener.facts import Record, Shown
from screener.quantities import Number, Range, Value

_T = TypeVar("_T")


class Reach(NamedTuple):
    """The days a window covers, as ordinals; None while a day is not known exactly or open."""

    opens: int | None
    closes: int | None


class Lack(NamedTuple):
    """A fact that would help to settle the selection; `cause` None: that of the selection."""

    fact: str
    cause: Cause | None
    window: Reach | None


class Used(NamedTuple):
    """A record, date or default that took part.

    `value` is there where the condition of the leaf applies to this very value; `said`: it tells
    how far a history is known.
    """

    fact: str
    shown: Shown
    value: Value | None = None
    cause: Cause | None = None
    assumed: bool = False
    said: bool = False


class Aside(NamedTuple):
    """A record that was not used, and why."""

    fact: str
    shown: Shown
    cause: Cause | None
    reason: str


class Selected(NamedTuple):
    """The possible values of a selection, or none of them.

    `values`: every way it may be; () while unsettled. `cause`: why it is unsettled, or why there
    may be other values. `firm`: so many leading values come from records that must not differ.
    `lacks`: what would settle it. `unplaced`: the day of its window is unknown. `short`: one more
    possible value is not known at all, so that nothing is decided. `clash`: what is given and what
    is computed exclude each other (11.4).
    """

    values: tuple[Value, ...]
    cause: Cause | None
    firm: int
    used: tuple[Used, ...]
    lacks: tuple[Lack, ...]
    aside: tuple[Aside, ...] = ()
    unplaced: bool = False
    short: bool = False
    clash: bool = False


def used(fact: str, record: Record, value: Value | None = None, cause: Cause | None = None) -> Used:
    """A record as an entry of the explanation."""
    return Used(fact, record.shown, value, record.absence if cause is None else cause)


def absent(fact: str, cause: Cause) -> Used:
    """The entry that says there is nothing to go by."""
    return Used(fact, Shown(), None, cause)


def exact(value: Value) -> bool:
    """Whether the value is known to the last digit: one number, one code."""
    if isinstance(value, Range):
        return value.low is not None and value.low == value.high
    return len(value) == 1


def single(selected: Selected) -> bool:
    """Whether exactly one value is possible."""
    return len(set(selected.values)) == 1 and exact(selected.values[0])


def relative(value: Value, limit: Number | None) -> Range | None:
    """A value as a multiple of a reference limit; None without a limit above zero (9.5)."""
    if limit is None or limit <= 0:
        return None
    assert isinstance(value, Range), "INVARIANT: only quantities carry a reference range"
    unit = Fraction(limit)
    return Range(
        None if value.low is None else Fraction(value.low) / unit,
        None if value.high is None else Fraction(value.high) / unit,
        value.low_open,
        value.high_open,
    )


def distinct(several: Sequence[_T]) -> tuple[_T, ...]:
    """The same, each once, in their order."""
    # To compare them takes most of the time, and mostly there is nothing to compare.
    return tuple(several if len(several) < 2 else dict.fromkeys(several))
