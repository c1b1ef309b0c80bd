"""Reads a plain profile into records for the judge: possible values, possible days, attributes.

It decides what one record says by itself (semantics sections 4, 8.1, 9 and 10) on the day of
screening. Which records count and what follows from them is the judge's business. Profiles are
taken to be well formed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from tests.judge.calendar import EVER, days_of, one_day

Plain: TypeAlias = Mapping[str, Any]


class Interval(NamedTuple):
    """Numbers from `low` to `high`; None is without limit, `*_in` says whether the end belongs."""

    low: Fraction | None
    low_in: bool
    high: Fraction | None
    high_in: bool


#: What a value may really be: numbers; codes, truths or ranks; days.
Values: TypeAlias = Interval | frozenset[Any] | range

NEVER_COUNTS = {"entered-in-error", "entered_in_error", "cancelled"}

#: What one of the first unit is in the second: the conversions that generated patients use.
_FACTORS = {
    ("g/dL", "g/L"): Fraction(10),
    ("g/L", "g/dL"): Fraction(1, 10),
    ("mm", "cm"): Fraction(1, 10),
    ("cm", "mm"): Fraction(10),
    ("10*6/L", "10*9/L"): Fraction(1, 1000),
    ("/uL", "10*9/L"): Fraction(1, 1000),
    ("ug/L", "ng/mL"): Fraction(1),
}


@dataclass(frozen=True)
class Record:
    """One record: either a value or the stated reason of its absence; events have neither.

    `days`: the days it may be of, or may have started on; None for an undated observation.
    `ends`: the days an event over time may have ended on, None if it is of one day; `ongoing`: it
    may still be going on. `written`: value, unit and days as recorded; records are
    the same by it.
    """

    values: Values | None
    absent: str | None
    days: range | None
    ends: range | None = None
    ongoing: bool = False
    low: Fraction | None = None
    high: Fraction | None = None
    attributes: Mapping[str, Values] = field(default_factory=dict)
    written: str = ""
    laboratory: str | None = None
    #: Its days whether or not they lie after the day of screening; and the limits it may have.
    dated: range | None = field(default=None, compare=False)
    ways: tuple[tuple[Fraction | None, Fraction | None], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Said:
    """The history of an event is known up to a day in `to`; `none`: and there is nothing in it."""

    to: range
    none: bool


@dataclass(frozen=True)
class Chart:
    """What is recorded of one fact."""

    records: tuple[Record, ...]
    said: tuple[Said, ...] = ()


def chart_of(name: str, fact: Plain, profile: Plain, as_of: int) -> Chart:
    """All usable records of a fact, wherever the profile has them."""
    records: list[Record] = []
    said: list[Said] = []
    for given, visit in _places(name, profile):
        if visit is not None and visit[0] > as_of:
            continue  # 4.5: a later visit is not used until its day
        if given is None:
            continue
        entries, complete_to, none = _entries(given, fact["type"] == "event")
        for entry in entries:
            if fact["type"] == "event":
                _read_event(entry, fact, visit, as_of, records, said)
            else:
                record = _observation(entry, fact, visit, as_of)
                if record is not None:
                    records.append(record)
        if none:
            day = _clipped(visit, as_of) if visit else one_day(as_of)
            said.append(Said(day, none=True))
        if complete_to is not None:
            # An empty list that is complete says that there is none.
            said.append(Said(days_of(complete_to), none=not entries))
    # 6.1: records that are the same in every respect are one
    return Chart(tuple(one for i, one in enumerate(records) if one not in records[:i]), tuple(said))


def values_of(entry: Any, shape: Plain) -> Values:
    """Everything that a written value may mean, in the unit of the fact."""
    kind = shape["type"]
    if not isinstance(entry, Mapping):
        entry = {"value": entry}
    value = entry["value"]
    if kind == "boolean":
        return frozenset([value])
    if kind == "code":
        return beneath(value, shape)
    if kind == "ordinal":
        return frozenset([scale_of(shape).index(str(value))])
    if kind == "date":
        return days_of(value)
    number = amount(f"{value} {entry['unit']}" if "unit" in entry else str(value), shape)
    match entry.get("comparator"):
        case "<":
            return Interval(None, False, number, False)
        case "<=":
            return Interval(None, False, number, True)
        case ">":
            return Interval(number, False, None, False)
        case ">=":
            return Interval(number, True, None, False)
    return Interval(number, True, number, True)


def amount(text: str, shape: Plain) -> Fraction:
    """A number with its unit, converted into the unit that the fact is kept in (10.2)."""
    number, _, unit = text.partition(" ")
    kept = shape.get("unit", "1")
    if unit in ("", kept):
        return _exactly(number)
    accepted = shape.get("accepted", {})
    factor = _exactly(accepted[unit]) if unit in accepted else _FACTORS[unit, kept]
    return _exactly(number) * factor


@lru_cache(maxsize=10_000)
def _exactly(text: str) -> Fraction:
    return Fraction(text)


def scale_of(shape: Plain) -> list[str]:
    return [str(step) for step in shape["scale"]]


def beneath(code: str, shape: Plain) -> frozenset[str]:
    """A code and every code beneath it (9.3)."""

    def found(entries: Any, inside: bool) -> Iterator[str]:
        for entry in entries:
            name, children = next(iter(entry.items())) if isinstance(entry, dict) else (entry, [])
            if inside or name == code:
                yield name
            yield from found(children, inside or name == code)

    return frozenset(found(shape["values"], False)) | {code}


def _places(name: str, profile: Plain) -> Iterator[tuple[Any, range | None]]:
    if name in profile.get("facts", {}):
        yield profile["facts"][name], None
    for visit in profile.get("visits", []):
        if name in visit["facts"]:
            yield visit["facts"][name], days_of(visit["date"])


def _entries(given: Any, event: bool) -> tuple[list[Any], str | None, bool]:
    """The single records, the day the list is complete to, and whether it says "none"."""
    if isinstance(given, dict) and "records" in given:
        return list(given["records"]), given.get("complete_to"), False
    if isinstance(given, list):
        return given, None, event and not given
    if event and given is False:
        return [], None, True
    return [given], None, False


def _clipped(days: range, as_of: int) -> range:
    return range(days.start, min(days.stop, as_of + 1))


def _observation(entry: Any, fact: Plain, visit: range | None, as_of: int) -> Record | None:
    if not isinstance(entry, dict):
        entry = {"value": entry}
    if entry.get("status") in NEVER_COUNTS:
        return None
    days = days_of(entry["date"]) if "date" in entry else visit
    if days is None and fact["kind"] == "cumulative":
        days = one_day(as_of)  # 6.4: said today
    dated = days
    said = str(days)
    if days is not None:
        if days[0] > as_of:
            return None
        days = _clipped(days, as_of)
    if "absent" in entry:
        others = _attributes(entry, fact)
        return Record(None, entry["absent"], days, attributes=others, written=said)
    reference = entry.get("reference_range", {})
    unit = f" {entry['unit']}" if "unit" in entry else ""
    limits = {side: amount(f"{reference[side]}{unit}", fact) for side in reference}
    return Record(
        _value_with_text_unit(entry, fact),
        None,
        days,
        low=limits.get("low"),
        high=limits.get("high"),
        attributes=_attributes(entry, fact),
        written=f"{entry['value']}{unit} {said}",
        laboratory=entry.get("laboratory"),
        dated=dated,
    )


def _value_with_text_unit(entry: Plain, fact: Plain) -> Values:
    value = entry["value"]
    if fact["type"] in ("quantity", "number") and isinstance(value, str) and " " in value:
        number, _, unit = value.partition(" ")
        return values_of({**entry, "value": number, "unit": unit}, fact)
    return values_of(entry, fact)


def _attributes(entry: Plain, fact: Plain) -> dict[str, Values]:
    shapes = fact.get("attributes", {})
    return {
        name: values_of(entry[name], shapes[name]) for name in shapes if entry.get(name) is not None
    }


def _read_event(
    entry: Any,
    fact: Plain,
    visit: range | None,
    as_of: int,
    records: list[Record],
    said: list[Said],
) -> None:
    if not isinstance(entry, dict):
        entry = {"value": entry}
    if entry.get("status") in NEVER_COUNTS:
        return
    if entry.get("value") is False:
        day = days_of(entry["date"]) if "date" in entry else visit or one_day(as_of)
        if day[0] <= as_of:
            said.append(Said(_clipped(day, as_of), none=True))
        return
    written = entry.get("date", entry.get("start"))
    if written is not None:
        days = days_of(written)
    elif visit is not None:
        # 8.1: it happened on an unknown day, not after the visit
        days = range(-EVER, visit[-1] + 1)
    else:
        days = range(-EVER, as_of + 1)
    if days[0] > as_of:
        return
    said_of = f"{days} {days_of(entry['end']) if 'end' in entry else None}"
    days = _clipped(days, as_of)
    if "absent" in entry:
        others = _attributes(entry, fact)
        records.append(Record(None, entry["absent"], days, attributes=others, written=said_of))
        return
    ends: range | None = None
    ongoing = False
    if "start" in entry:
        if entry.get("ongoing") is True:
            ends, ongoing = range(0), True
        elif "end" in entry:
            written_end = days_of(entry["end"])
            # 8.1: an end after as_of is read as going on
            ends, ongoing = _clipped(written_end, as_of), written_end[-1] > as_of
        else:
            ends, ongoing = range(days[0], as_of + 1), True
    others = _attributes(entry, fact)
    records.append(Record(None, None, days, ends, ongoing, attributes=others, written=said_of))
