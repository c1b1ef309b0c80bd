"""Example patients found for a version: they exercise all of it, and answer as they say."""

from __future__ import annotations

import pytest

from screener.catalog import Place, places, read, shipped
from screener.cli.cases import judged_cases
from screener.rules.load import read_cases
from screener.trial import Trial, load_trial
from screener.workbench import examples
from screener.workbench.arranging import Effort
from screener.workbench.case_file import case_file
from screener.workbench.coverage import coverage
from screener.workbench.examples import NobodyEligible, find_examples
from tests.cli.support import CRITERIA
from tests.workbench.made import edition, stage

#: Every version is a unit of the campaign of proofs; here one of each trial but the longest.
TRIALS = [
    pytest.param(place, id=f"{trial}@{versions[0].version}")
    for trial, versions in places([shipped("criteria")]).items()
    for place in versions[:1]
    if trial != "NCT02702401"
]


def not_exercised(place: Place) -> list[str]:
    """What the examples found for a version do not exercise of it, by name."""
    version = read(place)
    cases = read_cases(case_file(version, find_examples(version)), "found.cases.yaml")
    missed = coverage(version, judged_cases(version, cases)).missed
    return [f"{place.trial}@{place.version}: {one}" for one in missed]


@pytest.mark.parametrize("place", TRIALS)
def test_the_examples_found_exercise_all_of_a_shipped_trial(place: Place) -> None:
    assert not_exercised(place) == []


def test_each_example_is_judged_as_the_file_says() -> None:
    version = load_trial("NCT00234182").newest
    trial = Trial((version,), pinned=True)
    for case in read_cases(case_file(version, find_examples(version)), "found.cases.yaml"):
        result = trial.screen(case.profile, as_of=case.as_of)
        assert (case.name, result.verdict.value) == (case.name, case.verdict)
        outcomes = {one.id: one.outcome.value for one in result.criteria}
        assert case.criteria.items() <= outcomes.items()


def test_both_sides_of_a_limit_and_the_edges_of_a_window_are_there() -> None:
    """XMPL-001: platelets of at least 150, dated within 14 days before 24 November 2026."""
    version = read(load_trial(CRITERIA / "XMPL-001" / "2.0.yaml").newest.place)
    text = case_file(version, find_examples(version))
    cases = {one.name: one for one in read_cases(text, "found.cases.yaml")}
    assert cases["I1 fails"].verdict == "ineligible"
    assert cases["I1 cannot be told"].verdict == "undetermined"
    assert cases["E1 fails"].profile["facts"]["smoker"] == {"value": True}
    values = {
        (float(one.profile["facts"]["platelets"]["value"]), one.criteria.get("I1", "pass"))
        for one in cases.values()
        if "platelets" in one.profile["facts"]
    }
    assert (150, "pass") in values
    assert any(value < 150 and said == "fail" for value, said in values)
    assert cases["Platelets of 2026-11-10"].verdict == "eligible"
    assert cases["Platelets of 2026-11-09"].verdict == "undetermined"


def test_what_cannot_happen_is_named_as_impossible() -> None:
    never = {"all_of": [{"fact": "x", "at_most": "1"}, {"fact": "x", "at_least": "3"}]}
    version = edition(stage({"K1": {"fact": "a", "is": True}}, {"K2": never}))
    found = find_examples(version)
    assert {(one.criterion, one.what) for one in found.impossible if one.leaf is None} == {
        ("K2", "fail"),
        ("K2", "decisive"),
    }
    assert found.not_found == ()


def test_where_nobody_is_eligible_there_is_nobody_to_start_from() -> None:
    with pytest.raises(NobodyEligible) as caught:
        find_examples(
            edition(stage({"K1": {"fact": "a", "is": True}, "K2": {"fact": "a", "is": False}}))
        )
    assert caught.value.clash == ("K1", "K2")


def test_what_is_not_found_in_time_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no effort left after the first patient, whatever he does not show is not found."""
    version = edition(stage({"K1": {"fact": "a", "is": True}, "K2": {"fact": "x", "at_most": "3"}}))
    monkeypatch.setattr(examples, "Effort", lambda *_: Effort(0))
    found = find_examples(version)
    assert {(one.criterion, one.what) for one in found.not_found if one.leaf is None} >= {
        ("K1", "fail"),
        ("K2", "fail"),
    }
    assert found.impossible == ()
    assert "# No patient was found for this: K1" in case_file(version, found)
