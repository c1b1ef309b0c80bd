"""One patient before the judge: charts, the days of windows, and which records count.

It decides membership (semantics 4.6, sections 5 and 6.1) and why nothing counts (7.7). What follows
from the records that count is decided by kind, in the modules beside this one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from tests.judge.calendar import EVER, Point, days_of, moved, point
from tests.judge.chart import Chart, Plain, Record, Values, chart_of
from tests.judge.conditions import (
    CONDITION_WORDS,
    Condition,
    condition_of,
    each_way,
    names_another,
)
from tests.judge.kleene import UNCLAIMED, Answer, Truth, all_of, negated, shared, unknown
from tests.judge.ranges import with_limits
from tests.judge.relations import around, lasts, lookback, relations
from tests.judge.windows import DateTest, UnknownDay, counts_by_date

#: 4.6: absences of a date for which `as_of` may stand.
_STANDS_FOR_AS_OF = {"pending", "not_done", "not_applicable"}


class Patient:
    """A profile on one day, under one trial."""

    def __init__(
        self,
        trial: Plain,
        facts: Mapping[str, Plain],
        profile: Plain,
        as_of: int,
        ranges: Sequence[Plain] = (),
    ) -> None:
        self.trial = trial
        self.facts = facts
        self._ranges = ranges
        self.as_of = as_of
        self._profile = profile
        self._charts: dict[str, Chart] = {}
        self.this = range(0)

    def reaches(self, name: str, tests: Sequence[DateTest]) -> bool:
        """12.3: a source is complete to the end of the window or `as_of`."""
        if not self.declared(name):
            return False
        ends = [max(last for _, last in test.spans) for test in tests]
        to: str = self._profile["complete"][name]["to"]
        return days_of(to)[0] >= min([self.as_of, *ends])

    def declared(self, name: str) -> bool:
        """Whether a source is declared complete for a fact, to whatever day."""
        return name in self._profile.get("complete", {})

    def silent(self, name: str) -> bool:
        """Whether nothing at all is recorded of a fact, not even of a later day."""
        return not chart_of(name, self.facts[name], self._profile, EVER).records

    def chart(self, name: str) -> Chart:
        """All records of a fact."""
        if name not in self._charts:
            chart = chart_of(name, self.facts[name], self._profile, self.as_of)
            rows = [one for one in self._ranges if one["fact"] == name]
            if rows:
                limited = [with_limits(self, one, rows) for one in chart.records]
                chart = Chart(tuple(limited), chart.said)
            self._charts[name] = chart
        return self._charts[name]

    def readings(self, name: str) -> list[int]:
        """The days that a date of the rule file may be (4.6)."""
        if name == "as_of":
            return [self.as_of]
        if name == "this":
            return list(self.this)
        if name[0].isdigit():
            return list(days_of(name))
        source = json.loads(name) if name[0] == "{" else self.trial["dates"][name]
        if "fact" not in source:
            return self._chosen(source)
        records = self.chart(source["fact"]).records
        given = sorted(
            {day for one in records if isinstance(one.values, range) for day in one.values}
        )
        if given:
            return given
        absences = {one.absent for one in records if one.absent is not None}
        if source.get("otherwise") == "as_of" and absences <= _STANDS_FOR_AS_OF:
            return [self.as_of]
        raise UnknownDay(frozenset(absences) or nothing_said(self.facts[source["fact"]]))

    def _chosen(self, source: Plain) -> list[int]:
        """4.7: the earlier or later of some days, in every combination of what they may be."""
        ((word, texts),) = source.items()
        causes, parts = set[str](), []
        for one in map(point, texts):
            try:
                parts.append([one.on(day) for day in self.readings(one.date)])
            except UnknownDay as day:
                causes |= day.causes
        if causes:
            raise UnknownDay(frozenset(causes))
        choose = min if word == "earlier_of" else max
        return sorted({choose(days) for days in product(*parts)})

    def about(self, record: Record) -> Patient:
        """The same patient, `this` being the days on which the record may have started."""
        other = copy(self)
        other.this = record.days or range(0)
        return other

    def date_tests(self, leaf: Plain, fact: Plain, stage_window: Any) -> list[DateTest]:
        """5.5: the leaf's own tests on dates, or else the window of the stage."""
        if fact["kind"] == "fixed":
            return []
        words = [word for word in ("within", "before", "after") if word in leaf]
        if words:
            return self._date_tests(
                {word: leaf[word] for word in words if not _is_relation(leaf[word])}
            )
        return [self._date_test("within", stage_window)] if stage_window is not None else []

    def window_tests(self, words: Plain) -> list[DateTest]:
        """The window of the others in a relation."""
        return self._date_tests({"within": words["within"]}) if "within" in words else []

    def counted(self, question: Question) -> Answer:
        """How many others there are is told where counts are told."""
        from tests.judge.events import count

        return count(question)

    def _date_tests(self, words: Plain) -> list[DateTest]:
        tests, causes = [], set[str]()
        for word, written in words.items():
            try:
                tests.append(self._date_test(word, written))
            except UnknownDay as day:
                causes |= day.causes  # 3.1: of all that apply, the first is named
        if causes:
            raise UnknownDay(frozenset(causes))
        return tests

    def _date_test(self, word: str, written: Any) -> DateTest:
        if isinstance(written, dict) and ("shorter_of" in written or "longer_of" in written):
            return self._lookback_window(written)
        if word == "before":
            return self._spans(word, None, point(written), end_step=-1)
        if word == "after":
            return self._spans(word, point(written), None, start_step=1)
        if isinstance(written, dict):
            first, last = (
                point(written[side]) if side in written else None for side in ("from", "to")
            )
            return self._spans(word, first, last)
        less = written.startswith("less than ")
        offset = point(written.removeprefix("less than "))
        anchor = Point(0, "d", offset.date)
        if " before " in written:
            return self._spans(word, offset, anchor, start_step=int(less))
        return self._spans(word, anchor, offset, end_step=-int(less))

    def _lookback_window(self, words: Plain) -> DateTest:
        """The window as far as it is the same for every record."""
        last = point(words["before"])
        texts = words["shorter_of"] if "shorter_of" in words else words["longer_of"]
        fixed = [one for one in texts if "half_" not in one]
        if len(fixed) == 1 and (len(texts) == 1 or "shorter_of" in words):
            number, unit = fixed[0].split(" ")
            spans = [
                (moved(last.on(day), -int(number), unit), last.on(day))
                for day in self.readings(last.date)
            ]
            return DateTest("within", tuple(dict.fromkeys(spans)))
        return self._spans("within", None, last)

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
        spans: dict[tuple[int, int], None] = {}
        for days in product(*readings):
            on = dict(zip(names, days, strict=True))
            first = -EVER if start is None else start.on(on[start.date]) + start_step
            last = EVER if end is None else end.on(on[end.date]) + end_step
            spans[first, last] = None
        return DateTest(word, tuple(spans))


