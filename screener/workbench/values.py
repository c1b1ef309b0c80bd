"""A value that a person would write, out of a cell that the limits leave open.

At a limit it is the limit itself; between limits a short number well inside, plausible where that
is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from screener.days import iso
from screener.interpreters.smt.cells import OTHER
from screener.ir import Limit
from screener.quantities import Number, Range, Value, decimal_text
from screener.vocabulary import Shape, Type

#: The reference limit written beside a result whose multiple of it is asked for.
REFERENCE = Fraction(40)
#: A code that no list knows, where any is taken.
ANOTHER = "another_one"


def written(
    cell: Value, shape: Shape, times: Limit | None = None, today: int = 1
) -> dict[str, Any] | None:
    """The words of a record (`value`, `unit`, `reference_range`); None where nobody can write one.

    Args:
        cell: the values it may have, in the unit of the fact, or multiples of `times`.
        shape: how values of the fact are written.
        times: the reference limit the cell counts in, if it does.
        today: the day near which a day is chosen, where any would do.
    """
    if isinstance(cell, frozenset):
        codes = [one for one in sorted(cell, key=str) if one != OTHER and not _beneath(one, shape)]
        if not codes and OTHER in cell and not shape.values:
            return {"value": ANOTHER}
        return {"value": codes[0]} if codes else None
    if times is not None:
        ratio = _number(cell, None)
        value = Fraction(ratio) * REFERENCE
        text = _finite(value)
        side = "high" if times is Limit.ULN else "low"
        limits = {side: decimal_text(int(REFERENCE))}
        return {"value": text, "reference_range": limits, **_unit(shape)}
    if shape.type is Type.DATE:
        near = (Decimal(today - 60), Decimal(today))
        return {"value": iso(int(_number(cell, near, whole=True)))}
    number = _number(cell, shape.plausible)
    return {"value": _finite(Fraction(number)), **_unit(shape)}


def _beneath(code: str | bool, shape: Shape) -> frozenset[str]:
    """The more specific codes, of which nobody knows which one is meant."""
    return shape.children.get(str(code), frozenset())


def _unit(shape: Shape) -> Mapping[str, str]:
    return {} if shape.unit == "1" else {"unit": shape.unit}


def count(cell: Value) -> int:
    """The least whole number of a cell."""
    assert isinstance(cell, Range), "INVARIANT: counts are numbers"
    low = 0 if cell.low is None else ceil(cell.low)
    return low + 1 if cell.low_open and low == cell.low else low


def _number(cell: Range, plausible: tuple[Number, Number] | None, whole: bool = False) -> Number:
    """A number of the cell: a limit that belongs to it, else one between."""
    if cell.low is not None and cell.low == cell.high:
        return cell.low
    low, high = reach(cell, plausible)
    return _between(low, high, cell, whole)


def reach(cell: Range, plausible: tuple[Number, Number] | None) -> tuple[Fraction, Fraction]:
    """Where to look for a number of the cell: near its limits, as far as that is plausible."""
    ends: tuple[Number, Number] = (0, 10) if plausible is None else plausible
    least, most = Fraction(ends[0]), Fraction(ends[1])
    low = None if cell.low is None else Fraction(cell.low)
    high = None if cell.high is None else Fraction(cell.high)
    if low is None and high is None:
        return least, most
    if high is None:
        assert low is not None, "INVARIANT: one of the two is given"
        high = low + max(abs(low) / 2, Fraction(1))
        return max(low, least), min(high, most) if low < most else high
    if low is None:
        low = high - max(abs(high) / 2, Fraction(1))
        return max(low, least) if least < high else low, high
    if plausible is not None and least < high and low < most:
        return max(low, least), min(high, most)
    return low, high


def contains(cell: Range, number: Number) -> bool:
    """Whether a number lies in the cell."""
    above = cell.low is None or number > cell.low or (number == cell.low and not cell.low_open)
    below = cell.high is None or number < cell.high or (number == cell.high and not cell.high_open)
    return above and below


def rounded(number: Fraction) -> Number:
    """The number with the digits that a person would write at most."""
    return round(Decimal(number.numerator) / Decimal(number.denominator), 6).normalize()


def _between(low: Fraction, high: Fraction, cell: Range, whole: bool) -> Number:
    """The number with the fewest decimals nearest to the middle."""
    middle = (low + high) / 2
    for places in range(0, 1 if whole else 12):
        step = Fraction(1, 10**places)
        for candidate in (floor(middle / step) * step, ceil(middle / step) * step):
            if low <= candidate <= high and contains(cell, candidate):
                return Decimal(candidate.numerator) / Decimal(candidate.denominator)
    return middle


def _finite(value: Fraction) -> str:
    """A number as decimal text; one without end is cut after nine places."""
    return decimal_text(round(Decimal(value.numerator) / Decimal(value.denominator), 9).normalize())


def reference_text(shape: Shape) -> str:
    """The reference limit as the text of an attribute, in its unit."""
    unit = "" if shape.unit == "1" else f" {shape.unit}"
    return f"{decimal_text(int(REFERENCE))}{unit}"
