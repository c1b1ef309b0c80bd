"""The numbers that a selection comes to where it comes to one, as a column of floats.

It is what formulas are calculated from; whether there is one number, the classes of the selection
tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import narwhals as nw

from screener.interpreters.columns import Days, Numbers, Recorded
from screener.ir import AS_OF, Age, Fixed, Limit, Pick, Point, Selection


class Inputs:
    """The inputs of formulas over the facts recorded in a frame; `as_of` is an ordinal.

    `doubts` takes the Boolean columns that are true of rows to be answered by the reference.
    """

    def __init__(self, recorded: Mapping[str, Recorded], as_of: int, doubts: list[nw.Expr]) -> None:
        self._recorded = recorded
        self._as_of = as_of
        self._doubts = doubts

    def number(self, selection: Selection) -> nw.Expr | None:
        """The numbers that a selection comes to where it comes to one; None: not told here."""
        if isinstance(selection, Age):
            return self._years(selection)
        if not isinstance(selection, Pick | Fixed) or selection.judged is not None:
            return None
        recorded = self._recorded.get(selection.of.fact)
        if recorded is None:
            return nw.lit(None, dtype=nw.Float64)
        values = recorded.values
        if not isinstance(values, Numbers):
            return None
        value = values.scaled(values.column)
        if selection.times is None:
            return value
        limit = recorded.high if selection.times is Limit.ULN else recorded.low
        if limit is None:
            return nw.lit(None, dtype=nw.Float64)
        limit = values.scaled(limit)
        return value / nw.when(limit > 0).then(limit)

    def _years(self, age: Age) -> nw.Expr | None:
        """Completed years on the day of screening, of a birth date or as they are stated."""
        there = [self._recorded[one] for one in (age.birth, age.given) if one in self._recorded]
        if age.at != Point(AS_OF) or len(there) > 1:
            return None
        if not there:
            return nw.lit(None, dtype=nw.Float64)
        values = there[0].values
        if isinstance(values, Numbers):
            if any(one.factor != 1 for one in values.scales):
                return None
            return values.scaled(values.column).floor()
        assert isinstance(values, Days), "INVARIANT: a birth date is a day"
        born = values.dates().dt
        # Whoever is born on a 29th of February has his birthday a day earlier in most years.
        self._doubts.append((born.month() == 2) & (born.day() == 29))
        today = date.fromordinal(self._as_of)
        lived = today.year * 10_000 + today.month * 100 + today.day
        lived_to = lived - (born.year() * 10_000 + born.month() * 100 + born.day())
        return (lived_to / 10_000).floor().cast(nw.Float64)
