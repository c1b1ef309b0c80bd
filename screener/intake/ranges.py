"""Gives results that came without reference limits those of the site's table.

It decides which rows of the table may apply to a result, from what is known of its laboratory, its
day and the patient; what several of them make of an answer is decided by the selection. A limit
that came with a result is never replaced. Source: semantics section 14.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from screener.causes import Cause, foremost
from screener.days import ANY_DAY, LAST_DAY, Days, iso, shift
from screener.facts import FactSheet, FromTable, OpenLimits, Record, Warning
from screener.intake.faults import quoted
from screener.intake.profile import read_profile
from screener.quantities import Number, decimal_text
from screener.selection.derived import births_allowed
from screener.selection.frame import date_value
from screener.site import SEX, Age, RangeRow, Site
from screener.vocabulary import AgeOf, Shape, Vocabulary

_Pair = tuple[Number | None, Number | None]
#: The limits of a result to which no row applies.
_NONE: _Pair = (None, None)
#: What is known of whom, and why it is not known exactly.
_Why = tuple[str, Cause] | None


class _Patient(NamedTuple):
    """What rows are chosen by: every sex and birth date that may be, and why there are several."""

    sexes: Collection[str | None]
    why_sexes: _Why
    births: Sequence[Days]
    why_births: _Why


def profile_with_ranges(
    data: object,
    vocabulary: Vocabulary,
    site: Site,
    as_of: int | None,
    otherwise: int | None = None,
) -> FactSheet:
    """The facts of a parsed profile, as `with_ranges` gives them.

    Raises:
        ProfileError: with all faults of the profile.
    """
    sheet = read_profile(data, vocabulary, as_of=as_of)
    return with_ranges(sheet, site, vocabulary, as_of, otherwise)


def with_ranges(
    sheet: FactSheet,
    site: Site | None,
    vocabulary: Vocabulary,
    as_of: int | None,
    otherwise: int | None = None,
) -> FactSheet:
    """The facts of a patient, with the limits that the site's table gives for his results.

    `as_of`: the day of screening that is asked for, on which an age without a date is said; left
    out, that of the sheet, or `otherwise`.
    """
    tables = {} if site is None else {f: r for f, r in site.ranges.items() if f in sheet.records}
    if not tables:
        return sheet
    day = next((one for one in (as_of, sheet.as_of, otherwise) if one is not None), None)
    patient = _patient(sheet, vocabulary, day)
    records = dict(sheet.records)
    warnings = list(sheet.warnings)
    for fact, rows in tables.items():
        records[fact] = tuple(_with_limits(one, rows, patient) for one in records[fact])
        warnings += _without_row(fact, records[fact])
    return replace(sheet, records=records, warnings=tuple(warnings))


def _with_limits(record: Record, rows: Sequence[RangeRow], patient: _Patient) -> Record:
    if record.value is None or record.low is not None or record.high is not None:
        return record
    found: dict[_Pair, list[RangeRow]] = {}
    for row in _possible(record, rows, patient):
        pair = _NONE if row is None else (row.low, row.high)
        of_pair = found.setdefault(pair, [])
        if row is not None and row not in of_pair:
            of_pair.append(row)
    # In the order of the table, that no row applies last.
    pairs = sorted(found, key=lambda pair: min((one.number for one in found[pair]), default=1e9))
    shown = record.shown._replace(limits=tuple(_shown(pair, found[pair]) for pair in pairs))
    if len(pairs) == 1:
        return record._replace(low=pairs[0][0], high=pairs[0][1], shown=shown)
    reasons = (patient.why_sexes, patient.why_births)
    named = any(one.sex for one in rows), any(one.least or one.below for one in rows)
    wants = tuple(why for why, asked in zip(reasons, named, strict=True) if why and asked)
    return record._replace(open_limits=OpenLimits(tuple(pairs), wants), shown=shown)


def _without_row(fact: str, records: Sequence[Record]) -> Iterator[Warning]:
    """A table that has no row for a result is told of: a laboratory may be misspelt."""
    nowhere = [one for one in records if [limit.row for limit in one.shown.limits] == [None]]
    for laboratory in sorted({one.laboratory or "" for one in nowhere}):
        whose = f" of the laboratory {quoted(laboratory)}" if laboratory else ""
        message = f"no row of the site's table of ranges is for a result of {quoted(fact)}{whose}"
        yield Warning("no-range-row", message, fact)


def _possible(
    record: Record, rows: Sequence[RangeRow], patient: _Patient
) -> Iterator[RangeRow | None]:
    """The row that applies, or that none does, in every way that things may be."""
    if record.laboratory is not None:
        laboratories = {record.laboratory}
    else:
        # Where none is named it may be any of the table, and one that the table does not have.
        laboratories = {one.laboratory or "" for one in rows} | {""}
    for laboratory in sorted(laboratories):
        of_one = [one for one in rows if one.laboratory in (None, laboratory)]
        for sex in patient.sexes:
            fitting = [one for one in of_one if one.sex in (None, sex)]
            for days in _stretches(record.start or ANY_DAY, fitting):
                valid = [
                    one
                    for one in fitting
                    if (one.first is None or one.first <= days.first)
                    and (one.last is None or days.last <= one.last)
                ]
                yield from _by_age(valid, days, patient.births)


def _stretches(days: Days, rows: Sequence[RangeRow]) -> Iterator[Days]:
    """The days, cut where a row begins or ceases to be valid."""
    cuts = {one.first for one in rows} | {one.last + 1 for one in rows if one.last is not None}
    inside = sorted(cut for cut in cuts if cut is not None and days.first < cut <= days.last)
    for first, after in pairwise([days.first, *inside, days.last + 1]):
        yield Days(first, after - 1)


def _by_age(
    rows: Sequence[RangeRow], days: Days, births: Sequence[Days]
) -> Iterator[RangeRow | None]:
    """The row of each stretch of ages that somebody born so may be in on one of these days."""
    ages = {one.rank: one for row in rows for one in (row.least, row.below) if one is not None}
    ends = [None, *(ages[rank] for rank in sorted(ages)), None]
    for least, below in pairwise(ends):
        if any(_may_be(birth, days, least, below) for birth in births):
            yield next((one for one in rows if _covers(one, least, below)), None)


def _may_be(birth: Days, days: Days, least: Age | None, below: Age | None) -> bool:
    """Whether the age on one of these days may be so much and less than that.

    Birth date and day move day by day, and the age with them, so that every age between the least
    and the greatest is met.
    """
    if birth.first > days.last:
        return False
    if least is not None and shift(birth.first, least.months, least.days) > days.last:
        return False
    return below is None or days.first < shift(birth.last, below.months, below.days)


def _covers(row: RangeRow, least: Age | None, below: Age | None) -> bool:
    """Whether the row is for all ages of a stretch that no end of a row divides."""
    from_there = row.least is None or (least is not None and row.least.rank <= least.rank)
    return from_there and (
        row.below is None or (below is not None and below.rank <= row.below.rank)
    )


# --- what is known of the patient -------------------------------------------------------------


def _patient(sheet: FactSheet, vocabulary: Vocabulary, as_of: int | None) -> _Patient:
    sexes: Collection[str | None] = (None,)
    why_sexes = None
    if SEX in vocabulary:
        sexes, why_sexes = _sexes(_on_record(sheet, SEX, as_of), vocabulary[SEX].shape)
    births, why_births = _births(sheet, vocabulary, as_of)
    return _Patient(sexes, why_sexes, births, why_births)


def _sexes(records: Sequence[Record], shape: Shape) -> tuple[Collection[str], _Why]:
    given = [one.value for one in records if isinstance(one.value, frozenset)]
    possible = [one for one in shape.values if not shape.children.get(one)]
    if not given:
        return possible, (SEX, _silence(records))
    known = [one for one in possible if any(one in value for value in given)]
    if len(known) == 1:
        return known, None
    return known, (SEX, Cause.CONFLICT if len(set(given)) > 1 else Cause.IMPRECISE)


def _on_record(sheet: FactSheet, fact: str, as_of: int | None) -> Sequence[Record]:
    """The records of a fact by the day of screening (4.5)."""
    return [
        one
        for one in sheet.records.get(fact, ())
        if as_of is None or one.start is None or one.start.first <= as_of
    ]


def _births(
    sheet: FactSheet, vocabulary: Vocabulary, as_of: int | None
) -> tuple[Sequence[Days], _Why]:
    """Every birth date that is given; where none is, those that a stated age allows."""
    age = next((one for one in vocabulary.values() if isinstance(one.derived, AgeOf)), None)
    if age is None or not isinstance(age.derived, AgeOf):
        return [ANY_DAY], None
    born = age.derived.birth
    records = _on_record(sheet, born, as_of)
    given = [date_value(one) for one in records if one.value is not None]
    stated = [one for one in _on_record(sheet, age.name, as_of) if one.value is not None]
    if not given and (as_of is not None or all(one.start is not None for one in stated)):
        given = [births_allowed(one, LAST_DAY if as_of is None else as_of) for one in stated]
    if not given:
        return [ANY_DAY], (born, _silence(records))
    if len(set(given)) > 1:
        return given, (born, Cause.CONFLICT)
    return given, None if given[0].exact else (born, Cause.IMPRECISE)


def _silence(records: Sequence[Record]) -> Cause:
    causes = [one.absence for one in records if one.absence]
    return foremost(causes) if causes else Cause.MISSING


# --- as texts ---------------------------------------------------------------------------------


def _shown(pair: _Pair, rows: Sequence[RangeRow]) -> FromTable:
    low, high = (None if one is None else decimal_text(one) for one in pair)
    return FromTable(low, high, "; ".join(map(_row_words, rows)) or None)


def _row_words(row: RangeRow) -> str:
    ages = ("from {}" if row.least else "", "below {}" if row.below else "")
    parts = [
        row.laboratory or "",
        row.sex or "",
        " ".join(
            words.format(_age_words(age))
            for words, age in zip(ages, (row.least, row.below), strict=True)
            if age
        ),
        "" if row.first is None else f"since {iso(row.first)}",
        "" if row.last is None else f"until {iso(row.last)}",
    ]
    said = ", ".join(filter(None, parts))
    return f"row {row.number}{f' ({said})' if said else ''}"


def _age_words(age: Age) -> str:
    if age.months and age.months % 12 == 0:
        return f"{age.months // 12} years"
    return f"{age.months} months" if age.months else f"{age.days} days"
