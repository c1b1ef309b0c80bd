"""A formula as the definition of an R5 characteristic: combinations, and leaves of type and value.

It decides what FHIR has words for. A leaf that counts, compares records, multiplies a limit or
computes a value stays a sentence (`definitionCodeableConcept`), never something near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from screener import ir
from screener.intake.fhir.linked import values_of
from screener.interpreters.prose import fact_of, rule_words, span_words
from screener.ir import (
    SOME,
    Age,
    AllOf,
    AnyOf,
    AtLeast,
    Cases,
    Criterion,
    Ever,
    Fixed,
    Formula,
    MissedFails,
    Not,
    Passes,
    Pick,
    Point,
    Polarity,
    Protocol,
    RecordTest,
    Selection,
    Tally,
    Test,
    Unclear,
    Use,
    Window,
    Within,
)
from screener.quantities import Condition, Number, Range, decimal_text
from screener.vocabulary import Fact, Type, Vocabulary

Json = dict[str, Any]

_UCUM = "http://unitsofmeasure.org"
_NONE = Range(0, 0)


class Definitions:
    """The definitions of one protocol."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary) -> None:
        self._protocol = protocol
        self._vocabulary = vocabulary

    def criterion(self, one: Criterion) -> Json:
        """What a criterion asks for, as its polarity has it; one that may not apply says where."""
        rule = one.rule
        if isinstance(one.passes, Unclear) or one.applies is None:
            return self.formula(one.passes if isinstance(one.passes, Unclear) else rule)
        applies = one.applies
        if one.kind is Polarity.EXCLUSION:
            return self.formula(AllOf((applies, rule)))
        return self.formula(AnyOf((Not(applies), rule)))

    def formula(self, formula: Formula) -> Json:
        """The elements that define a formula."""
        match formula:
            case Test():
                return self._leaf(formula) or self._sentence(formula)
            case AllOf(args=args):
                return self._combined("all-of", args)
            case AnyOf(args=args):
                return self._combined("any-of", args)
            case AtLeast(count=count, args=args):
                return self._combined("at-least", args, count)
            case Not():
                return self._combined("all-of", (formula,))
            case Cases(cases=cases):
                return self._combined("any-of", [AllOf(pair) for pair in cases])
            case MissedFails(arg=arg):
                return self.formula(arg)
            case Unclear() | Passes():
                return self._sentence(formula)
            case _:
                assert_never(formula)

    def _combined(self, code: str, parts: Sequence[Formula], threshold: int | None = None) -> Json:
        if len(parts) == 1 and not isinstance(parts[0], Not):
            return self.formula(parts[0])
        combination: Json = {"code": code}
        if threshold is not None:
            combination["threshold"] = threshold
        combination["characteristic"] = [self._part(one) for one in parts]
        return {"definitionByCombination": combination}

    def _part(self, formula: Formula) -> Json:
        """A characteristic within a combination; what must not hold is excluded."""
        if isinstance(formula, Not):
            inner = self._part(formula.arg)
            return {**inner, "exclude": not inner["exclude"]}
        return {"exclude": False, **self.formula(formula)}

    def _sentence(self, formula: Formula) -> Json:
        words = rule_words(formula, self._protocol, self._vocabulary)
        return {"definitionCodeableConcept": {"text": words}}

    # --- leaves -------------------------------------------------------------------------------

    def _leaf(self, leaf: Test) -> Json | None:
        """Type and value of a leaf that says no more than that; None for others."""
        selection = self._protocol.selections[leaf.slot]
        fact = self._vocabulary[fact_of(selection)]
        tests = _plain_tests(selection)
        if tests is None:
            return None
        windows = [one.window for one in tests if isinstance(one, Within)]
        if len(windows) != len(tests) or len(windows) > 1:
            return None
        condition = leaf.condition
        if isinstance(selection, Tally):
            if condition not in (SOME, _NONE):
                return None
            condition = frozenset({condition == SOME})
        return self._valued(fact, condition, [self._when(one) for one in windows])

    def _valued(self, fact: Fact, condition: Condition, when: list[Json]) -> Json | None:
        values = _values(fact, condition)
        if values is None:
            return None
        kind = {"text": fact.label, **_codings(fact, None)}
        parts = [
            {
                "exclude": False,
                "definitionByTypeAndValue": {"type": kind, **value},
                **({"timeFromEvent": when} if when else {}),
            }
            for value in values
        ]
        if len(parts) == 1:
            return {name: part for name, part in parts[0].items() if name != "exclude"}
        code = "any-of" if isinstance(condition, frozenset) else "all-of"
        return {"definitionByCombination": {"code": code, "characteristic": parts}}

    def _when(self, window: Window) -> Json:
        said: Json = {"description": span_words(window, dict(self._protocol.dates))}
        start, end = window.start, window.end
        anchors = {one.anchor for one in (start, end) if one is not None}
        if len(anchors) == 1 and None not in anchors:
            (anchor,) = anchors
            said["eventCodeableConcept"] = {"text": str(anchor)}
            ends = {"low": start, "high": end}
            days = {
                side: _quantity(one.days, "d")
                for side, one in ends.items()
                if one is not None and not one.months
            }
            if len(days) == len([one for one in ends.values() if one is not None]):
                said["range"] = days
        return said


def _plain_tests(selection: Selection) -> tuple[RecordTest, ...] | None:
    """What has to be so of the records that a plain value is taken from; None where it is not."""
    match selection:
        case Fixed(times=None, judged=None) | Ever():
            return selection.of.tests
        case Pick(use=Use.LATEST, times=None, judged=None, per_day=False):
            return selection.of.tests
        case Tally(condition=None, distinct_days=False):
            return selection.of.tests
        case Age(at=Point(anchor=ir.AS_OF, months=0, days=0)):
            return ()
        case _:
            return None


def _values(fact: Fact, condition: Condition) -> list[Json] | None:
    """The values that meet the condition: of codes any of them, of numbers all that is asked."""
    if isinstance(condition, frozenset):
        if condition in (frozenset({True}), frozenset({False})):
            return [{"valueBoolean": condition == {True}}]
        if not all(isinstance(one, str) for one in condition):
            return None
        return [
            {"valueCodeableConcept": {"text": one.replace("_", " "), **_codings(fact, one)}}
            for one in sorted(map(str, condition))
        ]
    if fact.shape.type is Type.DATE:
        return None
    low, high, low_open, high_open = condition
    unit = fact.shape.unit
    if low is not None and high is not None and not low_open and not high_open:
        return [{"valueRange": {"low": _quantity(low, unit), "high": _quantity(high, unit)}}]
    ends = ((low, ">" if low_open else ">="), (high, "<" if high_open else "<="))
    return [
        {"valueQuantity": {**_quantity(end, unit), "comparator": sign}}
        for end, sign in ends
        if end is not None
    ]


def _quantity(number: Number, unit: str) -> Json:
    text = decimal_text(number)
    value = int(text) if text.lstrip("-").isdigit() else float(text)
    return {"value": value, "unit": unit, "system": _UCUM, "code": unit}


def _codings(fact: Fact, value: str | None) -> Json:
    """The codes of the vocabulary for the fact itself, or for one of its values."""
    found = [{"system": one.system, "code": one.code} for one in fact.codes if one.value == value]
    if value is not None:
        found.append({"system": values_of(fact.name), "code": value})
    return {"coding": found} if found else {}
