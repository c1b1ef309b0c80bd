"""What selections of the same fact have to do with one another, for every patient.

A yes of whatever date counts in every window, a no where it is late enough; fewer records count in
a narrower set than in a wider one; the newest of a short while is the newest of a longer one that
ends on the same day. All else may be as it likes. Source: semantics 6.1, 6.4, 7.2 and 8.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

import z3

from screener.interpreters.smt.pairs import Claim, all_of, any_of
from screener.ir import (
    AS_OF,
    After,
    Age,
    Attribute,
    Before,
    Ever,
    Exposure,
    Lookback,
    Pick,
    Point,
    RecordSet,
    RecordTest,
    Related,
    Selection,
    Starts,
    Tally,
    Unless,
    Use,
    Window,
    Within,
)
from screener.quantities import Range, Value, below, holds
from screener.selection.placing import window_of
from screener.selection.uses import sources
from screener.truth import Truth


class Variables(NamedTuple):
    """What may be of one selection: its cells, that it may lie in each, that nothing is known."""

    cells: tuple[Value, ...]
    may: Sequence[Claim]
    open: Claim


def relations(known: Mapping[Selection, Variables]) -> Iterator[Claim]:
    """The claims that hold among the selections, whoever the patient is."""
    for one, other in permutations(known, 2):
        match one, other:
            case Ever(), Ever() if one.of == other.of:
                yield from _said(one, other, known)
            case Tally(), Tally() if _fewer(one, other):
                yield from _counted(known[one], known[other])
                if _anchors(one.of) <= _anchors(other.of):
                    # Where it is known how many there are of all, it is of some of them.
                    yield z3.Implies(z3.Not(known[other].open), z3.Not(known[one].open))
            case (Age() | Exposure(), Age() | Exposure()) if _uncut(one) == _uncut(other):
                # They are the same but for what is asked of them.
                yield known[one].open == known[other].open
                yield _same(known[one], known[other])
            case Pick(), Pick() if _newest_of_both(one, other):
                yield _same(known[one], known[other])


def placed(selection: Selection) -> bool:
    """Whether the days of what a selection is made of are the same for everybody."""
    for source in sources(selection):
        if isinstance(source, Age):
            if source.at.anchor not in (None, AS_OF):
                return False
        elif isinstance(source, Ever):
            if _days_of(source):
                return False
        elif _anchors(source.of):
            return False
    return True


def together(known: Mapping[Selection, Variables]) -> Iterator[Claim]:
    """That nothing newer contradicts: where the newest of a window is known, that is the newest.

    A restriction, to find patients that are easy to write down first.
    """
    for one, other in permutations(known, 2):
        if isinstance(one, Pick) and isinstance(other, Pick) and _looks_further(one, other):
            few, many = known[one], known[other]
            yield z3.Implies(z3.Not(few.open), z3.Not(many.open))
            yield _same(few, many)


# --- has had ----------------------------------------------------------------------------------


def _said(one: Ever, other: Ever, known: Mapping[Selection, Variables]) -> Iterator[Claim]:
    """What was said for the window of one holds for that of the other.

    Where the day of the other window may be unknown, the other may be open instead; and where a no
    that a declared source makes of silence need not reach to the end of it (12.3).
    """
    yes, no = frozenset({True}), frozenset({False})
    yield _follows(one, other, yes, known, may_be_open=False)
    if _opens_later(one, other):
        yield _follows(one, other, no, known, may_be_open=not _closes_later(one, other))


def _follows(
    one: Ever,
    other: Ever,
    answer: Value,
    known: Mapping[Selection, Variables],
    *,
    may_be_open: bool,
) -> Claim:
    follows = _is(known[other], answer)
    if may_be_open or not _days_of(other) <= _days_of(one):
        follows = z3.Or(follows, known[other].open)
    return z3.Implies(_is(known[one], answer), follows)


def said_aloud(known: Mapping[Selection, Variables]) -> Iterator[Claim]:
    """That a no was said, and is not the silence of a source that was complete up to some day."""
    no = frozenset({False})
    evers = [one for one in known if isinstance(one, Ever)]
    for one, other in permutations(evers, 2):
        if one.of == other.of and _opens_later(one, other) and not _closes_later(one, other):
            yield _follows(one, other, no, known, may_be_open=False)


def _is(variables: Variables, answer: Value) -> Claim:
    cells = zip(variables.cells, variables.may, strict=True)
    return z3.And(
        z3.Not(variables.open),
        *(z3.Not(may) for cell, may in cells if holds(cell, answer) is not Truth.TRUE),
    )


def _days_of(ever: Ever) -> set[str]:
    """The named dates that the window hangs on."""
    ends = () if ever.within is None else (ever.within.start, ever.within.end)
    return {one.anchor for one in ends if one is not None and one.anchor not in (None, AS_OF)}


def _opens_later(one: Ever, other: Ever) -> bool:
    """Whether a no that is late enough for the window of `one` is so for that of `other`."""
    late = None if one.within is None else one.within.start
    early = None if other.within is None else other.within.start
    return early is None or (late is not None and _no_earlier(late, early))


def _closes_later(one: Ever, other: Ever) -> bool:
    """Whether silence that means no to the end of the window of `one` does so for `other`."""
    late = None if one.within is None else one.within.end
    early = None if other.within is None else other.within.end
    return late is None or (early is not None and _no_earlier(late, early))


# --- counts -----------------------------------------------------------------------------------


def _fewer(one: Tally, other: Tally) -> bool:
    """Whether every record that counts for `one` counts for `other`."""
    return (
        (one.times, one.distinct_days) == (other.times, other.distinct_days)
        and other.condition in (None, one.condition)
        and _narrower(one.of, other.of)
    )


def _narrower(one: RecordSet, other: RecordSet) -> bool:
    return one.fact == other.fact and all(
        any(_stricter(test, wide) for test in one.tests) for wide in other.tests
    )


def _stricter(test: RecordTest, wide: RecordTest) -> bool:
    match test, wide:
        case Within(), Within():
            return test == wide or _inside(test.window, wide.window)
        case Attribute(condition=frozenset() as few), Attribute(condition=frozenset() as many):
            return test.name == wide.name and few <= many
        case Attribute(condition=Range() as few), Attribute(condition=Range() as many):
            return test.name == wide.name and holds(few, many) is Truth.TRUE
        case Unless(), Unless():
            return set(test.alternatives) >= set(wide.alternatives)
        case _:
            return test == wide


def _inside(one: Window, other: Window) -> bool:
    starts = other.start is None or (one.start is not None and _no_earlier(one.start, other.start))
    ends = other.end is None or (one.end is not None and _no_earlier(other.end, one.end))
    return starts and ends


def _no_earlier(late: Point, early: Point) -> bool:
    return late.anchor == early.anchor and late.months >= early.months and late.days >= early.days


def _counted(few: Variables, many: Variables) -> Iterator[Claim]:
    """At least as many count for the wider set, and at most as many for the narrower one."""
    told = z3.And(z3.Not(few.open), z3.Not(many.open))
    for at, cell in enumerate(few.cells):
        lesser = _ruled_out(many, [_ends_before(one, cell) for one in many.cells])
        if lesser:
            reached = [z3.Not(one) for one in few.may[:at]]
            yield z3.Implies(z3.And(told, *reached), z3.And(lesser))
    for at, cell in enumerate(many.cells):
        greater = _ruled_out(few, [_ends_before(cell, one) for one in few.cells])
        if greater:
            bounded = [z3.Not(one) for one in many.may[at + 1 :]]
            yield z3.Implies(z3.And(told, *bounded), z3.And(greater))


def _anchors(of: RecordSet) -> set[object]:
    """What a record set hangs on beside its records: named dates, and other records."""
    found: set[object] = set()
    for one in of.tests:
        match one:
            case Within() | Before() | After():
                window = window_of(one)
                found |= {end.anchor for end in (window.start, window.end) if end is not None}
            case Starts():
                found |= {end.anchor for end in (one.window.start, one.window.end) if end}
            case Lookback():
                found.add(one.before.anchor)
            case Related():
                found.add(one)
            case _:
                pass
    return found - {None, AS_OF}


def _uncut(selection: Selection) -> Selection:
    """The same without what is asked of it."""
    if isinstance(selection, Age | Exposure):
        return replace(selection, cuts=())
    return selection


def consistent(known: Mapping[Selection, Variables]) -> Iterator[Claim]:
    """That no history of an event contradicts itself: "none" is not said beside a record.

    Where the day of the windows is not known, nothing is known of any of them.
    """
    counted = [one for one in known if isinstance(one, Tally)]
    yield from (z3.Not(known[one].open) for one in counted if placed(one))
    for one, other in permutations(counted, 2):
        if one.of.fact == other.of.fact and _anchors(one.of) == _anchors(other.of):
            yield known[one].open == known[other].open


def _ruled_out(variables: Variables, out: Sequence[bool]) -> list[Claim]:
    return [z3.Not(may) for may, gone in zip(variables.may, out, strict=True) if gone]


def _ends_before(one: Value, other: Value) -> bool:
    assert isinstance(one, Range), "INVARIANT: counts are numbers"
    assert isinstance(other, Range), "INVARIANT: counts are numbers"
    return below(one, other)


# --- the newest -------------------------------------------------------------------------------


def _newest_of_both(one: Pick, other: Pick) -> bool:
    """Whether the newest record of `one` is that of `other` too: it looks back less far only."""
    return _looks_further(one, other) and _reaches(_split(one.of)[0][0], _split(other.of)[0])


def _looks_further(one: Pick, other: Pick) -> bool:
    """Whether they ask for the newest of the same records, the other in a window around one's."""
    if one.use is not Use.LATEST or other.use is not Use.LATEST or one.per_day or other.per_day:
        return False
    if (one.times, one.judged) != (other.times, other.judged) or one.of.fact != other.of.fact:
        return False
    short, rest = _split(one.of)
    long, others = _split(other.of)
    if rest != others or len(short) != 1 or len(long) > 1:
        return False
    return not long or _inside(short[0], long[0])


def _reaches(short: Window, long: Sequence[Window]) -> bool:
    """Whether the longer window (none: up to `as_of`) ends on the same day."""
    if not long:
        return short.end == Point(AS_OF)
    return short.end == long[0].end and _inside(short, long[0])


def _split(of: RecordSet) -> tuple[list[Window], list[RecordTest]]:
    windows = [test.window for test in of.tests if isinstance(test, Within)]
    return windows, [test for test in of.tests if not isinstance(test, Within)]


def _same(one: Variables, other: Variables) -> Claim:
    """Where something is known of both, it is the same."""
    return z3.Implies(
        z3.And(z3.Not(one.open), z3.Not(other.open)),
        all_of([*_covered(one, other), *_covered(other, one)]),
    )


def _covered(one: Variables, other: Variables) -> Iterator[Claim]:
    for cell, may in zip(one.cells, one.may, strict=True):
        touched = [
            each
            for other_cell, each in zip(other.cells, other.may, strict=True)
            if holds(other_cell, cell) is not Truth.FALSE
        ]
        yield z3.Implies(may, any_of(touched))
