"""What may be asked of a row about one fact and the date its windows hang on, question by question.

Each question parts the rows, and for each part it says what a made-up patient of that part has
recorded; the reference is asked about him. Source: semantics sections 4 to 9.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from itertools import combinations
from operator import or_
from typing import NamedTuple, TypeAlias

import narwhals as nw

from screener.cohort.typed import words_of
from screener.days import LAST_DAY, iso, shift
from screener.interpreters.columns import (
    Axis,
    Between,
    Days,
    Numbers,
    Part,
    Question,
    Recorded,
    Tokens,
    Tree,
    fork,
)
from screener.ir import Point
from screener.quantities import Number, Range, decimal_text
from screener.vocabulary import Shape, Type

#: Of each fact the words of its record.
Saying: TypeAlias = Mapping[str, Mapping[str, object]]

#: A row that is to be answered one by one.
DOUBT = "doubt"
#: A code that is none of those asked for, where any code may stand.
_ANOTHER = "another_code"
#: A month has as many days, give or take three.
_MONTH = Fraction(146097, 4800)
#: Days that calendars of all engines count on from.
FIRST, LAST = date(1850, 1, 1).toordinal(), date(2250, 12, 31).toordinal()


class Asked(NamedTuple):
    """A question, what is recorded in each part of it, and where nothing is."""

    question: Question
    parts: Sequence[tuple[Part, Saying]]
    nothing: Saying


#: A question that may hang on what is recorded so far; None: it does not arise.
Step: TypeAlias = Callable[[Saying], Asked | None]


def size(steps: Sequence[Step], said: Saying | None = None) -> int:
    """About how many choices there are, taken from the part of each question that has most."""
    if not steps:
        return 1
    asked = steps[0](said or {})
    if asked is None:
        return size(steps[1:], said)
    middle = asked.parts[len(asked.parts) // 2][1]
    return len(asked.parts) * size(steps[1:], middle)


def grown(steps: Sequence[Step], said: Saying, answer: Callable[[Saying], Hashable]) -> Tree:
    """The tree of these questions."""
    if not steps:
        return answer(said)
    asked, rest = steps[0](said), steps[1:]
    if asked is None:
        return grown(rest, said, answer)
    branches = [(part, grown(rest, there, answer)) for part, there in asked.parts]
    return fork(asked.question, branches, grown(rest, asked.nothing, answer))


def with_words(said: Saying, fact: str, **words: object) -> Saying:
    """The same with more words of the record of a fact."""
    return {**said, fact: {**said.get(fact, {}), **words}}


def without(said: Saying, fact: str) -> Saying:
    """The same with no record of the fact."""
    return {name: words for name, words in said.items() if name != fact}


def any_of_these(found: Sequence[nw.Expr]) -> nw.Expr:
    """Whether one of these holds."""
    return reduce(or_, found)


# --- values -----------------------------------------------------------------------------------


def numbers(fact: str, shape: Shape, recorded: Recorded, axis: Axis) -> Step:
    """Between which limits the value lies."""
    values = recorded.values
    assert isinstance(values, Numbers), "INVARIANT: numbers stand in a column of numbers"
    question = Question(f"{fact} value", _within(values.within, recorded))
    parts = [(_between(run), sample) for run, sample in axis.runs(axis.samples())]
    return valued(fact, question, [(part, number_words(shape, one)) for part, one in parts])


def dates(fact: str, recorded: Recorded, axis: Axis) -> Step:
    """Between which days the date lies that is the value."""
    values = recorded.values
    assert isinstance(values, Days), "INVARIANT: dates stand in a column of days"
    question = Question(f"{fact} value", _within(values.within, recorded))
    parts = [(_between(run), {"value": iso(int(one))}) for run, one in axis.runs([*axis.samples()])]
    return valued(fact, question, parts)


def words(fact: str, shape: Shape, recorded: Recorded) -> Step:
    """Which word, or whether yes or no."""
    values = recorded.values
    assert isinstance(values, Tokens), "INVARIANT: words stand in a column of words"
    known: list[str | bool] = [True, False]
    if shape.type in (Type.CODE, Type.ORDINAL):
        known = [*words_of(shape)]
    question = Question(f"{fact} value", _among(values, known))
    return valued(fact, question, [(one, {"value": _text(one)}) for one in known])


def valued(
    fact: str, question: Question, parts: Sequence[tuple[Part, Mapping[str, object]]]
) -> Step:
    """The question for the value; where there is none, nothing is recorded of the fact."""

    def step(said: Saying) -> Asked:
        there = [(part, with_words(said, fact, **words)) for part, words in parts]
        return Asked(question, there, without(said, fact))

    return step


def attribute(fact: str, name: str, shape: Shape, tokens: Tokens, asked: Sequence[str]) -> Step:
    """Which word stands in an attribute; `asked`: those that matter where any may stand."""
    known: list[str | bool] = [True, False]
    if shape.type in (Type.CODE, Type.ORDINAL):
        known = [*words_of(shape)] or [*asked, _ANOTHER]
    question = Question(f"{fact} {name}", _among(tokens, known))

    def step(said: Saying) -> Asked | None:
        if fact not in said:
            return None
        there = [(one, with_words(said, fact, **{name: _text(one)})) for one in known]
        return Asked(question, there, said)

    return step


# --- days -------------------------------------------------------------------------------------


class Anchor(NamedTuple):
    """A date fact that windows hang on, and the days they begin and end at, seen from it.

    `shifted`: by months and days, the column of the day that is so far from it.
    """

    fact: str
    recorded: Recorded
    points: tuple[tuple[int, int], ...]
    shifted: Mapping[tuple[int, int], nw.Expr]


def ordered(points: Sequence[tuple[int, int]]) -> bool:
    """Whether these days are in one order from whatever day they are seen."""
    for (months, days), (other, more) in combinations(points, 2):
        if months != other and abs((months - other) * _MONTH + days - more) < 7:
            return False
    return True


def anchor(asked: Anchor, fixed: Sequence[int]) -> Step:
    """How the date lies to the days that are fixed, for it decides what comes after what."""
    near = range(-3, 4) if any(months for months, _ in asked.points) else range(-1, 2)
    cuts = {day + close for day in fixed for close in near}
    for months, days in asked.points:
        cuts |= {shift(day, -months, -days) + close for day in fixed for close in near}
    return dates(asked.fact, asked.recorded, Axis.of(one for one in cuts if 1 < one < LAST_DAY))


def day(
    fact: str, recorded: Recorded, fixed: Sequence[int], alone: Sequence[int], hangs: Anchor | None
) -> Step:
    """Between which days the record is dated; `alone`: those where the anchor is not recorded."""
    days = recorded.day
    assert days is not None, "INVARIANT: asked only where records are dated"
    as_date = days.dates()

    def compared(cut: Hashable, open_end: bool, above: bool) -> nw.Expr:
        if isinstance(cut, int):
            low, high = (cut, None) if above else (None, cut)
            found = days.within(Range(low, high, open_end and above, open_end and not above))
            assert found is not None, "INVARIANT: one end is a day"
            return found
        assert hangs is not None, "INVARIANT: seen from an anchor"
        there = hangs.shifted[cut]  # type: ignore[index]
        if above:
            return as_date > there if open_end else as_date >= there
        return as_date < there if open_end else as_date <= there

    def where(parts: Sequence[Part]) -> nw.Expr:
        found = []
        for part in parts:
            assert isinstance(part, Between), "INVARIANT: days are in order"
            ends = []
            if part.low is not None:
                ends.append(compared(part.low, part.low_open, True))
            if part.high is not None:
                ends.append(compared(part.high, part.high_open, False))
            found.append(reduce(lambda x, y: x & y, ends or [~days.column.is_null()]))
        return any_of_these(found)

    question = Question(f"{fact} day", where)

    def step(said: Saying) -> Asked:
        cuts: dict[int, Hashable] = {one: one for one in alone}
        if hangs is not None and hangs.fact in said:
            from_day = _ordinal(said[hangs.fact]["value"])
            cuts = {one: one for one in fixed}
            for months, days_after in hangs.points:
                cuts[shift(from_day, months, days_after)] = (months, days_after)
        axis = Axis.of(one for one in cuts if 1 < one < LAST_DAY)
        named = {Fraction(one): label for one, label in cuts.items()}
        parts = []
        for run, sample in axis.runs(axis.samples()):
            low = None if run.low is None else named[Fraction(run.low)]
            high = None if run.high is None else named[Fraction(run.high)]
            part = Between(low, high, run.low_open, run.high_open)
            parts.append((part, with_words(said, fact, date=iso(int(sample)))))
        return Asked(question, parts, with_words(said, fact))

    return step


def doubtful_day(fact: str, recorded: Recorded) -> Step:
    """Whether the record is dated, where the days make more of a difference than is asked here."""
    assert recorded.day is not None, "INVARIANT: asked only where records are dated"
    column = recorded.day.column
    question = Question(f"{fact} dated", lambda _: ~column.is_null())

    def step(said: Saying) -> Asked:
        return Asked(question, [(True, {**said, DOUBT: {}})], with_words(said, fact))

    return step


# --- parts ------------------------------------------------------------------------------------


def _between(run: Range) -> Between:
    return Between(run.low, run.high, run.low_open, run.high_open)


def _within(
    within: Callable[[Range], nw.Expr | None], recorded: Recorded
) -> Callable[[Sequence[Part]], nw.Expr]:
    def where(parts: Sequence[Part]) -> nw.Expr:
        found = []
        for part in parts:
            assert isinstance(part, Between), "INVARIANT: numbers and days are in order"
            low, high = part.low, part.high
            inside = within(Range(low, high, part.low_open, part.high_open))  # type: ignore[arg-type]
            found.append(recorded.given if inside is None else inside)
        return any_of_these(found)

    return where


def _among(tokens: Tokens, known: Sequence[str | bool]) -> Callable[[Sequence[Part]], nw.Expr]:
    def where(parts: Sequence[Part]) -> nw.Expr:
        chosen = [one for one in known if one in parts]
        if len(chosen) == len(known):
            return ~tokens.column.is_null()
        if _ANOTHER in chosen:
            return ~tokens.among([one for one in known if one not in parts])
        return tokens.among(chosen)

    return where


def number_words(shape: Shape, number: Number) -> dict[str, object]:
    """The words of a record of that number, in the unit of the fact."""
    said: dict[str, object] = {"value": decimal_text(number)}
    if shape.type is Type.QUANTITY:
        said["unit"] = shape.unit
    return said


def _text(word: str | bool) -> str:
    return word if isinstance(word, str) else str(word).lower()


def _ordinal(text: object) -> int:
    return date.fromisoformat(str(text)).toordinal()


def seen_from(point: Point) -> tuple[int, int]:
    """How far a point is from its anchor."""
    return point.months, point.days
