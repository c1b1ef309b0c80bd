"""Each test of a protocol as a column over what a frame records, with the rows that leaves open.

Where nothing of a test is recorded, and where one fact of it is, the reference has been asked what
it answers. Where several of its facts are recorded in one row, that row is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

import narwhals as nw

from screener.cohort.asking import Asking, holds_kind
from screener.cohort.wide import words_of
from screener.days import iso
from screener.interpreters.columns import (
    Axis,
    Column,
    Days,
    Recorded,
    Table,
    Words,
    as_expr,
    judged,
)
from screener.ir import (
    Age,
    Calculation,
    Exposure,
    Lasting,
    Limit,
    Lookback,
    OfAttribute,
    OfFact,
    Related,
    Run,
    Since,
    Test,
)
from screener.quantities import decimal_text
from screener.truth import FALSE, TRUE, Truth
from screener.vocabulary import Type

#: What hangs on more than the pieces of one value: rows with such a value are in doubt.
_BY_VALUE = (Calculation, Limit, OfAttribute, OfFact)
#: What hangs on more than the pieces of one day: dated rows are in doubt.
_BY_DAY = (Age, Lasting, Lookback, Related, Run, Since, Exposure)


class Leaves:
    """The tests of a protocol over the facts recorded in a frame.

    `doubts` gathers the Boolean columns that are true of rows to be answered by the reference.
    """

    def __init__(self, asking: Asking, recorded: Mapping[str, Recorded]) -> None:
        self._asking = asking
        self._recorded = recorded
        self._known: dict[tuple[int, object], Column] = {}
        self.doubts: list[nw.Expr] = []

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
        by_day = holds_kind(selection, *_BY_DAY) or isinstance(recorded.values, Days)
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
        situation = self._asking.of(fact, words)
        return None if situation is None else situation.truth(test)

    def _values(self, test: Test, fact: str) -> tuple[Axis | Words, list[str]]:
        """The pieces of the values, and a value of each as it is written."""
        shape = self._asking.vocabulary[fact].shape
        match shape.type:
            case Type.BOOLEAN | Type.EVENT:
                return Words((True, False)), ["true", "false"]
            case Type.CODE | Type.ORDINAL:
                words = words_of(shape)
                return Words(tuple(words)), words
            case Type.DATE:
                axis = Axis.of(self._asking.value_days(test))
                # Between two neighbouring days there is none: either of them answers for it.
                return axis, [iso(int(one)) for one in axis.samples()]
            case Type.QUANTITY | Type.NUMBER:
                axis = Axis.of(self._asking.cuts(test))
                return axis, [decimal_text(one) for one in axis.samples()]
