"""From what the solver found to a patient that can be screened: a profile, made up and replayed.

A witness is believed only after `screen` has judged it; where no profile shows what the solver
found, that is said, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from screener.days import iso, shift
from screener.interpreters.smt.cells import among, cells, domain, inside
from screener.interpreters.smt.space import Reading
from screener.ir import (
    AS_OF,
    After,
    Age,
    Attribute,
    Available,
    Before,
    Ever,
    Fixed,
    Pick,
    Protocol,
    Quantified,
    RecordSet,
    Selection,
    Tally,
    Unless,
    Window,
    Within,
)
from screener.quantities import Value
from screener.selection.placing import window_of
from screener.vocabulary import Kind, Shape, Vocabulary
from screener.workbench.calendar import Placed, Wanted, place
from screener.workbench.values import count, written

_NO, _YES = frozenset({False}), frozenset({True})
#: So many ways to lay out the days of one patient are tried.
LAYOUTS = 3


class Witness(NamedTuple):
    """A made-up patient: a profile as a person would write it, and the day it is screened on."""

    profile: dict[str, Any]
    as_of: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record to be written: its words without the date, and where its day has to lie."""

    fact: str
    words: Mapping[str, Any]
    dated: bool
    windows: tuple[Window, ...]
    cell: Value
    of: RecordSet


def witnesses(
    readings: Sequence[Reading], protocols: Sequence[Protocol], vocabulary: Vocabulary, as_of: int
) -> Iterator[Witness]:
    """The patients in whom the selections come out as read; none where none can be written."""
    anchors = _anchors(readings, protocols)
    settled = [one for one in readings if one.settled]
    entries = [entry for one in settled for entry in _entries(one, vocabulary, as_of)]
    if any(entry is None for entry in entries):
        return
    # A named date is given anyway.
    written_ones = [
        one for one in entries if one is not None and one.fact not in anchors.values()
    ]
    dated = [one for one in written_ones if one.dated]
    wanted = [Wanted(one.windows, tuple(_avoided(one, readings, vocabulary))) for one in dated]
    for number, placed in enumerate(place(as_of, tuple(anchors), wanted)):
        if number == LAYOUTS:
            return
        profile = _profile(readings, written_ones, dated, placed, anchors, vocabulary)
        if profile is not None:
            yield Witness(profile, iso(as_of))


def _anchors(readings: Sequence[Reading], protocols: Sequence[Protocol]) -> dict[str, str]:
    """The named dates that count, and the fact each is read from."""
    sources = {name: source.fact for one in protocols for name, source in one.dates}
    used: dict[str, str] = {}
    for reading in readings:
        for name in _anchor_names(reading.selection):
            if name in sources:
                used[name] = sources[name]
    return used


def _anchor_names(selection: Selection) -> Iterator[str]:
    if isinstance(selection, Age):
        if selection.at.anchor is not None:
            yield selection.at.anchor
        return
    for window in _windows(selection):
        for point in (window.start, window.end):
            if point is not None and point.anchor not in (None, AS_OF):
                yield str(point.anchor)


def _windows(selection: Selection) -> tuple[Window, ...]:
    """The windows a record has to lie in, all of them."""
    if isinstance(selection, Ever):
        return () if selection.within is None else (selection.within,)
    of = getattr(selection, "of", None)
    if not isinstance(of, RecordSet):
        return ()
    return tuple(window_of(test) for test in of.tests if isinstance(test, Within | Before | After))


def _entries(reading: Reading, vocabulary: Vocabulary, today: int) -> Iterator[_Entry | None]:
    """The records that make a selection come out as read; None for what cannot be written."""
    selection, cell = reading.selection, reading.possible[0]
    match selection:
        case Age():
            return
        case Pick() | Fixed():
            yield _value(selection.of, cell, selection, vocabulary, today)
        case Ever():
            windows = _windows(selection)
            if cell == _YES:
                windows = ()
            fact = vocabulary[selection.of.fact]
            words = {"value": cell == _YES} | (_attributes(selection.of, fact.attributes) or {})
            yield _Entry(fact.name, words, True, windows, cell, selection.of)
        case Quantified():
            fact = vocabulary[selection.of.fact]
            pick = Fixed(selection.of, selection.times)
            parts = cells([selection.condition], domain(pick, vocabulary))
            meets = cell == _YES
            suits = [one for one in parts if inside(one, selection.condition) is meets]
            yield _value(selection.of, suits[0], pick, vocabulary, today) if suits else None
        case Available():
            if cell == _YES:
                whole = cells([], domain(Fixed(selection.of), vocabulary))
                yield _value(selection.of, whole[0], selection, vocabulary, today)
        case Tally():
            yield from _counted(selection, cell, vocabulary, today)
        case _:
            yield None


