"""A number with its unit and comparator as written, into an exact interval in the unit of its fact.

It decides which spellings are a number, and converts once. It refuses decimal commas, separators
between thousands, missing units and units of another dimension: never a guess.
Source: semantics sections 9.2, 10.1 and 10.2.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from screener import units
from screener.causes import STATED_ABSENCES
from screener.intake.faults import Faults, described, listed, quoted
from screener.intake.known import Between
from screener.quantities import (
    EXACT,
    LONGEST_NUMBER,
    Range,
    decimal_text,
    hexadecimal,
    parse_decimal,
    trimmed,
)
from screener.vocabulary import Shape

#: How a comparator may be written, and the comparator it is.
COMPARATORS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "\u2264": "<=", "\u2265": ">="}

_NUMBERS = (int, float, Decimal)
_ONE = Decimal(1)
_LARGEST = 10**LONGEST_NUMBER - 1
_LEAST = -_LARGEST // 10
_LONGEST_TEXT = 200
_WRITTEN = re.compile(
    r"(<=|>=|<|>|\u2264|\u2265)?\s*([-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)"
    r"(?![0-9.,]|\s*[-+.\u2013\u2014\u00b1~])\s*(.*)"
)
_GROUPED = re.compile(r"[-+]?[0-9]+([,'\u2019][0-9]+)+|[-+]?[0-9]{1,3}([ \u00a0\u202f][0-9]{3})+")


class Quantity(NamedTuple):
    """An interval in the unit of the fact, and how it is shown.

    `shown` and `unit` are converted, `original` and `written` (its unit) as given. The unit of
    plain numbers is not shown.
    """

    value: Range
    shown: str
    unit: str | None
    original: str
    written: str | None


def read_quantity(
    raw: object,
    shape: Shape,
    name: str,
    at: str,
    faults: Faults,
    unit: str | None = None,
    comparator: str | None = None,
    otherwise: str | None = None,
) -> Quantity | None:
    """Read a number (`4.1`, `"4.1 10*9/L"`, `"<5"`); None with a fault noted if it is not one.

    `unit` and `comparator` stand beside it; `otherwise` is the unit if none is written at all.
    """
    if isinstance(raw, Between):
        return _between(raw, shape, name, at, faults, unit)
    parts = _parts(raw, at, faults)
    if parts is None:
        return None
    inside, text, number, beside = parts
    if inside and comparator and inside != comparator:
        faults.add(
            "two-comparators", at, f"two comparators, {quoted(inside)} and {quoted(comparator)}"
        )
        return None
    if unit and beside and not _same_unit(unit, beside):
        faults.add("two-units", at, f"two units, {quoted(beside)} and {quoted(unit)}")
        return None
    sign = comparator or inside
    written = unit or beside or otherwise
    factor = _factor(written, shape, name, at, faults)
    if factor is None:
        return None
    converted = number if factor is _ONE else EXACT.multiply(number, factor)
    value = _interval(sign, converted) if sign else Range(converted, converted)
    kept = None if shape.unit == "1" else shape.unit
    return Quantity(value, sign + decimal_text(converted), kept, sign + text, written)


def in_own_unit(raw: object, shape: Shape) -> Quantity | None:
    """A bare number in the unit of its fact, as `read_quantity` reads it; None if it is not one."""
    if type(raw) is not Decimal and type(raw) is not int:
        return None
    number = number_of(raw)
    if number is None:
        return None
    text = format(number, "f")
    unit = shape.unit
    # Past their own `__new__`, which takes twice as long.
    value = tuple.__new__(Range, (number, number, False, False))
    kept = None if unit == "1" else unit
    return tuple.__new__(Quantity, (value, trimmed(text), kept, text, unit))


def _between(
    raw: Between, shape: Shape, name: str, at: str, faults: Faults, unit: str | None
) -> Quantity | None:
    """The interval between two numbers in the same unit."""
    low, high = (read_quantity(end, shape, name, at, faults, unit) for end in raw)
    if low is None or high is None:
        return None
    if low.value.low is None or high.value.high is None or low.value.low > high.value.high:
        faults.add("empty-range", at, "the lower number is above the upper one")
        return None
    return Quantity(
        Range(low.value.low, high.value.high),
        f"{low.shown} to {high.shown}",
        low.unit,
        f"{low.original} to {high.original}",
        low.written,
    )


def number_of(raw: int | float | Decimal) -> Decimal | None:
    """A JSON number, exactly as its text shows it; None if it is not finite or far too long."""
    if isinstance(raw, int):
        # Python itself does not write out an integer of thousands of digits.
        return Decimal(raw) if _LEAST <= raw <= _LARGEST else None
    if type(raw) is Decimal and raw.is_finite() and -1000 < raw.adjusted() < 1000:
        # Its text can be too long, but nothing else can be wrong with it.
        return raw if len(str(raw)) <= LONGEST_NUMBER else None
    return parse_decimal(str(raw))


def _factor(unit: str | None, shape: Shape, name: str, at: str, faults: Faults) -> Decimal | None:
    """The exact factor from a written unit into that of the shape; None with a fault noted."""
    if not unit:
        if shape.unit == "1":
            return _ONE
        faults.add("unit-missing", at, f"the unit of {quoted(name)} is missing", _accepted(shape))
        return None
    if unit == shape.unit:
        return _ONE
    unit = unit.strip()
    for code in (unit, units.canonical(unit) or unit):
        if code == shape.unit:
            return _ONE
        if code in shape.accepted:
            return shape.accepted[code]
    known = units.dimension(unit)
    if known is None:
        hint = faults.guess(unit, _spellings(shape))
        faults.add(
            "unknown-unit", at, f"{quoted(unit)} is not a known unit", hint or _accepted(shape)
        )
    elif known == units.dimension(shape.unit):
        message = f"{quoted(unit)} has no exact factor into {quoted(shape.unit)}"
        faults.add("unit-mismatch", at, message, _accepted(shape))
    else:
        faults.add(
            "unit-mismatch", at, f"{quoted(unit)} does not measure {quoted(name)}", _accepted(shape)
        )
    return None


def _parts(raw: object, at: str, faults: Faults) -> tuple[str, str, Decimal, str] | None:
    """Comparator, the number's text, the number, unit."""
    if isinstance(raw, str):
        return _parts_of_text(raw.strip(), at, faults)
    if isinstance(raw, bool) or not isinstance(raw, _NUMBERS):
        faults.add("bad-number", at, f"{described(raw)} is not a number")
        return None
    number = number_of(raw)
    if number is None:
        faults.add("bad-number", at, f"not a number, or one of more than {LONGEST_NUMBER} digits")
        return None
    return "", str(raw) if isinstance(raw, int) else format(number, "f"), number, ""


