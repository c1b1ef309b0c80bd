"""From what the solver found to a patient that can be screened: a profile, made up and replayed.

A witness is believed only after `screen` has judged it; where no profile shows what the solver
found, that is said, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from screener.days import iso, shift
from screener.interpreters.smt.selections import Reading
from screener.ir import (
    AS_OF,
    Age,
    Available,
    DateSource,
    Ever,
    Fixed,
    Protocol,
    Selection,
    Tally,
    Window,
)
from screener.vocabulary import Kind, Vocabulary
from screener.workbench.calendar import Placed, Wanted, place
from screener.workbench.records import Entry, Writable, entries_of, windows_of
from screener.workbench.values import count

_NO = frozenset({False})
#: So many ways to lay out the days of one patient are tried.
LAYOUTS = 3


class Witness(NamedTuple):
    """A made-up patient: a profile as a person would write it, and the day it is screened on."""

    profile: dict[str, Any]
    as_of: str

    def to_json(self) -> dict[str, Any]:
        """A profile that `screen` takes as it is."""
        return {"as_of": self.as_of, **self.profile}

    def in_short(self) -> str:
        """The facts on one line, as a person would note them down."""
        return ", ".join(f"{fact} {_noted(said)}" for fact, said in self.profile["facts"].items())


def _noted(said: Any) -> str:
    if isinstance(said, list):
        return " and ".join(_noted(one) for one in said)
    if not isinstance(said, dict):
        return str(said)
    if "records" in said:
        return f"{_noted(said['records'])} (known to {said['complete_to']})"
    value = {True: "yes", False: "no", None: ""}.get(said.get("value"), said.get("value"))
    words = [str(value), said.get("unit"), said.get("start")]
    if "date" in said:
        words.append(f"of {said['date']}")
    return " ".join(str(word) for word in words if word)


def witnesses(
    readings: Sequence[Reading], protocols: Sequence[Protocol], vocabulary: Vocabulary, as_of: int
) -> Iterator[Witness]:
    """The patients in whom the selections come out as read; none where none can be written."""
    anchors = _anchors(readings, protocols)
    known = [one for one in readings if not one.open]
    entries = [entry for one in known for entry in entries_of(one, vocabulary, as_of)]
    if any(entry is None for entry in entries):
        return
    # A named date is given anyway.
    written_ones = [one for one in entries if one is not None and one.fact not in anchors.values()]
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
    absent = {
        one.selection.of.fact
        for one in readings
        if isinstance(one.selection, Available) and one.possible == (_NO,)
    }
    sources = {
        name: source.fact
        for one in protocols
        for name, source in one.dates
        if isinstance(source, DateSource) and source.fact not in absent
    }
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
    if not isinstance(selection, Writable):
        return
    for window in windows_of(selection):
        for point in (window.start, window.end):
            if point is not None and point.anchor not in (None, AS_OF):
                yield str(point.anchor)


def _avoided(
    entry: Entry, readings: Sequence[Reading], vocabulary: Vocabulary
) -> Iterator[tuple[Window, ...]]:
    """The windows in which the record would be seen by a selection that reads otherwise."""
    for one in readings:
        selection = one.selection
        if not isinstance(selection, Writable) or isinstance(selection, Fixed):
            continue
        if selection.of.fact != entry.fact:
            continue
        windows = windows_of(selection)
        if isinstance(selection, Ever):
            yes = entry.words.get("value") is True
            if not yes and one.open and selection.within is not None:
                # A no counts for every window that opens by its day.
                yield (Window(selection.within.start, None),)
            continue
        if selection.of == entry.of:
            continue
        if (one.open or (one.settled and one.possible[0] != entry.cell)) and windows:
            yield windows


def _profile(
    readings: Sequence[Reading],
    entries: Sequence[Entry],
    dated: Sequence[Entry],
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
        if words not in kept or entry.number:
            kept.append(words)
    facts: dict[str, Any] = {
        anchors[name]: iso(day) for name, day in placed.dates.items() if name in anchors
    }
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
