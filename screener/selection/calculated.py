"""A number calculated by a formula from inputs that may be known in part or not at all.

What is not known of an input widens the result instead of counting as zero. Source: semantics 11.7
and 11.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import inf

from screener.causes import Cause, foremost
from screener.ir import Calculation, Operand
from screener.quantities import EXACT, Range, Value
from screener.selection.bounds import ANYTHING, Bounds, bounds, rounded
from screener.selection.bounds import Operand as Taken
from screener.selection.selected import Lack, Selected, distinct, single

#: Stands for a number as large as one likes.
_FAR = Fraction(10) ** 60


def calculation(node: Calculation, parts: Sequence[Selected]) -> Selected:
    """The range of the result over all that the inputs may be."""
    unplaced = next((one for one in parts if one.unplaced), None)
    if unplaced is not None:
        return unplaced
    ways = [_ways(operand, part) for operand, part in zip(node.operands, parts, strict=True)]
    found = _result(node, ways)
    open_parts = [] if found.low == found.high else _open(node, parts, ways, found)
    causes = [_cause(one) for one in open_parts]
    lacks: list[Lack] = []
    for one, cause in zip(open_parts, causes, strict=True):
        lacks += [lack._replace(cause=lack.cause or cause) for lack in one.lacks]
    return Selected(
        (_range(found, node.decimals),),
        foremost(causes) if causes else None if found.low == found.high else Cause.IMPRECISE,
        1,
        distinct([entry for one in parts for entry in one.used]),
        distinct(lacks),
        distinct([entry for one in parts for entry in one.aside]),
    )


def _result(node: Calculation, ways: Sequence[Sequence[Taken]]) -> Bounds:
    """The hull over every choice of codes; numbers range over their intervals at once."""
    every = [bounds(node.term, choice) for choice in product(*ways)]
    return Bounds(
        rounded(min(one.low for one in every), node.decimals),
        rounded(max(one.high for one in every), node.decimals),
    )


def _ways(operand: Operand, part: Selected) -> list[Taken]:
    """What an input may be: one interval of numbers, or the codes one by one."""
    known = part.values if part.values and not part.short else (operand.anything,)
    if isinstance(operand.anything, frozenset):
        codes = frozenset[str | bool]().union(*(one for one in known if isinstance(one, frozenset)))
        # A code that has others beneath it stands for those.
        lowest = sorted(codes & operand.anything, key=str)
        return [frozenset({code}) for code in lowest]
    numbers = [_interval(one, operand) for one in known]
    return [Bounds(min(one.low for one in numbers), max(one.high for one in numbers))]


def _interval(value: Value, operand: Operand) -> Bounds:
    """The interval of a value, in the unit of the formula; an open end is taken as if it counted.

    What is known only in part is taken to be plausible.
    """
    found, likely = _bounds(value, operand.factor), _bounds(operand.anything, operand.factor)
    inside = Bounds(max(found.low, likely.low), min(found.high, likely.high))
    return found if found.low == found.high or inside.low > inside.high else inside


def _bounds(value: Value, factor: Decimal) -> Bounds:
    assert isinstance(value, Range), "INVARIANT: the values of a numeric input are numbers"
    unit = Fraction(factor)
    return Bounds(
        -inf if value.low is None else Fraction(value.low) / unit,
        inf if value.high is None else Fraction(value.high) / unit,
    )


def _range(found: Bounds, decimals: int) -> Range:
    low, high = found
    return Range(
        None if isinstance(low, float) else _decimal(low, decimals),
        None if isinstance(high, float) else _decimal(high, decimals),
    )


def _decimal(number: Fraction, decimals: int) -> Decimal:
    return Decimal(int(number * 10**decimals)).scaleb(-decimals, EXACT)


def _open(
    node: Calculation,
    parts: Sequence[Selected],
    ways: Sequence[Sequence[Taken]],
    found: Bounds,
) -> list[Selected]:
    """The parts that leave the result open; those known in part only where that matters."""
    loose = [number for number, one in enumerate(parts) if not single(one) or one.short]
    telling = [
        number
        for number in loose
        if found == ANYTHING
        or not parts[number].values
        or any(
            _result(node, [*ways[:number], [end], *ways[number + 1 :]]) != found
            for end in _ends(ways[number])
        )
    ]
    # Where a result has no value at all, any of the records may be mistaken.
    return [parts[number] for number in telling or loose or range(len(parts))]


def _ends(way: Sequence[Taken]) -> list[Taken]:
    """The codes, or the numbers at the ends; far out where there is none."""
    ends: list[Taken] = []
    for one in way:
        if isinstance(one, Bounds):
            ends += [Bounds(end, end) for end in (max(one.low, -_FAR), min(one.high, _FAR))]
        else:
            ends.append(one)
    return ends


def _cause(part: Selected) -> Cause:
    """Why an input is not one number or code."""
    if not part.values:
        return part.cause or Cause.MISSING
    if len(set(part.values[: part.firm])) > 1:
        return Cause.CONFLICT
    return part.cause or Cause.IMPRECISE
