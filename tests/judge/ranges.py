"""Which rows of a site's table of ranges may be those of a result, found by trying days.

A day of the result, a birth date, a sex and a laboratory are tried in every combination that tells
rows apart. Source: semantics section 14.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.judge.calendar import completed_years, days_of, moved, one_day
from tests.judge.chart import Interval, Plain, Record, amount
from tests.judge.conditions import inside

if TYPE_CHECKING:
    from tests.judge.patient import Patient

Pair = tuple[Fraction | None, Fraction | None]
_OLDEST = 150


def with_limits(patient: Patient, record: Record, rows: Sequence[Plain]) -> Record:
    """The record with the limits of the table, if it brought none (14.1)."""
    if record.values is None or record.low is not None or record.high is not None:
        return record
    found = dict.fromkeys(_limits(patient, row) for row in _applying(patient, record, rows))
    if len(found) == 1:
        ((low, high),) = found
        return replace(record, low=low, high=high)
    return replace(record, ways=tuple(found))


def _limits(patient: Patient, row: Plain | None) -> Pair:
    if row is None:
        return None, None
    fact = patient.facts[row["fact"]]
    unit = f" {row['unit']}" if "unit" in row else ""
    low, high = (
        amount(f"{row[side]}{unit}", fact) if side in row else None for side in ("low", "high")
    )
    return low, high


def _applying(patient: Patient, record: Record, rows: Sequence[Plain]) -> Iterator[Plain | None]:
    named = {row["laboratory"] for row in rows if "laboratory" in row}
    laboratories = [record.laboratory] if record.laboratory else [*sorted(named), "another"]
    births = _Births(patient)
    cuts = {text for row in rows for text in row.get("age", {}).values()}
    for laboratory, sex in product(laboratories, _sexes(patient)):
        fitting = [
            row
            for row in rows
            if row.get("laboratory", laboratory) == laboratory and row.get("sex", sex) == sex
        ]
        for day in _days(record, fitting, births, cuts):
            for birth in births.tried(day, cuts):
                yield next((row for row in fitting if _is_for(row, day, birth)), None)


def _is_for(row: Plain, day: int, birth: int) -> bool:
    age, valid = row.get("age", {}), row.get("valid", {})
    return (
        ("at_least" not in age or _later(birth, age["at_least"]) <= day)
        and ("less_than" not in age or day < _later(birth, age["less_than"]))
        and ("from" not in valid or days_of(valid["from"])[0] <= day)
        and ("to" not in valid or day <= days_of(valid["to"])[0])
    )


def _later(day: int, age: str, sign: int = 1) -> int:
    number, unit = age.split(" ")
    return moved(day, sign * int(number), unit)


def _days(record: Record, rows: Sequence[Plain], births: _Births, cuts: set[str]) -> Sequence[int]:
    """The days of the result; of one without a day, those on which another row may begin."""
    if record.dated is not None:
        return record.dated
    edges = {births.as_of}
    for row in rows:
        edges |= {days_of(text)[0] for text in row.get("valid", {}).values()}
    for birth in births.known:
        edges |= {birth} | {_later(birth, age) for age in cuts}
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    return sorted(near | {min(near) - 40_000, max(near) + 40_000})


def _sexes(patient: Patient) -> list[str]:
    given = [one.values for one in patient.chart("sex").records if one.values is not None]
    every = [str(one) for one in patient.facts["sex"]["values"]]
    return [one for one in every if not given or any(one in values for values in given)]


class _Births:
    """When a patient may have been born."""

    def __init__(self, patient: Patient) -> None:
        self.as_of = patient.as_of
        fact = next(one for one in patient.facts.values() if "age_of" in one.get("derived", {}))
        born = patient.chart(fact["derived"]["age_of"]).records
        self._given = [one.values for one in born if isinstance(one.values, range)]
        name = next(key for key, one in patient.facts.items() if one is fact)
        ages = patient.chart(name).records
        self._stated = [] if self._given else [one for one in ages if one.values is not None]
        self.known = sorted({end for one in self._given for end in (one[0], one[-1])})
        for one in self._stated:
            self.known += self._about(one)

    def _about(self, stated: Record) -> list[int]:
        """Birth dates about the first and the last that a stated age allows."""
        assert isinstance(stated.values, Interval)
        ends = [int(end) for end in (stated.values.low, stated.values.high) if end is not None]
        years = {year + step for year in (*ends, 0, _OLDEST) for step in (-1, 0, 1, 2)}
        near = {
            moved(said, -max(0, min(year, _OLDEST + 1)), "a") + step
            for said in (self._said(stated)[0], self._said(stated)[-1])
            for year in years
            for step in (-2, -1, 0, 1, 2)
        }
        return sorted(day for day in near if self.may_be(day))

    def _said(self, stated: Record) -> range:
        # 11.1: without a day, on the day of screening.
        return one_day(self.as_of) if stated.dated is None else stated.days or range(0)

    def may_be(self, birth: int) -> bool:
        """Whether that may be the birth date."""
        if self._given:
            return any(birth in one for one in self._given)
        if not self._stated:
            return True
        return any(
            inside(Fraction(age), one.values)
            for one in self._stated
            for age in self._ages(one, birth)
            if isinstance(one.values, Interval)
        )

    def _ages(self, stated: Record, birth: int) -> set[Any]:
        said = self._said(stated)
        days = [said[0], said[-1]]
        if birth <= 0:
            return {_OLDEST + 1}
        return {completed_years(birth, day) for day in days if birth <= day}

    def tried(self, day: int, cuts: set[str]) -> list[int]:
        """Birth dates on either side of every age at which rows change, on that day."""
        near = {day, *self.known}
        for age in cuts:
            near |= {_later(day, age, -1) + step for step in range(-4, 5)}
        near |= {moved(day, -_OLDEST, "a")}
        return sorted(birth for birth in near if birth <= day and self.may_be(birth))
