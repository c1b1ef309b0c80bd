"""One leaf for one patient: every world that the records allow is looked at in turn.

This is semantics sections 5 to 11 told a second time. Where something is open (a day, a value,
whether a record counts, which record is newest), all possibilities are gone through, and the leaf
is true or false only if every one of them says so. Nothing here is shared with the engine.

A membership or a truth is True, False or None (unknown). Next to an unknown truth stands the set of
causes that apply, or `UNCLAIMED` where this judge does not say which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any, NamedTuple, TypeAlias

from tests.judge.calendar import EVER, Point, ages_after_being, completed_years, days_of, point
from tests.judge.chart import Chart, Interval, Plain, Record, Values, amount, beneath, chart_of
from tests.judge.chart import scale_of, values_of

Truth: TypeAlias = bool | None

CAUSES = (
    "conflict imprecise judgement no_range pending not_done asked_unknown not_in_record masked "
    "not_applicable inconclusive undated not_due missed stale missing"
).split()

UNCLAIMED = frozenset(["?"])

_STANDS_FOR_AS_OF = {"pending", "not_done", "not_applicable"}


class Answer(NamedTuple):
    """A truth and, where it is unknown, why."""

    truth: Truth
    causes: frozenset[str] = frozenset()


def shared(truths: Iterable[Truth]) -> Truth:
    """The truth that all worlds share; unknown where they differ or there is none."""
    found = set(truths)
    return found.pop() if len(found) == 1 else None


def all_of(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    return negated(all_of(negated(one) for one in truths))


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def unknown(*causes: str) -> Answer:
    return Answer(None, frozenset(causes))


# --- conditions (section 9) -------------------------------------------------------------------


class Condition(NamedTuple):
    """What a leaf or an attribute asks of a value: a test and the values where it turns."""

    test: Callable[[Any, Record | None], Truth]
    turns: Callable[[Record | None], list[Fraction]]

    def judge(self, values: Values, record: Record | None = None) -> Truth:
        """9.2: true if every value meets it, false if none does."""
        return shared(self.test(one, record) for one in points(values, self.turns(record)))


def points(values: Values, turns: Collection[Fraction]) -> Iterable[Any]:
    """Values that stand for all: the ends, the turns, and one between each two neighbours."""
    if not isinstance(values, Interval):
        return values
    if values.low is not None and values.low == values.high:
        return [values.low]
    marks = {turn for turn in turns if _inside(turn, values)}
    marks |= {end for end in (values.low, values.high) if end is not None}
    line = sorted(marks) or [Fraction(0)]
    beyond = [line[0] - 1, *line, line[-1] + 1]
    between = [(left + right) / 2 for left, right in zip(beyond, beyond[1:], strict=False)]
    return [one for one in (*beyond, *between) if _inside(one, values)]


def _inside(number: Fraction, values: Interval) -> bool:
    above = values.low is None or number > values.low or (values.low_in and number == values.low)
    below = values.high is None or number < values.high or (values.high_in and number == values.high)
    return above and below


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, limits: value in limits,
    "at_least": lambda value, limits: value >= min(limits),
    "at_most": lambda value, limits: value <= max(limits),
    "more_than": lambda value, limits: value > max(limits),
    "less_than": lambda value, limits: value < min(limits),
}


def condition_of(words: Plain, shape: Plain) -> Condition:
    """The one condition among the words of a leaf, an attribute or a count."""
    if "between" in words:
        first, last = words["between"]
        ends = [condition_of({"at_least": first}, shape), condition_of({"at_most": last}, shape)]
        return _both(ends, all_of)
    if "one_of" in words:
        return _both([condition_of({"is": one}, shape) for one in words["one_of"]], any_of)
    word = next(word for word in _COMPARISONS if word in words)
    limit = _limit(words[word], shape)

    def test(value: Any, record: Record | None) -> Truth:
        there = limit(record)
        return None if there is None else _COMPARISONS[word](value, there)

    def turns(record: Record | None) -> list[Fraction]:
        there = limit(record)
        return [] if not there else [one for one in there if isinstance(one, Fraction)]

    return Condition(test, turns)


def _both(parts: list[Condition], combined: Callable[[Iterable[Truth]], Truth]) -> Condition:
    return Condition(
        lambda value, record: combined(one.test(value, record) for one in parts),
        lambda record: [turn for one in parts for turn in one.turns(record)],
    )


def _limit(text: Any, shape: Plain) -> Callable[[Record | None], Collection[Any] | None]:
    """What a literal stands for: one limit, or a code with every code beneath it (9.3).

    A multiple of a reference limit is None where the record has no such limit (9.5).
    """
    if not str(text).endswith((" x ULN", " x LLN")):
        meant = _meant(text, shape)
        return lambda _: meant
    times = Fraction(str(text)[:-6])

    def of(record: Record | None) -> Collection[Any] | None:
        assert record is not None
        reference = record.high if str(text).endswith("ULN") else record.low
        return None if reference is None or reference <= 0 else [times * reference]

    return of


def _meant(text: Any, shape: Plain) -> Collection[Any]:
    """What a literal of the rule stands for: for a code, also every code beneath it (9.3)."""
    if shape["type"] == "boolean":
        return [text in (True, "true")]
    if shape["type"] == "code":
        return beneath(text, shape)
    if shape["type"] == "date":
        return days_of(text)
    if shape["type"] == "ordinal":
        return [scale_of(shape).index(str(text))]
    return [amount(str(text), shape)]


# --- windows (section 5) ----------------------------------------------------------------------


class DateTest(NamedTuple):
    """`within`, `before` or `after`: the stretches of days it may stand for, one per world."""

    word: str
    spans: tuple[tuple[int, int], ...]


class UnknownDay(Exception):
    """The day of a window is not known (5.6)."""

    def __init__(self, causes: frozenset[str]) -> None:
        self.causes = causes


def telling(days: range, edges: Iterable[int]) -> set[int]:
    """The days of a stretch that a comparison with `edges` can tell apart from the others."""
    if not days:
        return set()
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    return {days[0], days[-1]} | {day for day in near if day in days}


def counts_by_date(record: Record, test: DateTest, as_of: int) -> Truth:
    """6.1: whether the record is in the window on every, on no, or on some possible day."""
    if record.days is None:
        # 7.1: in a window an undated observation is possibly, unless no day of it has come yet.
        return None if any(first <= as_of and first <= last for first, last in test.spans) else False
    seen: set[bool] = set()
    for first, last in test.spans:
        for start in telling(record.days, (first, last)):
            for end in _ends(record, start, (first, last)):
                seen.add(_in_span(test.word, start, min(end, as_of), end, first, last))
        if len(seen) == 2:
            return None
    return shared(seen)


def _ends(record: Record, start: int, edges: tuple[int, int]) -> Iterator[int]:
    if record.ends is None:
        yield start
        return
    for end in telling(record.ends, (*edges, start)):
        if end >= start:
            yield end
    if record.ongoing:
        yield EVER


def _in_span(word: str, start: int, last_day: int, end: int, first: int, last: int) -> bool:
    if word == "before":
        return end <= last
    if word == "after":
        return start >= first
    return start <= last and last_day >= first and first <= last


def days_in_windows(record: Record, tests: Iterable[DateTest], as_of: int, past: int) -> list[int]:
    """The days an observation may be of if it counts; `past` stands for long ago."""
    days = record.days if record.days is not None else range(past, as_of + 1)
    return [
        day
        for day in days
        if all(any(first <= day <= last for first, last in test.spans) for test in tests)
    ]


# --- one patient ------------------------------------------------------------------------------


class Patient:
    """Judges single leaves for one patient on one day."""

    def __init__(self, trial: Plain, facts: Mapping[str, Plain], profile: Plain, as_of: int):
        self.trial = trial
        self.facts = facts
        self.profile = profile
        self.as_of = as_of
        self._charts: dict[str, Chart] = {}
        self._leaves: dict[tuple[Any, ...], Answer] = {}

    def leaf(self, leaf: Plain, stage_window: Any, assume_no: bool) -> Answer:
        """The truth of a leaf under the window of its stage."""
        key = (id(leaf), id(stage_window), assume_no)
        if key not in self._leaves:
            self._leaves[key] = self._judged(leaf, stage_window, assume_no)
        return self._leaves[key]

    def _judged(self, leaf: Plain, stage_window: Any, assume_no: bool) -> Answer:
        fact = self.facts[leaf["fact"]]
        assume_no = assume_no or fact.get("absence") == "no"
        try:
            if "derived" in fact:
                return self._derived(leaf, fact, stage_window, assume_no)
            tests = self._date_tests(leaf, fact, stage_window)
        except UnknownDay as day:
            return Answer(None, day.causes)
        chart = self.chart(leaf["fact"])
        if fact["kind"] == "fixed" and "count" not in leaf and "available" not in leaf:
            answer = self._fixed(leaf, fact, chart)
        elif fact["kind"] == "cumulative" and "available" not in leaf:
            answer = self._cumulative(leaf, fact, chart, tests)
        elif "available" in leaf:
            answer = self._available(leaf, fact, chart, tests)
        elif fact["type"] == "event" or "count" in leaf:
            answer = self._count(leaf, fact, chart, tests, assume_no)
        elif leaf.get("use") in ("highest", "lowest"):
            answer = self._extreme(leaf, fact, chart, tests)
        elif leaf.get("use") in ("any", "all"):
            answer = self._quantified(leaf, fact, chart, tests)
        else:
            answer = self._picked(leaf, fact, chart, tests)
        no_answer = answer == unknown("missing") and fact["type"] == "boolean"
        if assume_no and no_answer and "count" not in leaf and "available" not in leaf:
            # 12.1
            return Answer(condition_of(leaf, fact).judge(frozenset([False])))
        return answer

    def chart(self, name: str) -> Chart:
        """All records of a fact."""
        if name not in self._charts:
            self._charts[name] = chart_of(name, self.facts[name], self.profile, self.as_of)
        return self._charts[name]

    # --- named dates and windows (4.6, section 5) ---

    def readings(self, name: str) -> list[int]:
        """The days that a date of the rule file may be."""
        if name == "as_of":
            return [self.as_of]
        if name[0].isdigit():
            return list(days_of(name))
        source = self.trial["dates"][name]
        records = self.chart(source["fact"]).records
        given = sorted({day for one in records for day in one.values or ()})
        if given:
            return given
        absences = {one.absent for one in records if one.absent is not None}
        if source.get("otherwise") == "as_of" and absences <= _STANDS_FOR_AS_OF:
            return [self.as_of]
        raise UnknownDay(frozenset(absences) or self._nothing_said(self.facts[source["fact"]]))

    def _date_tests(self, leaf: Plain, fact: Plain, stage_window: Any) -> list[DateTest]:
        """5.5: the leaf's own tests on dates, or else the window of the stage."""
        if fact["kind"] == "fixed":
            return []
        words = [word for word in ("within", "before", "after") if word in leaf]
        if words:
            return [self._date_test(word, leaf[word]) for word in words]
        return [self._date_test("within", stage_window)] if stage_window is not None else []

    def _date_test(self, word: str, written: Any) -> DateTest:
        if word == "before":
            return self._spans(word, None, point(written), end_step=-1)
        if word == "after":
            return self._spans(word, point(written), None, start_step=1)
        if isinstance(written, dict):
            ends = [written.get(side) for side in ("from", "to")]
            return self._spans(word, *(None if end is None else point(end) for end in ends))
        less = written.startswith("less than ")
        offset = point(written.removeprefix("less than "))
        anchor = Point(0, "d", offset.date)
        if " before " in written:
            return self._spans(word, offset, anchor, start_step=less)
        return self._spans(word, anchor, offset, end_step=-less)

    def _spans(
        self,
        word: str,
        start: Point | None,
        end: Point | None,
        start_step: int = 0,
        end_step: int = 0,
    ) -> DateTest:
        """Every stretch of days that the window may be, over all readings of its dates."""
        names = sorted({side.date for side in (start, end) if side is not None})
        causes: set[str] = set()
        readings = []
        for name in names:
            try:
                readings.append(self.readings(name))
            except UnknownDay as day:
                causes |= day.causes
        if causes:
            raise UnknownDay(frozenset(causes))
        spans = {}
        for days in product(*readings):
            on = dict(zip(names, days, strict=True))
            first = -EVER if start is None else start.on(on[start.date]) + start_step
            last = EVER if end is None else end.on(on[end.date]) + end_step
            spans[first, last] = None
        return DateTest(word, tuple(spans))

    # --- which records count (6.1) ---

    def _counting(
        self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]
    ) -> list[tuple[Record, bool]]:
        """The records that count, with whether they do for certain."""
        found = []
        for record in chart.records:
            by_date = [counts_by_date(record, test, self.as_of) for test in tests]
            truth = all_of([*by_date, self._qualifies(leaf, fact, record)])
            if truth is not False:
                found.append((record, truth is True))
        return found

    def _qualifies(self, leaf: Plain, fact: Plain, record: Record) -> Truth:
        wanted = self._attributes(leaf.get("where", {}), fact, record)
        excepted = [self._attributes(one, fact, record) for one in leaf.get("except", [])]
        return all_of([wanted, *(negated(one) for one in excepted)])

    def _attributes(self, words: Plain, fact: Plain, record: Record) -> Truth:
        return all_of(
            self._attribute(record.attributes.get(name), asked, fact["attributes"][name])
            for name, asked in words.items()
        )

    @staticmethod
    def _attribute(values: Values | None, asked: Any, shape: Plain) -> Truth:
        if values is None:
            return None
        word = "one_of" if isinstance(asked, list) else "is"
        words = asked if isinstance(asked, dict) else {word: asked}
        return condition_of(words, shape).judge(values)

    # --- why nothing counts (7.7) ---

    @staticmethod
    def _nothing_said(fact: Plain) -> frozenset[str]:
        return frozenset(["judgement" if "asked_of" in fact else "missing"])

    def _not_due(self, tests: list[DateTest]) -> bool:
        return any(all(first > self.as_of for first, _ in test.spans) for test in tests)

    def _nothing_counts(
        self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest], absences: set[str]
    ) -> Answer:
        if absences:
            return unknown(*absences)
        valued = [record for record in chart.records if record.values is not None]
        if "asked_of" in fact and not valued:
            return unknown("judgement")
        if self._not_due(tests):
            return unknown("not_due")
        if any(all(last < self.as_of for _, last in test.spans) for test in tests):
            return unknown("missed")
        early = {self._dated_before(one, tests) for one in valued}
        if early <= {False}:
            return unknown("missing")
        if True in early and "where" not in leaf and "except" not in leaf:
            return unknown("stale")
        return Answer(None, UNCLAIMED)

    @staticmethod
    def _dated_before(record: Record, tests: list[DateTest]) -> Truth:
        days = record.days
        if days is None or not tests:
            return False
        return shared(day < first for test in tests for first, _ in test.spans for day in days)

    # --- fixed and cumulative facts (6.3, 6.4) ---

    def _fixed(self, leaf: Plain, fact: Plain, chart: Chart) -> Answer:
        valued = [
            (record, certain)
            for record, certain in self._counting(leaf, fact, chart, [])
            if record.values is not None
        ]
        if not valued:
            absences = {one.absent for one in chart.records if one.absent is not None}
            if any(one.values is not None for one in chart.records):
                return Answer(None, UNCLAIMED)
            return Answer(None, frozenset(absences) or self._nothing_said(fact))
        condition = condition_of(leaf, fact)
        truths = {condition.judge(one.values, one) for one, _ in valued if one.values is not None}
        if not any(certain for _, certain in valued):
            return Answer(None, UNCLAIMED)
        if {True, False} <= truths:
            return unknown("conflict")
        truth = shared(truths)
        return Answer(truth, UNCLAIMED if truth is None else frozenset())

    def _cumulative(
        self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]
    ) -> Answer:
        yes, no = [], []
        for record in chart.records:
            if record.values == frozenset([True]):
                truth = self._qualifies(leaf, fact, record)
                if truth is not False:
                    yes.append((record, truth is True))
            elif record.values == frozenset([False]):
                no.append(record)
        had = self._ever(yes, no, tests)
        if had is not None:
            return Answer(condition_of(leaf, fact).judge(frozenset([had])))
        if yes:
            return Answer(None, UNCLAIMED)
        if self._not_due(tests):
            return unknown("not_due") if not chart.records else Answer(None, UNCLAIMED)
        if no:
            return unknown("stale") if self._stale(no, tests) else Answer(None, UNCLAIMED)
        answered = any(one.values is not None for one in chart.records)
        absences = {one.absent for one in chart.records if one.absent is not None and not answered}
        return Answer(None, frozenset(absences) or self._nothing_said(fact))

    @staticmethod
    def _ever(
        yes: list[tuple[Record, bool]], no: list[Record], tests: list[DateTest]
    ) -> Truth:
        def may_deny(said: Record, had: Record) -> bool:
            assert said.days is not None
            assert had.days is not None
            return said.days[-1] >= had.days[0]

        denied = any(may_deny(said, had) for said in no for had, _ in yes)
        if any(certain for _, certain in yes) and not denied:
            return True
        fresh = [
            all(day >= first for test in tests for first, _ in test.spans for day in said.days or ())
            for said in no
        ]
        return False if not yes and any(fresh) else None

    @staticmethod
    def _stale(no: list[Record], tests: list[DateTest]) -> bool:
        return all(
            day < first
            for said in no
            for test in tests
            for first, _ in test.spans
            for day in said.days or ()
        )

    # --- one of several observations (section 7) ---

    def _picked(self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]) -> Answer:
        condition = condition_of(leaf, fact)
        worlds = self._deciding(leaf, fact, chart, tests)
        if isinstance(worlds, Answer):
            return worlds
        truth = shared(self._agreed(world, condition) for world in worlds)
        if truth is not None:
            return Answer(truth)
        return self._why_unpicked(worlds, condition)

    @staticmethod
    def _agreed(world: tuple[Record, ...], condition: Condition) -> Truth:
        """7.2: the values of the deciding day must agree; over absences alone it is unknown."""
        return shared(
            condition.judge(one.values, one) for one in world if one.values is not None
        )

    @staticmethod
    def _why_unpicked(worlds: list[tuple[Record, ...]], condition: Condition) -> Answer:
        if len(worlds) != 1:
            return Answer(None, UNCLAIMED)
        world = worlds[0]
        values = [one for one in world if one.values is not None]
        if not values:
            return unknown(*{one.absent for one in world if one.absent is not None})
        judged = [condition.judge(one.values, one) for one in values if one.values is not None]
        if {True, False} <= set(judged):
            return unknown("conflict")
        unsettled = next(one for one, truth in zip(values, judged, strict=True) if truth is None)
        if len(values) == 1 and None in [condition.test(Fraction(0), unsettled)]:
            return unknown("no_range")
        return unknown("imprecise") if len(values) == 1 else Answer(None, UNCLAIMED)

    def _deciding(
        self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]
    ) -> list[tuple[Record, ...]] | Answer:
        """Every set of records that may stand on the deciding day; () where none may count."""
        every = self._counting(leaf, fact, chart, tests)
        counting = [(one, certain) for one, certain in every if one.absent != "not_done"]
        if not counting:
            absences = {one.absent for one, _ in every if one.absent is not None}
            return self._nothing_counts(leaf, fact, chart, tests, absences)
        undated = [one for one, _ in counting if one.days is None and one.values is not None]
        if undated and (tests or len(counting) > 1):
            # 7.1
            return unknown("undated") if len(counting) == len(undated) else Answer(None, UNCLAIMED)
        if undated:
            return [(undated[0],)] if counting[0][1] else [(undated[0],), ()]
        edges = [edge for test in tests for span in test.spans for edge in span if abs(edge) < EVER]
        dated = [day for one, _ in counting for day in one.days or ()]
        past = min([self.as_of, *edges, *dated]) - 1
        candidates = [
            (one, certain, days_in_windows(one, tests, self.as_of, past)) for one, certain in counting
        ]
        worlds = list(_standing_on_the_last_day(candidates, leaf.get("use") == "earliest"))
        return worlds if any(certain for _, certain in counting) else [*worlds, ()]

    def _extreme(self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]) -> Answer:
        """7.4: whichever value may be the greatest (least), judged with its own range."""
        condition = condition_of(leaf, fact)
        sign = 1 if leaf["use"] == "highest" else -1
        every = self._counting(leaf, fact, chart, tests)
        valued = [(one, certain) for one, certain in every if one.values is not None]
        if not valued:
            absences = {one.absent for one, _ in every if one.absent is not None}
            return self._nothing_counts(leaf, fact, chart, tests, absences)
        turns = {turn for one, _ in valued for turn in condition.turns(one)}
        for one, _ in valued:
            if isinstance(one.values, Interval):
                turns |= {end for end in (one.values.low, one.values.high) if end is not None}
        possible = [
            (one, certain, list(points(one.values, turns)))
            for one, certain in valued
            if one.values is not None
        ]
        truths: set[Truth] = set()
        for one, _, values in possible:
            others = [(sure, rest) for other, sure, rest in possible if other is not one]
            for value in values:
                if all(not sure or min(sign * v for v in rest) <= sign * value for sure, rest in others):
                    truths.add(condition.test(value, one))
        if not any(certain for _, certain in valued):
            truths.add(None)
        truth = shared(truths)
        return Answer(truth, UNCLAIMED if truth is None else frozenset())

    def _quantified(
        self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]
    ) -> Answer:
        """7.4: `any` and `all`, over every choice of the records that count only possibly."""
        condition = condition_of(leaf, fact)
        every = self._counting(leaf, fact, chart, tests)
        valued = [(one, certain) for one, certain in every if one.values is not None]
        if not valued:
            absences = {one.absent for one, _ in every if one.absent is not None}
            return self._nothing_counts(leaf, fact, chart, tests, absences)
        choices = [
            ([] if certain else ["not there"]) + _sides(condition.judge(one.values, one))
            for one, certain in valued
            if one.values is not None
        ]
        truths: set[Truth] = set()
        for world in product(*choices):
            there = [one for one in world if one != "not there"]
            holds = any if leaf["use"] == "any" else all
            truths.add(holds(there) if there else None)
        truth = shared(truths)
        return Answer(truth, UNCLAIMED if truth is None else frozenset())

    def _available(self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest]) -> Answer:
        """7.6."""
        wanted = leaf["available"] in (True, "true")
        every = self._counting(leaf, fact, chart, tests)
        valued = [certain for one, certain in every if one.values is not None]
        if any(valued):
            return Answer(wanted)
        if valued:
            return Answer(None, UNCLAIMED)
        if any(certain and one.absent == "not_done" for one, certain in every):
            return Answer(not wanted)
        absences = {one.absent for one, _ in every if one.absent is not None}
        if fact.get("absence") == "no" and not absences:
            return Answer(not wanted)
        return self._nothing_counts(leaf, fact, chart, tests, absences)

    # --- events and counts (section 8) ---

    def _count(
        self, leaf: Plain, fact: Plain, chart: Chart, tests: list[DateTest], assume_no: bool
    ) -> Answer:
        event = fact["type"] == "event"
        number = condition_of(leaf.get("count", {"at_least": 1}), _COUNTED)
        if event and self._not_due(tests):
            return Answer(number.judge(frozenset([Fraction(0)])))  # 8.3: none so far
        every = self._counting(leaf, fact, chart, tests)
        counting = [self._counted(leaf, fact, *one) for one in every]
        certain = sum(one is True for one in counting)
        possible = sum(one is not False for one in counting)
        if self._denied(chart, every, counting):
            # 8.5
            return unknown("conflict") if self._flatly_denied(chart, every) else Answer(None, UNCLAIMED)
        absences = {one.absent for one, _ in every if one.absent is not None}
        open_for: set[str] = set()
        for (one, _), counts in zip(every, counting, strict=True):
            if counts is None and one.absent is None:
                open_for |= self._open_for(leaf, fact, one, tests)
        why = self._why_uncounted(leaf, fact, chart, tests, absences, open_for)
        complete = fact.get("absence") == "no" or (event and self._complete(chart, tests))
        if assume_no and why == unknown("missing") and fact["type"] in ("event", "boolean"):
            complete = True  # 12.1: there are no others
        extra = 0 if complete else 10
        truth = shared(
            number.test(Fraction(n), None) for n in range(certain, possible + extra + 1)
        )
        return why if truth is None else Answer(truth)

    @staticmethod
    def _counted(leaf: Plain, fact: Plain, record: Record, certain: bool) -> Truth:
        """8.4, 7.5: whether a record is one of those counted."""
        if record.absent is not None:
            return False if record.absent == "not_done" else None
        meets: Truth = True
        if fact["type"] != "event" and any(word in leaf for word in _CONDITION_WORDS):
            assert record.values is not None
            meets = condition_of(leaf, fact).judge(record.values, record)
        return all_of([True if certain else None, meets])

    def _open_for(
        self, leaf: Plain, fact: Plain, record: Record, tests: list[DateTest]
    ) -> set[str]:
        """Why a record counts only possibly: a day or value known in part, or one not given."""
        causes = set()
        if any(counts_by_date(record, test, self.as_of) is None for test in tests):
            known = record.days is not None and record.days[0] > -EVER
            causes.add("imprecise" if known else "undated")
        excepted = leaf.get("except", [])
        tried = [leaf.get("where", {})] + [
            one for one in excepted if self._attributes(one, fact, record) is None
        ]
        for words in tried:
            for name, asked in words.items():
                values = record.attributes.get(name)
                if self._attribute(values, asked, fact["attributes"][name]) is None:
                    causes.add("missing" if values is None else "imprecise")
        if record.values is not None and any(word in leaf for word in _CONDITION_WORDS):
            if condition_of(leaf, fact).judge(record.values, record) is None:
                causes.add("?")
        return causes

    @staticmethod
    def _denied(
        chart: Chart, every: list[tuple[Record, bool]], counting: list[Truth]
    ) -> bool:
        """8.5: whether "none" may have been said of a record that counts."""
        return any(
            said.none and one.days is not None and said.to[-1] >= one.days[0]
            for said in chart.said
            for (one, _), counts in zip(every, counting, strict=True)
            if counts is not False
        )

    @staticmethod
    def _flatly_denied(chart: Chart, every: list[tuple[Record, bool]]) -> bool:
        return any(
            said.none and certain and one.absent is None and said.to[0] >= (one.days or [EVER])[-1]
            for said in chart.said
            for one, certain in every
        )

    def _complete(self, chart: Chart, tests: list[DateTest]) -> bool:
        """8.2, 8.3: the history is known up to the end of the window or `as_of`."""
        ends = [max(last for _, last in test.spans) for test in tests]
        needed = min([self.as_of, *ends])
        return any(said.to[0] >= needed for said in chart.said)

    def _why_uncounted(
        self,
        leaf: Plain,
        fact: Plain,
        chart: Chart,
        tests: list[DateTest],
        absences: set[str],
        open_for: set[str],
    ) -> Answer:
        """8.6."""
        if (open_for | absences) - {"missing"}:
            return unknown(*open_for, *absences)
        if fact["type"] != "event":
            return self._nothing_counts(leaf, fact, chart, tests, set())
        if "asked_of" in fact:
            return Answer(None, UNCLAIMED) if chart.records or chart.said else unknown("judgement")
        if chart.said:
            return Answer(None, UNCLAIMED) if open_for else unknown("stale")
        return unknown("missing")

    # --- derived facts (section 11) ---

    def _derived(self, leaf: Plain, fact: Plain, stage_window: Any, assume_no: bool) -> Answer:
        condition = condition_of(leaf, fact)
        causes = UNCLAIMED
        if "age_of" in fact["derived"]:
            values = self._age(leaf, fact)
        else:
            score = _Score(self._tests_of_parts(leaf, stage_window), assume_no, [])
            values = self._value(leaf["fact"], score)
            causes = frozenset().union(*score.unsettled) or UNCLAIMED
        if values is None:
            return Answer(None, UNCLAIMED)
        truth = shared(condition.test(value, None) for value in values)
        return Answer(truth, causes if truth is None else frozenset())

    def _age(self, leaf: Plain, fact: Plain) -> frozenset[Any] | None:
        """11.1: the ages that birth date and stated ages allow on the day asked for."""
        at = point(str(leaf.get("at", self.trial.get("age_at", "as_of"))))
        on = [at.on(day) for day in self.readings(at.date)]
        births = [
            day for one in self.chart(fact["derived"]["age_of"]).records for day in one.values or ()
        ]
        computed = frozenset(
            Fraction(completed_years(birth, day)) for birth in births for day in on
        )
        given = frozenset(
            Fraction(years)
            for one in self.chart(leaf["fact"]).records
            if isinstance(one.values, Interval)
            for stated in range(131)
            if _inside(Fraction(stated), one.values)
            for said in (one.days if one.days is not None else [self.as_of])
            for day in on
            for years in ages_after_being(stated, said, day)
        )
        return either(given or None, computed or None)

    def _tests_of_parts(self, leaf: Plain, stage_window: Any) -> list[DateTest]:
        """11.6, and the window of the leaf or stage for every part that is observed."""
        if "at" in leaf:
            leaf = {**leaf, "within": {"to": leaf["at"]}}
        return self._date_tests(leaf, {"kind": "observation"}, stage_window)

    def _value(self, name: str, score: _Score) -> frozenset[Any]:
        """All values that a score or grade may have."""
        fact = self.facts[name]
        derived = fact["derived"]
        if "grades" in derived:
            of = derived["grades"]["of"]
            computed = frozenset(
                _meant_one(band["is"], fact)
                for band in derived["grades"]["bands"]
                for value in self._value(of, score)
                if condition_of(_without(band, "is"), self.facts[of]).test(value, None)
            )
        else:
            parts = [self._points(part, score) for part in derived["points"]]
            sums = range(sum(min(part) for part in parts), sum(max(part) for part in parts) + 1)
            computed = frozenset(Fraction(one) for one in sums)
        given = self._given(name, score.tests)
        if given is None:
            return computed
        score.unsettled.append(UNCLAIMED)
        return either(given, computed) or computed

    def _given(self, name: str, tests: list[DateTest]) -> frozenset[Any] | None:
        fact = self.facts[name]
        worlds = self._deciding({}, fact, self.chart(name), tests)
        if isinstance(worlds, Answer) or () in worlds:
            return None
        found: set[Any] = set()
        for world in worlds:
            values = [one.values for one in world if one.values is not None]
            if not values:
                return None
            for value in values:
                found |= set(points(value, ()))
        return frozenset(found)

    def _points(self, part: Plain, score: _Score) -> set[int]:
        """11.2: the points one part may score."""
        fact = self.facts[part["fact"]]
        shape = {**fact, "unit": part.get("unit", fact.get("unit", "1"))}
        table = _bands(part)
        worlds = self._worlds_of_part(part["fact"], fact, score)
        if isinstance(worlds, Answer):
            score.unsettled.append(worlds.causes)
            return {points for _, points in table}
        found: set[int] = set()
        for world in worlds:
            values = [one.values for one in world if one.values is not None]
            if not values:
                absences = {one.absent for one in world if one.absent is not None}
                only = absences and len(worlds) == 1
                score.unsettled.append(frozenset(absences) if only else UNCLAIMED)
                return {points for _, points in table}
            for value in values:
                found |= _scores(value, table, shape, fact)
        if len(found) > 1:
            score.unsettled.append(UNCLAIMED)
        return found

    def _worlds_of_part(
        self, name: str, fact: Plain, score: _Score
    ) -> list[tuple[Record, ...]] | Answer:
        chart = self.chart(name)
        worlds: list[tuple[Record, ...]] | Answer
        if fact["kind"] == "fixed":
            valued = tuple(one for one in chart.records if one.values is not None)
            absences = {one.absent for one in chart.records if one.absent is not None}
            nothing = Answer(None, frozenset(absences) or self._nothing_said(fact))
            worlds = [valued] if valued else nothing
        else:
            worlds = self._deciding({}, fact, chart, score.tests)
        assume_no = score.assume_no or fact.get("absence") == "no"
        if assume_no and worlds == unknown("missing") and fact["type"] == "boolean":
            return [(Record(frozenset([False]), None, None),)]  # 12.1
        return worlds


