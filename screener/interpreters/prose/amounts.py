"""Words for values and limits: `more than 40 10*9/L`, `between 3 and 8 cm`, `at most 5 x ULN`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeAlias, assert_never

from screener.days import iso_or_none
from screener.interpreters.prose.days import date_words
from screener.ir import (
    Bound,
    Fixed,
    Limit,
    OfAttribute,
    OfFact,
    OfLimit,
    OfNumber,
    Pick,
    Quantified,
    Relative,
    Requirement,
    Run,
    Selection,
    Tally,
)
from screener.quantities import Condition, Range, Value, decimal_text
from screener.selection.uses import facts_of
from screener.vocabulary import Shape, Type

_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])_(?=[0-9])")


#: What the value of another selection is called.
Naming: TypeAlias = Callable[[Selection], str]


def _by_name(selection: Selection) -> str:
    return code_words(next(facts_of(selection)))


def condition_words(
    condition: Requirement, shape: Shape, times: Limit | None = None, other: Naming = _by_name
) -> str:
    """What a value has to be, with its unit; `other` names the values it is compared with."""
    if isinstance(condition, Relative):
        return _relative(condition, shape, other)
    if not isinstance(condition, Range):
        return codes_words(condition, shape)
    if shape.type is Type.DATE:
        return _date_limit(condition)
    return range_words(condition) + (f" x {times.value}" if times else unit_words(shape))


def _relative(asked: Relative, shape: Shape, other: Naming) -> str:
    """Ends that are worked out with the record."""
    low = None if asked.low is None else _bound(asked.low, shape, other)
    high = None if asked.high is None else _bound(asked.high, shape, other)
    if low is not None and high is not None:
        return low if low == high else f"between {low} and {high}"
    if low is not None:
        return f"{'more than' if asked.low_open else 'at least'} {low}"
    return f"{'less than' if asked.high_open else 'at most'} {high}"


def _bound(bound: Bound, shape: Shape, other: Naming) -> str:
    match bound:
        case OfNumber():
            return f"{decimal_text(bound.number)}{unit_words(shape)}"
        case OfLimit():
            times = "" if bound.times == 1 and bound.plus else f"{decimal_text(bound.times)} x "
            words = f"{times}{bound.limit.value}"
            if not bound.plus:
                return words
            sign = "-" if bound.plus < 0 else "+"
            return f"{words} {sign} {decimal_text(abs(bound.plus))}{unit_words(shape)}"
        case OfAttribute():
            return f"{_times(bound.times)}{code_words(bound.name)}"
        case OfFact():
            return f"{_times(bound.times)}{other(bound.of)}"
        case _:
            assert_never(bound)


def _times(times: Decimal) -> str:
    return "" if times == 1 else f"{decimal_text(times)} x "


def asked_of(selection: Selection, condition: Condition) -> Requirement:
    """What is asked of the value: the condition, or what the selection asks of it already."""
    if isinstance(selection, Fixed | Pick) and selection.judged is not None:
        return selection.judged
    return condition


def bounds_words(condition: Condition, shape: Shape, times: Limit | None = None) -> str:
    """The limits as something to be above or below: `limit of more than 40`, `range of 3 to 8`."""
    if isinstance(condition, Range) and condition.low is not None and condition.high is not None:
        unit = f" x {times.value}" if times else unit_words(shape)
        return f"range of {decimal_text(condition.low)} to {decimal_text(condition.high)}{unit}"
    return f"limit of {condition_words(condition, shape, times)}"


def times_of(selection: Selection) -> Limit | None:
    """The reference limit of which the values of a selection are multiples."""
    match selection:
        case Fixed() | Pick() | Quantified() | Tally() | Run():
            return selection.times
        case _:
            return None


def unit_words(shape: Shape) -> str:
    """The unit behind a number, with its space; nothing for a plain number."""
    if shape.unit == "1":
        return ""
    return " years" if shape.unit == "a" else f" {shape.unit}"


def codes_words(codes: Iterable[str | bool], shape: Shape) -> str:
    """Values of a list, in the order in which they are declared, the broadest that say it all."""
    given = set(codes)
    covered = {one for code in given for one in shape.children.get(str(code), ())}
    order = {value: rank for rank, value in enumerate(shape.values)}
    kept = sorted(given - covered, key=lambda one: (order.get(str(one), len(order)), str(one)))
    words = [code_words(one) for one in kept]
    if shape.type is Type.ORDINAL and len(kept) > 1:
        return _places(words, [code_words(one) for one in shape.values])
    return listed(words, "or")


def _places(words: list[str], scale: list[str]) -> str:
    """Some places of a scale: `at least 2`, where they are all from one on."""
    if words == scale[-len(words) :]:
        return f"at least {words[0]}"
    if words == scale[: len(words)]:
        return f"at most {words[-1]}"
    first = scale.index(words[0])
    if len(words) > 2 and words == scale[first : first + len(words)]:
        return f"{words[0]} to {words[-1]}"
    return listed(words, "or")


def code_words(code: str | bool) -> str:
    """One value of a list, yes or no."""
    if isinstance(code, bool):
        return ("no", "yes")[code]
    return _BETWEEN_NUMBERS.sub("-", code).replace("_", " ")


def range_words(range_: Range) -> str:
    """An interval as a limit on numbers."""
    low, high = range_.low, range_.high
    if low is not None and low == high:
        return decimal_text(low)
    if low is not None and high is not None:
        if not range_.low_open and not range_.high_open:
            return f"between {decimal_text(low)} and {decimal_text(high)}"
        return f"{range_words(Range(low, None, range_.low_open))} and " + range_words(
            Range(None, high, False, range_.high_open)
        )
    if low is not None:
        return f"{'more than' if range_.low_open else 'at least'} {decimal_text(low)}"
    if high is not None:
        return f"{'less than' if range_.high_open else 'at most'} {decimal_text(high)}"
    return "any number"


def values_words(values: Iterable[Value]) -> str:
    """What a value may be, where there are several ways."""
    return " or ".join(dict.fromkeys(_value(one) for one in values))


def listed(words: list[str], last: str) -> str:
    """`a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _value(value: Value) -> str:
    if not isinstance(value, Range):
        return listed(sorted(code_words(one) for one in value), "or")
    if value.low is not None and value.high is not None and value.low != value.high:
        return f"{decimal_text(value.low)} to {decimal_text(value.high)}"
    return range_words(value)


def _date_limit(condition: Range) -> str:
    low = None if condition.low is None else iso_or_none(int(condition.low))
    high = None if condition.high is None else iso_or_none(int(condition.high))
    if low and high:
        return date_words(low) if low == high else f"{date_words(low)} to {date_words(high)}"
    if low:
        return f"{'after' if condition.low_open else 'on or after'} {date_words(low)}"
    return f"{'before' if condition.high_open else 'on or before'} {date_words(high or '')}"
