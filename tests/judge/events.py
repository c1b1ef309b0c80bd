"""Events and counts (semantics section 8): how many records there may be, tried one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from tests.judge.calendar import EVER
from tests.judge.chart import Record
from tests.judge.conditions import CONDITION_WORDS, NUMBER, condition_of
from tests.judge.kleene import UNCLAIMED, Answer, Truth, all_of, shared, unknown
from tests.judge.patient import Question, declared_no
from tests.judge.windows import DateTest, counts_by_date

#: Records that an incomplete history may hold besides: more than any rule counts to.
_UNRECORDED = 10


class Tallied(NamedTuple):
    """The records that count for certain and possibly, and whether these are all.

    `why`: the causes where that leaves something open; `claims`: it is sure of them. `none_so_far`:
    the window has not opened, so that there are none.
    """

    sure: tuple[Record, ...]
    maybe: tuple[Record, ...]
    complete: bool
    why: Answer
    claims: bool = True
    none_so_far: bool = False


def tallied(question: Question) -> Tallied | Answer:
    """8.2 to 8.6: what the records of an event or of results come to before they are counted."""
    event = question.fact["type"] == "event"
    if event and question.not_due:
        return Tallied((), (), True, Answer(None), none_so_far=True)  # 8.3: none so far
    counted = [_counted(question, one, certain) for one, certain in question.counting]
    if _may_be_denied(question, counted):
        return unknown("conflict") if _flatly_denied(question) else Answer(None, UNCLAIMED)
    records = [one for one, _ in question.counting]
    sure = tuple(one for one, truth in zip(records, counted, strict=True) if truth is True)
    maybe = tuple(one for one, truth in zip(records, counted, strict=True) if truth is None)
    why = _why_undecided(question, counted)
    complete = question.fact.get("absence") == "no" and question.absences <= {"not_done"}  # 8.2
    complete = complete or (event and _complete(question)) or _declared(question)
    defaults = question.fact["type"] in ("event", "boolean") and question.assume_no
    if defaults and why == unknown("missing") and not sure and not maybe:
        complete = True  # 12.1
    return Tallied(sure, maybe, complete, why, claims=not maybe and not sure)


def count(question: Question) -> Answer:
    """8.3, 8.4: an event asked for existence is a count of at least one."""
    words = question.leaf.get("count", {"at_least": 1})
    asked = {word: words[word] for word in words if word != "distinct"}
    number = condition_of(asked, NUMBER)
    found = tallied(question)
    if isinstance(found, Answer):
        return found
    if found.none_so_far:
        return Answer(number.judge(frozenset([Fraction(0)])))
    certain, possible = len(found.sure), len(found.sure) + len(found.maybe)
    if "distinct" in words:
        from tests.judge.several import distinct

        certain, possible = distinct(question, found.sure, found.maybe)
    most = possible if found.complete else possible + _UNRECORDED
    truth = shared(number.test(Fraction(n), None) for n in range(certain, most + 1))
    if truth is not None:
        return Answer(truth)
    if question.hangs_on_others and question.valued:
        return Answer(None, question.unclaimed)
    # Days that may be the same or not leave it open as well.
    days_open = "distinct" in words and certain != possible
    return Answer(None, UNCLAIMED) if days_open else found.why


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
            tests = [*question.tests_of(record), begun]
            together = counts_by_date(record, tests, question.patient.as_of)
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
