"""Events and counts (semantics section 8): how many records there may be, tried one by one."""

from __future__ import annotations

from fractions import Fraction

from tests.judge.calendar import EVER
from tests.judge.chart import Record
from tests.judge.conditions import CONDITION_WORDS, NUMBER, condition_of
from tests.judge.kleene import UNCLAIMED, Answer, Truth, all_of, shared, unknown
from tests.judge.patient import Question, declared_no
from tests.judge.windows import DateTest, counts_by_date

#: Records that an incomplete history may hold besides: more than any rule counts to.
_UNRECORDED = 10


def count(question: Question) -> Answer:
    """8.3, 8.4: an event asked for existence is a count of at least one."""
    event = question.fact["type"] == "event"
    number = condition_of(question.leaf.get("count", {"at_least": 1}), NUMBER)
    if event and question.not_due:
        return Answer(number.judge(frozenset([Fraction(0)])))  # 8.3: none so far
    counted = [_counted(question, one, certain) for one, certain in question.counting]
    certain = sum(one is True for one in counted)
    possible = sum(one is not False for one in counted)
    if _may_be_denied(question, counted):
        return unknown("conflict") if _flatly_denied(question) else Answer(None, UNCLAIMED)
    why = _why_undecided(question, counted)
    complete = question.fact.get("absence") == "no" and question.absences <= {"not_done"}  # 8.2
    complete = complete or (event and _complete(question)) or _declared(question)
    defaults = question.fact["type"] in ("event", "boolean") and question.assume_no
    if defaults and why == unknown("missing") and possible == 0:
        complete = True  # 12.1
    most = possible if complete else possible + _UNRECORDED
    truth = shared(number.test(Fraction(n), None) for n in range(certain, most + 1))
    return why if truth is None else Answer(truth)


def _counted(question: Question, record: Record, certain: bool) -> Truth:
    """8.4, 7.5: whether a record is one of those counted."""
    if record.absent is not None:
        return False if record.absent == "not_done" else None
    asked = question.fact["type"] != "event" and any(
        word in question.leaf for word in CONDITION_WORDS
    )
    return all_of([True if certain else None, question.truth(record) if asked else True])


def _may_be_denied(question: Question, counted: list[Truth]) -> bool:
    """8.5: whether a record may count and have begun by a day on which "none" was said."""
    for said in question.chart.said:
        begun = DateTest("started", ((-EVER, said.to[-1]),))
        for (record, _), truth in zip(question.counting, counted, strict=True):
            together = counts_by_date(record, [*question.tests, begun], question.patient.as_of)
            if said.none and truth is not False and together is not False:
                return True
    return False


def _flatly_denied(question: Question) -> bool:
    return any(
        said.none and certain and one.absent is None and said.to[0] >= (one.days or [EVER])[-1]
        for said in question.chart.said
        for one, certain in question.counting
    )


def _complete(question: Question) -> bool:
    """8.2, 8.3: the history is known up to the end of the window or `as_of`."""
    ends = [max(last for _, last in test.spans) for test in question.tests]
    needed = min([question.patient.as_of, *ends])
    return any(said.to[0] >= needed for said in question.chart.said)


def _declared(question: Question) -> bool:
    """12.3: what a source is complete for; of a yes or no only where nothing is recorded."""
    if question.fact["type"] != "event":
        return declared_no(question.patient, question.name, question.tests)
    reaches = question.patient.reaches(question.name, question.tests)
    return reaches and question.absences <= {"not_done"}


def _why_undecided(question: Question, counted: list[Truth]) -> Answer:
    """8.6."""
    open_for: set[str] = set()
    for (record, certain), truth in zip(question.counting, counted, strict=True):
        if truth is None and record.absent is None:
            open_for |= question.open_for(record)
            if record.values is not None and question.fact["type"] != "event":
                open_for |= UNCLAIMED
        elif truth is None and not certain:
            open_for |= UNCLAIMED
    stated = question.absences
    if "not_done" in stated and len(stated) > 1:
        open_for |= UNCLAIMED  # 7.5: what is not done leaves nothing open
    if (open_for | stated) - {"missing"}:
        return unknown(*open_for, *stated)
    if question.fact["type"] != "event":
        return unknown("missing") if question.valued else question.nothing_counts()
    if "asked_of" in question.fact:
        nothing = not question.chart.records and not question.chart.said
        return unknown("judgement") if nothing else Answer(None, UNCLAIMED)
    if question.chart.said or question.patient.declared(question.name):
        return Answer(None, UNCLAIMED) if open_for else unknown("stale")
    return unknown("missing")
