"""What a comparison of a rule file asks of a value, one at a time (semantics 9)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from screener.ir import Limit, OfAttribute, OfLimit, OfNumber, Relative, Requirement
from screener.quantities import Range
from screener.rules.conditions import COMPARATORS, Compared, read_comparison
from screener.rules.faults import Faults
from screener.rules.source import Entries, Text, read_source
from screener.rules.words import Words
from screener.units import factors_into
from screener.vocabulary import Shape, Type

ALT = Shape(
    Type.QUANTITY,
    "U/L",
    dict(factors_into("U/L")),
    plausible=(Decimal(10), Decimal(1000)),
)
PAIN = Shape(Type.NUMBER, plausible=(Decimal(0), Decimal(10)))
ROUTE = Shape(Type.CODE, values=("oral", "intravenous"))
ULN, LLN = Limit.ULN, Limit.LLN
Told = list[tuple[str, str, str | None, str | None]]


def named(node: Text, times: Decimal, name: str) -> OfAttribute:
    """Every other value is an attribute of the record."""
    return OfAttribute(name, times)


def read(text: str, shape: Shape = ALT) -> tuple[tuple[Compared, ...] | None, Told]:
    faults = Faults("x.yaml")
    node = read_source(f"{{{text}}}\n", faults)
    assert isinstance(node, Entries)
    words = Words(node, faults, COMPARATORS, "a leaf")
    found = read_comparison(words, shape, faults, what="alt", named=named)
    told = [(one.id, one.message, one.expected, one.hint) for one in faults.found]
    return None if found is None else found.parts, told


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("at_least: 40 U/L", Range(Decimal(40), None)),
        ("less_than: 40 U/L", Range(None, Decimal(40), high_open=True)),
        ("is: 40 U/L", Range(Decimal(40), Decimal(40))),
        ("between: [40 U/L, 40 U/L]", Range(Decimal(40), Decimal(40))),
        ("between: [30 U/L, 40 U/L]", Range(Decimal(30), Decimal(40))),
        # With something added it is no multiple.
        ("at_most: ULN + 5 U/L", Relative(None, OfLimit(ULN, Decimal(1), Decimal(5)))),
        # A number of times is no number of the same kind as a limit.
        (
            "between: [40 U/L, 2 x ULN]",
            Relative(OfNumber(Decimal(40)), OfLimit(ULN, Decimal(2))),
        ),
        (
            "between: [20 x LLN, 15 U/L]",
            Relative(OfLimit(LLN, Decimal(20)), OfNumber(Decimal(15))),
        ),
        # Of two limits, or with different numbers added, nobody knows which is higher.
        (
            "between: [3 x LLN, 2 x ULN]",
            Relative(OfLimit(LLN, Decimal(3)), OfLimit(ULN, Decimal(2))),
        ),
        (
            "between: [3 x ULN - 40 U/L, 2 x ULN]",
            Relative(OfLimit(ULN, Decimal(3), Decimal(-40)), OfLimit(ULN, Decimal(2))),
        ),
        # Nor of another value.
        (
            "between: [3 x ULN, 2 x dose]",
            Relative(OfLimit(ULN, Decimal(3)), OfAttribute("dose", Decimal(2))),
        ),
        (
            "between: [3 x dose, 2 x ULN]",
            Relative(OfAttribute("dose", Decimal(3)), OfLimit(ULN, Decimal(2))),
        ),
        ("at_most: 2 x dose", Relative(None, OfAttribute("dose", Decimal(2)))),
    ],
)
def test_a_comparison_is_a_range(text: str, asked: Requirement) -> None:
    assert read(text) == ((Compared(asked),), [])


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("at_most: 2 x ULN", None, Fraction(2)),
        ("between: [0.5 x ULN, 2 x ULN]", Fraction(1, 2), Fraction(2)),
        ("between: [2 x ULN, 2 x ULN]", Fraction(2), Fraction(2)),
    ],
)
def test_multiples_of_one_limit_are_a_range_of_ratios(
    text: str, low: Fraction | None, high: Fraction | None
) -> None:
    assert read(text) == ((Compared(Range(low, high), ULN),), [])


EMPTY = ("empty-range", "no value meets this condition", "`[low, high]`", None)


@pytest.mark.parametrize("text", ["[40 U/L, 30 U/L]", "[3 x ULN, 2 x ULN]"])
def test_ends_that_cross_are_told(text: str) -> None:
    assert read(f"between: {text}") == (None, [EMPTY])


@pytest.mark.parametrize(
    ("text", "shape", "told"),
    [
        (
            "at_least: [40 U/L]",
            ALT,
            ("text-expected", "`at_least` takes one value", None, None),
        ),
        (
            "is: [oral]",
            ROUTE,
            (
                "text-expected",
                "`is` takes one value",
                None,
                "a list of values is `one_of`",
            ),
        ),
        ("one_of: [oral, ' ']", ROUTE, ("value-missing", "`one_of` has no value", None, None)),
        (
            "at_most: 4000 U/L",
            ALT,
            (
                "limit-implausible",
                "`4000 U/L` is outside the plausible values of `alt`",
                "from 10 to 1000 U/L",
                "look at the unit and the decimal point",
            ),
        ),
        (
            "at_most: 50",
            PAIN,
            (
                "limit-implausible",
                "`50` is outside the plausible values of `alt`",
                "from 0 to 10",
                "look at the unit and the decimal point",
            ),
        ),
    ],
)
def test_what_is_no_comparison_is_told(
    text: str, shape: Shape, told: tuple[str, str, str | None, str | None]
) -> None:
    assert read(text, shape) == (None, [told])
