"""One value as it is written, into the value the engine compares: number, yes or no, code or day.

It decides what may stand for a value of each type, and refuses everything that could be read in
two ways. Where and when a value holds is decided by the record. Source: semantics sections 9, 10.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from screener.causes import STATED_ABSENCES
from screener.days import Days, parse_days
from screener.intake.faults import Faults, described, listed, quoted
from screener.intake.known import KnownDays
from screener.intake.numbers import number_of, read_quantity
from screener.quantities import Range, Value, decimal_text
from screener.vocabulary import Shape, Type

_DATE_FORM = "write year-month-day, as in `2026-10-31`; `2026-10` or `2026` if no more is known"
YES_OR_NO = "write `true` or `false`"
_WHOLE_DATE = "write year-month-day, as in `2026-10-31`"


class Given(NamedTuple):
    """A value, and the texts that show it (see `facts.Shown`)."""

    value: Value
    shown: str | bool
    unit: str | None = None
    original: str | None = None
    original_unit: str | None = None


def read_value(
    raw: object,
    shape: Shape,
    name: str,
    at: str,
    faults: Faults,
    *,
    unit: str | None = None,
    comparator: str | None = None,
) -> Given | None:
    """Read a value of that shape; None with a fault noted if it cannot be read.

    Args:
        raw: a JSON scalar.
        shape: what the vocabulary declares.
        name: the fact or attribute, for messages.
        at: the JSON pointer to the value.
        faults: takes what is wrong.
        unit: the unit written beside it, if any.
        comparator: the comparator written beside it, if any.
    """
    match shape.type:
        case Type.QUANTITY | Type.NUMBER:
            quantity = read_quantity(raw, shape, name, at, faults, unit, comparator)
            if quantity is None:
                return None
            return Given(
                quantity.value, quantity.shown, quantity.unit, quantity.original, quantity.written
            )
        case Type.BOOLEAN | Type.EVENT:
            if shape.type is Type.EVENT and isinstance(raw, str) and parse_days(raw.strip()):
                hint = f'write `true` or `false`, or the day as `{{"date": "{raw.strip()}"}}`'
                faults.add("not-a-boolean", at, f"{quoted(raw)} is not a yes or no", hint)
                return None
            yes = read_boolean(raw, at, faults)
            return None if yes is None else Given(frozenset({yes}), yes)
        case Type.CODE | Type.ORDINAL:
            return _code(raw, shape, name, at, faults)
        case Type.DATE:
            days = read_days(raw, at, faults)
            return None if days is None else Given(Range(days.first, days.last), str(raw).strip())


def read_boolean(raw: object, at: str, faults: Faults) -> bool | None:
    """Read a yes or no: `true` or `false`, also as text; nothing else stands for them."""
    if isinstance(raw, bool):
        return raw
    if raw in ("true", "false"):
        return raw == "true"
    hint = absence_hint(raw) or YES_OR_NO
    faults.add("not-a-boolean", at, f"{described(raw)} is not a yes or no", hint)
    return None


def read_days(raw: object, at: str, faults: Faults, *, whole: bool = False) -> Days | None:
    """Read a date, as far as it is known; `whole`: it must be one day."""
    if isinstance(raw, KnownDays):
        return raw.days
    form = _WHOLE_DATE if whole else _DATE_FORM
    if not isinstance(raw, str):
        hint = "put the date in quotes" if _is_number(raw) else form
        faults.add("not-a-day", at, f"{described(raw)} is not a date", hint)
        return None
    text = raw.strip()
    days = parse_days(text)
    if days is not None and (days.exact or not whole):
        return days
    if days is not None:
        faults.add("not-a-day", at, f"{quoted(text)} is not a whole date", form)
    elif re.fullmatch(r"[0-9]{4}(-[0-9]{2}){1,2}", text, re.ASCII):
        faults.add(
            "not-a-day", at, f"{quoted(text)} is not in the calendar", "look at month and day"
        )
    elif re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", text, re.ASCII):
        faults.add(
            "not-a-day",
            at,
            f"{quoted(text)} has a time of day",
            f"give the day alone: `{text[:10]}`",
        )
    elif re.fullmatch(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{2}){1,2}", text, re.ASCII):
        hint = "which number is the day cannot be told: write year-month-day, as in `2026-10-31`"
        faults.add("not-a-day", at, f"{quoted(text)} is not a date", hint)
    else:
        faults.add("not-a-day", at, f"{quoted(text)} is not a date", absence_hint(raw) or form)
    return None


def read_text(raw: object, at: str, faults: Faults, what: str) -> str | None:
    """Read a text that is not empty."""
    if isinstance(raw, str) and raw.strip():
        return raw
    hint = "put it in quotes" if _is_number(raw) else None
    problem = "an empty text" if isinstance(raw, str) else described(raw)
    faults.add("text-expected", at, f"{problem} is no {what}", hint)
    return None


def absence_hint(raw: object) -> str | None:
    """The hint for a reason of absence that was written where the value belongs."""
    word = raw.strip().casefold() if isinstance(raw, str) else ""
    return f'write `{{"absent": "{word}"}}`' if word in STATED_ABSENCES else None


def _code(raw: object, shape: Shape, name: str, at: str, faults: Faults) -> Given | None:
    ranked = shape.type is Type.ORDINAL
    if ranked and isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        number = number_of(raw)
        raw = raw if number is None else decimal_text(number)
    if not isinstance(raw, str):
        hint = "put the code in quotes" if _is_number(raw) else _choice(shape)
        faults.add("not-a-value", at, f"{described(raw)} is not a value of {quoted(name)}", hint)
        return None
    code = raw.strip()
    if not code:
        faults.add(
            "not-a-value", at, f"an empty text is not a value of {quoted(name)}", _choice(shape)
        )
        return None
    if shape.values and code not in shape.values and code not in (known := _hierarchy(shape)):
        near = faults.guess(code, [*shape.values, *known])
        hint = absence_hint(code) or near or _choice(shape)
        faults.add("not-a-value", at, f"{quoted(code)} is not a value of {quoted(name)}", hint)
        return None
    return Given(shape.children.get(code, frozenset()) | {code}, code)


def _hierarchy(shape: Shape) -> list[str]:
    """The codes that stand in the hierarchy, above or beneath others."""
    return sorted({*shape.children, *(code for under in shape.children.values() for code in under)})


def _choice(shape: Shape) -> str | None:
    return f"its values are {listed(shape.values)}" if shape.values else None


def _is_number(raw: object) -> bool:
    return not isinstance(raw, bool | str | dict | list) and raw is not None