class _Score(NamedTuple):
    """What a score is asked under, and the causes of the parts that leave it open."""

    tests: list[DateTest]
    assume_no: bool
    unsettled: list[frozenset[str]]


_CONDITION_WORDS = ("is", "one_of", "at_least", "at_most", "more_than", "less_than", "between")
_COUNTED: Plain = {"type": "number"}


def _sides(truth: Truth) -> list[Any]:
    return [True, False] if truth is None else [truth]


def _meant_one(text: Any, shape: Plain) -> Any:
    return text if shape["type"] == "code" else next(iter(_meant(text, shape)))


def _without(words: Plain, word: str) -> Plain:
    return {one: value for one, value in words.items() if one != word}


def _bands(part: Plain) -> list[tuple[Plain, int]]:
    if "bands" in part:
        return [(band, int(band["points"])) for band in part["bands"]]
    return [({"is": value}, int(score)) for value, score in part["values"].items()]


def _scores(value: Values, table: list[tuple[Plain, int]], shape: Plain, fact: Plain) -> set[int]:
    """The points of every value in the interval; the bands are in the unit of the table."""
    unit = f" {shape['unit']}" if shape["unit"] != "1" else ""

    def in_unit_of_fact(words: Plain) -> Plain:
        return {
            word: [f"{one}{unit}" for one in limit] if word == "between" else f"{limit}{unit}"
            for word, limit in words.items()
            if word != "points"
        }

    bands = [(condition_of(in_unit_of_fact(words), fact), score) for words, score in table]
    turns = {turn for band, _ in bands for turn in band.turns(None)}
    return {score for one in points(value, turns) for band, score in bands if band.test(one, None)}


