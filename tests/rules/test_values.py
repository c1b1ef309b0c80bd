"""Numbers, units and other values as a rule file writes them, one at a time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from screener.diagnostics import Span
from screener.ir import Bound, Limit, OfLimit
from screener.rules.faults import Faults
from screener.rules.source import Entries, Text, read_source
from screener.rules.values import Literal, number_and_unit, read_number, unit_factor
from screener.units import factors_into
from screener.vocabulary import Shape, Type

ALT = Shape(Type.QUANTITY, "U/L", dict(factors_into("U/L")))
Told = list[tuple[str, str, str | None]]


def read(text: str, shape: Shape = ALT) -> tuple[Literal | None, Told]:
    faults = Faults("x.yaml")
    node = read_source(f"at_most: {text}\n", faults)
    assert isinstance(node, Entries)
    ((_, value),) = node.entries
    assert isinstance(value, Text)
    found = read_number(value, shape, faults, what="alt")
    return found, [(one.id, one.message, one.hint) for one in faults.found]


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("40 U/L", Literal(Decimal(40))),
        ("2.5 x ULN", Literal(Decimal("2.5"), OfLimit(Limit.ULN, Decimal("2.5")))),
        ("ULN + 5 U/L", Literal(Decimal(1), OfLimit(Limit.ULN, Decimal(1), Decimal(5)))),
        ("2 x LLN - 5 U/L", Literal(Decimal(2), OfLimit(Limit.LLN, Decimal(2), Decimal(-5)))),
    ],
)
def test_a_limit_is_a_number_or_worked_out_from_that_of_the_laboratory(
    text: str, literal: Literal
) -> None:
    assert read(text) == (literal, [])


LONG = "9" * 61


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("platelets", ("bad-number", "`platelets` is not a number for `alt`", None)),
        ("2 x platelets", ("bad-limit", "`platelets` cannot be a limit here", None)),
        ("0 x ULN", ("bad-limit", "`0 x ULN` is not worked out from a reference limit", None)),
        ("0 x platelets", ("bad-number", "`0` is no number of times", None)),
        (
            "40 # U/L",
            (
                "unit-missing",
                "`40` has no unit",
                "what follows ` #` is a comment: put the value in quotes",
            ),
        ),
        ("40", ("unit-missing", "`40` has no unit", None)),
    ],
)
def test_what_is_no_limit_is_told(text: str, told: tuple[str, str, str | None]) -> None:
    assert read(text) == (None, [told])


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (f"{LONG} x ULN", "bad-limit"),
        (f"{LONG} x platelets", "bad-number"),
        (f"{LONG} U/L", "bad-number"),
    ],
)
def test_a_number_without_end_is_none(text: str, id: str) -> None:
    found, told = read(text)
    assert (found, [one[0] for one in told]) == (None, [id])


def test_another_value_is_the_limit_that_it_is_said_to_be() -> None:
    bound = OfLimit(Limit.ULN, Decimal(2))
    node = Text("2 x platelets", "x.yaml", 1, 1, 13)
    found = read_number(node, ALT, Faults("x.yaml"), what="alt", named=lambda *_: bound)
    assert found == Literal(Decimal(2), bound)


def test_another_value_that_cannot_be_the_limit_makes_none() -> None:
    def refuse(node: Text, factor: Decimal, name: str) -> Bound | None:
        assert (factor, name) == (Decimal(2), "platelets")
        return None

    node = Text("2 x platelets", "x.yaml", 1, 1, 13)
    assert read_number(node, ALT, Faults("x.yaml"), what="alt", named=refuse) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("4.1 10*9/L", (Decimal("4.1"), "10*9/L")),
        ("4.1", (Decimal("4.1"), "")),
        (f"{LONG} mg", None),
        ("mg", None),
    ],
)
def test_a_number_stands_before_its_unit(text: str, read: tuple[Decimal, str] | None) -> None:
    assert number_and_unit(text) == read


@pytest.mark.parametrize(
    ("written", "unit", "message"),
    [
        # A day is a seventh of a week, which has no end as a decimal.
        ("d", "wk", "`d` cannot be converted exactly"),
        # This fact takes no weeks, though they could be converted.
        ("wk", "d", "`wk` cannot be converted exactly"),
        ("mg/dL", "d", "`mg/dL` does not measure `since`"),
    ],
)
def test_a_unit_that_does_not_do_is_refused_with_the_reason(
    written: str, unit: str, message: str
) -> None:
    faults = Faults("x.yaml")
    shape = Shape(Type.QUANTITY, unit)
    assert unit_factor(written, shape, Span("x.yaml", 1, 1), faults, "since") is None
    assert [one.message for one in faults.found] == [message]
