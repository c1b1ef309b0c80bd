"""What is read as a number, to its last digit, and what is refused (semantics 9.2, 10.1, 10.2)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from screener.intake.faults import Faults
from screener.intake.known import Between
from screener.intake.numbers import number_of, read_quantity
from screener.quantities import Range
from screener.vocabulary import Shape, Type
from tests.intake.vocabulary import NUMBER, quantity

PLATELETS = quantity("10*9/L")
SHARE = Shape(Type.QUANTITY, "1", {"%": Decimal("0.01")})


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (10**60 - 1, True),
        (10**60, False),
        (-(10**59), True),
        (-(10**60), False),
        (Decimal("1." + "0" * 58), True),
        (Decimal("1." + "0" * 59), False),
        (Decimal("1e999"), True),
        (Decimal("1e1000"), False),
        (Decimal("1e-999"), True),
        (Decimal("1e-1000"), False),
        (Decimal("NaN"), False),
        (0.1, True),
    ],
)
def test_a_number_has_60_digits_and_an_exponent_of_three(
    raw: int | float | Decimal, read: bool
) -> None:
    assert number_of(raw) == (Decimal(str(raw)) if read else None)


def told(raw: object, shape: Shape, unit: str | None = None) -> list[tuple[str, str, str | None]]:
    faults = Faults()
    assert read_quantity(raw, shape, "platelets", "/x", faults, unit) is None
    return [(one.id, one.message, one.hint) for one in faults.found]


@pytest.mark.parametrize("raw", [[1], {}, None])
def test_what_is_no_number_is_called_what_it_is(raw: object) -> None:
    said = {list: "a list", dict: "an object", type(None): "nothing"}[type(raw)]
    assert told(raw, NUMBER) == [("bad-number", f"{said} is not a number", None)]


def test_a_text_of_more_than_200_letters_is_not_looked_at() -> None:
    assert told("1 " + "x" * 198, PLATELETS)[0][0] == "unknown-unit"
    assert told("1 " + "x" * 199, PLATELETS)[0][0] == "bad-number"


def test_the_same_unknown_unit_twice_is_one_unknown_unit() -> None:
    assert [one[0] for one in told("1 furlong", PLATELETS, "furlong")] == ["unknown-unit"]


def test_a_unit_is_guessed_among_those_that_fit() -> None:
    assert told("1 Thousnd/uL", PLATELETS)[0][2] == "did you mean `Thousand/uL`?"


def test_units_of_a_plain_number_are_listed_where_it_has_any() -> None:
    assert told("1 mg", SHARE)[0][2] == "units that do: `1`, `%`"
    assert told("1 mg", NUMBER)[0][2] == "write the number alone"


def test_a_converted_number_is_kept_as_it_was_written_without_exponent() -> None:
    for raw, text in ((Decimal("1e3"), "1000"), (1000, "1000"), (Decimal("1000.0"), "1000.0")):
        found = read_quantity(raw, PLATELETS, "platelets", "/x", Faults(), "/mm3")
        assert found is not None
        # 1000 per cubic millimetre are 1 * 10^9 per litre.
        assert (found.original, found.shown, found.unit, found.written) == (
            text, "1", "10*9/L", "/mm3",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "value"),
    [
        ("3", "5", Range(Decimal(3), Decimal(5))),
        ("5", "5", Range(Decimal(5), Decimal(5))),
        (">=3", "<=5", Range(Decimal(3), Decimal(5))),
    ],
)
def test_a_number_between_two_is_the_interval_from_the_lower_to_the_upper(
    low: str, high: str, value: Range
) -> None:
    faults = Faults()
    found = read_quantity(Between(low, high), PLATELETS, "x", "/x", faults, "10*9/L")
    assert found is not None
    assert (found.value, faults.found) == (value, [])


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [
        ("5", "3", "the lower number is above the upper one"),
        ("<3", "5", "the lower number is above the upper one"),
        ("3", ">5", "the lower number is above the upper one"),
        ("low", "5", "`low` is not a number"),
        ("3", "high", "`high` is not a number"),
    ],
)
def test_two_numbers_that_bound_nothing_are_refused(low: str, high: str, message: str) -> None:
    faults = Faults()
    assert read_quantity(Between(low, high), PLATELETS, "x", "/x", faults, "10*9/L") is None
    assert [one.message for one in faults.found] == [message]
