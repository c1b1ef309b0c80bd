"""Every patient there can be, as far as the protocols given can tell: the solver's variables.

A selection is the set of cells it may lie in, one proposition a cell: one cell is a known value,
all cells are "unknown", some cells are a value known in part or records that disagree. A test is
true if every possible cell meets it and false if none does, which is the leaf rule of the
reference meaning. Sums of points are exact. What a formula computes with powers or logarithms, and
whatever this module has no arm for, is free within its range: `free` names it, and nothing proved
possible is believed before a patient has been screened. What is proved impossible holds for all
patients, since every patient is one of these. Source: semantics 1, 2 and 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, assert_never

import z3

from screener.formulas import tests_of
from screener.interpreters.smt.cells import cells, domain, inside
from screener.ir import (
    Age,
    AllOf,
    AnyOf,
    AssumeNo,
    AtLeast,
    Band,
    Cases,
    Either,
    Ever,
    Formula,
    Grade,
    MissedFails,
    Not,
    Passes,
    Protocol,
    Score,
    Selection,
    Tally,
    Test,
    Unclear,
)
from screener.quantities import Condition, Range, Value, holds, point
from screener.selection.uses import facts_of, sources, windows_of
from screener.truth import Truth
from screener.vocabulary import Vocabulary

#: A proposition of the solver (the package has no types of its own).
Claim = Any


class Pair(NamedTuple):
    """A formula in three-valued logic: that it is true, that it is false; neither is unknown."""

    true: Claim
    false: Claim

    @property
    def unknown(self) -> Claim:
        """That it is neither."""
        return z3.And(z3.Not(self.true), z3.Not(self.false))


class Reading(NamedTuple):
    """What a solution says of one selection from records: the cells it may lie in."""

    selection: Selection
    possible: tuple[Value, ...]
    every: tuple[Value, ...]

    @property
    def settled(self) -> bool:
        """One cell, hence an answer to every test."""
        return len(self.possible) == 1

    @property
    def open(self) -> bool:
        """Nothing is known."""
        return len(self.possible) == len(self.every)


def conjunction(pairs: Sequence[Pair]) -> Pair:
    """True if all are true, false if any is false."""
    return Pair(z3.And([one.true for one in pairs]), z3.Or([one.false for one in pairs]))


def disjunction(pairs: Sequence[Pair]) -> Pair:
    """True if any is true, false if all are false."""
    return Pair(z3.Or([one.true for one in pairs]), z3.And([one.false for one in pairs]))


class Space:
    """The patients that some protocols can tell apart, and the protocols' formulas over them.

    Selections that say the same in several protocols are the same selection.
    """

    def __init__(self, protocols: Sequence[Protocol], vocabulary: Vocabulary) -> None:
        self.protocols = tuple(protocols)
        self.vocabulary = vocabulary
        self.facts: list[Claim] = []
        self.free: dict[Selection, None] = {}
        self._asked: dict[Selection, dict[Condition, None]] = {}
        self._cells: dict[Selection, tuple[Value, ...]] = {}
        self._may: dict[Selection, list[Claim]] = {}
        self._choices: dict[tuple[Selection, str], Claim] = {}
        self._names = 0
        self._criteria: dict[tuple[int, int], Pair] = {}
        for protocol in protocols:
            for formula in _formulas(protocol):
                for test in tests_of(formula):
                    self._note(protocol.selections[test.slot], test.condition)
        for selection in self._asked:
            self._declare(selection)
        self._relate()

    # --- the selections -----------------------------------------------------------------------

    def _note(self, selection: Selection, condition: Condition) -> None:
        """Collect what is asked of a selection and of what it is made of."""
        match selection:
            case Score():
                for part in selection.parts:
                    for band in part.bands:
                        self._note(part.value, band.when)
            case Grade():
                for band in selection.bands:
                    self._note(selection.of, band.when)
            case Either():
                self._note(selection.given, condition)
                self._note(selection.computed, condition)
            case AssumeNo():
                self._note(selection.of, condition)
            case _:
                self._asked.setdefault(selection, {})[condition] = None

    def _declare(self, selection: Selection) -> None:
        among = domain(selection, self.vocabulary)
        if among is None:
            self.free[selection] = None
        found = cells(self._asked[selection], among)
        self._cells[selection] = found
        self._may[selection] = [self._fresh() for _ in found]
        self.facts.append(z3.Or(self._may[selection]))

    def _relate(self) -> None:
        """A yes of whatever date counts in every window; a no counts where it is late enough."""
        yes, no = frozenset({True}), frozenset({False})
        ever = [one for one in self._may if isinstance(one, Ever)]
        for one in ever:
            for other in ever:
                if one is not other and one.of == other.of:
                    claims = [z3.Implies(self._test(one, yes).true, self._test(other, yes).true)]
                    if _opens_later(one, other):
                        claims.append(
                            z3.Implies(self._test(one, no).true, self._test(other, no).true)
                        )
                    self.facts += claims

    def _fresh(self) -> Claim:
        self._names += 1
        return z3.Bool(f"b{self._names}")

    def _choice(self, selection: Selection, what: str) -> Claim:
        """A circumstance of a selection that nothing else decides."""
        key = (selection, what)
        if key not in self._choices:
            self._choices[key] = self._fresh()
        return self._choices[key]

    # --- tests --------------------------------------------------------------------------------

    def _test(self, selection: Selection, condition: Condition) -> Pair:
        match selection:
            case Score():
                low, high = self._points(selection)
                return self._limited(selection, low, high, condition)
            case Grade():
                return self._graded(selection, condition)
            case Either():
                return self._either(selection, condition)
            case AssumeNo():
                assumed = self._choice(selection, "assumed")
                of = self._test(selection.of, condition)
                no: Value = point(0) if isinstance(selection.of, Tally) else frozenset({False})
                meets = holds(no, condition) is Truth.TRUE
                return Pair(z3.If(assumed, meets, of.true), z3.If(assumed, not meets, of.false))
            case _:
                may = self._may[selection]
                within = [inside(cell, condition) for cell in self._cells[selection]]
                out = [one for one, meets in zip(may, within, strict=True) if not meets]
                into = [one for one, meets in zip(may, within, strict=True) if meets]
                return Pair(z3.Not(z3.Or(out)), z3.Not(z3.Or(into)))

    def _possibly(self, selection: Selection, condition: Condition) -> Claim:
        return z3.Not(self._test(selection, condition).false)

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
        placed = z3.Not(self._choice(score, "unplaced"))
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
        known = z3.Not(self._choice(graded, "unsettled"))
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
            self._test(either.given, condition),
            self._test(either.computed, condition),
        )
        by_given, both = self._choice(either, "given"), self._choice(either, "both")
        agree = Pair(
            z3.And(given.true, computed.true),
            z3.And(given.false, computed.false),
        )
        return Pair(
            z3.If(both, agree.true, z3.If(by_given, given.true, computed.true)),
            z3.If(both, agree.false, z3.If(by_given, given.false, computed.false)),
        )

    # --- formulas -----------------------------------------------------------------------------

    def criterion(self, which: int, index: int) -> Pair:
        """That criterion `index` of protocol `which` passes."""
        key = which, index
        if key not in self._criteria:
            self._criteria[key] = self.formula(which, self.protocols[which].criteria[index].passes)
        return self._criteria[key]

    def verdict(self, which: int, passed: Mapping[int, Pair] | None = None) -> Pair:
        """That the trial's verdict is eligible; `passed` puts other pairs in criteria's place."""
        return self.formula(which, self.protocols[which].verdict, passed)

    def formula(
        self, which: int, formula: Formula, passed: Mapping[int, Pair] | None = None
    ) -> Pair:
        """A formula of protocol `which`; the same cases in the same order as the reference."""
        match formula:
            case Test():
                return self._test(self.protocols[which].selections[formula.slot], formula.condition)
            case Not():
                part = self.formula(which, formula.arg, passed)
                return Pair(part.false, part.true)
            case AllOf():
                return conjunction([self.formula(which, one, passed) for one in formula.args])
            case AnyOf():
                return disjunction([self.formula(which, one, passed) for one in formula.args])
            case AtLeast():
                return _at_least(
                    formula.count, [self.formula(which, one, passed) for one in formula.args]
                )
            case Cases():
                return self._cases(which, formula, passed)
            case MissedFails():
                part = self.formula(which, formula.arg, passed)
                missed = z3.And(part.unknown, self._missed(which, formula.arg))
                return Pair(part.true, z3.Or(part.false, missed))
            case Unclear():
                return Pair(z3.BoolVal(False), z3.BoolVal(False))
            case Passes():
                if passed is not None and formula.index in passed:
                    return passed[formula.index]
                return self.criterion(which, formula.index)
            case _:
                assert_never(formula)

    def _cases(self, which: int, formula: Cases, passed: Mapping[int, Pair] | None) -> Pair:
        pairs = [
            (self.formula(which, test, passed), self.formula(which, rule, passed))
            for test, rule in formula.cases
        ]
        some = z3.Or([z3.Not(test.false) for test, _ in pairs])
        return Pair(
            z3.And(some, *(z3.Or(test.false, rule.true) for test, rule in pairs)),
            z3.And(some, *(z3.Or(test.false, rule.false) for test, rule in pairs)),
        )

    def _missed(self, which: int, formula: Formula) -> Claim:
        """That only missed windows may keep the formula open."""
        claims = []
        for test in tests_of(formula):
            selection = self.protocols[which].selections[test.slot]
            unknown = self.formula(which, test).unknown
            claims.append(z3.Or(z3.Not(unknown), self._choice(selection, "missed")))
        return z3.And(claims)

    def loose_verdict(self, which: int) -> tuple[Claim, dict[int, Claim]]:
        """The verdict over outcomes left open, and per criterion the claim that binds its own."""
        protocol = self.protocols[which]
        loose = {
            index: Pair(self._fresh(), self._fresh()) for index in range(len(protocol.criteria))
        }
        bound = {
            index: z3.Implies(pair.true, self.criterion(which, index).true)
            for index, pair in loose.items()
        }
        # Only what passes matters here: an outcome left open is otherwise a failure.
        settled = [z3.Xor(pair.true, pair.false) for pair in loose.values()]
        return z3.And(self.verdict(which, loose).true, *settled), bound

    def varied(self, which: int, fact: str) -> tuple[Pair, Claim]:
        """The verdict for a patient who differs in one fact only, and what holds of him."""
        named = {name for name, source in self.protocols[which].dates if source.fact == fact}
        renamed = [
            (may, self._fresh())
            for selection, every in self._may.items()
            if _draws_on(selection, fact, named)
            for may in every
        ]
        renamed += [
            (chosen, self._fresh())
            for (selection, _), chosen in self._choices.items()
            if _draws_on(selection, fact, named)
        ]
        verdict = self.verdict(which)
        return (
            Pair(z3.substitute(verdict.true, *renamed), z3.substitute(verdict.false, *renamed)),
            z3.And([z3.substitute(one, *renamed) for one in self.facts]),
        )

    # --- solutions ----------------------------------------------------------------------------

    def simple(self) -> Claim:
        """That everything is either known or wholly unknown, given in one way only, not missed.

        A restriction, to find patients that are easy to read first.
        """
        plain = [
            z3.Or(z3.And(may), z3.PbEq([(one, 1) for one in may], 1)) for may in self._may.values()
        ]
        usual = []
        for (selection, what), chosen in self._choices.items():
            if what == "assumed" and isinstance(selection, AssumeNo):
                usual.append(
                    chosen == z3.And([self.all_open(one) for one in self._made_of(selection)])
                )
            else:
                usual.append(z3.Not(chosen))
            if what == "given" and isinstance(selection, Either):
                usual += [self.all_open(one) for one in self._made_of(selection.given)]
        return z3.And(*plain, *usual)

    def _made_of(self, selection: Selection) -> Iterator[Selection]:
        """The selections from records that a selection is made of."""
        match selection:
            case Score():
                for part in selection.parts:
                    yield from self._made_of(part.value)
            case Grade() | AssumeNo():
                yield from self._made_of(selection.of)
            case Either():
                yield from self._made_of(selection.given)
                yield from self._made_of(selection.computed)
            case _:
                yield selection

    def within(self, selection: Selection, values: Sequence[Value]) -> Claim:
        """That a selection lies nowhere but where one of these values may lie."""
        return z3.And(
            [
                z3.Not(may)
                for may, cell in zip(self._may[selection], self._cells[selection], strict=True)
                if not any(_touch(cell, value) for value in values)
            ]
        )

    def all_open(self, selection: Selection) -> Claim:
        """That nothing is known of a selection."""
        return z3.And(self._may[selection])

    def selections(self) -> Iterator[Selection]:
        """The selections from records, which the others are made of."""
        yield from self._may

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
            )
            for selection, found in self._cells.items()
        )

    def other_than(self, readings: Iterable[Reading]) -> Claim:
        """That some selection is read otherwise than in these."""
        return z3.Or(
            [
                may != (cell in one.possible)
                for one in readings
                for may, cell in zip(self._may[one.selection], one.every, strict=True)
            ]
        )


def negation(claim: Claim) -> Claim:
    """That a claim is not so."""
    return z3.Not(claim)


def _opens_later(one: Ever, other: Ever) -> bool:
    """Whether a no that is late enough for the window of `one` is so for that of `other`."""
    late = None if one.within is None else one.within.start
    early = None if other.within is None else other.within.start
    if early is None:
        return True
    if late is None or late.anchor != early.anchor:
        return False
    return late.months >= early.months and late.days >= early.days


def certain(truth: bool) -> Pair:
    """A formula that is the same for everybody."""
    return Pair(z3.BoolVal(truth), z3.BoolVal(not truth))


def differ(one: Pair, other: Pair) -> Claim:
    """That two formulas do not have the same of the three truths."""
    return z3.Or(one.true != other.true, one.false != other.false)


def _draws_on(selection: Selection, fact: str, named: set[str]) -> bool:
    """Whether a selection reads the fact, or has a window or a day that hangs on it."""
    if fact in facts_of(selection):
        return True
    points = [point for one in windows_of(selection) for point in (one.start, one.end)]
    points += [one.at for one in sources(selection) if isinstance(one, Age)]
    return any(point is not None and point.anchor in named for point in points)


def _formulas(protocol: Protocol) -> Iterator[Formula]:
    for one in protocol.criteria:
        yield one.passes
        yield one.rule
        if one.applies is not None:
            yield one.applies


def _at_least(count: int, pairs: Sequence[Pair]) -> Pair:
    """True if enough are true, false if too many are false."""
    spare = len(pairs) - count + 1
    if count <= 0:
        return Pair(z3.BoolVal(True), z3.BoolVal(False))
    if spare <= 0:
        return Pair(z3.BoolVal(False), z3.BoolVal(True))
    return Pair(
        z3.PbGe([(one.true, 1) for one in pairs], count),
        z3.PbGe([(one.false, 1) for one in pairs], spare),
    )


def _first(possible: Sequence[tuple[int, Claim]]) -> Claim:
    """The points of the first band that is possible."""
    *others, last = possible
    found: Claim = z3.IntVal(last[0])
    for points, may in reversed(others):
        found = z3.If(may, points, found)
    return found


def _met(band: Band, condition: frozenset[str | bool]) -> bool:
    return (band.grade or "") in condition


def _touch(cell: Value, value: Value) -> bool:
    return holds(cell, value) is not Truth.FALSE


def _ratio(number: Any) -> tuple[int, int]:
    numerator, denominator = number.as_integer_ratio()
    return numerator, denominator
