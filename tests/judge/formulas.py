"""Formulas (semantics 11.7 and 11.8) at the ends of what their inputs may be.

The text of a formula is read by Python's own parser. The formulas of the generated vocabularies
mention each input once and rise or fall in it throughout, so that the ends tell the whole range.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from itertools import product
from math import floor
from typing import Any

from tests.judge.chart import Interval, Plain, amount

_PRECISE = Context(prec=80)
#: Stands for "without limit", and for what is next to zero.
FAR = Fraction(10**60)
NEAR = 1 / FAR
_BEYOND = Fraction(10**12)
#: What a formula is where it has no value.
ANYTHING = (-FAR, FAR)

#: What an input may be: the two ends of numbers, or codes.
Ways = Sequence[Any]


def result_of(formula: Plain, ways: Mapping[str, Ways]) -> Interval:
    """The least and greatest result, rounded; without limit where it grows beyond all bounds."""
    steps = {name: _parsed(text) for name, text in formula.get("steps", {}).items()}
    value = _parsed(formula["value"])
    decimals = int(formula["decimals"])
    found: list[Fraction] = []
    names = list(ways)
    positive = _above_zero([*steps.values(), value])
    tried = [_clipped(ways[name]) if name in positive else ways[name] for name in names]
    for choice in product(*tried):
        given = dict(zip(names, choice, strict=True))
        try:
            for name, step in steps.items():
                given[name] = _number(step, given)
            found.append(_number(value, given))
        except ArithmeticError:
            found += ANYTHING
    low, high = min(found), max(found)
    return closed(
        None if low < -_BEYOND else _rounded(low, decimals),
        None if high > _BEYOND else _rounded(high, decimals),
    )  # fmt: skip


def _above_zero(nodes: Sequence[ast.expr]) -> set[str]:
    """The inputs of which a logarithm, root or power is taken."""
    return {
        name.id
        for node in nodes
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("ln", "sqrt", "power")
        for name in ast.walk(call.args[0])
        if isinstance(name, ast.Name)
    }


def _clipped(ways: Ways) -> Ways:
    """Of numbers known in part, those for which there is a result count."""
    if min(ways) == max(ways) or max(ways) <= 0:
        return ways
    return [max(min(ways), NEAR), max(ways)]


def closed(low: Fraction | None, high: Fraction | None) -> Interval:
    """Everything from `low` to `high`, both included."""
    return Interval(low=low, high=high, low_in=True, high_in=True)


def ends(values: Sequence[Interval], given: Plain, said: str) -> list[Fraction]:
    """The least and greatest of these values, plausible as far as they are not exact; in the unit.

    Args:
        values: all that is possible; [] where nothing is known.
        given: the fact.
        said: the unit of the formula, or `x ULN`.
    """
    unit = Fraction(1) if said in ("1", "x ULN") else amount(f"1 {said}", given)
    likely = closed(None, None)
    if "plausible" in given and said != "x ULN":
        low, high = given["plausible"]
        likely = closed(amount(str(low), given), amount(str(high), given))
    found: list[Fraction] = []
    for one in values or [likely]:
        low, high = _plausible(one, likely)
        found += [-FAR if low is None else low / unit, FAR if high is None else high / unit]
    return [min(found), max(found)]


def _plausible(one: Interval, likely: Interval) -> tuple[Fraction | None, Fraction | None]:
    if one.low is not None and one.low == one.high:
        return one.low, one.high
    lows = [end for end in (one.low, likely.low) if end is not None]
    highs = [end for end in (one.high, likely.high) if end is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        return one.low, one.high
    return low, high


def _parsed(text: str) -> ast.expr:
    return ast.parse(re.sub(r"\bif\(", "if_(", text), mode="eval").body


def _number(node: ast.expr, given: Mapping[str, Any]) -> Fraction:
    match node:
        case ast.Constant():
            return Fraction(str(node.value))
        case ast.Name():
            return Fraction(given[node.id])
        case ast.BinOp():
            left, right = _number(node.left, given), _number(node.right, given)
            return _BINARY[type(node.op)](left, right)
        case ast.UnaryOp():
            return -_number(node.operand, given)
        case ast.Call(func=ast.Name(id="by"), args=[ast.Name(id=name)]):
            case = next(one.value for one in node.keywords if one.arg == given[name])
            return _number(case, given)
        case ast.Call(func=ast.Name(id="if_"), args=[ast.Compare() as compared, then, otherwise]):
            left, right = _number(compared.left, given), _number(compared.comparators[0], given)
            return _number(then if left > right else otherwise, given)
        case ast.Call(func=ast.Name(id=name)):
            return _FUNCTIONS[name](*(_number(arg, given) for arg in node.args))
    raise AssertionError(ast.dump(node))


def _over(left: Fraction, right: Fraction) -> Fraction:
    return left / right


_BINARY: dict[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: Fraction.__add__,
    ast.Sub: Fraction.__sub__,
    ast.Mult: Fraction.__mul__,
    ast.Div: _over,
}


def _decimal(number: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(number.numerator), Decimal(number.denominator))


def _to_34(number: Decimal) -> Fraction:
    return Fraction(Context(prec=34).plus(number))


def _ln(number: Fraction) -> Fraction:
    if number <= 0:
        raise ArithmeticError
    if not 1 / _BEYOND < number < _BEYOND:
        return FAR if number > 1 else -FAR
    return _to_34(_PRECISE.ln(_decimal(number)))


def _sqrt(number: Fraction) -> Fraction:
    if number < 0:
        raise ArithmeticError
    return _to_34(_PRECISE.sqrt(_decimal(number)))


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if base < 0 or (base == 0 and exponent <= 0):
        raise ArithmeticError
    return _to_34(_PRECISE.power(_decimal(base), _decimal(exponent)))


def _rounded(number: Fraction, decimals: int) -> Fraction:
    shifted = abs(number) * 10**decimals
    steps = floor(shifted) + (shifted - floor(shifted) >= Fraction(1, 2))
    return Fraction(steps if number > 0 else -steps, 10**decimals)


_FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "min": min,
    "max": max,
    "ln": _ln,
    "sqrt": _sqrt,
    "power": _power,
}
