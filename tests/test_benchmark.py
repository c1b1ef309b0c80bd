"""The benchmark compares like with like: the function written by hand and the engine agree."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import pytest

import screener
from benchmarks import baseline, nodes, npm
from benchmarks.__main__ import HERE, TASKS, outcomes
from benchmarks.patients import AS_OF, flat_patients, profile
from benchmarks.peers import Peer, peers
from benchmarks.translation import CEL, CQL, FHIRPATH, Said, expressions, json_logic, json_rules
from screener.ir import Polarity

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


PROTOCOL = TRIAL.newest.protocol
WOMAN = "((P.sex = 'female') and (P.pregnant or P.lactating or P.urine_pregnancy_test_positive))"
FLAG = "portal_vein_main_thrombus"


@pytest.mark.parametrize(
    ("said", "number", "expected"),
    [
        (expressions(PROTOCOL, CQL), 26, WOMAN),
        (expressions(PROTOCOL, CQL), 9, f"(not (P.{FLAG}))"),
        (expressions(PROTOCOL, FHIRPATH), 16, "(child_pugh_class = 'A')"),
        (expressions(PROTOCOL, CEL), 15, "(platelets > 40.0)"),
        (json_logic(PROTOCOL), 9, {"!": [{"var": FLAG}]}),
        (json_rules(PROTOCOL), 9, {"all": [{"fact": FLAG, "operator": "equal", "value": False}]}),
    ],
)
def test_a_criterion_reads_in_another_language(said: Said, number: int, expected: object) -> None:
    assert said.each[number] == expected


# --- the peers, as far as `make bench` has installed them ---

PEERS, ABSENT = peers(PROTOCOL)
COMPLETE = flat_patients(VOCABULARY, 60, 0.0, seed=17)
INCOMPLETE = flat_patients(VOCABULARY, 60, 0.05, seed=19)
VERDICTS = [baseline.verdict(one) for one in COMPLETE]
#: An engine that is not there shows by its name and the reason.
NAMED = [
    *(pytest.param(one, id=one.name) for one in PEERS),
    *(pytest.param(None, id=one, marks=pytest.mark.skip(reason=one)) for one in ABSENT),
]


def test_complete_patients_are_of_both_kinds() -> None:
    assert Counter(VERDICTS).keys() == {baseline.ELIGIBLE, baseline.INELIGIBLE}


@pytest.mark.parametrize("peer", NAMED)
def test_a_peer_agrees_where_nothing_is_missing(peer: Peer) -> None:
    assert [peer.verdict(one) for one in COMPLETE] == VERDICTS


@cache
def of_node() -> dict[str, nodes.Ran]:
    """What Node says of the complete patients, then of those with facts missing."""
    try:
        return nodes.ask(PROTOCOL, [*COMPLETE, *INCOMPLETE])
    except npm.NotInstalled as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", nodes.ENGINES)
def test_an_engine_of_node_agrees_on_each_criterion_where_nothing_is_missing(name: str) -> None:
    ran, whole = of_node()[name], len(COMPLETE)
    assert ran.verdicts[:whole] == VERDICTS
    texts = [profile(VOCABULARY, one, number) for number, one in enumerate(COMPLETE)]
    sheets = [json.loads(outcomes(TRIAL, text))["outcomes"] for text in texts]
    # An exclusion criterion is passed where what it names is not so.
    assert ran.criteria[:whole] == [
        [(sheet[one.id] == "pass") is (one.kind is Polarity.INCLUSION) for one in PROTOCOL.criteria]
        for sheet in sheets
    ]


def test_the_function_in_javascript_is_the_function_in_python() -> None:
    expected = [*VERDICTS, *(baseline.verdict(one) for one in INCOMPLETE)]
    assert of_node()[nodes.BY_HAND].verdicts == expected
    assert len(set(expected)) == 3
