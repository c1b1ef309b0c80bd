"""Values and conditions as intervals and sets of codes (semantics 9 and 10)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from screener.quantities import (
    Range,
    decimal_text,
    empty,
    hexadecimal,
    holds,
    meet,
    parse_decimal,
    point,
)
from screener.truth import Truth

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE

AT_LEAST_5 = Range(5, None)
MORE_THAN_5 = Range(5, None, low_open=True)
AT_MOST_5 = Range(None, 5)
LESS_THAN_5 = Range(None, 5, high_open=True)
TO_10 = Range(5, 10)
FIVE = point(5)


@pytest.mark.parametrize(
    ("value", "condition", "truth"),
    [
        # One number: the limit itself and a step to either side.
        (FIVE, AT_LEAST_5, T),
        (FIVE, MORE_THAN_5, F),
        (FIVE, AT_MOST_5, T),
        (FIVE, LESS_THAN_5, F),
        (point(Decimal("4.99")), AT_LEAST_5, F),
        (point(Decimal("5.01")), MORE_THAN_5, T),
        (point(Decimal("5.01")), AT_MOST_5, F),
        (point(Decimal("4.99")), AT_MOST_5, T),
        (point(Decimal("4.99")), LESS_THAN_5, T),
        (point(10), TO_10, T),
        (point(Fraction(31, 3)), TO_10, F),
        # `<5` is every number below 5.
        (LESS_THAN_5, AT_LEAST_5, F),
        (LESS_THAN_5, LESS_THAN_5, T),
        (LESS_THAN_5, AT_MOST_5, T),
        (AT_MOST_5, LESS_THAN_5, U),
        (AT_MOST_5, AT_LEAST_5, U),
        (AT_MOST_5, MORE_THAN_5, F),
        (LESS_THAN_5, TO_10, F),
        (LESS_THAN_5, Range(3, None), U),
        (LESS_THAN_5, Range(None, 4), U),
        # `>=5`, `>5`.
        (AT_LEAST_5, AT_LEAST_5, T),
        (AT_LEAST_5, MORE_THAN_5, U),
        (MORE_THAN_5, AT_LEAST_5, T),
        (MORE_THAN_5, MORE_THAN_5, T),
        (MORE_THAN_5, AT_MOST_5, F),
        (AT_LEAST_5, TO_10, U),
        # Known to lie between two numbers.
        (Range(6, 7), TO_10, T),
        (Range(4, 7), TO_10, U),
        (Range(7, 11), TO_10, U),
        (Range(6, 7), MORE_THAN_5, T),
        (Range(3, 4), LESS_THAN_5, T),
        (Range(3, 5), AT_MOST_5, T),
        (Range(11, 12), TO_10, F),
        (Range(5, 10, high_open=True), TO_10, T),
        (Range(5, 10), Range(5, 10, high_open=True), U),
        (Range(None, None), AT_LEAST_5, U),
        (Range(None, None), Range(None, None), T),
    ],
)
def test_a_condition_holds_if_every_possible_value_meets_it(
    value: Range, condition: Range, truth: Truth
) -> None:
    assert holds(value, condition) is truth


@pytest.mark.parametrize(
    ("value", "condition", "truth"),
    [({"a"}, {"a", "b"}, T), ({"a", "b"}, {"a"}, U), ({"c"}, {"a", "b"}, F), ({True}, {True}, T)],
)
def test_a_code_holds_if_each_it_may_be_is_asked_for(
    value: set[str | bool], condition: set[str | bool], truth: Truth
) -> None:
    assert holds(frozenset(value), frozenset(condition)) is truth


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("2.50", "2.5"), ("-0.1", "-0.1"), ("+7", "7"), ("010", "10"), ("1e3", "1000")),
        *(("1E-2", "0.01"), ("0", "0"), ("9" * 60, "9" * 60)),
    ],
)
def test_a_plain_decimal_is_read_exactly(text: str, number: str) -> None:
    parsed = parse_decimal(text)
    assert parsed == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "1,5", ".5", "5.", "1e1000", "NaN", "Infinity", "0x10", " 1", "1_000", "9" * 61, "٣"],
)
def test_what_is_no_plain_decimal_is_not_read_as_one(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("2.50"), "2.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.0"), "0"),
        (Decimal("100"), "100"),
        (7, "7"),
        (Fraction(4, 3), "4/3"),
        (Fraction(1, 2), "0.5"),
    ],
)
def test_a_number_is_shown_without_exponent_and_needless_zeros(
    number: Decimal | Fraction | int, text: str
) -> None:
    assert decimal_text(number) == text


@pytest.mark.parametrize(
    ("interval", "nothing"),
    [
        (Range(1, 2), False),
        (Range(1, 2, low_open=True, high_open=True), False),
        (Range(2, 1), True),
        (Range(1, 1), False),
        (Range(1, 1, low_open=True), True),
        (Range(1, 1, high_open=True), True),
        (Range(None, 1), False),
        (Range(1, None), False),
    ],
)
def test_an_interval_is_empty_if_its_ends_cross_or_exclude_each_other(
    interval: Range, nothing: bool
) -> None:
    assert empty(interval) is nothing


OPEN_5, TO_OPEN_10 = Range(5, None, low_open=True), Range(None, 10, high_open=True)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (AT_LEAST_5, Range(None, 10), Range(5, 10)),
        (Range(5, 10), Range(7, 12), Range(7, 10)),
        (Range(5, 10), Range(2, 8), Range(5, 8)),
        (Range(5, 10), Range(None, None), Range(5, 10)),
        (Range(5, 10), Range(6, 9), Range(6, 9)),
        # Of the same end the open one leaves its number out; a farther open end changes nothing.
        (AT_LEAST_5, OPEN_5, OPEN_5),
        (OPEN_5, AT_LEAST_5, OPEN_5),
        (AT_LEAST_5, Range(4, None, low_open=True), AT_LEAST_5),
        (Range(None, 10), TO_OPEN_10, TO_OPEN_10),
        (TO_OPEN_10, Range(None, 10), TO_OPEN_10),
        (Range(None, 10), Range(None, 11, high_open=True), Range(None, 10)),
        (OPEN_5, Range(6, None), Range(6, None)),
        (TO_OPEN_10, Range(None, 9), Range(None, 9)),
        # An end of one side has nothing to do with the other side.
        (Range(5, None), Range(None, 10, high_open=True), Range(5, 10, high_open=True)),
        (Range(None, 10), Range(5, None, low_open=True), Range(5, 10, low_open=True)),
    ],
)
def test_what_two_intervals_share_is_bounded_by_the_nearer_ends(
    one: Range, other: Range, both: Range
) -> None:
    assert meet(one, other) == both
    assert meet(other, one) == both


def test_a_whole_number_is_shown_with_every_digit() -> None:
    # 2**53 + 1, which a float cannot hold.
    assert decimal_text(9007199254740993) == "9007199254740993"


def test_a_point_is_one_number() -> None:
    assert point(5) == Range(5, 5)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0x10", "hexadecimal is not read; write `16`"),
        ("< 0x10 mg", "hexadecimal is not read; write `16`"),
        ("10", None),
        ("0x10.5", None),
    ],
)
def test_hexadecimal_is_known_by_its_beginning(text: str, hint: str | None) -> None:
    assert hexadecimal(text) == hint
