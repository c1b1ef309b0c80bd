"""Reads one literal of a rule or table into the form its fact is kept in: numbers, days, codes.

Units are converted here, exactly and once; whether a comparison makes sense is asked elsewhere.
Source: semantics 9.1, 9.3, 10.1, 10.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from screener import units
from screener.days import parse_days
from screener.diagnostics import Span
from screener.ir import Bound, Limit, OfLimit
from screener.quantities import EXACT, Codes, Number, hexadecimal, parse_decimal
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.source import Text
from screener.vocabulary import Shape, Type

NUMERIC = (Type.QUANTITY, Type.NUMBER)

_NUMBER_UNIT = re.compile(r"([-+]?[0-9][0-9.eE+-]*)\s*(.*)", re.DOTALL | re.ASCII)
#: What follows a number and begins no unit: a comma, a clock time, `1_000`.
_NO_UNIT = (",", ":", "_", ";")
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9.eE+-]*\s*_", re.ASCII)
_TIMES = re.compile(r"(?:(\S+) x )?(ULN|LLN)(?: ([-+]) (\S.*))?")
_LIMIT_WORD = re.compile(r"(?<![A-Za-wyz])(?:ULN|LLN|uln|lln)(?![A-Za-z])")
_MULTIPLE = re.compile(r"([0-9][0-9.]*)\s*[x\u00d7*]?\s*(ULN|LLN|uln|lln)", re.ASCII)
_OTHER = re.compile(r"(?:([0-9.]+) x )?(?!(?:uln|lln)$)([a-z][a-z0-9_]*)", re.ASCII)

#: What `k x NAME` stands for as a limit; None, with the fault noted, where it cannot stand there.
Named: TypeAlias = Callable[[Text, Decimal, str], Bound | None]


class Literal(NamedTuple):
    """A number in the unit its fact is kept in, or what it is worked out from with the record."""

    number: Number
    bound: Bound | None = None


def read_number(
    node: Text,
    shape: Shape,
    faults: Faults,
    *,
    what: str,
    pinned: str | None = None,
    named: Named | None = None,
) -> Literal | None:
    """A number, quantity, day or what is worked out with the record; None with the fault noted.

    `what` is the fact or attribute, for messages; `pinned` the unit of a number without one;
    `named` what other values may be named as limits.
    """
    text = node.value.strip()
    other = _OTHER.fullmatch(text)
    if other is not None and (named is not None or other[1] is not None):
        return _read_other(node, other[1] or "1", other[2], faults, named)
    if shape.type is Type.DATE:
        return _read_day(node, faults)
    times = _TIMES.fullmatch(text)
    if times is not None:
        factor = parse_decimal(times[1] or "1")
        if factor is not None and factor > 0:
            return _read_limit(node, times, factor, shape, faults, what)
    if times is not None or _LIMIT_WORD.search(text):
        # What is written as it should be is not to be written so.
        meant = None if times is not None else _MULTIPLE.fullmatch(text)
        faults.error(
            "bad-limit",
            node.span,
            f"{quoted(text)} is not worked out from a reference limit",
            expected="such as `3 x ULN`, `ULN + 5 s`",
            hint=meant and f"write `{meant[1]} x {meant[2].upper()}`",
        )
        return None
    return _read_quantity(node, text, shape, faults, what, pinned)


def _read_limit(
    node: Text, match: re.Match[str], times: Decimal, shape: Shape, faults: Faults, what: str
) -> Literal | None:
    """A multiple of a reference limit, and what is added to it."""
    if match[3] is None:
        return Literal(times, OfLimit(Limit(match[2]), times))
    more = _read_quantity(node, match[4], shape, faults, what, None)
    if more is None:
        return None
    assert isinstance(more.number, Decimal), "INVARIANT: what is written is a decimal"
    plus = more.number if match[3] == "+" else -more.number
    return Literal(times, OfLimit(Limit(match[2]), times, plus))


def _read_other(
    node: Text, times: str, name: str, faults: Faults, named: Named | None
) -> Literal | None:
    factor = parse_decimal(times)
    if factor is None or factor <= 0:
        faults.error("bad-number", node.span, f"{quoted(times)} is no number of times")
        return None
    if named is None:
        faults.error("bad-limit", node.span, f"{quoted(name)} cannot be a limit here")
        return None
    bound = named(node, factor, name)
    return None if bound is None else Literal(factor, bound)


def _read_quantity(
    node: Text, text: str, shape: Shape, faults: Faults, what: str, pinned: str | None
) -> Literal | None:
    read = number_and_unit(text)
    otherwise = hexadecimal(text)
    if read is None or otherwise:
        hint = otherwise
        if node.cut:
            hint = "what follows ` #` is a comment: put the value in quotes"
        elif "," in text:
            hint = "a decimal point is a `.`"
        elif _UNDERSCORED.match(text):
            hint = "write the digits without `_`"
        elif text[:1] in "<>≤≥=":
            hint = "the comparison is a word: `at_least`, `at_most`, `more_than`, `less_than`"
        faults.error(
            "bad-number",
            node.span,
            f"{quoted(text)} is not a number for {quoted(what)}",
            expected=f"such as {quoted(_example(shape))}",
            hint=hint,
        )
        return None
    number, written = read
    if written:
        factor = unit_factor(written, shape, node.span, faults, what)
    elif pinned is not None:
        factor = unit_factor(pinned, shape, node.span, faults, what)
    elif shape.unit == "1":
        factor = Decimal(1)
    else:
        faults.error(
            "unit-missing",
            node.span,
            f"{quoted(text)} has no unit",
            expected=f"a number with a unit, such as {quoted(_example(shape, text))}",
            hint="what follows ` #` is a comment: put the value in quotes" if node.cut else None,
        )
        return None
    return None if factor is None else Literal(EXACT.multiply(number, factor))


def number_and_unit(text: str) -> tuple[Decimal, str] | None:
    """A number and the unit behind it, as written; None where it begins with no number."""
    match = _NUMBER_UNIT.fullmatch(text.strip())
    number = None if match is None else parse_decimal(match[1])
    if match is None or number is None or match[2][:1] in _NO_UNIT:
        return None
    return number, match[2]


def _example(shape: Shape, number: str = "2.5") -> str:
    return number if shape.unit == "1" else f"{number} {shape.unit}"


def unit_factor(
    written: str, shape: Shape, span: Span, faults: Faults, what: str
) -> Decimal | None:
    """The exact factor from a unit into the one the fact is kept in."""
    code = units.canonical(written)
    if code == shape.unit:
        return Decimal(1)
    if code is None:
        faults.error(
            "unknown-unit",
            span,
            f"{quoted(written)} is not a known unit",
            expected=f"a unit convertible to {quoted(shape.unit)}",
            hint=_near_unit(written, shape),
        )
        return None
    factor = shape.accepted.get(code)
    if factor is None:
        same = code in units.factors_into(shape.unit) or shape.unit in units.factors_into(code)
        faults.error(
            "unit-mismatch",
            span,
            f"{quoted(written)} cannot be converted exactly"
            if same
            else f"{quoted(written)} does not measure {quoted(what)}",
            expected="a number without a unit"
            if shape.unit == "1"
            else f"a unit convertible to {quoted(shape.unit)}",
        )
    return factor


def _near_unit(written: str, shape: Shape) -> str | None:
    """The spelling most like this one, of a unit that would do if there is one."""
    known = units.known_units()
    fits = [one for one in known if units.canonical(one) in (shape.unit, *shape.accepted)]
    alike = [one for one in fits or known if one[0].lower() == written[0].lower()]
    return nearest(written, alike)


def _read_day(node: Text, faults: Faults) -> Literal | None:
    days = parse_days(node.value)
    if days is None or not days.exact:
        faults.error(
            "not-a-day",
            node.span,
            f"{quoted(node.value)} is not a day",
            expected="a day such as `2026-03-01`",
        )
        return None
    return Literal(days.first)


def read_code(node: Text, shape: Shape, faults: Faults, *, what: str) -> Codes | None:
    """The values that meet a code: itself and all beneath it; for a yes or no, that."""
    if shape.type is Type.BOOLEAN:
        if node.value in ("true", "false"):
            return frozenset({node.value == "true"})
        hint = {"yes": "write `true`", "no": "write `false`"}.get(node.value.lower())
        faults.error(
            "not-a-value",
            node.span,
            f"{quoted(what)} cannot be {quoted(node.value)}",
            expected="`true` or `false`",
            hint=hint,
        )
        return None
    if shape.values and node.value not in shape.values:
        faults.error(
            "not-a-value",
            node.span,
            f"{quoted(node.value)} is not a value of {quoted(what)}",
            expected=one_of(shape.values),
            hint=nearest(node.value, shape.values),
        )
        return None
    return frozenset({node.value}) | shape.children.get(node.value, frozenset())


def leaves(values: tuple[str, ...], children: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The values that have none beneath them: covering these covers all."""
    return tuple(value for value in values if not children.get(value))
