"""One value out of several observations (semantics section 7), over all worlds in turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any, NamedTuple

from tests.judge.calendar import EVER
from tests.judge.chart import Interval, Record
from tests.judge.conditions import points, ways_of
from tests.judge.kleene import UNCLAIMED, Answer, Truth, shared, unknown
from tests.judge.patient import Question
from tests.judge.windows import days_in_windows

#: The records that stand on the deciding day in one world; none in one where no record counts.
World = tuple[Record, ...]


# --- latest and earliest (7.1 to 7.3) ---------------------------------------------------------


def picked(question: Question) -> Answer:
    """The values of the newest (oldest) day, if they come to the same in every world."""
    worlds = deciding(question)
    if isinstance(worlds, Answer):
        return worlds
    truth = shared(_agreed(question, world) for world in worlds)
    return _why_not_agreed(question, worlds) if truth is None else Answer(truth)


def _agreed(question: Question, world: World) -> Truth:
    """7.2: the values of the deciding day must agree; over absences alone it is unknown."""
    return shared(question.truth(one) for one in world if one.values is not None)


def _why_not_agreed(question: Question, worlds: list[World]) -> Answer:
    if len(worlds) != 1:
        return Answer(None, UNCLAIMED)
    values = [one for one in worlds[0] if one.values is not None]
    if not values:
        return unknown(*{one.absent for one in worlds[0] if one.absent is not None})
    truths = [question.truth(one) for one in values]
    limited = [one for one in values if one.ways and question.by_limit]
    # 14.3: a result whose limits are open is in no conflict.
    if {True, False} <= {question.truth(one) for one in values if one not in limited}:
        return unknown("conflict")
    if limited and len(values) > 1:
        inexact = any(len(list(points(one.values, ()))) > 1 for one in values if one.values)
        return Answer(None, UNCLAIMED) if inexact else unknown("no_range")
    if len(values) > 1:
        beside = question.hangs_on_others and set(truths) == {None}
        return Answer(None, question.why_beside if beside else UNCLAIMED)
    (one,) = values
    if question.hangs_on_others:
        return Answer(None, question.why_beside)
    assert one.values is not None
    # 9.5: a limit that is not known, unless what is known of the value leaves it open as well.
    for way in ways_of(one):
        found = {
            question.condition.test(value, way)
            for value in points(one.values, question.condition.turns(way))
        }
        if len(found) > 1:
            return unknown("imprecise")
    return unknown("no_range" if one.ways or found == {None} else "imprecise")


def deciding(question: Question) -> list[World] | Answer:
    """Every set of records that may stand on the deciding day; () where none may count."""
    counting = [(one, certain) for one, certain in question.counting if one.absent != "not_done"]
    if not counting:
        return question.nothing_counts()
    tests, as_of = question.tests, question.patient.as_of
    undated = [one for one, _ in counting if one.days is None and one.values is not None]
    if undated and (tests or len(counting) > 1):
        # 7.1
        return unknown("undated") if len(counting) == len(undated) else Answer(None, UNCLAIMED)
    if undated:
        return [(undated[0],)] if counting[0][1] else [(undated[0],), ()]
    edges = [edge for test in tests for span in test.spans for edge in span if abs(edge) < EVER]
    dated = [day for one, _ in counting for day in one.days or ()]
    # An undated absence may be of any day: older than all that is compared is old enough.
    past = min([as_of, *edges, *dated]) - 1
    candidates = [
        _Candidate(one, certain, days_in_windows(one, tests, as_of, past))
        for one, certain in counting
    ]
    worlds = list(_standing_last(candidates, question.leaf.get("use") == "earliest"))
    return worlds if any(certain for _, certain in counting) else [*worlds, ()]


class _Candidate(NamedTuple):
    """A record that counts, for certain or possibly, and the days it may be of."""

    record: Record
    certain: bool
    days: list[int]


def _standing_last(candidates: list[_Candidate], earliest: bool) -> Iterator[World]:
    """Every set of records that may be those of the newest (or oldest) day.

    A set may stand on a day if each of its records may be of that day, and every other record that
    counts for certain may be of a day further from the end.
    """

    def may_be_further(one: _Candidate, day: int) -> bool:
        return one.days[-1] > day if earliest else one.days[0] < day

    seen = set()
    for day in sorted({day for one in candidates for day in one.days}):
        may = tuple(i for i, one in enumerate(candidates) if day in one.days)
        must = frozenset(
            i for i, one in enumerate(candidates) if one.certain and not may_be_further(one, day)
        )
        if (may, must) in seen or not must <= set(may):
            continue
        seen.add((may, must))
        for size in range(1, len(may) + 1):
            for world in combinations(may, size):
                if must <= set(world):
                    yield tuple(candidates[i].record for i in world)


# --- all values together (7.4, 7.6) -----------------------------------------------------------


def extreme(question: Question) -> Answer:
    """7.4: whichever value may be the greatest (least), judged with its own range."""
    sign = 1 if question.leaf["use"] == "highest" else -1
    if not question.valued:
        return question.nothing_counts()
    turns = {turn for one, _ in question.valued for turn in question.condition.turns(one)}
    for one, _ in question.valued:
        if isinstance(one.values, Interval):
            turns |= {end for end in (one.values.low, one.values.high) if end is not None}
    possible = [
        (one, certain, list(points(one.values, turns)))
        for one, certain in question.valued
        if one.values is not None
    ]
    truths: set[Truth] = set()
    for one, _, values in possible:
        # A record that counts for certain may not be beyond the value; others may not be there.
        rivals = [rest for other, certain, rest in possible if certain and other is not one]
        for value in values:
            if all(min(sign * rival for rival in rest) <= sign * value for rest in rivals):
                truths.add(question.condition.test(value, one))
    if not any(certain for _, certain in question.valued):
        truths.add(None)
    truth = shared(truths)
    return Answer(truth, question.unclaimed if truth is None else frozenset())


def quantified(question: Question) -> Answer:
    """7.4: `any` and `all`, over every choice of the records that count only possibly."""
    if not question.valued:
        return question.nothing_counts()
    choices: list[list[Any]] = []
    for one, certain in question.valued:
        truth = question.truth(one)
        sides = [True, False] if truth is None else [truth]
        choices.append(sides if certain else ["not there", *sides])
    holds = any if question.leaf["use"] == "any" else all
    truths: set[Truth] = set()
    for world in product(*choices):
        there = [one for one in world if one != "not there"]
        truths.add(holds(there) if there else None)
    truth = shared(truths)
    return Answer(truth, question.unclaimed if truth is None else frozenset())


def available(question: Question) -> Answer:
    """7.6: whether a result exists."""
    wanted = question.leaf["available"] in (True, "true")
    valued = [certain for _, certain in question.valued]
    if any(valued):
        return Answer(wanted)
    if valued:
        return Answer(None, UNCLAIMED)
    if any(certain and one.absent == "not_done" for one, certain in question.counting):
        return Answer(not wanted)
    if question.fact.get("absence") == "no" and not question.absences:
        return Answer(not wanted)
    return question.nothing_counts()