def _counted(
    tally: Tally, cell: Value, vocabulary: Vocabulary, today: int
) -> Iterator[_Entry | None]:
    fact = vocabulary[tally.of.fact]
    for number in range(count(cell)):
        if fact.kind is Kind.EVENT:
            attributes = _attributes(tally.of, fact.attributes)
            if attributes is None:
                yield None
                return
            yield _Entry(fact.name, attributes, True, _windows(tally), point_of(number), tally.of)
            continue
        among = domain(Fixed(tally.of, tally.times), vocabulary)
        parts = cells([] if tally.condition is None else [tally.condition], among)
        suits = [one for one in parts if tally.condition is None or inside(one, tally.condition)]
        yield _value(tally.of, suits[0], Fixed(tally.of, tally.times), vocabulary, today)


def point_of(number: int) -> Value:
    """A mark that keeps several records of one count apart."""
    return frozenset({str(number)})


def _value(
    of: RecordSet, cell: Value, selection: Selection, vocabulary: Vocabulary, today: int
) -> _Entry | None:
    fact = vocabulary[of.fact]
    times = selection.times if isinstance(selection, Pick | Fixed) else None
    words = written(cell, fact.shape, times, today)
    attributes = _attributes(of, fact.attributes)
    if words is None or attributes is None:
        return None
    windows = tuple(window_of(one) for one in of.tests if isinstance(one, Within | Before | After))
    dated = fact.kind is not Kind.FIXED
    return _Entry(of.fact, words | attributes, dated, windows, cell, of)


def _attributes(of: RecordSet, shapes: Mapping[str, Shape]) -> dict[str, Any] | None:
    """Attributes with which a record is of the set; None where there are none."""
    must: dict[str, list[Any]] = {}
    must_not: dict[str, list[Any]] = {}
    for test in of.tests:
        if isinstance(test, Attribute):
            must.setdefault(test.name, []).append(test.condition)
        elif isinstance(test, Unless):
            for alternative in test.alternatives:
                # It is enough that one test of an alternative does not hold.
                must_not.setdefault(alternative[0].name, []).append(alternative[0].condition)
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*must, *must_not)):
        shape = shapes[name]
        wanted, unwanted = must.get(name, []), must_not.get(name, [])
        suits = [
            cell
            for cell in cells([*wanted, *unwanted], among(shape))
            if all(inside(cell, one) for one in wanted)
            and not any(inside(cell, one) for one in unwanted)
        ]
        texts = [words for cell in suits if (words := written(cell, shape)) is not None]
        if not texts:
            return None
        found[name] = _one_text(texts[0])
    return found


def _one_text(words: Mapping[str, Any]) -> Any:
    return f"{words['value']} {words['unit']}" if "unit" in words else words["value"]


def _avoided(
    entry: _Entry, readings: Sequence[Reading], vocabulary: Vocabulary
) -> Iterator[tuple[Window, ...]]:
    """The windows in which the record would be seen by a selection that reads otherwise."""
    for one in readings:
        selection = one.selection
        if isinstance(selection, Age) or selection.of.fact != entry.fact:
            continue
        windows = _windows(selection)
        if isinstance(selection, Ever):
            yes = entry.words.get("value") is True
            if not yes and one.open and selection.within is not None:
                # A no counts for every window that opens by its day.
                yield (Window(selection.within.start, None),)
            continue
        if not isinstance(selection, Pick | Tally | Quantified | Available):
            continue
        if selection.of == entry.of:
            continue
        if one.open or (one.settled and one.possible[0] != entry.cell):
            if windows:
                yield windows


def _profile(
    readings: Sequence[Reading],
    entries: Sequence[_Entry],
    dated: Sequence[_Entry],
    placed: Placed,
    anchors: Mapping[str, str],
    vocabulary: Vocabulary,
) -> dict[str, Any] | None:
    as_of = placed.dates[AS_OF]
    days = {id(entry): day for entry, day in zip(dated, placed.records, strict=True)}
    records: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        words = dict(entry.words)
        if entry.dated:
            event = vocabulary[entry.fact].kind is Kind.EVENT
            words["start" if event else "date"] = iso(days[id(entry)])
        kept = records.setdefault(entry.fact, [])
        if words not in kept or isinstance(entry.cell, frozenset) and vocabulary[entry.fact].kind is Kind.EVENT:
            kept.append(words)
    facts: dict[str, Any] = {anchors[name]: iso(day) for name, day in placed.dates.items() if name in anchors}
    for one in readings:
        selection = one.selection
        if isinstance(selection, Age) and one.settled:
            at = placed.dates.get(selection.at.anchor or "", selection.at.days)
            at = shift(at, selection.at.months, selection.at.days if selection.at.anchor else 0)
            facts[selection.birth] = iso(shift(at, months=-12 * count(one.possible[0])))
    for fact, found in records.items():
        facts[fact] = found[0] if len(found) == 1 else found
    for one in readings:
        selection = one.selection
        if isinstance(selection, Tally) and one.settled:
            fact = selection.of.fact
            if vocabulary[fact].kind is not Kind.EVENT:
                continue
            if fact not in records:
                facts[fact] = {"value": False, "date": iso(as_of)}
            else:
                facts[fact] = {"records": records[fact], "complete_to": iso(as_of)}
    return {"facts": facts}
