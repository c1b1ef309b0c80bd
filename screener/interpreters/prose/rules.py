"""A rule as a sentence: what was really encoded, beside the protocol's own text.

Says what the formula asks for, in the order of the formula; knows no patient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from screener.interpreters.prose.amounts import (
    asked_of,
    code_words,
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
    stretch_words,
)
from screener.interpreters.prose.names import bare, fact_of
from screener.ir import (
    SOME,
    After,
    Age,
    AllOf,
    AnyOf,
    AssumeNo,
    AtLeast,
    Attribute,
    Available,
    Before,
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
    Lasting,
    Lookback,
    MissedFails,
    Not,
    Passes,
    Pick,
    Polarity,
    Protocol,
    Quantified,
    RecordSet,
    Related,
    Run,
    Score,
    Selection,
    Since,
    Starts,
    Stretch,
    Tally,
    Test,
    Unclear,
    Unless,
    Use,
    Within,
)
from screener.quantities import Condition, Range, decimal_text
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
        limit = condition_words(asked_of(selection, condition), shape, times_of(selection))
        match selection:
            case Fixed():
                recorded = "recorded as " if shape.type is Type.BOOLEAN else ""
                return f"{label}{self._where(selection.of)} is {recorded}{limit}"
            case Ever():
                return self._ever(selection, label, condition)
            case Pick():
                which = f"{_USES[selection.use]} {_record(shape)}"
                if selection.per_day:
                    which += " of the newest day"
                return f"{which} of {label}{self._aside(selection.of)} is {limit}"
            case Quantified():
                return self._quantified(selection, label, shape, condition)
            case Tally():
                return self._tally(selection, label, shape, condition)
            case Run():
                return self._run(selection, label, shape, condition)
            case Exposure():
                of = f"{label}{self._of(selection.of)}"
                return f"the number of days with {of} is {range_words(_as_range(condition))}"
            case Since():
                at = point_words(selection.at, self.dates)
                words = f"it is {length_words(selection.length)} from the last end of {label}"
                words += f"{self._aside(selection.of)} to {at}"
                return words if condition == _YES else f"it is not so that {words}"
            case Available():
                there = "a" if condition == _YES else "no"
                return f"there is {there} {_record(shape)} of {label}{self._of(selection.of)}"
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

    def _ever(self, asked: Ever, label: str, condition: Condition) -> str:
        ever = "ever" if condition == _YES else "never"
        words = f"{label}{self._where(asked.of)} has {ever} been recorded as yes"
        if asked.within is not None and asked.within.start is not None:
            since = point_words(asked.within.start, self.dates)
            words += f" (a no counts if said from {since} on)"
        return words

    def _quantified(self, asked: Quantified, label: str, shape: Shape, condition: Condition) -> str:
        each = condition_words(asked.condition, shape, times_of(asked))
        which = "every" if asked.every else "at least one"
        words = f"{which} {_record(shape)} of {label}{self._aside(asked.of)} is {each}"
        return words if condition == _YES else f"it is not so that {words}"

    def _run(self, asked: Run, label: str, shape: Shape, condition: Condition) -> str:
        each = condition_words(asked.condition, shape, times_of(asked))
        of = f"{_record(shape)}s of {label}{self._aside(asked.of)}"
        words = f"{asked.length} {of} that follow one another are {each}"
        return words if condition == _YES else f"it is not so that {words}"

    def _tally(self, asked: Tally, label: str, shape: Shape, condition: Condition) -> str:
        condition = _as_range(condition)
        record = _record(shape)
        each = ""
        if asked.condition is not None:
            each = f" of {condition_words(asked.condition, shape, times_of(asked))}"
        if condition == SOME:
            return f"there is a {record} of {label}{each}{self._of(asked.of)}"
        of = f"{label}{each}{self._aside(asked.of)}"
        of = f"days with a {record} of {of}" if asked.distinct_days else f"{record}s of {of}"
        return f"the number of {of} is {range_words(condition)}"

    def _parts(self, computed: Selection) -> str:
        """The facts something is computed from, and the days of their records."""
        labels = [self.vocabulary[one].label for one in dict.fromkeys(facts_of(computed))]
        windows = dict.fromkeys(span_words(one, self.dates) for one in windows_of(computed))
        return ", ".join([listed(labels, "and"), *(one for one in windows if one)])

    # --- which records ------------------------------------------------------------------------

    def _of(self, of: RecordSet) -> str:
        """Which records, at the end of a clause."""
        event = self.vocabulary[of.fact].shape.type is Type.EVENT
        days, sides = list[str](), list[str]()
        for test in of.tests:
            match test:
                case Within():
                    days.append(span_words(test.window, self.dates))
                case Before():
                    side = f"before {point_words(test.point, self.dates)}"
                    sides.append(f"ended {side}" if event else side)
                case After():
                    side = f"after {point_words(test.point, self.dates)}"
                    sides.append(f"started {side}" if event else side)
                case Starts():
                    days.append(f"starting {span_words(test.window, self.dates)}")
                case Lookback():
                    days.append(self._lookback(test))
                case Lasting():
                    sides.append(f"lasted {length_words(test.length)}")
                case Related():
                    sides.append(self._related(test))
                case Attribute() | Unless():
                    pass
                case _:
                    assert_never(test)
        within = "".join(f" {words}" for words in days if words)
        strictly = f"{' that' if event else ''} {' and '.join(sides)}" if sides else ""
        return self._where(of) + within + strictly

    def _lookback(self, test: Lookback) -> str:
        """The shorter of some stretches of time before a day."""
        told = [
            stretch_words(one)
            if isinstance(one, Stretch)
            else f"{decimal_text(one.count)} times its {one.attribute.replace('_', ' ')}"
            for one in test.stretches
        ]
        which = "" if len(told) == 1 else f"the {'longer' if test.longest else 'shorter'} of "
        return f"in {which}{listed(told, 'and')} before {point_words(test.before, self.dates)}"

    def _related(self, test: Related) -> str:
        """Another fact's record that has to be there, or must not."""
        other = self.vocabulary[test.other.fact]
        there = "no" if test.none else "a"
        return f"have {there} {_record(other.shape)} of {other.label}{self._of(test.other)}"

    def _aside(self, of: RecordSet) -> str:
        """Which records, in the middle of a clause."""
        words = self._of(of)
        return f",{words}," if words else ""

    def _where(self, of: RecordSet) -> str:
        shapes = self.vocabulary[of.fact].attributes
        wanted = [_attribute(test, shapes) for test in of.tests if isinstance(test, Attribute)]
        words = f" with {listed(wanted, 'and')}" if wanted else ""
        for test in of.tests:
            if isinstance(test, Unless):
                kinds = [_together(one, shapes) for one in test.alternatives]
                words += f" (but not with {' or with '.join(kinds)})"
        return words


def _attribute(test: Attribute, shapes: Mapping[str, Shape]) -> str:
    shape = shapes[test.name]
    return f"{code_words(test.name)} {condition_words(test.condition, shape)}"


def _together(tests: Sequence[Attribute], shapes: Mapping[str, Shape]) -> str:
    return listed([_attribute(one, shapes) for one in tests], "and")


def _record(shape: Shape) -> str:
    return "result" if shape.type in (Type.QUANTITY, Type.NUMBER) else "record"


def _as_range(condition: Condition) -> Range:
    assert isinstance(condition, Range), "INVARIANT: a count is compared with numbers"
    return condition
