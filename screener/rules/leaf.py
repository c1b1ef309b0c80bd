"""Reads a leaf: the words that lead from the records of one fact to one answer.

It decides which words go together for which kind of fact; what the selections and conditions it
builds mean is semantics sections 5 to 9.
"""

from __future__ import annotations

from math import ceil, floor

from screener.diagnostics import Span
from screener.ir import (
    SOME,
    After,
    Age,
    AnyOf,
    Available,
    Before,
    Exposure,
    Formula,
    Not,
    OfLimit,
    Point,
    Quantified,
    RecordSet,
    RecordTest,
    Relative,
    Run,
    Selection,
    Since,
    Starts,
    Tally,
    Test,
    Unclear,
    Use,
    Window,
    Within,
)
from screener.quantities import Condition, Range
from screener.rules.attributes import read_attributes
from screener.rules.conditions import (
    COMPARATORS,
    Compared,
    Comparison,
    given_comparators,
    read_comparison,
)
from screener.rules.counts import read_consecutive, read_count
from screener.rules.faults import nearest, one_of, quoted
from screener.rules.fitness import TIMING, words_fit
from screener.rules.others import Others, never_named
from screener.rules.relations import read_beside, read_days, read_order, read_since
from screener.rules.scope import Scope, Setting
from screener.rules.selections import assumed, derived, stage_tests, value_of
from screener.rules.source import Entries
from screener.rules.stretches import read_lookback
from screener.rules.values import NUMERIC
from screener.rules.windows import read_point, read_window
from screener.rules.words import Words
from screener.vocabulary import Fact, Kind, Type

WORDS = (
    "fact", *TIMING, "at", "where", "except", "clear_of", "lasting", "use", "per", "count",
    "consecutive", "days", "since_last", "available", "same", "baseline", *COMPARATORS,
)  # fmt: skip
_USES = ("latest", "earliest", "highest", "lowest", "mean", "median", "sum", "any", "all")
#: What one number comes of several.
_NUMERIC_USES = ("highest", "lowest", "mean", "median", "sum")
_SUMMED_UP = ("mean", "median", "sum")
_OTHER_NAMES = {
    "newest": "latest",
    "last": "latest",
    "oldest": "earliest",
    "first": "earliest",
    "max": "highest",
    "min": "lowest",
    "average": "mean",
    "total": "sum",
}
YES: Condition = frozenset({True})


def read_leaf(node: Entries, scope: Scope, setting: Setting) -> Formula:
    """The formula of a leaf; `Unclear`, with the faults noted, where it cannot be read."""
    words = Words(node, scope.faults, WORDS, "a leaf")
    fact_node = words.need("fact")
    fact = scope.fact(fact_node)
    formula = None if fact is None else _Leaf(words, fact, scope, setting, fact_node.span).read()
    return Unclear(span=node.span) if formula is None else formula