def _standing_on_the_last_day(
    candidates: list[tuple[Record, bool, list[int]]], earliest: bool
) -> Iterator[tuple[Record, ...]]:
    """Every set of records that may be those of the newest (or oldest) day.

    A set may stand on a day if each of its records may be of that day, and every other record that
    counts for certain may be of a day further from the end.
    """
    further = (lambda days, day: days[-1] > day) if earliest else (lambda days, day: days[0] < day)
    seen = set()
    for day in sorted({day for _, _, days in candidates for day in days}):
        may_stand = tuple(i for i, (_, _, days) in enumerate(candidates) if day in days)
        must_stand = frozenset(
            i
            for i, (_, certain, days) in enumerate(candidates)
            if certain and not further(days, day)
        )
        if (may_stand, must_stand) in seen or not must_stand <= set(may_stand):
            continue
        seen.add((may_stand, must_stand))
        for size in range(1, len(may_stand) + 1):
            for world in combinations(may_stand, size):
                if must_stand <= set(world):
                    yield tuple(candidates[i][0] for i in world)


def either(given: frozenset[Any] | None, computed: frozenset[Any] | None) -> frozenset[Any] | None:
    """11.4: the readings of a derived fact that is also given."""
    if given is None or computed is None:
        return given if computed is None else computed
    for single, other in ((given, computed), (computed, given)):
        if len(single) == 1 and len(other) > 1 and single <= other:
            return single
    return given | computed
