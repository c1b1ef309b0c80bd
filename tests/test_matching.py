"""The order of several trials' answers, their remedies, and the shortest list of facts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from screener.causes import Cause
from screener.matching import Match, in_order, match_of, not_judged, shortest_list
from screener.result import CohortResult, CriterionResult, Missing, Remedy, Result
from screener.truth import Outcome, Truth, Verdict

NO, NEW = Remedy("none"), Remedy("new_result")


def result(
    trial: str,
    verdict: Verdict,
    *,
    missing: Sequence[str] = (),
    failing: Sequence[Remedy] = (),
    cohorts: Sequence[str] = (),
) -> Result:
    """`missing`: facts as `name` or `name:cost`; `failing`: the remedies of failing criteria."""
    lacks = [one.partition(":") for one in missing]
    criteria = [_criterion("P1", Outcome.PASS, None)]
    criteria += [_criterion(f"F{n}", Outcome.FAIL, one) for n, one in enumerate(failing, 1)]
    return Result(
        trial=trial,
        version="1.0",
        rules_sha256="",
        vocabulary_sha256="",
        engine="0",
        patient="A",
        as_of="2026-11-24",
        verdict=verdict,
        cohorts=tuple(CohortResult(one, verdict) for one in cohorts),
        stages=(),
        criteria=tuple(criteria),
        missing=tuple(
            Missing(fact, fact.upper(), Cause.MISSING, ("P1",), None, cost or "chart")
            for fact, _, cost in lacks
        ),
        warnings=(),
        strata=(),
        arms=(),
        not_encoded=(),
        next_change=None,
    )


def _criterion(id_: str, outcome: Outcome, remedy: Remedy | None) -> CriterionResult:
    return CriterionResult(
        id=id_,
        stage="S",
        kind="inclusion",
        text="",
        source=None,
        outcome=outcome,
        applies=Truth.TRUE,
        sentence=f"Sentence of {id_}.",
        remedy=remedy,
        because=(),
        set_aside=(),
        valid_until=None,
    )


def waiting(trial: str, *missing: str) -> Match:
    return match_of(result(trial, Verdict.UNDETERMINED, missing=missing))


def steps(*matches: Match) -> list[tuple[list[str], list[str]]]:
    return [(list(one.facts), list(one.trials)) for one in shortest_list(matches)]


def test_eligible_comes_first_then_the_fewest_missing_then_ineligible_then_not_judged() -> None:
    matches = [
        not_judged("A", "not in force"),
        match_of(result("B", Verdict.INELIGIBLE, failing=[NO])),
        waiting("C"),
        waiting("D", "x", "y"),
        waiting("F", "x"),
        waiting("E", "z"),
        match_of(result("G", Verdict.ELIGIBLE)),
    ]
    assert [one.trial for one in in_order(matches)] == ["G", "E", "F", "D", "C", "B", "A"]


def test_a_fact_missing_in_two_windows_is_one_missing_fact() -> None:
    twice = waiting("B", "x", "x")
    assert [one.trial for one in in_order([waiting("C", "x"), twice])] == ["B", "C"]


def test_the_reason_is_the_first_criterion_that_fails() -> None:
    match = match_of(result("A", Verdict.INELIGIBLE, failing=[NO, NEW]))
    assert match.reason == ("F1", "Sentence of F1.")


def test_a_failure_that_does_not_make_the_patient_ineligible_is_no_reason() -> None:
    undecided = result("A", Verdict.UNDETERMINED, failing=[NO], cohorts=["a", "b"])
    assert (match_of(undecided).reason, match_of(undecided).remedy) == (None, None)


@pytest.mark.parametrize(
    ("failing", "remedy"),
    [
        ([NO], NO),
        ([Remedy("wait", "2026-12-01"), NO], NO),
        ([NO, NEW], NO),
        ([Remedy("wait", "2026-12-01"), NEW], NEW),
        (
            [Remedy("wait", "2026-12-01"), Remedy("wait", "2027-01-01")],
            Remedy("wait", "2027-01-01"),
        ),
        ([Remedy("wait", "2026-12-01"), Remedy("wait", None)], Remedy("wait", None)),
    ],
)
def test_the_remedy_gets_past_every_criterion_against_it(
    failing: list[Remedy], remedy: Remedy
) -> None:
    assert match_of(result("A", Verdict.INELIGIBLE, failing=failing)).remedy == remedy


def test_with_cohorts_only_the_remedy_of_a_single_failure_is_told() -> None:
    one = result("A", Verdict.INELIGIBLE, failing=[NEW], cohorts=["a"])
    two = result("A", Verdict.INELIGIBLE, failing=[NEW, NO], cohorts=["a", "b"])
    assert match_of(one).remedy == NEW
    assert match_of(two).remedy is None


def test_the_fact_that_settles_most_trials_comes_first() -> None:
    found = steps(waiting("A", "x:chart"), waiting("B", "y:imaging"), waiting("C", "y:imaging"))
    assert found == [(["y"], ["B", "C"]), (["x"], ["A"])]


def test_of_facts_that_settle_as_many_trials_the_cheapest_comes_first() -> None:
    found = steps(waiting("A", "x:biopsy"), waiting("B", "y:blood_draw"), waiting("C", "z:asked"))
    assert [facts for facts, _ in found] == [["z"], ["y"], ["x"]]


def test_a_step_lists_only_what_the_steps_before_have_not_brought() -> None:
    found = steps(waiting("A", "x", "y"), waiting("B", "x"), waiting("C", "x", "y", "z"))
    assert found == [(["x"], ["B"]), (["y"], ["A"]), (["z"], ["C"])]


def test_two_facts_that_settle_three_trials_together_come_before_one_that_settles_one() -> None:
    """Three trials for two facts are more a fact than one trial for one."""
    both = [waiting(trial, "x", "y") for trial in "ABC"]
    assert steps(waiting("D", "z"), *both) == [(["x", "y"], ["A", "B", "C"]), (["z"], ["D"])]


def test_what_settles_a_trial_on_the_way_to_others_is_taken_first() -> None:
    """Both facts settle four trials, two a fact; the cheaper one alone settles one already."""
    both = [waiting(trial, "x:imaging", "y:asked") for trial in "ABC"]
    assert steps(*both, waiting("D", "y:asked")) == [(["y"], ["D"]), (["x"], ["A", "B", "C"])]


def test_trials_that_wait_for_no_fact_are_not_settled_by_any() -> None:
    decided = match_of(result("A", Verdict.ELIGIBLE))
    assert steps(decided, waiting("B"), not_judged("C", "not in force")) == []
