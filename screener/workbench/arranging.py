"""Records and days put together until the engine reads every selection as the solver did.

Facts that have nothing to do with one another are arranged apart. Each proposal is read and
selected by the engine itself, so that what is arranged is right, whatever words it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from screener.days import iso, shift
from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.interpreters.smt.selections import Reading, places
from screener.ir import THIS, Exposure, NamedDay, Since, Tally, Window
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.uses import facts_of, sources
from screener.vocabulary import Kind, Vocabulary
from screener.workbench.belonging import Sketch
from screener.workbench.calendar import anchors_of, day_of, days_for
from screener.workbench.profiles import Given, Notes
from screener.workbench.sketches import sketches, windows_in

#: So many arrangements of one group of facts on given days are tried, and in all for a question.
TRIES, MOST = 400, 20_000


@dataclass(slots=True)
class Effort:
    """How many arrangements may still be tried before a question is given up.

    Counted, not timed: the same question has the same answer on a slow machine.
    """

    left: int = MOST

    @property
    def spent(self) -> bool:
        """Whether nothing further is tried."""
        return self.left <= 0


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that are arranged together, what is asked of them, and the windows in which."""

    facts: frozenset[str]
    known: tuple[Reading, ...]
    open: tuple[Reading, ...]
    windows: tuple[Window, ...]


def groups(readings: Sequence[Reading], vocabulary: Vocabulary, today: int) -> list[Group]:
    """The readings by the facts that they share."""
    joined: list[tuple[set[str], list[Reading]]] = []
    for one in readings:
        facts, together = set(facts_of(one.selection)), [one]
        apart = []
        for other in joined:
            if facts.isdisjoint(other[0]):
                apart.append(other)
            else:
                facts |= other[0]
                together = other[1] + together
        joined = [*apart, (facts, together)]
    return [_group(facts, together, vocabulary, today) for facts, together in joined]


def _group(
    facts: set[str], readings: Sequence[Reading], vocabulary: Vocabulary, today: int
) -> Group:
    known = tuple(one for one in readings if not one.open)
    windows = tuple(
        dict.fromkeys(
            window
            for one in known
            for window in (
                *windows_in(one.selection),
                *(
                    window
                    for sketched in sketches(one, vocabulary, today)
                    for sketch in sketched
                    for window in sketch.windows
                ),
            )
        )
    )
    opened = tuple(one for one in readings if one.open)
    return Group(frozenset(facts), known, opened, windows)


