"""Facts that follow from others: age, scores by points, grades, and the choice given or computed.

A part that is not known widens the result instead of counting as zero. Source: semantics
section 11.
"""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor

from screener.causes import Cause, foremost
from screener.days import LAST_DAY, Days, completed_years, shift
from screener.facts import Record
from screener.ir import Age, Band
from screener.quantities import Condition, Range, Value, holds
from screener.selection.frame import Frame, date_value
from screener.selection.selected import (
    Lack,
    Selected,
    absent,
    distinct,
    single,
    used,
)
from screener.truth import Truth

#: Nobody is older; bounds a birth date where only "at least so old" is stated.
_OLDEST = 150


def age(frame: Frame, node: Age) -> Selected:
    """Completed years on a day, as a range where birth or day are known only in part (11.1)."""
    at = frame.point(node.at)
    if not at.days:
        return Selected((), at.cause, 0, at.used, at.lacks, (), True)
    both = _by_birth_date(frame, node, at.days)
    if frame.recorded(node.given):
        both = either(_as_stated(frame, node, at.days), both)
    if at.cause is None:
        return both._replace(used=at.used + both.used) if at.used else both
    known = all(one.exact for one in births(frame, node))
    lacks = at.lacks if known else distinct(at.lacks + both.lacks)
    return both._replace(used=at.used + both.used, lacks=lacks, cause=both.cause or at.cause)


def _by_birth_date(frame: Frame, node: Age, at: tuple[Days, ...]) -> Selected:
    records = frame.recorded(node.birth)
    values = [one for one in records if one.value is not None]
    if values:
        return _ages(node.birth, [(one, date_value(one)) for one in values], at)
    causes = [one.absence for one in records if one.absence]
    cause = foremost(causes) if causes else Cause.MISSING
    return Selected((), cause, 0, (absent(node.birth, cause),), (Lack(node.birth, cause, None),))


def _as_stated(frame: Frame, node: Age, at: tuple[Days, ...]) -> Selected:
    records = frame.recorded(node.given)
    values = [one for one in records if one.value is not None]
    if values:
        births = [(one, births_allowed(one, frame.as_of)) for one in values]
        return _ages(node.given, births, at)
    cause = foremost([one.absence for one in records if one.absence])
    return Selected((), cause, 0, (absent(node.given, cause),), ())


def births(frame: Frame, node: Age) -> list[Days]:
    """Every birth date, given or implied by a stated age, that is on record."""
    given = [births_allowed(one, frame.as_of) for one in frame.recorded(node.given) if one.value]
    return given + [date_value(one) for one in frame.recorded(node.birth) if one.value]


def _ages(fact: str, births: list[tuple[Record, Days]], at: tuple[Days, ...]) -> Selected:
    values = distinct([_years(birth, day) for _, birth in births for day in at])
    entries = tuple(used(fact, one) for one, _ in births)
    return Selected(values, None, len(values), entries, (Lack(fact, None, None),))


def _years(birth: Days, day: Days) -> Range:
    """The fewest and the most years that may have been completed."""
    fewest = most = max(0, completed_years(_written(birth.last), _written(day.first)))
    if not (birth.exact and day.exact):
        most = max(0, completed_years(_written(birth.first), _written(day.last)))
    return Range(fewest, most)


def _written(day: int) -> int:
    """A day the calendar can write, for the open ends of a birth date."""
    return min(max(day, 1), LAST_DAY)


def births_allowed(record: Record, as_of: int) -> Days:
    """The birth dates that a stated age allows; said on `as_of` where it has no day."""
    said = Days(as_of, as_of) if record.start is None else record.start
    said = Days(said.first, min(said.last, as_of))
    value = record.value
    assert isinstance(value, Range), "INVARIANT: an age is a number"
    # Nobody is younger than born; a slip of the pen is warned of as implausible.
    youngest = max(0, _least_years(value))
    oldest = max(0, _most_years(value))
    # Born after the day that would make him `oldest + 1`, and on or before the day of `youngest`.
    first = _first_birth(said.first, oldest)
    last = _last_birth(said.last, youngest)
    return Days(first, last)


def _least_years(value: Range) -> int:
    if value.low is None:
        return 0
    low = Decimal(str(value.low))
    if value.low == value.high:
        return floor(low)
    return floor(low) + 1 if value.low_open and low == floor(low) else ceil(low)


