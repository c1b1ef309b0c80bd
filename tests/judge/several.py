"""Several results at once (semantics 7.8 to 7.10, 8.8 to 8.10), over every choice of records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, pairwise
from typing import NamedTuple

from tests.judge.calendar import EVER, moved, point
from tests.judge.chart import Interval, Record
from tests.judge.conditions import NUMBER, condition_of
from tests.judge.events import Tallied, tallied
from tests.judge.kleene import UNCLAIMED, Answer, Truth, shared
from tests.judge.observations import deciding
from tests.judge.patient import Question
from tests.judge.relations import STRETCHES, is_so_long
from tests.judge.windows import UnknownDay, counts_by_date, days_in_windows

#: An end of what something may come to: None without limit, and whether it can be reached.
End = tuple[Fraction | None, bool]


# --- mean, median, sum (7.8) and by day (7.9) -------------------------------------------------


def summed_up(question: Question) -> Answer:
    """7.8: from the least to the greatest, over every choice of the records that may count."""
    sure = [one for one, certain in question.valued if certain]
    maybe = [one for one, certain in question.valued if not certain]
    if not question.valued:
        return question.nothing_counts()
    if not sure:
        return Answer(None, UNCLAIMED)
    return _told(question, hull(question, sure, maybe))


def by_day(question: Question) -> Answer:
    """7.9: the newest day decides, whichever it may be and whichever records are of it."""
    worlds = deciding(question)
    if isinstance(worlds, Answer):
        return worlds
    if not all(any(one.values is not None for one in world) for world in worlds):
        only = worlds[0] if len(worlds) == 1 else ()
        absences = {one.absent for one in only if one.absent is not None}
        return Answer(None, frozenset(absences) or UNCLAIMED)
    use = question.leaf["use"]
    truths: set[Truth] = set()
    for sure, maybe in _days(question):
        if use in ("highest", "lowest"):
            truths |= set(_outermost(question, sure, maybe))
        else:
            truths.add(_told(question, hull(question, sure, maybe)).truth)
    truth = shared(truths)
    return Answer(truth, UNCLAIMED if truth is None else frozenset())


def _days(question: Question) -> Iterator[tuple[list[Record], list[Record]]]:
    """For each day that may be the newest: who is of it for certain, and who may be."""
    as_of = question.patient.as_of
    there = [
        (one, certain, days_in_windows(one, question.tests, as_of, as_of))
        for one, certain in question.valued
    ]
    for day in sorted({day for _, _, days in there for day in days}):
        sure = [one for one, certain, days in there if certain and days[0] >= day]
        may = [one for one, _, days in there if day in days and one not in sure]
        if all(day in days for one, _, days in there if one in sure):
            yield sure, may


def _choices(sure: Sequence[Record], maybe: Sequence[Record]) -> Iterator[list[Record]]:
    for size in range(len(maybe) + 1):
        for some in combinations(maybe, size):
            if sure or some:
                yield [*sure, *some]


def _outermost(
    question: Question, sure: Sequence[Record], maybe: Sequence[Record]
) -> Iterator[Truth]:
    sign = 1 if question.leaf["use"] == "highest" else -1
    for some in _choices(sure, maybe):
        for one in some:
            assert isinstance(one.values, Interval)
            rest = [other.values for other in some if other is not one]
            least = [_reached(other, sign) for other in rest if isinstance(other, Interval)]
            for value in _points(one.values, question.condition.turns(one), least):
                if all(end is None or sign * value >= sign * end for end in least):
                    yield question.condition.test(value, one)


def _reached(values: Interval, sign: int) -> Fraction | None:
    return values.low if sign > 0 else values.high


def _points(
    values: Interval, turns: Iterable[Fraction], ends: Iterable[Fraction | None]
) -> Iterable[Fraction]:
    from tests.judge.conditions import points

    return points(values, {*turns, *(end for end in ends if end is not None)})


def hull(question: Question, sure: Sequence[Record], maybe: Sequence[Record]) -> Interval:
    """From the least to the greatest that they may come to."""
    lows, highs = [], []
    for some in _choices(sure, maybe):
        values = [one.values for one in some if isinstance(one.values, Interval)]
        lows.append(_come_to(question.leaf["use"], [(v.low, v.low_in) for v in values], 1))
        highs.append(_come_to(question.leaf["use"], [(v.high, v.high_in) for v in values], -1))
    low = min(lows, key=lambda end: _order(end, 1))
    high = min(highs, key=lambda end: _order(end, -1))
    return Interval(low[0], low[1], high[0], high[1])


def _order(end: End, sign: int) -> tuple[bool, Fraction, bool]:
    number, reached = end
    return (False, Fraction(0), False) if number is None else (True, sign * number, not reached)


def _come_to(use: str, ends: list[End], sign: int) -> End:
    if use == "median":
        line = sorted(ends, key=lambda end: _order(end, sign))
        ends = [line[(len(line) - 1) // 2], line[len(line) // 2]]
    numbers = [number for number, _ in ends if number is not None]
    if len(numbers) < len(ends):
        return None, False
    total = sum(numbers, Fraction(0))
    return (total if use == "sum" else total / len(ends)), all(reached for _, reached in ends)


def _told(question: Question, whole: Interval) -> Answer:
    truth = question.condition.judge(whole, None)
    return Answer(truth, UNCLAIMED if truth is None else frozenset())


# --- results that follow one another (7.10) ---------------------------------------------------


class _Result(NamedTuple):
    certain: bool
    truth: Truth
    days: list[int]


def run(question: Question) -> Answer:
    """7.10, over every choice of so many results."""
    length = int(question.leaf["consecutive"])
    there = [
        _Result(
            certain,
            None if one.absent is not None else question.truth(one),
            days_in_windows(one, question.tests, question.patient.as_of, 0)
            if one.days is not None
            else [-EVER, question.patient.as_of],
        )
        for one, certain in question.counting
        if one.absent != "not_done"
    ]
    for some in combinations(there, length):
        if all(one.certain and one.truth is True for one in some):
            first = min(one.days[0] for one in some)
            last = max(one.days[-1] for one in some)
            others = [one for one in there if one not in some and one.truth is not True]
            if not any(one.days[0] <= last and one.days[-1] >= first for one in others):
                return Answer(True)
    valued = [one for one, certain in question.valued if certain]
    if len(valued) < length:
        return Answer(None, UNCLAIMED) if there else question.nothing_counts()
    for some in combinations(there, length):
        if all(one.truth is not False for one in some) and not _broken(some, there):
            return Answer(None, UNCLAIMED)
    return Answer(False)


def _broken(some: Sequence[_Result], there: Sequence[_Result]) -> bool:
    """Whether one that does not meet the condition lies between them for certain."""
    return any(
        other.certain
        and other.truth is False
        and any(one.days[-1] < other.days[0] for one in some)
        and any(one.days[0] > other.days[-1] for one in some)
        for other in there
    )


# --- days (8.8 to 8.10) -----------------------------------------------------------------------


def exposure(question: Question) -> Answer:
    """8.8: day by day, for each span of the window."""
    found = tallied(question)
    words = question.leaf["days"]
    if isinstance(found, Answer):
        return found
    if found.none_so_far:
        return Answer(_within(words, 0, 0))
    truths = {_within(words, *_days_of(question, found, span)) for span in _spans(question)}
    truth = shared(truths)
    claims = found.claims and len(_spans(question)) == 1
    return Answer(truth, found.why.causes if truth is None and claims else UNCLAIMED)


def _spans(question: Question) -> list[tuple[int, int]]:
    spans = [(-EVER, EVER)]
    for test in question.tests:
        spans = [(max(a, c), min(b, d)) for a, b in spans for c, d in test.spans]
    return spans


def _days_of(question: Question, found: Tallied, span: tuple[int, int]) -> tuple[int, int | None]:
    as_of = question.patient.as_of
    first, last = span[0], min(span[1], as_of)
    both = [*found.sure, *found.maybe]
    begin = max(first, min([one.days[0] for one in both if one.days], default=first))
    sure = likely = 0
    lasting = [0] * len(both)
    for day, alike in _alike(both, max(begin, as_of - 4000), last, as_of):
        on = [_going_on(one, day, as_of) for one in both]
        sure += alike * any(one is True for one in on[: len(found.sure)])
        likely += alike * any(one is not False for one in on)
        lasting = [n + alike * (one is not False) for n, one in zip(lasting, on, strict=True)]
    if not found.complete:
        return sure, None if first <= -EVER else max(0, last - first + 1)
    longest = [min(1, n) if one.ends is None else n for one, n in zip(both, lasting, strict=True)]
    return sure, min(likely, sum(longest))


def _alike(
    records: Sequence[Record], first: int, last: int, as_of: int
) -> Iterator[tuple[int, int]]:
    """Every day from `first` to `last` once: a day, and how many from it on are of its kind.

    Only next to the first and last day that a record may begin or end on does anything change.
    """
    turns = {as_of, first}
    for one in records:
        for days in (one.days, one.ends):
            turns |= {days[0], days[-1]} if days else set()
    cuts = sorted({turn + step for turn in turns for step in (-1, 0, 1, 2)} | {first, last + 1})
    cuts = [day for day in cuts if first <= day <= last + 1]
    for day, following in pairwise(cuts):
        yield day, following - day


def _going_on(record: Record, day: int, as_of: int) -> Truth:
    assert record.days is not None
    if record.ends is None:
        return shared(
            start == day for start in {record.days[0], record.days[-1], day} if start in record.days
        )
    seen = set()
    for start in {record.days[0], record.days[-1]} | ({day, day + 1} & set(record.days)):
        ends = {record.ends[0], record.ends[-1]} if record.ends else set()
        ends |= {end for end in (day - 1, day, start) if end in record.ends}
        ends |= {as_of} if record.ongoing else set()
        seen |= {start <= day <= end for end in ends if end >= start}
    return shared(seen)


def _within(words: dict[str, object], low: int, high: int | None) -> Truth:
    """Whether every number of days from one to another is what is asked for."""
    number = condition_of({word: _number(words[word]) for word in words}, NUMBER)
    most = None if high is None else Fraction(high)
    return number.judge(Interval(Fraction(low), True, most, high is not None))


def _number(text: object) -> object:
    if isinstance(text, list):
        return [_number(one) for one in text]
    number, unit = str(text).split(" ")
    return str(int(number) * (7 if unit == "wk" else 1))


def since(question: Question) -> Answer:
    """8.9: from the last end of any that began by that day, which may be any day if not known."""
    words = question.leaf["since_last"]
    at = point(words.get("at", "as_of"))
    asked = {word: words[word] for word in words if word in STRETCHES}
    try:
        days = [at.on(day) for day in question.patient.readings(at.date)]
    except UnknownDay as error:
        return Answer(None, error.causes)
    found = tallied(question)
    if isinstance(found, Answer):
        return found
    if found.none_so_far:
        return Answer(is_so_long(asked, -EVER, EVER))
    truths: set[Truth] = set()
    as_of = question.patient.as_of
    for day in days:
        sure = [min(_ends(one, day, as_of)) for one in found.sure]
        likely = [max(_ends(one, day, as_of)) for one in (*found.sure, *found.maybe)]
        first, last = max(sure, default=-EVER), max(likely, default=-EVER)
        last = last if found.complete else day
        last = max(first, last)
        turns = {moved(day, -n, unit) for n, unit in _stretches(asked)} if last > -EVER else set()
        near = {turn + step for turn in turns for step in (-3, -2, -1, 0, 1, 2, 3)}
        truths |= {
            is_so_long(asked, one, day) for one in {first, last, *near} if first <= one <= last
        }
    truth = shared(truths)
    claims = found.claims and len(days) == 1
    return Answer(truth, found.why.causes if truth is None and claims else UNCLAIMED)


def _stretches(words: dict[str, object]) -> Iterator[tuple[int, str]]:
    texts = words["between"] if "between" in words else list(words.values())
    assert isinstance(texts, list)
    for text in texts:
        number, unit = str(text).split(" ")
        yield int(number), unit


def _ends(record: Record, at: int, as_of: int) -> set[int]:
    """The earliest and the latest day on which it may have ended, that day at most."""
    assert record.days is not None
    if record.ends is None:
        return {min(record.days[0], at), min(record.days[-1], at)}
    written = {*record.ends[:1], *record.ends[-1:]}
    found = {max(end, record.days[0]) for end in written}
    if record.ongoing:
        found.add(at)
    return {min(end, at) for end in found} or {at}


def distinct(
    question: Question, sure: Sequence[Record], maybe: Sequence[Record]
) -> tuple[int, int]:
    """8.10: on how few and on how many days they may start."""
    as_of = question.patient.as_of
    ranges = [_start_days(question, one, as_of) for one in (*sure, *maybe)]
    fewest = 0
    own = ranges[: len(sure)]
    ends = sorted({days[-1] for days in own})
    for size in range(len(own) + 1):
        fewest = size
        chosen = combinations(ends, size)
        if any(all(any(day in days for day in some) for days in own) for some in chosen):
            break
    return fewest, _matched(ranges, frozenset())


def _matched(ranges: Sequence[Sequence[int]], taken: frozenset[int]) -> int:
    if not ranges:
        return 0
    first, rest = ranges[0], ranges[1:]
    free = islice((day for day in first if day not in taken), len(ranges))
    near = [day for day in (*free, *first[-len(ranges) :]) if day not in taken]
    found = [1 + _matched(rest, taken | {day}) for day in dict.fromkeys(near)]
    return max([_matched(rest, taken), *found])


def _start_days(question: Question, record: Record, as_of: int) -> Sequence[int]:
    """The days on which a record may have started and still count."""
    written = range(as_of - EVER, as_of + 1) if record.days is None else record.days
    if record.ends and not record.ongoing:
        # Nothing starts after the last day it may have ended on.
        written = range(written.start, min(written.stop, record.ends[-1] + 1))
    tests = question.tests_of(record)
    if record.days is None and not tests:
        return written
    return [
        day
        for day in written[-400:]
        if counts_by_date(
            Record(None, None, range(day, day + 1), record.ends, record.ongoing), tests, as_of
        )
        is not False
    ] or written
