"""A rule as a sentence: what was really encoded, beside the protocol's own text.

Says what the formula asks for, in the order of the formula; knows no patient.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from screener.interpreters.prose.amounts import (
    asked_of,
    condition_words,
    listed,
    range_words,
    times_of,
)
from screener.interpreters.prose.days import (
    Dates,
    length_words,
    point_words,
    span_words,
)
from screener.interpreters.prose.names import SUMMED_UP, bare, fact_of
from screener.interpreters.prose.records import Records, record_word
from screener.ir import (
    SOME,
    THIS,
    Age,
    AllOf,
    AnyOf,
    AssumeNo,
    AtLeast,
    Available,
    Calculation,
    Cases,
    Criterion,
    Decision,
    Either,
    Ever,
    Exposure,
    Fixed,
    Formula,
    Grade,
    MissedFails,
    Not,
    Passes,
    Pick,
    Polarity,
    Protocol,
    Quantified,
    RecordTest,
    Requirement,
    Run,
    Score,
    Selection,
    Since,
    Starts,
    Tally,
    Test,
    Unclear,
    Use,
    Within,
)
from screener.quantities import Condition, Range
from screener.selection.uses import facts_of, windows_of
from screener.vocabulary import Shape, Type, Vocabulary

_USES = {
    Use.LATEST: "the newest",
    Use.EARLIEST: "the oldest",
    Use.HIGHEST: "the highest",
    Use.LOWEST: "the lowest",
    Use.MEAN: "the mean",
    Use.MEDIAN: "the median",
    Use.SUM: "the sum",
}
_YES = frozenset({True})


def criterion_rule(criterion: Criterion, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """What a criterion asks for, as one or two sentences."""
    defect = criterion.defect
    if defect is not None and defect.resolved_by is None:
        printed = f"the source is misprinted (“{defect.as_printed}”) and nobody has resolved it"
        return f"Nobody can tell, because {printed}."
    words = rule_words(criterion.rule, protocol, vocabulary)
    sentence = f"{_OPENING[criterion.kind]} {words}."
    if criterion.only_for:
        plural = "cohort" if len(criterion.only_for) == 1 else "cohorts"
        sentence += f" Binds {plural} {listed(list(criterion.only_for), 'and')} only."
    if criterion.applies is not None:
        sentence += f" Applies only where {rule_words(criterion.applies, protocol, vocabulary)}."
    if isinstance(criterion.passes, MissedFails):
        sentence += " Fails where nothing but a missed window leaves it open."
    return sentence


_OPENING = {
    Polarity.INCLUSION: "Met where",
    Polarity.EXCLUSION: "Excluded where",
}


def rule_words(formula: Formula, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """A formula as a clause; a combination within a combination stands in brackets."""
    return _Rule(protocol, vocabulary).clause(formula)


def heading(formula: Formula) -> str:
    """What of its parts has to hold for a combination to hold."""
    match formula:
        case AllOf():
            return "all of these hold"
        case AnyOf():
            return "at least one of these holds"
        case AtLeast():
            return f"at least {formula.count} of these {len(formula.args)} hold"
        case Not(arg=AnyOf()):
            return "none of these holds"
        case Not():
            return "this does not hold"
        case Cases():
            return "the rule of the case holds"
        case MissedFails():
            return "this holds, and is not open because a window was missed"
        case Unclear():
            return "nobody can tell: the source is misprinted"
        case Test() | Passes():
            return "this holds"
        case _:
            assert_never(formula)


class _Rule:
    """The words for the formulas of one protocol."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary) -> None:
        self.protocol = protocol
        self.vocabulary = vocabulary
        self.dates: Dates = dict(protocol.dates)
        self.records = Records(vocabulary, self.dates)

    def clause(self, formula: Formula) -> str:
        match formula:
            case Test():
                return self.leaf(formula)
            case (
                AllOf(args=args) | AnyOf(args=args) | AtLeast(args=args) | Not(arg=AnyOf(args=args))
            ):
                if len(args) == 1 and not isinstance(formula, Not):
                    return self.clause(args[0])
                return f"{heading(formula)}: {'; '.join(self._inner(one) for one in args)}"
            case Not(arg=arg):
                return f"it is not so that {self._inner(arg)}"
            case Cases(cases=cases):
                said = (f"if {self._inner(test)}, {self._inner(rule)}" for test, rule in cases)
                return f"{heading(formula)}: {'; '.join(said)}"
            case MissedFails(arg=arg):
                return f"{self._inner(arg)}, a missed window counting as no"
            case Passes(index=index):
                return f"{self.protocol.criteria[index].id} passes"
            case Unclear():
                return heading(formula)
            case _:
                assert_never(formula)

    def _inner(self, formula: Formula) -> str:
        words = self.clause(formula)
        return words if isinstance(formula, Test) else f"[{words}]"

    # --- leaves -------------------------------------------------------------------------------

    def leaf(self, leaf: Test) -> str:
        selection = self.protocol.selections[leaf.slot]
        words = self._asked(bare(selection), leaf.condition)
        if isinstance(selection, AssumeNo):
            words += " (nothing recorded counts as no)"
        return words

    def _asked(self, selection: Selection, condition: Condition) -> str:
        fact = self.vocabulary[fact_of(selection)]
        label, shape = fact.label, fact.shape
        limit = self._limit(asked_of(selection, condition), shape, selection)
        match selection:
            case Fixed():
                recorded = "recorded as " if shape.type is Type.BOOLEAN else ""
                return f"{label}{self.records.where(selection.of)} is {recorded}{limit}"
            case Ever():
                return self._ever(selection, label, condition)
            case Pick():
                which = f"{_USES[selection.use]} {record_word(shape)}"
                if selection.use in SUMMED_UP:
                    which = f"{_USES[selection.use]} of the {record_word(shape)}s"
                on = " on the newest day" if selection.per_day else ""
                return f"{which} of {label}{on}{self.records.in_between(selection.of)} is {limit}"
            case Quantified():
                return self._quantified(selection, label, shape, condition)
            case Tally():
                return self._tally(selection, label, shape, condition)
            case Run():
                return self._run(selection, label, shape, condition)
            case Exposure():
                of = f"{label}{self.records.in_between(selection.of)}"
                return f"the number of days with {of} is {range_words(_as_range(condition))}"
            case Since():
                return self._since(selection, label, condition)
            case Available():
                there = "a" if condition == _YES else "no"
                of = f"{label}{self.records.at_the_end(selection.of)}"
                return f"there is {there} {record_word(shape)} of {of}"
            case Age():
                return f"{label} on {point_words(selection.at, self.dates)} is {limit}"
            case Score() | Calculation() | Decision() | Grade():
                return f"{label}, computed from {self._parts(selection)}, is {limit}"
            case Either():
                parts = self._parts(selection.computed)
                return f"{label}, as recorded or computed from {parts}, is {limit}"
            case AssumeNo():
                return self._asked(selection.of, condition)
            case _:
                assert_never(selection)

    def _limit(self, asked: Requirement, shape: Shape, selection: Selection) -> str:
        def other(compared: Selection) -> str:
            return self._other(compared, fact_of(selection))

        return condition_words(asked, shape, times_of(selection), other)

    def _other(self, compared: Selection, fact: str) -> str:
        """What another value is called that serves as a limit."""
        label = self.vocabulary[fact_of(compared)].label
        windows = [one for one in windows_of(compared) if one is not None]
        if fact_of(compared) == fact and isinstance(compared, Pick):
            days = "".join(f" {span_words(one, self.dates)}" for one in windows)
            return f"the baseline, which is {_USES[compared.use]}{days}"
        if isinstance(compared, Pick) and any(_of_this_day(one) for one in compared.of.tests):
            return f"{label} of the same day"
        return f"{_USES[compared.use]} {label}" if isinstance(compared, Pick) else label

    def _since(self, asked: Since, label: str, condition: Condition) -> str:
        # Up to that day is said by naming it.
        tests = tuple(one for one in asked.of.tests if not isinstance(one, Starts))
        of = f"{label}{self.records.at_the_end(replace(asked.of, tests=tests))}"
        words = f"on {point_words(asked.at, self.dates)} it is {length_words(asked.length)}"
        words += f" since the last record of {of} ended"
        return words if condition == _YES else f"it is not so that {words}"

    def _ever(self, asked: Ever, label: str, condition: Condition) -> str:
        ever = "ever" if condition == _YES else "never"
        words = f"{label}{self.records.where(asked.of)} has {ever} been recorded as yes"
        if asked.within is not None and asked.within.start is not None:
            since = point_words(asked.within.start, self.dates)
            words += f" (a no counts if said from {since} on)"
        return words

    def _quantified(self, asked: Quantified, label: str, shape: Shape, condition: Condition) -> str:
        each = self._limit(asked.condition, shape, asked)
        which = "every" if asked.every else "at least one"
        words = (
            f"{which} {record_word(shape)} of {label}{self.records.in_between(asked.of)} is {each}"
        )
        return words if condition == _YES else f"it is not so that {words}"

    def _run(self, asked: Run, label: str, shape: Shape, condition: Condition) -> str:
        each = self._limit(asked.condition, shape, asked)
        of = f"{label} in a row{self.records.in_between(asked.of)}"
        words = f"{asked.length} {record_word(shape)}s of {of} are each {each}"
        return words if condition == _YES else f"it is not so that {words}"

    def _tally(self, asked: Tally, label: str, shape: Shape, condition: Condition) -> str:
        condition = _as_range(condition)
        record = record_word(shape)
        each = ""
        if asked.condition is not None:
            each = f" of {self._limit(asked.condition, shape, asked)}"
        if condition == SOME:
            return f"there is a {record} of {label}{each}{self.records.at_the_end(asked.of)}"
        of = f"{label}{each}{self.records.in_between(asked.of)}"
        of = f"days with a {record} of {of}" if asked.distinct_days else f"{record}s of {of}"
        return f"the number of {of} is {range_words(condition)}"

    def _parts(self, computed: Selection) -> str:
        """The facts something is computed from, and the days of their records."""
        labels = [self.vocabulary[one].label for one in dict.fromkeys(facts_of(computed))]
        windows = dict.fromkeys(span_words(one, self.dates) for one in windows_of(computed))
        return ", ".join([listed(labels, "and"), *(one for one in windows if one)])


def _of_this_day(test: RecordTest) -> bool:
    """Whether only records of the day of the record judged count."""
    if not isinstance(test, Within | Starts):
        return False
    day = test.window.start
    return day == test.window.end and day is not None and day.anchor == THIS


def _as_range(condition: Condition) -> Range:
    assert isinstance(condition, Range), "INVARIANT: a count is compared with numbers"
    return condition
