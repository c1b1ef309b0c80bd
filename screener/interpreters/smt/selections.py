"""What is known of each selection: the solver's variables.

A selection is the set of cells it may lie in, one proposition a cell: one cell is a known value,
all cells are "unknown", some cells are a value known in part or records that disagree. A test is
true if every possible cell meets it and false if none does, which is the leaf rule of the reference
meaning. Sums of points are exact. What is computed with powers or logarithms, and whatever this
module has no arm for, is free within its range, and `free` names it. Source: semantics 8, 9 and 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import z3

from screener.interpreters.smt.cells import OTHER, cells, domain, inside
from screener.interpreters.smt.pairs import Claim, Pair
from screener.ir import (
    AS_OF,
    Age,
    AssumeNo,
    Band,
    Either,
    Ever,
    Exposure,
    Grade,
    Score,
    Selection,
    Since,
    Tally,
)
from screener.quantities import Condition, Range, Value, holds, point
from screener.selection.selected import Selected
from screener.selection.uses import facts_of, sources, windows_of
from screener.truth import Truth
from screener.vocabulary import Vocabulary


class Reading(NamedTuple):
    """What a solution says of one selection: the cells it may lie in.

    `open`: nothing is known, so that no test of it has an answer.
    """

    selection: Selection
    possible: tuple[Value, ...]
    every: tuple[Value, ...]
    open: bool

    @property
    def settled(self) -> bool:
        """One cell, hence an answer to every test."""
        return not self.open and len(self.possible) == 1


class Selections:
    """The variables of all selections that something is asked of.

    `facts` holds what is true of every patient. Selections that say the same in several protocols
    are the same selection. First everything asked is noted, then `declare` makes the variables.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.facts: list[Claim] = []
        self.free: dict[Selection, None] = {}
        self._asked: dict[Selection, dict[Condition, None]] = {}
        self._cells: dict[Selection, tuple[Value, ...]] = {}
        self._may: dict[Selection, list[Claim]] = {}
        self._open: dict[Selection, Claim] = {}
        self._choices: dict[tuple[Selection, str], Claim] = {}
        self._names = 0

    def note(self, selection: Selection, condition: Condition) -> None:
        """Collect what is asked of a selection and of what it is made of."""
        match selection:
            case Score():
                for part in selection.parts:
                    for band in part.bands:
                        self.note(part.value, band.when)
            case Grade():
                for band in selection.bands:
                    self.note(selection.of, band.when)
            case Either():
                self.note(selection.given, condition)
                self.note(selection.computed, condition)
            case AssumeNo():
                self.note(selection.of, condition)
            case _:
                self._asked.setdefault(selection, {})[condition] = None

    def declare(self) -> None:
        """Make the variables of everything that was noted."""
        for selection, asked in self._asked.items():
            among = domain(selection, self.vocabulary)
            if among is None:
                self.free[selection] = None
            found = cells(asked, among)
            self._cells[selection] = found
            self._may[selection] = [self.fresh() for _ in found]
            self._open[selection] = self.fresh()
            self.facts.append(z3.Or(self._may[selection]))
            self.facts.append(z3.Implies(self._open[selection], z3.And(self._may[selection])))
        self._relate()

    def _relate(self) -> None:
        """A yes of whatever date counts in every window; a no counts where it is late enough.

        Where the day of the other window may be unknown, the other may be open instead.
        """
        yes, no = frozenset({True}), frozenset({False})
        ever = [one for one in self._may if isinstance(one, Ever)]
        for one in ever:
            for other in ever:
                if one is other or one.of != other.of:
                    continue
                asked = [yes, no] if _opens_later(one, other) else [yes]
                for said in asked:
                    follows = self.test(other, said).true
                    if not _days_of(other) <= _days_of(one):
                        follows = z3.Or(follows, self._open[other])
                    self.facts.append(z3.Implies(self.test(one, said).true, follows))

    def fresh(self) -> Claim:
        """A proposition of its own."""
        self._names += 1
        return z3.Bool(f"b{self._names}")

    def choice(self, selection: Selection, what: str) -> Claim:
        """A circumstance of a selection that nothing else decides."""
        key = (selection, what)
        if key not in self._choices:
            self._choices[key] = self.fresh()
        return self._choices[key]

    # --- tests --------------------------------------------------------------------------------

    def test(self, selection: Selection, condition: Condition) -> Pair:
        """That the selection meets a condition that was noted."""
        match selection:
            case Score():
                low, high = self._points(selection)
                return self._limited(selection, low, high, condition)
            case Grade():
                return self._graded(selection, condition)
            case Either():
                return self._either(selection, condition)
            case AssumeNo():
                assumed = self.choice(selection, "assumed")
                of = self.test(selection.of, condition)
                meets = holds(_none(selection.of), condition) is Truth.TRUE
                return Pair(z3.If(assumed, meets, of.true), z3.If(assumed, not meets, of.false))
            case _:
                may = self._may[selection]
                within = [inside(cell, condition) for cell in self._cells[selection]]
                out = [one for one, meets in zip(may, within, strict=True) if not meets]
                into = [one for one, meets in zip(may, within, strict=True) if meets]
                known = z3.Not(self._open[selection])
                return Pair(z3.And(known, z3.Not(z3.Or(out))), z3.And(known, z3.Not(z3.Or(into))))

    def _possibly(self, selection: Selection, condition: Condition) -> Claim:
        return z3.Not(self.test(selection, condition).false)

    def _points(self, score: Score) -> tuple[Claim, Claim]:
        """The least and the greatest sum of points that is possible (11.2)."""
        lows, highs = [], []
        for part in score.parts:
            possible = [
                (band.points or 0, self._possibly(part.value, band.when)) for band in part.bands
            ]
            lows.append(_first(sorted(possible, key=lambda one: one[0])))
            highs.append(_first(sorted(possible, key=lambda one: -one[0])))
        return z3.Sum(lows), z3.Sum(highs)

    def _limited(self, score: Score, low: Claim, high: Claim, condition: Condition) -> Pair:
        assert isinstance(condition, Range), "INVARIANT: points are compared with numbers"
        placed = z3.Not(self.choice(score, "unplaced"))
        inner: list[Claim] = [placed]
        outer: list[Claim] = []
        if condition.low is not None:
            at = z3.Q(*_ratio(condition.low))
            inner.append(low > at if condition.low_open else low >= at)
            outer.append(high <= at if condition.low_open else high < at)
        if condition.high is not None:
            at = z3.Q(*_ratio(condition.high))
            inner.append(high < at if condition.high_open else high <= at)
            outer.append(low >= at if condition.high_open else low > at)
        return Pair(z3.And(inner), z3.And(placed, z3.Or(outer)))

    def _graded(self, graded: Grade, condition: Condition) -> Pair:
        assert isinstance(condition, frozenset), "INVARIANT: grades are codes"
        known = z3.Not(self.choice(graded, "unsettled"))
        right = [
            self._possibly(graded.of, one.when) for one in graded.bands if _met(one, condition)
        ]
        wrong = [
            self._possibly(graded.of, one.when) for one in graded.bands if not _met(one, condition)
        ]
        return Pair(z3.And(known, z3.Not(z3.Or(wrong))), z3.And(known, z3.Not(z3.Or(right))))

    def _either(self, either: Either, condition: Condition) -> Pair:
        """The given one decides, the computed one, or both have to agree (11.4)."""
        given, computed = (
            self.test(either.given, condition),
            self.test(either.computed, condition),
        )
        by_given, both = self.choice(either, "given"), self.choice(either, "both")
        agree = Pair(
            z3.And(given.true, computed.true),
            z3.And(given.false, computed.false),
        )
        return Pair(
            z3.If(both, agree.true, z3.If(by_given, given.true, computed.true)),
            z3.If(both, agree.false, z3.If(by_given, given.false, computed.false)),
        )

    # --- solutions ----------------------------------------------------------------------------

    def usual(self) -> Claim:
        """That facts are given in one way only, no window was missed and all dates are known.

        A restriction, to find patients that are easy to write down first.
        """
        claims = []
        for (selection, what), chosen in self._choices.items():
            if what == "assumed" and isinstance(selection, AssumeNo):
                claims.append(chosen == z3.And([self.all_open(one) for one in _made_of(selection)]))
            else:
                claims.append(z3.Not(chosen))
            if what == "given" and isinstance(selection, Either):
                claims += [self.all_open(one) for one in _made_of(selection.given)]
        return z3.And(claims)

    def simple(self) -> Claim:
        """That every selection is either known or wholly unknown."""
        return z3.And(
            [
                z3.Or(self._open[selection], z3.PbEq([(one, 1) for one in may], 1))
                for selection, may in self._may.items()
            ]
        )

    def within(self, selection: Selection, values: Sequence[Value]) -> Claim:
        """That a selection is known to lie nowhere but where one of these values may lie."""
        return z3.And(
            z3.Not(self._open[selection]),
            *(
                z3.Not(may)
                for may, cell in zip(self._may[selection], self._cells[selection], strict=True)
                if not any(_touch(cell, value) for value in values)
            ),
        )

    def with_variables(self) -> tuple[Selection, ...]:
        """The selections that have variables; all others are made of them."""
        return tuple(self._may)

    def known(self, selection: Selection, selected: Selected) -> Claim:
        """That a selection is known just as far as it is of one patient."""
        values = () if selected.short else selected.values
        every = self._cells[selection]
        listed = frozenset(code for cell in every if isinstance(cell, frozenset) for code in cell)
        lies = [
            not values or any(_touch(cell, _listed(value, listed)) for value in values)
            for cell in every
        ]
        return z3.And(
            self._open[selection] == (not values),
            *(may == so for may, so in zip(self._may[selection], lies, strict=True)),
        )

    def all_open(self, selection: Selection) -> Claim:
        """That nothing is known of a selection."""
        return self._open[selection]

    def drawing_on(self, fact: str, named: set[str]) -> list[Claim]:
        """The variables of what reads the fact or hangs on one of the named dates."""
        found = [
            may
            for selection, every in self._may.items()
            if _draws_on(selection, fact, named)
            for may in (*every, self._open[selection])
        ]
        return found + [
            chosen
            for (selection, _), chosen in self._choices.items()
            if _draws_on(selection, fact, named)
        ]

    def read(self, model: Claim) -> tuple[Reading, ...]:
        """What a solution says of every selection from records."""
        return tuple(
            Reading(
                selection,
                tuple(
                    cell
                    for may, cell in zip(self._may[selection], found, strict=True)
                    if z3.is_true(model.eval(may, model_completion=True))
                ),
                found,
                z3.is_true(model.eval(self._open[selection], model_completion=True)),
            )
            for selection, found in self._cells.items()
        )

    def cells_of(self, selection: Selection) -> tuple[Value, ...]:
        """The cells of a selection from records; none of one that is computed."""
        return self._cells.get(selection, ())

    def same_as(self, readings: Iterable[Reading]) -> Claim:
        """That these selections are read as here."""
        return z3.And(
            [
                may == (cell in one.possible)
                for one in readings
                for may, cell in zip(self._may[one.selection], one.every, strict=True)
            ]
            + [self._open[one.selection] == one.open for one in readings]
        )

    def other_than(self, readings: Iterable[Reading]) -> Claim:
        """That some selection is read otherwise than in these."""
        return z3.Not(self.same_as(readings))


