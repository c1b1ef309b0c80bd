"""What another fact, or the same one at another time, may be beside a record (semantics 9.8).

Every value that it may have is looked at; where it may have none, it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from tests.judge.chart import Interval, Record, Values
from tests.judge.conditions import names_another
from tests.judge.kleene import UNCLAIMED, Answer
from tests.judge.patient import Question
from tests.judge.windows import DateTest, UnknownDay


def values_beside(question: Question, name: str, record: Record) -> Sequence[Values] | None:
    """All that the other value may be; None where it is not known."""
    try:
        asked = _asked(question, name, record)
    except UnknownDay:
        return None
    if asked is None:
        return None
    if "derived" in asked.fact:
        return _derived(asked)
    if asked.fact["kind"] == "fixed":
        return [one.values for one, _ in asked.valued if one.values is not None] or None
    if asked.leaf.get("use") in ("highest", "lowest", "mean", "median"):
        return _together(asked)
    return _newest(asked)


def why_unknown(question: Question) -> frozenset[str]:
    """Why a comparison of a record that counts is open, where it hangs on that value alone.

    With two ends, the other one may decide: then no cause is claimed.
    """
    names = {text.split(" ")[-1] for text in question.limits if names_another(text, question.fact)}
    if len(names) != 1 or "same" in question.leaf or "between" in question.leaf:
        return UNCLAIMED
    (name,) = names
    try:
        asked = _asked(question, name, question.counting[0][0])
    except UnknownDay as day:
        return day.causes
    if asked is None or "derived" in asked.fact or asked.valued:
        return UNCLAIMED
    causes = asked.nothing_counts().causes
    return causes if len(causes) == 1 else UNCLAIMED


def _asked(question: Question, name: str, record: Record) -> Question | None:
    """The question that the other value answers."""
    if name == "baseline":
        words = question.leaf["baseline"]
        own = {word: question.leaf[word] for word in ("where", "except") if word in question.leaf}
        leaf = own | {"fact": question.name, "use": words.get("use", "latest")}
        tests = question.patient.window_tests(words)
        return Question(question.patient, leaf, question.name, tests, False)
    fact = question.patient.facts[name]
    tests = [] if fact["kind"] == "fixed" else question.tests
    if "same" in question.leaf:
        if record.days is None:
            return None
        tests = [DateTest("within", tuple((day, day) for day in record.days))]
    return Question(question.patient, {"fact": name}, name, tests, question.assume_no)


def _newest(asked: Question) -> list[Values] | None:
    from tests.judge.observations import deciding

    worlds = deciding(asked)
    if isinstance(worlds, Answer):
        return None
    found: dict[Values, None] = {}
    for world in worlds:
        values = [one.values for one in world if one.values is not None]
        if not values:
            return None
        found |= dict.fromkeys(values)
    return list(found)


def _derived(asked: Question) -> list[Values] | None:
    from tests.judge.derived import scored

    return [Interval(one, True, one, True) for one in scored(asked)] or None


def _together(asked: Question) -> list[Values] | None:
    """7.4, 7.8: from the least to the greatest that several come to."""
    from tests.judge.several import hull

    sure = [one for one, certain in asked.valued if certain]
    maybe = [one for one, certain in asked.valued if not certain]
    if not sure:
        return None
    if asked.leaf["use"] in ("mean", "median"):
        return [hull(asked, sure, maybe)]
    sign = 1 if asked.leaf["use"] == "highest" else -1
    return [_outermost([*_turned(sure, sign)], [*_turned(maybe, sign)], sign)]


def _turned(records: Iterable[Record], sign: int) -> Iterable[Interval]:
    """With the sign turned for the lowest, so that the greatest is looked for."""
    for one in records:
        assert isinstance(one.values, Interval)
        yield _with_sign(one.values, sign)


def _with_sign(values: Interval, sign: int) -> Interval:
    if sign > 0:
        return values
    low, high = (None if end is None else -end for end in (values.low, values.high))
    return Interval(high, values.high_in, low, values.low_in)


def _outermost(sure: Sequence[Interval], maybe: Sequence[Interval], sign: int) -> Interval:
    least = [(one.low, not one.low_in) for one in sure if one.low is not None]
    low = max(least) if least else (None, True)
    most: list[tuple[Fraction, bool]] = []
    for one in (*sure, *maybe):
        if one.high is None:
            return _with_sign(Interval(low[0], not low[1], None, False), sign)
        most.append((one.high, one.high_in))
    high = max(most)
    return _with_sign(Interval(low[0], not low[1], high[0], high[1]), sign)
