"""Each test of a protocol as a column over what a frame records, with the rows that leaves open.

Where nothing of a test is recorded, and where one fact of it is, the reference has been asked what
it answers; where several are, for every choice of what makes a difference. What is too much to ask
is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

import narwhals as nw

from screener.cohort.asking import Asking, holds_kind
from screener.cohort.composing import Asks, Composing
from screener.cohort.questions import DOUBT
from screener.cohort.selections import BY_DAY, Sources, attributes_of
from screener.cohort.typed import words_of
from screener.days import iso
from screener.interpreters.columns import (
    Axis,
    Column,
    Days,
    Kept,
    Recorded,
    Table,
    Words,
    as_expr,
    judged,
    mapped,
    one_of,
    truth_column,
)
from screener.interpreters.evaluate import evaluate
from screener.ir import (
    Calculation,
    Decision,
    Either,
    Grade,
    Limit,
    OfAttribute,
    OfFact,
    Score,
    Selection,
    Test,
)
from screener.quantities import decimal_text
from screener.selection.selected import Selected
from screener.truth import FALSE, TRUE, UNKNOWN, Truth
from screener.vocabulary import Type

#: What hangs on more than the pieces of one value.
_BY_VALUE = (Calculation, Limit, OfAttribute, OfFact)
_COMPOSED = (Score, Calculation, Decision, Grade, Either)


class Leaves:
    """The tests of a protocol over the facts recorded in a frame.

    `doubts` gathers the Boolean columns that are true of rows to be answered by the reference.
    `prepared`: columns that have to be added to the frame first, step by step.
    """

    def __init__(self, asking: Asking, recorded: Mapping[str, Recorded]) -> None:
        self._asking = asking
        self._recorded = recorded
        self._known: dict[tuple[int, object], Column] = {}
        self.doubts: list[nw.Expr] = []
        self.prepared: list[dict[str, nw.Expr]] = []
        self._sources = Sources(asking, recorded, self.doubts, self._keep)
        self._composing = Composing(asking, recorded, self._sources, self._keep)

    def _keep(self, expr: nw.Expr, level: int) -> Kept:
        while len(self.prepared) <= level:
            self.prepared.append({})
        name = f"__kept_{level}_{len(self.prepared[level])}"
        self.prepared[level][name] = expr
        return Kept(nw.col(name), level + 1)

    def column(self, test: Test) -> Column:
        """The truth of a test, row by row."""
        key = test.slot, test.condition
        if key not in self._known:
            self._known[key] = self._column(test)
        return self._known[key]

    def _column(self, test: Test) -> Column:
        selection = self._asking.protocol.selections[test.slot]
        there = [one for one in self._asking.facts(selection) if one in self._recorded]
        nothing = self._asking.nobody.truth(test)
        if not there:
            return nothing
        told = [one for fact in there for one in self._told_beside(fact, selection)]
        if len(there) > 1 or told or holds_kind(selection, Limit):
            together = self._together(test, selection)
            if together is not None:
                return together
        # What the attributes change has not been asked.
        self.doubts += told
        found = {one: self._alone(test, one, nothing) for one in there}
        if len(there) == 1:
            return found[there[0]]
        given = [self._recorded[one].given for one in there]
        several = [one & reduce(or_, given[number + 1 :]) for number, one in enumerate(given[:-1])]
        self.doubts.append(reduce(or_, several))
        chain = None
        for one in there:
            column = as_expr(found[one])
            here = self._recorded[one].given
            chain = nw.when(here).then(column) if chain is None else chain.when(here).then(column)
        assert chain is not None, "INVARIANT: several facts are recorded"
        return chain.otherwise(as_expr(nothing))

    def _told_beside(self, fact: str, selection: Selection) -> list[nw.Expr]:
        """Whether attributes are recorded that the selection asks for."""
        asked = attributes_of(selection)
        attributes = self._recorded[fact].attributes.items()
        return [~one.column.is_null() for name, one in attributes if name in asked]

    def _together(self, test: Test, selection: Selection) -> Column | None:
        """The column by all that is recorded of the test; None: it is too much to ask."""

        def answer(selected: Selected) -> Truth:
            return evaluate(Test(0, test.condition), [selected]).truth

        if not isinstance(selection, _COMPOSED):
            tree = self._sources.tree(selection, (test.condition,), (), answer)
            if tree is None:
                return None
            return truth_column(mapped(tree, lambda one: UNKNOWN if one == DOUBT else one))
        found = self._composing.classes(selection, Asks((test.condition,)))
        if found is None:
            return None
        truths = [answer(one) for one in found.each]
        if found.column is None or len(set(truths)) == 1:
            return truths[0]
        chain = None
        for truth in (TRUE, FALSE):
            numbers = [number for number, one in enumerate(truths) if one is truth]
            if numbers:
                here = one_of(found.column.column, numbers)
                then = nw.lit(truth is TRUE)
                chain = nw.when(here).then(then) if chain is None else chain.when(here).then(then)
        return chain

    def _alone(self, test: Test, fact: str, nothing: Truth) -> Column:
        """The column where this is the only fact of the test that is recorded."""
        selection = self._asking.protocol.selections[test.slot]
        recorded = self._recorded[fact]
        pieces, samples = self._values(test, fact)
        if isinstance(pieces, Axis) and holds_kind(selection, *_BY_VALUE):
            self.doubts.append(recorded.given)
            return nothing
        days = Axis(())
        dates: list[str | None] = [None]
        by_day = holds_kind(selection, *BY_DAY) or isinstance(recorded.values, Days)
        if recorded.day is not None and by_day:
            self.doubts.append(~recorded.day.column.is_null())
        elif recorded.day is not None:
            days = Axis.of(self._asking.day_cuts(selection))
            dates += [iso(int(one)) for one in days.samples()]
        rows = [[self._asked(test, fact, value, day) for value in samples] for day in dates]
        refused = [[TRUE if one is None else FALSE for one in row] for row in rows]
        # What no reader takes, like a birth after the day of screening: he is to say why.
        if not isinstance(beyond := judged(recorded, Table(pieces, days, refused), FALSE), Truth):
            self.doubts.append(beyond)
        answered = [[nothing if one is None else one for one in row] for row in rows]
        return judged(recorded, Table(pieces, days, answered), nothing)

    def _asked(self, test: Test, fact: str, value: str, day: str | None) -> Truth | None:
        words = {"value": value}
        shape = self._asking.vocabulary[fact].shape
        if shape.type is Type.QUANTITY:
            words["unit"] = shape.unit
        if day is not None:
            words["date"] = day
        situation = self._asking.of({fact: words})
        return None if situation is None else situation.truth(test)

    def _values(self, test: Test, fact: str) -> tuple[Axis | Words, list[str]]:
        """The pieces of the values, and a value of each as it is written."""
        shape = self._asking.vocabulary[fact].shape
        selection = self._asking.protocol.selections[test.slot]
        match shape.type:
            case Type.BOOLEAN | Type.EVENT:
                return Words((True, False)), ["true", "false"]
            case Type.CODE | Type.ORDINAL:
                words = words_of(shape)
                return Words(tuple(words)), words
            case Type.DATE:
                axis = Axis.of(self._asking.value_days(selection, (test.condition,)))
                # Between two neighbouring days there is none: either of them answers for it.
                return axis, [iso(int(one)) for one in axis.samples()]
            case Type.QUANTITY | Type.NUMBER:
                axis = Axis.of(self._asking.cuts(selection, (test.condition,)))
                return axis, [decimal_text(one) for one in axis.samples()]