def _none(selection: Selection) -> Value:
    """What "no record" comes to where it is read as "no" (12.1)."""
    match selection:
        case Tally() | Exposure():
            return point(0)
        case Since():
            # Of what never was, longer than any length.
            return frozenset({True})
        case _:
            return frozenset({False})


def _made_of(selection: Selection) -> Iterator[Selection]:
    """The selections with variables of their own that a selection is made of."""
    match selection:
        case Score():
            for part in selection.parts:
                yield from _made_of(part.value)
        case Grade() | AssumeNo():
            yield from _made_of(selection.of)
        case Either():
            yield from _made_of(selection.given)
            yield from _made_of(selection.computed)
        case _:
            yield selection


def _first(possible: Sequence[tuple[int, Claim]]) -> Claim:
    """The points of the first band that is possible."""
    *others, last = possible
    found: Claim = z3.IntVal(last[0])
    for points, may in reversed(others):
        found = z3.If(may, points, found)
    return found


def _met(band: Band, condition: frozenset[str | bool]) -> bool:
    return (band.grade or "") in condition


def _days_of(ever: Ever) -> set[str]:
    """The named dates that the window hangs on."""
    ends = () if ever.within is None else (ever.within.start, ever.within.end)
    return {one.anchor for one in ends if one is not None and one.anchor not in (None, AS_OF)}


def _opens_later(one: Ever, other: Ever) -> bool:
    """Whether a no that is late enough for the window of `one` is so for that of `other`."""
    late = None if one.within is None else one.within.start
    early = None if other.within is None else other.within.start
    if early is None:
        return True
    if late is None or late.anchor != early.anchor:
        return False
    return late.months >= early.months and late.days >= early.days


def _draws_on(selection: Selection, fact: str, named: set[str]) -> bool:
    """Whether a selection reads the fact, or has a window or a day that hangs on it."""
    if fact in facts_of(selection):
        return True
    points = [point for one in windows_of(selection) for point in (one.start, one.end)]
    points += [one.at for one in sources(selection) if isinstance(one, Age)]
    return any(point is not None and point.anchor in named for point in points)


def _listed(value: Value, listed: frozenset[str | bool]) -> Value:
    """A value by the codes that the cells list; any other code is the other one."""
    if isinstance(value, Range) or value <= listed:
        return value
    return (value & listed) | {OTHER}


def _touch(cell: Value, value: Value) -> bool:
    return holds(cell, value) is not Truth.FALSE


def _ratio(number: Any) -> tuple[int, int]:
    numerator, denominator = number.as_integer_ratio()
    return numerator, denominator
