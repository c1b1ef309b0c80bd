"""Gathers what is read of one patient, and puts it into an order of its own.

It decides that the order in a file never matters and that the same record said twice is one
record; it reads nothing itself. Source: semantics 1.7, 6.2 and 10.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from screener.days import Days
from screener.facts import Declared, FactSheet, Record, Shown, Statement, Warning
from screener.intake.faults import Faults
from screener.quantities import Number, Range, Value, decimal_text

_Key: TypeAlias = tuple[object, ...]
_T = TypeVar("_T")


class Draft:
    """A fact sheet while it is being read, with the faults found on the way."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.dates: list[tuple[str, str, Days]] = []
        self._records: dict[str, tuple[Record, ...]] = {}
        self._statements: dict[str, list[Statement]] = defaultdict(list)
        self._dropped: dict[str, list[tuple[Record, str]]] = defaultdict(list)
        self._warnings: set[tuple[str, str, str]] = set()
        self._complete: dict[str, Declared] = {}

    def record(self, fact: str, record: Record) -> None:
        """Add a record that counts."""
        known = self._records.get(fact)
        self._records[fact] = (record,) if known is None else (*known, record)

    def hear(self, other: Draft) -> None:
        """Add all that stands in another, which has no faults."""
        for fact, records in other._records.items():
            self._records[fact] = (*self._records.get(fact, ()), *records)
        for fact, statements in other._statements.items():
            self._statements[fact] += statements
        for fact, dropped in other._dropped.items():
            self._dropped[fact] += dropped
        self._warnings |= other._warnings
        self.dates += other.dates

    def dated_before(self, day: int) -> Iterator[tuple[str, str]]:
        """The facts with a record that ended, or was taken, before that day; its date as given."""
        for fact, records in self._records.items():
            for record in records:
                when = record.end or record.start
                if when is not None and when.last < day:
                    yield fact, record.shown.date or ""

    def drop(self, fact: str, record: Record, reason: str) -> None:
        """Add a record that never counts, and why."""
        self._dropped[fact].append((record, reason))

    def say(self, fact: str, statement: Statement) -> None:
        """Add what is said of the history of an event."""
        self._statements[fact].append(statement)

    def complete(self, fact: str, declared: Declared) -> None:
        """Add what a source is declared complete for."""
        self._complete[fact] = declared

    def date(self, fact: str, at: str, days: Days) -> None:
        """Note the value of a date fact and where it stands."""
        self.dates.append((fact, at, days))

    def warn(self, fact: str, id: str, message: str) -> None:
        """Add a warning; the same one only once."""
        self._warnings.add((fact, id, message))

    def sheet(self, patient: str | None, as_of: int | None) -> FactSheet:
        """The fact sheet, everything in canonical order."""
        return FactSheet(
            patient=patient,
            as_of=as_of,
            records=_ordered(self._records, _in_order),
            statements=_ordered(self._statements, _by(_statement_key)),
            dropped=_ordered(self._dropped, _by(_dropped_key)),
            warnings=tuple(
                Warning(id, message, fact) for fact, id, message in sorted(self._warnings)
            ),
            complete={fact: self._complete[fact] for fact in sorted(self._complete)},
        )


def _ordered(
    gathered: Mapping[str, Sequence[_T]], distinct: Callable[[Sequence[_T]], tuple[_T, ...]]
) -> dict[str, tuple[_T, ...]]:
    if not gathered:
        return {}
    return {
        fact: tuple(said) if len(said := gathered[fact]) == 1 else distinct(said)
        for fact in sorted(gathered)
    }


def _by(key: Callable[[_T], _Key]) -> Callable[[Sequence[_T]], tuple[_T, ...]]:
    """Each once, in the order of their keys."""

    def distinct(items: Sequence[_T]) -> tuple[_T, ...]:
        by_key = {key(item): item for item in items}
        return tuple([by_key[one] for one in sorted(by_key)])

    return distinct


def _in_order(records: Sequence[Record]) -> tuple[Record, ...]:
    """Each once, by their keys; of records of different days nothing but the days is looked at."""
    by_day = {_days_key(one.start): one for one in records}
    if len(by_day) == len(records):
        return tuple([by_day[one] for one in sorted(by_day)])
    return _by(_record_key)(records)


def _statement_key(statement: Statement) -> _Key:
    return (
        _days_key(statement.to),
        statement.none,
        _days_key(statement.since),
        _shown_key(statement.shown),
    )


def _dropped_key(dropped: tuple[Record, str]) -> _Key:
    return (*_record_key(dropped[0]), dropped[1])


def _record_key(record: Record) -> _Key:
    """Everything a record says, as texts and numbers that can be put in order: by day first."""
    return (
        _days_key(record.start),
        _days_key(record.end),
        record.undated,
        _value_key(record.value),
        "" if record.absence is None else record.absence.value,
        _number_key(record.low),
        _number_key(record.high),
        tuple((name, _value_key(record.attributes[name])) for name in sorted(record.attributes)),
        _shown_key(record.shown),
        record.signed,
        _days_key(record.since),
        record.laboratory or "",
    )


def _days_key(days: Days | None) -> _Key:
    return () if days is None else tuple(days)


def _value_key(value: Value | None) -> _Key:
    if value is None:
        return ()
    if isinstance(value, Range):
        return (_number_key(value.low), _number_key(value.high), *map(str, value[2:]))
    return tuple(sorted(map(str, value)))


def _number_key(number: Number | None) -> str:
    return "" if number is None else decimal_text(number)


def _shown_key(shown: Shown) -> _Key:
    return tuple("" if part is None else str(part) for part in shown)