@dataclass(slots=True)
class Arranger:
    """Arranges one group after the other on given days.

    `strict`: what is read as open is to be open, not only left alone.
    """

    vocabulary: Vocabulary
    named: Mapping[str, NamedDay]
    as_of: int
    given: Given
    effort: Effort
    strict: bool = True
    _left: int = TRIES
    _kept: dict[object, Notes | None] = field(default_factory=dict)

    def arranged(self, group: Group, dates: Mapping[str, int], anchors: Notes) -> Notes | None:
        """The records of a group as they are to be noted; None where none was found."""
        key = (
            id(group),
            tuple(sorted((name, dates[name]) for name in self._names(group) if name in dates)),
        )
        if key not in self._kept:
            self._kept[key] = self._searched(group, dates, anchors)
        return self._kept[key]

    def _names(self, group: Group) -> dict[str, None]:
        """The named dates that matter to a group."""
        return dict.fromkeys(name for name, fact in anchors_of(group.windows, self.named).items())

    def _searched(self, group: Group, dates: Mapping[str, int], anchors: Notes) -> Notes | None:
        self._left = TRIES
        beginning = anchors.only(group.facts)
        for start in self._starts(group, beginning):
            found = next(self._completed(group, list(group.known), start, dates, anchors), None)
            if found is not None:
                return found
        return None

    def _starts(self, group: Group, beginning: Notes) -> Iterator[Notes]:
        """Histories known or not; then what was given without its gaps."""
        events = {fact for fact in group.facts if self.vocabulary[fact].kind is Kind.EVENT}
        told = frozenset(
            source.of.fact
            for one in group.known
            for source in sources(one.selection)
            if isinstance(source, Tally | Exposure | Since) and source.of.fact in events
        )
        choices = [told, frozenset()] if told else [frozenset[str]()]
        for dropped in (False, True) if self.given.has_any(group.facts) else (False,):
            for complete in choices:
                yield replace(
                    beginning,
                    complete=complete,
                    replaced=group.facts if dropped else frozenset(),
                )

    def _completed(
        self,
        group: Group,
        todo: Sequence[Reading],
        notes: Notes,
        dates: Mapping[str, int],
        anchors: Notes,
    ) -> Iterator[Notes]:
        """The notes with what is still to do, each of those done before still so."""
        done = group.known[: len(group.known) - len(todo)]
        frame = self._frame(notes, anchors)
        if frame is None or not all(_agrees(one, frame) for one in done):
            return
        while todo and _agrees(todo[0], frame):
            todo = todo[1:]
        if not todo:
            if not self.strict or all(_agrees(one, frame) for one in group.open):
                yield notes
            return
        rest = todo[1:]
        for sketched in sketches(todo[0], self.vocabulary, self.as_of):
            for added in self._placed(sketched, dates, group.windows):
                yield from self._completed(group, rest, notes.with_records(added), dates, anchors)
                if self._left <= 0 or self.effort.spent:
                    return

    def _placed(
        self, sketched: Sequence[Sketch], dates: Mapping[str, int], windows: Sequence[Window]
    ) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        """The records on days of their own; those of one selection on days that follow."""
        if not sketched:
            return
        first = sketched[0]
        alike = all(one == first for one in sketched)
        for day in self._days(first, dates, windows):
            spread = [day - number if alike else day for number in range(len(sketched))]
            for days in dict.fromkeys((tuple(spread), (day,) * len(sketched))):
                added: list[tuple[str, dict[str, Any]]] = []
                for one, on in zip(sketched, days, strict=True):
                    added += self._record(one, on, dates)
                yield added

    def _days(
        self, sketch: Sketch, dates: Mapping[str, int], windows: Sequence[Window]
    ) -> list[int]:
        if sketch.years is not None:
            at = sketch.windows[0].end
            assert at is not None, "INVARIANT: an age is one on a day"
            day = day_of(dates, at, self.named)
            return [shift(day, months=-12 * sketch.years - more) for more in (0, 6)]
        if not self._dated(sketch.fact):
            return [self.as_of]
        return days_for(sketch, dates, self.named, windows)

    def _dated(self, fact: str) -> bool:
        return self.vocabulary[fact].kind is not Kind.FIXED

    def _record(
        self, sketch: Sketch, day: int, dates: Mapping[str, int]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        words = dict(sketch.words)
        began = day - sketch.days + 1
        if sketch.years is not None:
            words = {"value": iso(day)}
        elif self.vocabulary[sketch.fact].kind is Kind.EVENT:
            words |= {"date": iso(day)} if sketch.days == 1 else _days(began, day)
        elif self._dated(sketch.fact):
            words["date"] = iso(day)
        yield sketch.fact, words
        here = {**dates, THIS: began}
        for other in sketch.beside:
            days = self._days(other, here, ())
            for on in [one for one in days if one != began][:1] or days[:1]:
                yield from self._record(other, on, here)

    def _frame(self, notes: Notes, anchors: Notes) -> Frame | None:
        """What the engine makes of the notes; None once enough was tried, or if it refuses them."""
        self._left -= 1
        if self._left < 0 or self.effort.spent:
            return None
        self.effort.left -= 1
        profile = self.given.with_notes(anchors.joined(notes), self.vocabulary, self.as_of)
        try:
            sheet = read_profile(profile, self.vocabulary, as_of=self.as_of)
        except ProfileError:
            return None
        return Frame(sheet, self.vocabulary, self.named, self.as_of)


def _days(first: int, last: int) -> dict[str, str]:
    return {"start": iso(first), "end": iso(last)}


def _agrees(reading: Reading, frame: Frame) -> bool:
    """Whether the engine reads a selection as the solver did."""
    found = select(frame, reading.selection)
    values = () if found.short else found.values
    lies = places(reading.every, values)
    if reading.open:
        return not values or all(lies)
    return bool(values) and lies == [cell in reading.possible for cell in reading.every]
