"""The three truth values: every row of every table (semantics 1)."""

from __future__ import annotations

from itertools import product

import pytest

from screener.causes import Cause, foremost
from screener.truth import (
    OUTCOME,
    VERDICT,
    Outcome,
    Truth,
    Verdict,
    agreement,
    at_least,
    conjunction,
    disjunction,
    negation,
)

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE

#: left, right, and, or: semantics 1.3 and 1.4, written out.
TABLE = [
    (T, T, T, T),
    (T, U, U, T),
    (T, F, F, T),
    (U, T, U, T),
    (U, U, U, U),
    (U, F, F, U),
    (F, T, F, T),
    (F, U, F, U),
    (F, F, F, F),
]


def test_truths_have_an_order_of_their_own() -> None:
    assert sorted([T, F, U]) == [F, U, T]
    assert T > U > F
    assert not U > T
    assert not U > U
    assert not U < U


@pytest.mark.parametrize(("left", "right", "both", "either"), TABLE)
def test_two_truths_combine_as_kleene_says(
    left: Truth, right: Truth, both: Truth, either: Truth
) -> None:
    assert conjunction([left, right]) is both
    assert disjunction([left, right]) is either


def test_of_no_parts_all_hold_and_none_does() -> None:
    assert conjunction([]) is T
    assert disjunction([]) is F


@pytest.mark.parametrize(("truth", "contrary"), [(T, F), (U, U), (F, T)])
def test_not_changes_true_and_false_and_leaves_unknown(truth: Truth, contrary: Truth) -> None:
    assert negation(truth) is contrary


@pytest.mark.parametrize(
    ("count", "truths", "answer"),
    [
        (2, [T, T, F], T),
        (2, [T, U, F], U),
        (2, [T, F, F], F),
        (2, [U, U, F], U),
        (2, [U, F, F], F),
        (2, [T, T, U], T),
        (0, [F], T),
        (1, [], F),
    ],
)
def test_at_least_counts_the_certain_and_the_possible(
    count: int, truths: list[Truth], answer: Truth
) -> None:
    assert at_least(count, truths) is answer


@pytest.mark.parametrize(
    ("truths", "shared"), [([T, T], T), ([F], F), ([T, F], U), ([T, U], U), ([], U), ([U], U)]
)
def test_what_all_share_is_their_agreement(truths: list[Truth], shared: Truth) -> None:
    assert agreement(truths) is shared


def test_de_morgan_holds_for_every_pair() -> None:
    for left, right in product(Truth, repeat=2):
        assert negation(conjunction([left, right])) is disjunction(
            [negation(left), negation(right)]
        )


@pytest.mark.parametrize("three_valued", [*Truth, *Outcome, *Verdict])
def test_none_of_the_three_is_a_yes_or_a_no(three_valued: Truth | Outcome | Verdict) -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(three_valued)


def test_outcomes_and_verdicts_are_named_after_their_truths() -> None:
    assert OUTCOME == {T: Outcome.PASS, U: Outcome.UNKNOWN, F: Outcome.FAIL}
    assert VERDICT == {T: Verdict.ELIGIBLE, U: Verdict.UNDETERMINED, F: Verdict.INELIGIBLE}


def test_causes_are_named_in_the_order_of_the_semantics() -> None:
    # Semantics 3.1, from top to bottom.
    order = [
        *("conflict", "imprecise", "judgement", "no_range"),
        *("pending", "not_done", "asked_unknown", "not_in_record"),
        *("masked", "not_applicable", "inconclusive"),
        *("undated", "not_due", "missed", "stale", "missing"),
    ]
    assert [cause.value for cause in Cause] == order
    assert foremost([Cause.MISSING, Cause.STALE, Cause.PENDING]) is Cause.PENDING
    assert foremost([]) is Cause.MISSING
