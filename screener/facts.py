"""One patient as the engine sees him: typed, dated records per fact, and what is said of histories.

Values are already in the unit of their fact. What depends on the day of screening (clipping at
`as_of`, statements said "now") is left to the selection. Source: semantics sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from screener.causes import Cause
from screener.days import Days
from screener.quantities import Number, Value


class FromTable(NamedTuple):
    """Reference limits out of a site's table, as texts in the unit of the fact.

    `row` says which row; None: that no row applies, which is possible as well.
    """

    low: str | None
    high: str | None
    row: str | None


class Shown(NamedTuple):
    """A record as a person wrote it: texts for the explanation, never compared.

    `value` and `unit` are in the unit of the fact, `original_*` as given; `date` as given
    (`2026-10`; an event over time: `2026-08-01/2026-09`). `limits`: where they are a table's, those
    of each row that may apply.
    """

    value: str | bool | None = None
    unit: str | None = None
    original_value: str | bool | None = None
    original_unit: str | None = None
    date: str | None = None
    source: str | None = None
    limits: tuple[FromTable, ...] = ()


class OpenLimits(NamedTuple):
    """The reference limits that a record may have, as rows of a site's table that may apply.

    `ways`: at least two different pairs of a lower and an upper limit, (None, None) where no row
    may apply. `wants`: the facts of the patient that would tell which, and why they do not.
    """

    ways: tuple[tuple[Number | None, Number | None], ...]
    wants: tuple[tuple[str, Cause], ...]


#: Of a record without attributes.
NO_ATTRIBUTES: Mapping[str, Value | None] = {}


class Record(NamedTuple):
    """One record of a fact.

    `value` is None for an event and where `absence` says why there is none.
    `start`: the days it may be dated or have started; None means "said on the day of screening"
    (undated statements of cumulative facts and events, a stated age). An undated observation has
    `ANY_DAY`.
    `end`: None for a single day (`start`); else the days an event may have ended
    (`Days(EVER_PAST, EVER_FUTURE)`: no end given; `Days(EVER_FUTURE, EVER_FUTURE)`: ongoing).
    `undated`: no day of its own was given.
    `low`, `high`: the reference range of the result, in the unit of the fact; `open_limits` where
    it may be one of several.
    `attributes`: None for one that is not given.
    `since`: the day from which it is on record, where that is not its start (an event that is
    only known to have happened by the day of a visit).
    `laboratory`: where the result is from.
    """

    value: Value | None
    absence: Cause | None = None
    start: Days | None = None
    end: Days | None = None
    undated: bool = False
    low: Number | None = None
    high: Number | None = None
    attributes: Mapping[str, Value | None] = NO_ATTRIBUTES
    shown: Shown = Shown()
    signed: bool = True
    since: Days | None = None
    laboratory: str | None = None
    open_limits: OpenLimits | None = None


class Answer(Record):
    """A record that is one and the same for all who answer so.

    `kept`: what was worked out from it alone, by what was asked; no patient changes it.
    """

    @cached_property
    def kept(self) -> dict[object, Any]:
        """As yet nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class Statement:
    """The history of an event is known up to `to` (None: the day of screening).

    `none`: and it holds nothing ("no such event"). `since`: the day on which that was said, if it
    was; what is said later is not used before.
    """

    to: Days | None
    none: bool
    shown: Shown = Shown()
    since: Days | None = None


class Declared(NamedTuple):
    """A source is declared complete for a fact up to the day `to`: nothing recorded means no."""

    to: int
    shown: Shown


@dataclass(frozen=True, slots=True)
class Warning:
    """Something worth a look that does not change the answer."""

    id: str
    message: str
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class FactSheet:
    """All that is known of one patient.

    `as_of` is the day ordinal a profile carries of its own, if any. `dropped` holds, per fact,
    records that never count (entered in error, cancelled), with the reason. `complete` holds
    what a source is declared complete for.
    """

    patient: str | None
    as_of: int | None = None
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)
    dropped: Mapping[str, tuple[tuple[Record, str], ...]] = field(default_factory=dict)
    warnings: tuple[Warning, ...] = ()
    complete: Mapping[str, Declared] = field(default_factory=dict)
