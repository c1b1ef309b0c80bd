"""One leaf for one patient: every world that the records allow is looked at in turn.

This is semantics sections 5 to 12 told a second time. Where something is open (a day, a value,
whether a record counts, which record is newest), all possibilities are gone through, and the leaf
is true or false only if every one of them says so. Here are fixed and cumulative facts, and the way
to the other kinds.
"""

from __future__ import annotations

from typing import Any

from tests.judge.calendar import EVER, point
from tests.judge.chart import Plain, Record
from tests.judge.conditions import condition_of
from tests.judge.derived import derived
from tests.judge.events import count
from tests.judge.kleene import UNCLAIMED, Answer, Truth, any_of, shared, unknown
from tests.judge.observations import available, extreme, picked, quantified
from tests.judge.patient import Patient, Question, declared_no, nothing_said
from tests.judge.several import by_day, exposure, run, since, summed_up
from tests.judge.windows import DateTest, UnknownDay


class Leaves:
    """The leaves of one trial for one patient, each judged once."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._judged: dict[tuple[Any, ...], Answer] = {}

    def judge(self, leaf: Plain, stage_window: Any, assume_no: bool) -> Answer:
        """The truth of a leaf under the window of its stage."""
        key = (id(leaf), id(stage_window), assume_no)
        if key not in self._judged:
            self._judged[key] = judged(self._patient, leaf, stage_window, assume_no)
        return self._judged[key]


def judged(patient: Patient, leaf: Plain, stage_window: Any, assume_no: bool) -> Answer:
    """The truth of a leaf, and why it is unknown."""
    fact = patient.facts[leaf["fact"]]
    if fact["type"] in ("quantity", "number") and "one_of" in leaf:
        return _one_of(patient, leaf, stage_window, assume_no)
    assume_no = assume_no or fact.get("absence") == "no"
    tests: list[DateTest] = []
    unknown_days = set[str]()
    try:
        if "derived" in fact:
            return derived(patient, leaf, stage_window, assume_no, judged)
        tests += patient.date_tests(leaf, fact, stage_window)
    except UnknownDay as day:
        unknown_days |= day.causes
    try:
        tests += _until(patient, leaf)
    except UnknownDay as day:
        unknown_days |= day.causes
    if unknown_days:
        return Answer(None, frozenset(unknown_days))
    question = Question(patient, leaf, leaf["fact"], tests, assume_no)
    yes_or_no = fact["type"] == "boolean" and "count" not in leaf
    if yes_or_no and declared_no(patient, leaf["fact"], tests):
        if "available" in leaf:
            return Answer(leaf["available"] in (False, "false"))
        return _as_no(question, _by_kind(question))
    answer = _by_kind(question)
    nothing = answer == unknown("missing") and fact["type"] == "boolean"
    if assume_no and nothing and "count" not in leaf and "available" not in leaf:
        return _as_no(question, answer)
    return answer


def _until(patient: Patient, leaf: Plain) -> list[DateTest]:
    """8.9: what began after the day to which it is measured is not looked at."""
    if "since_last" not in leaf:
        return []
    at = point(leaf["since_last"].get("at", "as_of"))
    days = dict.fromkeys(at.on(day) for day in patient.readings(at.date))
    return [DateTest("starts", tuple((-EVER, day) for day in days))]


def _as_no(question: Question, unread: Answer) -> Answer:
    """12.1: silence as "no"; nobody can say how often in a row it would have been recorded."""
    truth = question.condition.judge(frozenset([False]))
    return unread if truth is True and "consecutive" in question.leaf else Answer(truth)


def _by_kind(question: Question) -> Answer:
    leaf, fact = question.leaf, question.fact
    if "available" in leaf:
        return available(question)
    if fact["kind"] == "fixed":
        return _fixed(question)
    if fact["kind"] == "cumulative":
        return _cumulative(question)
    if "days" in leaf:
        return exposure(question)
    if "since_last" in leaf:
        return since(question)
    if "consecutive" in leaf:
        return run(question)
    if fact["kind"] == "event" or "count" in leaf:
        return count(question)
    if "per" in leaf:
        return by_day(question)
    if leaf.get("use") in ("mean", "median", "sum"):
        return summed_up(question)
    if leaf.get("use") in ("highest", "lowest"):
        return extreme(question)
    if leaf.get("use") in ("any", "all"):
        return quantified(question)
    return picked(question)


def _one_of(patient: Patient, leaf: Plain, stage_window: Any, assume_no: bool) -> Answer:
    """9.1: one of several numbers is `any_of` as many leaves with `is`."""
    rest = {word: value for word, value in leaf.items() if word != "one_of"}
    parts = [
        judged(patient, {**rest, "is": one}, stage_window, assume_no) for one in leaf["one_of"]
    ]
    truth = any_of(one.truth for one in parts)
    open_parts = [one.causes for one in parts if one.truth is None]
    return Answer(truth, frozenset() if truth is not None else frozenset().union(*open_parts))


# --- fixed facts (6.3) ------------------------------------------------------------------------


def _fixed(question: Question) -> Answer:
    valued = question.valued
    if not valued:
        records = question.chart.records
        if any(one.values is not None for one in records):
            return Answer(None, UNCLAIMED)
        absences = {one.absent for one in records if one.absent is not None}
        return Answer(None, frozenset(absences) or nothing_said(question.fact))
    if not any(certain for _, certain in valued):
        return Answer(None, UNCLAIMED)
    truths = {question.truth(one) for one, _ in valued}
    if question.hangs_on_others:
        truth = shared(truths)
        return Answer(truth, question.unclaimed if truth is None else frozenset())
    if {True, False} <= truths:
        return unknown("conflict")
    truth = shared(truths)
    return Answer(truth, UNCLAIMED if truth is None else frozenset())


# --- cumulative facts (6.4) -------------------------------------------------------------------


def _cumulative(question: Question) -> Answer:
    yes, no = [], []
    for record in question.chart.records:
        if record.values == frozenset([True]):
            truth = question.qualifies(record)
            if truth is not False:
                yes.append((record, truth is True))
        elif record.values == frozenset([False]):
            no.append(record)
    had = _ever(question, yes, no)
    if had is None:
        return _why_not_ever(question, yes, no)
    return Answer(condition_of(question.leaf, question.fact).judge(frozenset([had])))


def _ever(question: Question, yes: list[tuple[Record, bool]], no: list[Record]) -> Truth:
    """True by a yes that nobody may have denied since; false by a no that is not too old."""
    denied = any(_days(said)[-1] >= _days(had)[0] for said in no for had, _ in yes)
    if any(certain for _, certain in yes) and not denied:
        return True
    fresh = [
        all(
            day >= first
            for test in question.tests
            for first, _ in test.spans
            for day in _days(said)
        )
        for said in no
    ]
    return False if not yes and any(fresh) else None


def _why_not_ever(question: Question, yes: list[tuple[Record, bool]], no: list[Record]) -> Answer:
    if yes:
        return Answer(None, UNCLAIMED)
    records = question.chart.records
    if "asked_of" in question.fact and not records:
        return unknown("judgement")
    if "not_due" in question.times:
        certain = question.not_due and not records
        return unknown("not_due") if certain else Answer(None, UNCLAIMED)
    if no:
        stale = all(
            day < first
            for said in no
            for test in question.tests
            for first, _ in test.spans
            for day in _days(said)
        )
        return unknown("stale") if stale and len(no) == len(records) else Answer(None, UNCLAIMED)
    absences = {one.absent for one in records if one.absent is not None}
    return Answer(None, frozenset(absences) or nothing_said(question.fact))


def _days(record: Record) -> range:
    assert record.days is not None, "a statement without a date is said on the day of screening"
    return record.days
