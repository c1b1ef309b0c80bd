"""Values for the inputs of formulas, so that each result lies where the solver wants it.

The solver knows of an input only between which limits it lies; a value between them is looked for
that makes the formulas come out. Looked for, not solved: where none is found, none is made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product

from screener.interpreters.smt.calculations import range_of
from screener.interpreters.smt.selections import Reading
from screener.ir import Calculation, Operand, Selection
from screener.quantities import Number, Range, Value, holds, point
from screener.truth import Truth
from screener.workbench.values import contains, reach, rounded

#: So many combinations of values are tried, and so many steps between two of them.
_MOST, _STEPS = 4_000, 60


def with_inputs(readings: Sequence[Reading]) -> tuple[Reading, ...] | None:
    """The readings with one value for each input that a wanted result rests on; None if none do."""
    wanted = [one for one in readings if isinstance(one.selection, Calculation) and _told(one)]
    if not wanted:
        return tuple(readings)
    by_selection = {one.selection: one for one in readings}
    operands: dict[Selection, Operand] = {}
    for one in wanted:
        assert isinstance(one.selection, Calculation)
        operands |= {each.value: each for each in one.selection.operands}
    if not all(one in by_selection and by_selection[one].settled for one in operands):
        return None
    choices = [_choices(by_selection[one].possible[0], each) for one, each in operands.items()]
    values = _found(wanted, list(operands), choices)
    if values is None:
        return None
    return tuple(
        one._replace(possible=(values[one.selection],), every=(values[one.selection],))
        if one.selection in values
        else one
        for one in readings
    )


def _told(reading: Reading) -> bool:
    return not reading.open and len(reading.possible) < len(reading.every)


def _found(
    wanted: Sequence[Reading], operands: Sequence[Selection], choices: Sequence[Sequence[Value]]
) -> dict[Selection, Value] | None:
    below: dict[Selection, Value] | None = None
    above: dict[Selection, Value] | None = None
    for chosen in islice(product(*choices), _MOST):
        values = dict(zip(operands, chosen, strict=True))
        sides = [_side(one, values) for one in wanted]
        if not any(sides):
            return values
        if len(wanted) == 1:
            below = values if sides[0] < 0 else below
            above = values if sides[0] > 0 else above
    if below is None or above is None:
        return None
    return _between(wanted[0], below, above)


def _side(reading: Reading, values: Mapping[Selection, Value]) -> int:
    """-1 where the result is too small, 1 where it is too large, 0 where it is as wanted."""
    node = reading.selection
    assert isinstance(node, Calculation)
    found = range_of(node, [values[one.value] for one in node.operands])
    if any(holds(found, one) is Truth.TRUE for one in reading.possible):
        return 0
    cell = reading.possible[0]
    assert isinstance(cell, Range), "INVARIANT: results are numbers"
    low = cell.low is not None and (found.low is None or found.low <= cell.low)
    return -1 if low else 1


def _between(
    reading: Reading, below: dict[Selection, Value], above: dict[Selection, Value]
) -> dict[Selection, Value] | None:
    """Values on the way from a result too small to one too large."""
    for _ in range(_STEPS):
        middle = {one: _middle(below[one], above[one]) for one in below}
        side = _side(reading, middle)
        if not side:
            return middle
        if side < 0:
            below = middle
        else:
            above = middle
    return None


def _middle(one: Value, other: Value) -> Value:
    if not isinstance(one, Range) or not isinstance(other, Range):
        return one
    return point(rounded((Fraction(one.low or 0) + Fraction(other.low or 0)) / 2))


def _choices(cell: Value, operand: Operand) -> list[Value]:
    """Values of a cell, spread over what is plausible."""
    if isinstance(cell, frozenset):
        return [frozenset({code}) for code in sorted(cell, key=str)]
    likely = operand.anything if isinstance(operand.anything, Range) else Range(None, None)
    return list(dict.fromkeys(point(one) for one in _spread(cell, likely)))


def _spread(cell: Range, likely: Range) -> Iterator[Number]:
    low, high = reach(
        cell,
        None
        if likely.low is None or likely.high is None
        else (Fraction(likely.low), Fraction(likely.high)),
    )
    for share in (Fraction(1, 2), Fraction(1, 20), Fraction(19, 20), Fraction(1, 5), 0, 1):
        number = rounded(low + (high - low) * share)
        if contains(cell, number):
            yield number