class _Leaf:
    """One leaf while it is read. Every step returns None where it noted a fault."""

    def __init__(
        self, words: Words, fact: Fact, scope: Scope, setting: Setting, span: Span
    ) -> None:
        self.words = words
        self.fact = fact
        self.scope = scope
        self.setting = setting
        self.span = span
        self.faults = scope.faults

    def read(self) -> Formula | None:
        before = self.faults.errors
        fits = words_fit(self.words, self.fact, self.faults)
        timing = self._timing()
        attributes = read_attributes(self.words, self.fact, self.faults)
        beside = read_beside(self.words, self.scope)
        comparison = self._comparison(timing or (), attributes or ())
        use = self._use()
        if not fits or timing is None or attributes is None or beside is None or use is None:
            return None
        of = RecordSet(self.fact.name, (*timing, *attributes, *beside))
        for word in ("count", "consecutive", "days", "since_last"):
            if word in self.words:
                return self._counted(word, comparison, of, before)
        if "available" in self.words:
            return self._available(timing, attributes, of)
        if self.fact.kind is Kind.EVENT:
            return self._exists(of)
        if comparison is None:
            self._condition_missing(before)
            return None
        if self.fact.derived is not None:
            return self._derived(comparison, timing)
        if use in ("any", "all"):
            return self._quantified(comparison, use == "all", of)
        return self._value(comparison, Use(use), timing, (*attributes, *beside))

    def _condition_missing(self, before: int) -> None:
        if self.faults.errors == before and not given_comparators(self.words):
            self.faults.error(
                "condition-missing",
                self.span,
                f"nothing is asked of {quoted(self.fact.name)}",
                expected=one_of(COMPARATORS),
            )

    # --- the parts ----------------------------------------------------------------------------

    def _comparison(
        self, timing: tuple[RecordTest, ...], where: tuple[RecordTest, ...]
    ) -> Comparison | None:
        if self.fact.kind is Kind.EVENT:
            return None
        shape = self.fact.shape
        if shape.type not in (*NUMERIC, Type.DATE):
            return read_comparison(self.words, shape, self.faults, what=self.fact.name)
        if self.fact.derived is not None:
            named = never_named(self.fact, self.scope.facts, self.faults)
            return read_comparison(self.words, shape, self.faults, what=self.fact.name, named=named)
        others = Others(self.words, self.fact, self.scope, self.setting, timing, where)
        comparison = read_comparison(
            self.words, shape, self.faults, what=self.fact.name, named=others.named
        )
        others.check()
        return comparison

    def _timing(self) -> tuple[RecordTest, ...] | None:
        """The tests on the day of a record; the window of the stage where there are none."""
        words, dates, faults = self.words, self.scope.dates, self.faults
        tests: list[RecordTest | None] = []
        within = words.get("within")
        if isinstance(within, Entries) and any(
            key.value in ("shorter_of", "longer_of") for key, _ in within.entries
        ):
            tests.append(read_lookback(within, dates, self.fact, faults))
        elif within is not None:
            window = read_window(within, dates, faults)
            tests.append(None if window is None else Within(window))
        for word, test in (("before", Before), ("after", After)):
            node = words.get(word)
            if isinstance(node, Entries) and any(key.value == "fact" for key, _ in node.entries):
                tests.append(read_order(node, word, self.scope))
            elif node is not None:
                point = read_point(node, dates, faults)
                tests.append(None if point is None else test(point))
        at = self._at()
        if "at" in words:
            # A score as it stood on that day: the records up to it (semantics 11.6).
            tests.append(None if at is None else Within(Window(None, at)))
        if not tests:
            return stage_tests(self.setting)
        found = tuple(test for test in tests if test is not None)
        return found if len(found) == len(tests) else None

    def _at(self) -> Point | None:
        node = self.words.get("at")
        return None if node is None else read_point(node, self.scope.dates, self.faults)

    def _use(self) -> str | None:
        said = self.words.get("use")
        text = self.words.text("use")
        if said is None:
            return "latest" if self._per_day_fits("latest") else None
        if text is None:
            return None
        numeric = self.fact.shape.type in NUMERIC
        if text not in _USES:
            self.faults.error(
                "not-a-choice",
                said.span,
                f"`use` cannot be {quoted(text)}",
                expected=one_of(_USES),
                hint=_hint(text),
            )
        elif text in _NUMERIC_USES and not numeric:
            ordinal = self.fact.shape.type is Type.ORDINAL
            self.faults.error(
                "not-yet" if ordinal else "use-type",
                said.span,
                f"this version does not know {quoted(text)} of a scale yet"
                if ordinal
                else f"{quoted(text)} cannot be asked of {quoted(self.fact.name)}, "
                "which is not a number",
                hint="`use: any` or `use: all` judge each value",
            )
        else:
            return text if self._per_day_fits(text) else None
        return None

    def _per_day_fits(self, use: str) -> bool:
        """Whether the records of a day become one by `use`."""
        if "per" not in self.words or use in _NUMERIC_USES:
            return True
        self.faults.error(
            "words-clash",
            self.words.key("per"),
            f"the records of a day do not become one by {quoted(use)}",
            expected=f"`use:` {one_of(_NUMERIC_USES)}",
        )
        return False

    # --- the answer ---------------------------------------------------------------------------

    def _test(self, selection: Selection, condition: Condition, span: Span) -> Test:
        return Test(self.scope.slots.number(selection), condition, span=span)

    def _any_of(self, tests: list[Formula], span: Span) -> Formula:
        return tests[0] if len(tests) == 1 else AnyOf(tuple(tests), span=span)

    def _value(
        self, comparison: Comparison, use: Use, timing: tuple[RecordTest, ...],
        attributes: tuple[RecordTest, ...],
    ) -> Formula:  # fmt: skip
        window = next((test.window for test in timing if isinstance(test, Within)), None)
        tests: list[Formula] = []
        per_day = self.words.choice("per", ("day",)) is not None
        for part in comparison.parts:
            if use.value in _SUMMED_UP and _has_limit(part):
                self.faults.error(
                    "bad-limit",
                    comparison.span,
                    f"each result has a reference limit of its own, their {use.value} has none",
                )
                return Unclear(span=comparison.span)
            relative = part.condition if isinstance(part.condition, Relative) else None
            asked = value_of(
                self.fact, self.setting, timing, attributes,
                within=window, use=use, times=part.times, judged=relative,
                per_day=per_day,
            )  # fmt: skip
            condition = YES if isinstance(part.condition, Relative) else part.condition
            tests.append(self._test(asked, condition, comparison.span))
        return self._any_of(tests, comparison.span)

    def _derived(self, comparison: Comparison, timing: tuple[RecordTest, ...]) -> Formula | None:
        conditions = [
            part.condition
            for part in comparison.parts
            if part.times is None and not isinstance(part.condition, Relative)
        ]
        if len(conditions) < len(comparison.parts):
            self.faults.error(
                "bad-limit",
                comparison.span,
                f"{quoted(self.fact.name)} is derived and has no reference limit",
            )
            return None
        selection = derived(self.fact, self.scope, self.setting, timing, self._at())
        tests: list[Formula] = []
        for part in conditions:
            if isinstance(selection, Age):
                slot = self.scope.slots.age(selection, _cuts(part))
            else:
                slot = self.scope.slots.number(selection)
            tests.append(Test(slot, part, span=comparison.span))
        return self._any_of(tests, comparison.span)

    def _quantified(self, comparison: Comparison, every: bool, of: RecordSet) -> Formula | None:
        one = self._single(comparison)
        if one is None:
            return None
        asked = Quantified(of, every, *one)
        if self.fact.shape.type is not Type.BOOLEAN:
            return self._test(asked, YES, comparison.span)
        if assumed(asked, self.fact, self.setting) is asked or one.condition == YES:
            return self._test(assumed(asked, self.fact, self.setting), YES, comparison.span)
        # "One is false" is "not all are true": only so an absence read as "no" is a no.
        contrary = assumed(Quantified(of, not every, YES), self.fact, self.setting)
        return Not(self._test(contrary, YES, comparison.span), span=comparison.span)

    def _counted(
        self, word: str, comparison: Comparison | None, of: RecordSet, before: int
    ) -> Formula | None:
        """How many records, how many in a row, on how many days, how long since the last."""
        span = self.words.key(word)
        one = None if comparison is None else self._single(comparison)
        if comparison is not None and one is None:
            return None
        if word == "count":
            count = read_count(self.words, self.faults)
            if count is None:
                return None
            condition, times = (None, None) if one is None else one
            tally = Tally(of, condition, times, count[1])
            return self._test(assumed(tally, self.fact, self.setting), count[0], span)
        if word == "consecutive":
            length = read_consecutive(self.words, self.faults)
            if one is None:
                self._condition_missing(before)
            if one is None or length is None:
                return None
            run = Run(of, length, *one)
            if one.condition == YES:
                return self._test(assumed(run, self.fact, self.setting), YES, span)
            # Of "no" read into silence nobody can say how often it would have been recorded.
            return self._test(run, YES, span)
        if word == "days":
            days = read_days(self.words, self.faults)
            if days is None:
                return None
            asked: Selection = Exposure(of, _cuts(days))
            return self._test(assumed(asked, self.fact, self.setting), days, span)
        since = read_since(self.words, self.scope)
        if since is None:
            return None
        at, length_asked = since
        until = RecordSet(of.fact, (*of.tests, Starts(Window(None, at))))
        asked = Since(until, at, length_asked)
        return self._test(assumed(asked, self.fact, self.setting), YES, span)

    def _exists(self, of: RecordSet) -> Formula:
        return self._test(assumed(Tally(of), self.fact, self.setting), SOME, self.span)

    def _available(
        self, timing: tuple[RecordTest, ...], attributes: tuple[RecordTest, ...], of: RecordSet
    ) -> Formula:
        there = self.words.flag("available", True)
        span = self.words.key("available")
        if self.fact.kind is Kind.FIXED:
            of = RecordSet(self.fact.name, attributes)
        # `if_missing: no` speaks of what a fact says, not of whether a result exists.
        asked = self._test(assumed(Available(of), self.fact, Setting()), YES, span)
        return asked if there else Not(asked, span=span)

    def _single(self, comparison: Comparison) -> Compared | None:
        if len(comparison.parts) == 1:
            return comparison.parts[0]
        self.faults.error(
            "not-yet",
            comparison.span,
            "this version does not judge each record by several limits yet",
            hint="write one leaf for each under `all_of` or `any_of`, if that is what is meant",
        )
        return None


def _has_limit(part: Compared) -> bool:
    """Whether a reference limit of the result takes part."""
    asked = part.condition
    ends = (asked.low, asked.high) if isinstance(asked, Relative) else ()
    return part.times is not None or any(isinstance(end, OfLimit) for end in ends)


def _hint(use: str) -> str | None:
    other = _OTHER_NAMES.get(use)
    return nearest(use, _USES) if other is None else f"did you mean {quoted(other)}?"


def _cuts(condition: Condition) -> tuple[int, ...]:
    """The completed years n at which an age of n is judged otherwise than one of n - 1."""
    assert isinstance(condition, Range), "INVARIANT: an age is compared with numbers"
    cuts = []
    if condition.low is not None:
        low = condition.low
        cuts.append(floor(low) + 1 if condition.low_open else ceil(low))
    if condition.high is not None:
        high = condition.high
        cuts.append(ceil(high) if condition.high_open else floor(high) + 1)
    return tuple(cuts)
