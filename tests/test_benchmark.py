"""The benchmark compares like with like: the function written by hand and the engine agree."""

from __future__ import annotations

import json
from collections import Counter

import screener
from benchmarks import baseline
from benchmarks.__main__ import HERE, TASKS, outcomes
from benchmarks.patients import AS_OF, flat_patients, profile

TRIAL = screener.load_trial(HERE / "trial.yaml")
VOCABULARY = TRIAL.newest.vocabulary
SHARES = (0.0, 0.05, 0.3)


def test_the_trial_has_the_27_criteria_and_35_facts_of_the_comparison() -> None:
    assert len(TRIAL.newest.protocol.criteria) == 27
    assert len(TRIAL.newest.protocol.selections) == len(VOCABULARY) == 35


def test_the_engine_gives_the_verdict_of_the_function_written_by_hand() -> None:
    seen: Counter[str] = Counter()
    for share in SHARES:
        for number, patient in enumerate(flat_patients(VOCABULARY, 1000, share, seed=11)):
            expected = baseline.verdict(patient)
            seen[expected] += 1
            for dated in (False, True) if number < 100 else (False,):
                text = profile(VOCABULARY, patient, number, dated=dated)
                assert json.loads(outcomes(TRIAL, text))["verdict"] == expected, text
    # All three answers occur often enough for the agreement to mean something.
    assert min(seen.values()) > 100, seen
    assert len(seen) == 3


def test_the_generator_repeats_itself_and_leaves_out_the_share_asked_for() -> None:
    once, again = (flat_patients(VOCABULARY, 1000, 0.05, seed=5) for _ in range(2))
    assert once == again
    missing = sum(value is None for patient in once for value in patient.values())
    # 35,000 draws with a chance of 5 %: 1,750, give or take six standard deviations of 41.
    assert abs(missing - 1750) < 246


def test_what_is_timed_as_an_answer_names_the_outcome_of_every_criterion() -> None:
    (patient,) = flat_patients(VOCABULARY, 1, 0.0, seed=1)
    said = json.loads(outcomes(TRIAL, profile(VOCABULARY, patient, 1)))
    assert list(said["outcomes"]) == [one.id for one in TRIAL.newest.protocol.criteria]
    assert set(TASKS) >= {"judged", "outcomes", "result"}
    assert AS_OF > "2026-01-01", "the trial is in force on the day of screening"