def _most_years(value: Range) -> int:
    if value.high is None:
        return _OLDEST
    high = Decimal(str(value.high))
    return floor(high) - 1 if value.high_open and high == floor(high) else floor(high)


def _last_birth(day: int, years: int) -> int:
    """The latest birth date that makes somebody `years` old on `day`."""
    birth = _written(shift(day, months=-12 * years) + 2)
    while birth > 1 and completed_years(birth, day) < years:
        birth -= 1
    return birth


def _first_birth(day: int, years: int) -> int:
    """The earliest birth date that makes somebody no older than `years` on `day`."""
    birth = _written(shift(day, months=-12 * (years + 1)) - 2)
    while birth < LAST_DAY and completed_years(birth, day) > years:
        birth += 1
    return birth


def score(parts: list[tuple[Selected, tuple[Band, ...]]]) -> Selected:
    """The sum of the points of the parts (11.2)."""
    unplaced = next((one for one, _ in parts if one.unplaced), None)
    if unplaced is not None:
        return unplaced
    low = high = 0
    causes: list[Cause] = []
    lacks: list[Lack] = []
    for one, bands in parts:
        points = [band.points or 0 for band in _meeting(one.values, bands)]
        fewest, most = min(points), max(points)
        low += fewest
        high += most
        if fewest != most:
            cause = _split(one, bands)
            causes.append(cause)
            lacks += [lack._replace(cause=lack.cause or cause) for lack in one.lacks]
    return Selected(
        (Range(low, high),),
        foremost(causes) if causes else None,
        1,
        distinct([entry for one, _ in parts for entry in one.used]),
        distinct(lacks),
        distinct([entry for one, _ in parts for entry in one.aside]),
    )


def grade(of: Selected, bands: tuple[Band, ...]) -> Selected:
    """The grades that the value may fall in (11.3)."""
    if not of.values:
        return of
    grades = dict.fromkeys(band.grade or "" for band in _meeting(of.values, bands))
    values: tuple[Value, ...] = tuple(frozenset({name}) for name in grades)
    firm = len(values) if of.firm > 1 and of.firm == len(of.values) else 0
    clash = of.clash and len(values) > 1
    return of._replace(values=values, firm=firm if firm > 1 else 0, clash=clash)


def _meeting(values: tuple[Value, ...], bands: tuple[Band, ...]) -> list[Band]:
    """The bands a value may fall in; all of them if nothing is known."""
    if not values:
        return list(bands)
    return [
        band
        for band in bands
        if any([holds(value, band.when) is not Truth.FALSE for value in values])
    ]


def _split(part: Selected, bands: tuple[Band, ...]) -> Cause:
    """Why a part may score more than one number of points."""
    if not part.values:
        return part.cause or Cause.MISSING
    firm = part.values[: part.firm]
    landed = [_meeting((value,), bands) for value in firm]
    if all(len(one) == 1 for one in landed) and len({one[0].points for one in landed}) > 1:
        return Cause.CONFLICT
    return part.cause or Cause.IMPRECISE


def either(given: Selected, computed: Selected) -> Selected:
    """A derived fact that is also given: the settled one of the two decides (11.4).

    Not where what is computed follows from readings that exclude each other.
    """
    aside = distinct(given.aside + computed.aside)
    if not given.values or not computed.values:
        if given.unplaced:
            # The day of the leaf itself is not known.
            return given
        if computed.unplaced and not given.values:
            return computed
        # Where what is known of one is not exact, the other would help as well.
        lacks = distinct(computed.lacks + given.lacks)
        known = given if given.values else computed
        helps = known is given and not single(known)
        return known._replace(aside=aside, lacks=lacks if helps else known.lacks)
    if single(given) != single(computed) and not computed.clash:
        settled, loose = (given, computed) if single(given) else (computed, given)
        condition: Condition = settled.values[0]
        if any(holds(value, condition) is not Truth.FALSE for value in loose.values):
            return settled._replace(aside=aside)
    elif single(given) and single(computed) and given.values[0] == computed.values[0]:
        return computed._replace(used=given.used + computed.used, aside=aside)
    firm = single(given) or single(computed)
    values = given.values + computed.values
    return Selected(
        values,
        foremost(one.cause or Cause.IMPRECISE for one in (given, computed)),
        len(values) if firm else 0,
        given.used + computed.used,
        distinct(computed.lacks + given.lacks),
        aside,
        clash=firm,
    )