@dataclass(frozen=True)
class Question:
    """A leaf asked of the records of one fact; `tests` are the windows they have to fit."""

    patient: Patient
    leaf: Plain
    name: str
    tests: list[DateTest]
    assume_no: bool
    without: Record | None = None

    @property
    def fact(self) -> Plain:
        """The declared fact."""
        return self.patient.facts[self.name]

    @property
    def chart(self) -> Chart:
        """All its records, but for the one that they are asked about."""
        chart = self.patient.chart(self.name)
        kept = tuple(one for one in chart.records if one is not self.without)
        return Chart(kept, chart.said)

    @cached_property
    def condition(self) -> Condition:
        """What is asked of a value."""
        from tests.judge.others import values_beside

        return each_way(
            condition_of(
                self.leaf, self.fact, lambda name, record: values_beside(self, name, record)
            )
        )

    @cached_property
    def hangs_on_others(self) -> bool:
        """Whether a limit is the value of another fact, or of this one at another time."""
        return any(names_another(text, self.fact) for text in self.limits)

    @property
    def limits(self) -> list[str]:
        """What is written as limits."""
        words = [self.leaf[word] for word in CONDITION_WORDS if word in self.leaf]
        return [str(text) for one in words for text in (one if isinstance(one, list) else [one])]

    @property
    def unclaimed(self) -> frozenset[str]:
        """Why nothing is decided, where this judge knows that of other values alone."""
        sure = all(certain and one.values is not None for one, certain in self.counting)
        return self.why_beside if sure and self.hangs_on_others else UNCLAIMED

    @property
    def why_beside(self) -> frozenset[str]:
        """Why the value that a record is compared with is not known."""
        from tests.judge.others import why_unknown

        return why_unknown(self)

    @property
    def by_limit(self) -> bool:
        """Whether reference limits are asked for."""
        return any("ULN" in text or "LLN" in text for text in self.limits)

    def truth(self, record: Record) -> Truth:
        """What the value of one record makes of the condition."""
        assert record.values is not None
        return self.condition.judge(record.values, record)

    # --- which records count (6.1) ---

    @cached_property
    def counting(self) -> list[tuple[Record, bool]]:
        """The records that count, with whether they do for certain."""
        found = []
        for record in self.chart.records:
            by_date = counts_by_date(record, self.tests_of(record), self.patient.as_of)
            beside = [self.stands(record), self.is_long_enough(record)]
            truth = all_of([by_date, self.qualifies(record), *beside])
            if truth is not False:
                found.append((record, truth is True))
        return found

    @property
    def valued(self) -> list[tuple[Record, bool]]:
        """Those of them that have a value."""
        return [(one, certain) for one, certain in self.counting if one.values is not None]

    @property
    def absences(self) -> set[str]:
        """The absences that those of them state that have none."""
        return {one.absent for one, _ in self.counting if one.absent is not None}

    def tests_of(self, record: Record) -> list[DateTest]:
        """Its windows, those that hang on the record itself among them (5.8)."""
        written = self.leaf.get("within")
        if not isinstance(written, dict) or "before" not in written:
            return self.tests
        last = point(written["before"])
        days = [last.on(day) for day in self.patient.readings(last.date)]
        return [*self.tests, lookback(written, record, days)]

    def is_long_enough(self, record: Record) -> Truth:
        """8.7."""
        if "lasting" not in self.leaf or record.absent is not None:
            return True
        return lasts(self.leaf["lasting"], record, self.patient.as_of)

    def stands(self, record: Record) -> Truth:
        """6.8, 6.9: whether it stands beside others as it should."""
        return all_of(self._stands(word, body, record) for word, body in relations(self.leaf))

    def _stands(self, word: str, body: Plain, record: Record) -> Truth:
        asked = around(word, body, record)
        if asked is None:
            return None
        leaf, beside = asked
        there = self.patient.about(record)
        try:
            tests = there.window_tests(body)
        except UnknownDay:
            return None
        tests += [] if beside is None else [beside]
        other = Question(there, leaf, body["fact"], tests, False, record)
        return self.patient.counted(other).truth

    def qualifies(self, record: Record) -> Truth:
        """Whether a record fits `where` and `except`."""
        wanted = self._attributes(self.leaf.get("where", {}), record)
        excepted = [self._attributes(one, record) for one in self.leaf.get("except", [])]
        return all_of([wanted, *(negated(one) for one in excepted)])

    def _attributes(self, words: Plain, record: Record) -> Truth:
        return all_of(self._attribute(name, asked, record) for name, asked in words.items())

    def _attribute(self, name: str, asked: Any, record: Record) -> Truth:
        values = record.attributes.get(name)
        if values is None:
            return None
        word = "one_of" if isinstance(asked, list) else "is"
        words = asked if isinstance(asked, dict) else {word: asked}
        shape = self.fact["attributes"][name]
        return condition_of(words, shape, _attributes_beside).judge(values, record)

    def open_for(self, record: Record) -> set[str]:
        """Why a record counts only possibly: a day or value known in part, or one not given."""
        causes = set()
        if self.stands(record) is None or self.is_long_enough(record) is None:
            return set(UNCLAIMED)
        if self.tests_of(record) != self.tests:
            return set(UNCLAIMED)
        if counts_by_date(record, self.tests, self.patient.as_of) is None:
            known = record.days is not None and record.days[0] > -EVER
            causes.add("imprecise" if known else "undated")
            if any(len(test.spans) > 1 for test in self.tests):
                causes |= UNCLAIMED  # 4.6: `conflict` where a date has several values
        excepted = self.leaf.get("except", [])
        tried = [self.leaf.get("where", {})]
        tried += [one for one in excepted if self._attributes(one, record) is None]
        for words in tried:
            for name, asked in words.items():
                if self._attribute(name, asked, record) is None:
                    causes.add("imprecise" if _all_given(name, asked, record) else "missing")
        return causes

    # --- why nothing counts (7.7) ---

    @cached_property
    def times(self) -> set[str]:
        """How its window may stand to `as_of`: not due, closed, or neither, over all worlds."""
        if not self.tests:
            return {"open"}
        as_of = self.patient.as_of
        found = set()
        for world in product(*(test.spans for test in self.tests)):
            first, last = max(day for day, _ in world), min(day for _, day in world)
            # 5.4: nothing can be missed in a window without a day.
            closed = first <= last < as_of
            found.add("not_due" if first > as_of else "missed" if closed else "open")
        return found

    @property
    def not_due(self) -> bool:
        """Whether the window opens after `as_of` for certain."""
        return self.times == {"not_due"}

    def nothing_counts(self) -> Answer:
        """The first cause that applies where no value counts."""
        if self.absences:
            return unknown(*self.absences)
        valued = [record for record in self.chart.records if record.values is not None]
        if "asked_of" in self.fact and not valued:
            return unknown("judgement")
        if len(self.times) > 1:
            return Answer(None, UNCLAIMED)
        if self.times <= {"not_due", "missed"}:
            return unknown(*self.times)
        early = {self._dated_before_the_window(one) for one in valued}
        if early <= {False}:
            return unknown("missing")
        if True in early and "where" not in self.leaf and "except" not in self.leaf:
            return unknown("stale")
        return Answer(None, UNCLAIMED)

    def _dated_before_the_window(self, record: Record) -> Truth:
        days = record.days
        if not self.tests:
            return False
        if days is None:
            return None
        return shared(day < first for test in self.tests for first, _ in test.spans for day in days)


def _attributes_beside(name: str, record: Record) -> list[Values] | None:
    """9.9: another attribute of the same record."""
    values = record.attributes.get(name)
    return None if values is None else [values]


def _all_given(name: str, asked: Any, record: Record) -> bool:
    """Whether an attribute is given, and every other that it is compared with."""
    texts = asked.values() if isinstance(asked, dict) else ()
    named = [text.split(" ")[-1] for text in texts if names_another(text, {"type": "number"})]
    return all(record.attributes.get(one) is not None for one in (name, *named))


def _is_relation(written: Any) -> bool:
    return isinstance(written, dict) and "fact" in written


def declared_no(patient: Patient, name: str, tests: Sequence[DateTest]) -> bool:
    """12.3: a complete source without any record of a yes-or-no fact says no."""
    tests = [] if patient.facts[name]["kind"] == "fixed" else list(tests)
    open_yet = not Question(patient, {}, name, tests, False).not_due
    return open_yet and patient.silent(name) and patient.reaches(name, tests)


def nothing_said(fact: Plain) -> frozenset[str]:
    """The cause where there is no record at all."""
    return frozenset(["judgement" if "asked_of" in fact else "missing"])