def _parts_of_text(text: str, at: str, faults: Faults) -> tuple[str, str, Decimal, str] | None:
    match = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    otherwise = hexadecimal(text)
    if match is None or otherwise or _GROUPED.match(text):
        hint = otherwise or "write one number, such as `4.1` or `<5`"
        if _GROUPED.match(text):
            hint = "write a point for decimals, and no separators between thousands"
        elif text.casefold() in STATED_ABSENCES:
            hint = f'write `{{"absent": "{text.casefold()}"}}`'
        faults.add(
            "bad-number", at, f"{quoted(text)} is not a number" if text else "an empty text", hint
        )
        return None
    comparator, digits, unit = match.groups()
    number = parse_decimal(digits)
    if number is None:
        faults.add("bad-number", at, f"a number of more than {LONGEST_NUMBER} digits")
        return None
    return COMPARATORS[comparator] if comparator else "", digits, number, unit


def _same_unit(one: str, other: str) -> bool:
    return one == other or units.canonical(one) == units.canonical(other) is not None


def _interval(comparator: str, number: Decimal) -> Range:
    match comparator:
        case "<":
            return Range(None, number, high_open=True)
        case "<=":
            return Range(None, number)
        case ">":
            return Range(number, None, low_open=True)
        case _:
            return Range(number, None)


def _spellings(shape: Shape) -> list[str]:
    codes = {shape.unit, *shape.accepted}
    return [*codes, *(one for one in units.known_units() if units.canonical(one) in codes)]


def _accepted(shape: Shape) -> str:
    if shape.unit == "1" and not shape.accepted:
        return "write the number alone"
    return f"units that do: {listed(dict.fromkeys([shape.unit, *shape.accepted]))}"
