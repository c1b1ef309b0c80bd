"""Reads the arms of a trial and what each gives: drug, amount, and what the amount is measured by.

It decides which amounts can be worked out for a patient; none of it is ever judged. Source:
semantics 13.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from screener import units
from screener.diagnostics import Span
from screener.ir import Arm, Dose, Size, Test
from screener.quantities import EXACT, Range
from screener.rules.criteria import read_id
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.frame import each, unlike
from screener.rules.scope import Scope, Setting
from screener.rules.selections import newest
from screener.rules.source import Items, Node, Text
from screener.rules.values import number_and_unit
from screener.rules.words import Words, items_of, text_of
from screener.vocabulary import Fact, Type

_ARM_WORDS = ("id", "title", "text", "source", "doses")
_DOSE_WORDS = (
    "drug", "amount", "per", "at_most", "as_printed", "route", "schedule", "option",
)  # fmt: skip
#: The source names no formula for what an amount is measured by.
NOT_STATED = "not_stated"
#: A body is measured in numbers above this.
_THERE = Range(Decimal(0), None, True)
_EXAMPLE = "such as `6 MIU`, `10 MIU/m2`, or `[2 mg, 4 mg]` for a range"


def read_arms(words: Words, scope: Scope) -> tuple[Arm, ...]:
    """The treatment arms."""
    faults = scope.faults
    found, places = [], dict[str, Span]()
    for inner in each(words, "arms", _ARM_WORDS, "an arm", faults):
        name = read_id(inner, "id", faults)
        doses = tuple(
            dose
            for one in each(inner, "doses", _DOSE_WORDS, "a dose", faults)
            for dose in _dose(one, scope)
        )
        found.append(
            Arm(name, inner.needed_prose("title"), inner.prose("text"),
                inner.prose("source"), doses)
        )  # fmt: skip
        unlike(name, inner, places, faults)
    return tuple(found)


class _Amount(NamedTuple):
    """An amount in `unit`, per square metre or kilogram where there is a `size`."""

    low: Decimal
    high: Decimal
    unit: str
    size: Size | None


def _dose(words: Words, scope: Scope) -> Iterator[Dose]:
    """The dose, unless a fault kept it from being read."""
    faults = scope.faults
    drug = words.needed_prose("drug")
    if ("amount" in words) == ("as_printed" in words):
        faults.error(
            "dose-amount",
            words.key("amount"),
            "an amount that can be read needs no words of the source"
            if "amount" in words
            else "the dose has no amount",
            expected="`amount`, or `as_printed` where the source's words are no amount with a unit",
        )
        return
    amount = None
    node = words.get("amount")
    if node is not None:
        amount = _amount(node, faults)
        if amount is None:
            return
    per = _per(words, amount, scope)
    yield Dose(
        drug=drug,
        low=amount and amount.low,
        high=amount and amount.high,
        unit=amount and amount.unit,
        size=amount and amount.size,
        per=per,
        cap=None if amount is None or amount.size is None else _cap(words, amount, faults),
        as_printed=words.prose("as_printed"),
        route=words.prose("route"),
        schedule=words.prose("schedule"),
        option=words.prose("option"),
    )
    if "at_most" in words and (amount is None or amount.size is None):
        _clash(words, "at_most", faults)


# --- amounts ----------------------------------------------------------------------------------


def _amount(node: Node, faults: Faults) -> _Amount | None:
    """One amount, or the range from the first to the second."""
    if not isinstance(node, Items):
        one = _quantity(node, faults)
        return None if one is None else _sized(one[0], one[0], one[1])
    parts = [_quantity(part, faults) for part in items_of(node, faults, "`amount`")]
    if len(parts) != 2:
        faults.error("dose-amount", node.span, "a range has two ends", expected=_EXAMPLE)
        return None
    low, high = parts
    if low is None or high is None:
        return None
    if low[1] != high[1] or low[0] >= high[0]:
        faults.error(
            "dose-amount",
            node.span,
            "the ends of the range have different units"
            if low[1] != high[1]
            else "the range does not begin with the lesser amount",
            expected=_EXAMPLE,
        )
        return None
    return _sized(low[0], high[0], low[1])


def _sized(low: Decimal, high: Decimal, code: str) -> _Amount:
    unit, _, under = code.rpartition("/")
    size = next((one for one in Size if one.value == under), None)
    return _Amount(low, high, code, None) if size is None else _Amount(low, high, unit, size)


def _quantity(node: Node, faults: Faults) -> tuple[Decimal, str] | None:
    """A number above zero and the UCUM code of its unit."""
    text = text_of(node, faults, "`amount`")
    if text is None:
        return None
    read = number_and_unit(text)
    if read is None or read[0] <= 0:
        faults.error("bad-number", node.span, f"{quoted(text)} is not an amount", expected=_EXAMPLE)
        return None
    number, written = read
    code = units.canonical(written) if written else None
    if not written:
        faults.error("unit-missing", node.span, f"{quoted(text)} has no unit", expected=_EXAMPLE)
    elif code is None:
        faults.error(
            "unknown-unit",
            node.span,
            f"{quoted(written)} is not a known unit",
            hint=nearest(written, units.known_units())
            or "a unit that means something of its own in the source is given `as_printed`",
        )
    return None if code is None else (number, code)


def _cap(words: Words, amount: _Amount, faults: Faults) -> Decimal | None:
    """The most of one dose, in the unit of the amount."""
    node = words.get("at_most")
    cap = None if node is None else _quantity(node, faults)
    if node is None or cap is None:
        return None
    number, code = cap
    factor = Decimal(1) if code == amount.unit else units.factors_into(amount.unit).get(code)
    if factor is None:
        faults.error(
            "unit-mismatch",
            node.span,
            f"the most of one dose is not measured in {quoted(code)}",
            expected=f"a unit convertible to {quoted(amount.unit)}",
        )
        return None
    return EXACT.multiply(number, factor)


# --- what it is measured by -------------------------------------------------------------------


def _per(words: Words, amount: _Amount | None, scope: Scope) -> Test | None:
    """The fact that an amount per square metre or kilogram is multiplied by, if it is named."""
    faults = scope.faults
    node = words.get("per")
    if amount is None or amount.size is None:
        if node is not None:
            _clash(words, "per", faults)
        return None
    fitting = [name for name, fact in scope.facts.items() if _measures(fact, amount.size)]
    expected = one_of([*fitting, NOT_STATED])
    if node is None:
        faults.error(
            "dose-per",
            words.key("amount"),
            f"it is not said what an amount per {amount.size.value} is worked out with",
            expected=f"`per:` {expected}",
            hint=f"`per: {NOT_STATED}` where the source names none",
        )
        return None
    if isinstance(node, Text) and node.value == NOT_STATED:
        return None
    fact = scope.fact(node)
    if fact is None:
        return None
    if not _measures(fact, amount.size):
        faults.error(
            "dose-per",
            node.span,
            f"{quoted(fact.name)} is not measured in {amount.size.value}",
            expected=expected,
        )
        return None
    slot = scope.slots.number(newest(fact, scope, Setting()))
    return Test(slot, _THERE, span=node.span)


def _measures(fact: Fact, size: Size) -> bool:
    return fact.shape.type is Type.QUANTITY and fact.shape.unit == size.value


def _clash(words: Words, word: str, faults: Faults) -> None:
    beside = "an amount as printed" if "as_printed" in words else "a fixed amount"
    faults.error("words-clash", words.key(word), f"{quoted(word)} cannot stand beside {beside}")
