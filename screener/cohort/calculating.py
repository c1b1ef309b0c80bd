"""Formulas as columns: the number where all inputs are known, and between which limits it lies.

Rows of which only a part of the inputs is known, or whose number is too near to a step of rounding
to tell in floats, are in doubt. Source: semantics 11.7 and 11.8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import and_

import narwhals as nw

from screener.interpreters.columns import Arithmetic, Keep, Kept
from screener.ir import Calculation
from screener.quantities import Codes, Number, Range
from screener.selection.selected import Selected

#: So near a step, in relation to it, only exact arithmetic tells the sides.
_NEAR = 1e-9


def steps(cuts: Sequence[Number], decimals: int) -> list[Fraction]:
    """Where, on the way up, what is rounded comes to or passes one of these numbers."""
    scale = Fraction(10) ** decimals
    half = Fraction(1, 2)
    found: set[Fraction] = set()
    for cut in cuts:
        place = Fraction(cut) * scale
        if place.denominator == 1:
            found |= {(place - half) / scale, (place + half) / scale}
        else:
            found.add((floor(place) + half) / scale)
    return sorted(found)


def samples(found: Sequence[Fraction], decimals: int) -> list[Selected]:
    """What the formula comes to below, between and above these steps, a number of each."""
    half = Fraction(1, 2) / Fraction(10) ** decimals
    numbers = [found[0] - half, *(one + half for one in found)] if found else [Fraction(0)]
    return [_exactly(one, decimals) for one in numbers]


def _exactly(number: Fraction, decimals: int) -> Selected:
    scaled = number * 10**decimals
    assert scaled.denominator == 1, "INVARIANT: samples are rounded"
    there = Decimal(ceil(scaled)).scaleb(-decimals)
    return Selected((Range(there, there),), None, 1, (), ())


def place_of(
    node: Calculation,
    found: Sequence[Fraction],
    inputs: Callable[[int], Kept],
    in_case: Callable[[int, Codes], Kept],
    keep: Keep,
) -> tuple[Kept, nw.Expr]:
    """How many of the steps the number has passed, and whether that cannot be told."""
    arithmetic = Arithmetic(inputs, in_case, keep)
    number, off, level = arithmetic.number(node.term)
    passed = nw.lit(0)
    # What is null or no number at all is told by nobody here.
    sure = [off < 1e300, number.abs() < 1e300]
    for one in found:
        step = float(one)
        passed = passed + nw.when(number > step).then(nw.lit(1)).otherwise(nw.lit(0))
        sure.append((number - step).abs() > off + _NEAR * abs(step))
    sure += [~one for one in arithmetic.doubts]
    told = nw.when(reduce(and_, sure)).then(nw.lit(False)).otherwise(nw.lit(True))
    return Kept(passed, level), told
