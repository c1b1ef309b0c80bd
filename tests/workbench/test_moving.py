"""Who moves between two versions, and because of which criteria, whatever those are called."""

from __future__ import annotations

from screener.days import parse_days
from screener.intake.profile import read_profile
from screener.truth import Verdict
from screener.workbench.moving import Counts, Moves, moves
from tests.workbench.made import Json, edition, stage

A, C = {"fact": "a", "is": True}, {"fact": "c", "is": "p"}


def x(limit: str) -> Json:
    return {"fact": "x", "at_most": limit}


def moved(old: Json, new: Json, **facts: object) -> Moves:
    """What becomes of one patient."""
    before, after = edition(old), edition(new)
    day = parse_days("2026-11-24")
    assert day is not None
    profile = {"patient": "P", "facts": facts}
    sheet = read_profile(profile, before.vocabulary, as_of=day.first)
    return moves(before, after, [(sheet, day.first)])


def test_a_criterion_that_only_changed_its_name_moves_nobody() -> None:
    """K2 is called N2; K1 is what became stricter: 4 is at most 5 and not at most 3."""
    found = moved(stage({"K1": x("5"), "K2": A}), stage({"N2": A, "K1": x("3")}), x=4)
    (one,) = found.movers
    assert (one.old, one.new) == (Verdict.UNDETERMINED, Verdict.INELIGIBLE)
    assert [(why.id, why.was) for why in one.because] == [("K1", None)]


def test_under_both_names_a_criterion_is_counted_once() -> None:
    found = moved(stage({"K1": C, "K2": A}), stage({"N2": A, "K1": C}), a=False, c="p")
    failed, passed = Counts(0, 1, 0), Counts(1, 0, 0)
    assert [tuple(one) for one in found.criteria] == [
        ("N2", "K2", failed, failed),
        ("K1", None, passed, passed),
    ]
    assert found.to_json()["counts"][0]["was"] == "K2"


def test_a_name_given_to_another_rule_is_another_criterion() -> None:
    """K1 asked for A and now asks of X what K2 asked; K2 is gone."""
    found = moved(stage({"K1": A, "K2": x("3")}), stage({"K1": x("3")}), a=False, x=2)
    assert [(why.id, why.was) for why in found.movers[0].because] == [("K1", None)]
    assert [(one.id, one.old is None, one.new is None) for one in found.criteria] == [
        ("K1", False, False),
        ("K2", False, True),
    ]
