"""The amendment of NCT01681446 that moved the baseline window from day 20-30 to day 28-42."""

from __future__ import annotations

import pytest

from screener import load_trial
from screener.truth import Verdict
from screener.workbench.comparing import compare
from screener.workbench.comparison import Comparison, Direction, Relation
from screener.workbench.proving import prove

OLD, NEW = "NCT01681446@2012-08-23", "NCT01681446@2018-05-30"
#: Judged at baseline, so the window decides; B-E2 has a window of its own.
WINDOWED = {"B-I1", "B-I2", "B-E3", "B-E4", "B-E7"}
#: "Has had": a no is good if said on or after the day the window opens, which is now later.
EVER = {"B-E1", "B-E5", "B-E6"}


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(load_trial(OLD).newest, load_trial(NEW).newest)


def test_the_amendment_lets_some_in_and_keeps_others_out(compared: Comparison) -> None:
    assert compared.relation is Relation.BOTH


def test_naming_the_specimen_is_stricter_and_the_text_says_so(compared: Comparison) -> None:
    (change,) = [one for one in compared.criteria if one.id == "P-I3"]
    assert (change.relation, change.text_changed, change.rule_changed) == (
        Relation.STRICTER,
        True,
        True,
    )


def test_moving_the_window_changes_rules_whose_texts_stand(compared: Comparison) -> None:
    by_id = {one.id: one for one in compared.criteria}
    assert {one.id for one in compared.criteria if one.rule_changed} == {"P-I3"} | WINDOWED | EVER
    assert {by_id[id].relation for id in WINDOWED} == {Relation.BOTH}
    assert {by_id[id].relation for id in EVER} == {Relation.STRICTER}
    assert not any(by_id[id].text_changed for id in WINDOWED | EVER)


def test_every_patient_shown_is_judged_as_said(compared: Comparison) -> None:
    old, new = load_trial(OLD), load_trial(NEW)
    assert {one.direction for one in compared.examples} == {Direction.GAINED, Direction.LOST}
    for one in compared.examples:
        profile = one.witness.to_json()
        assert (old.screen(profile).verdict, new.screen(profile).verdict) == (one.old, one.new)


def test_what_the_protocol_asks_twice_is_found_to_be_implied() -> None:
    proof = prove(load_trial(NEW).newest)
    assert proof.can_be_eligible is True
    assert {(one.id, one.by) for one in proof.implied} == {
        ("P-E1", ("B-E1",)),
        ("P-E4", ("B-E5",)),
        ("P-E5", ("B-E6",)),
    }
    assert (proof.never_fails, proof.undecided) == ((), ())
    assert proof.witness is not None
    assert load_trial(NEW).screen(proof.witness.to_json()).verdict is Verdict.ELIGIBLE
