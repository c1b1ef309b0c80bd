"""Small faults, as an editor makes them, and what each tool has to say of them (`faults.yaml`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from screener.catalog import Edition, Place, places, read, shipped
from screener.diagnostics import RulesError
from screener.rules.load import read_protocol, read_vocabulary
from screener.vocabulary import Vocabulary
from screener.workbench.comparing import compare
from screener.workbench.proving import Proof, prove

HERE = Path(__file__).parent
CRITERIA = shipped("criteria")
FAULTS: dict[str, list[dict[str, Any]]] = yaml.load(
    (HERE / "faults.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)
_DATES = {"randomization": {"fact": "randomization"}, "resection": {"fact": "resection"}}


class Fault(NamedTuple):
    """One fault, and what has to be said of it."""

    kind: str
    number: int
    said: dict[str, Any]


def faults(*kinds: str) -> list[Any]:
    """The faults of some kinds, each with its place in the file."""
    found = [Fault(kind, n, one) for kind in kinds for n, one in enumerate(FAULTS[kind], 1)]
    return [pytest.param(one, id=f"{one.kind.replace(' ', '-')}-{one.number}") for one in found]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    path = CRITERIA / "vocabulary.yaml"
    return read_vocabulary(path.read_bytes(), path.name)


def version(said: dict[str, Any], words: Vocabulary) -> Edition:
    """A version with these criteria.

    Raises:
        RulesError: for a fault that `check` refuses.
    """
    sides = {
        side: [
            {"id": id, "text": "Made up.", "source": "1", "rule": _typed(rule)}
            for id, rule in zip(ids, said.get(side, ()), strict=False)
        ]
        for side, ids in (("inclusion", "ABC"), ("exclusion", "XY"))
        if said.get(side)
    }
    whole = {
        "trial": "XMPL-001",
        "title": "A made-up trial",
        "version": "1",
        "effective": "2026-01-01",
        "source": "made up",
        "age_at": "as_of",
        "dates": _DATES,
        "stages": [{"id": "S", "title": "S", **sides}],
    }
    reading = read_protocol(json.dumps(whole), "1.yaml", words)
    place = Place("XMPL-001", "1", Path("1.yaml"), Path("vocabulary.yaml"))
    return Edition(place, reading.protocol, reading.vocabulary, reading.warnings, "", "", b"", b"")


def _typed(rule: Any) -> Any:
    """The data as a rule file has it: all scalars are text, but yes and no."""
    if isinstance(rule, dict):
        return {word: _typed(said) for word, said in rule.items()}
    if isinstance(rule, list):
        return [_typed(one) for one in rule]
    return {"true": True, "false": False}.get(rule, rule)


@pytest.mark.parametrize("fault", faults("contradictions"))
def test_a_contradiction_is_found_with_the_criteria_that_clash(
    fault: Fault, words: Vocabulary
) -> None:
    proof = prove(version(fault.said, words))
    assert (proof.can_be_eligible, list(proof.clash)) == (False, fault.said["clash"])


@pytest.mark.parametrize("fault", faults("redundancies"))
def test_a_criterion_that_decides_nothing_of_its_own_is_found(
    fault: Fault, words: Vocabulary
) -> None:
    proof = prove(version(fault.said, words))
    assert proof.can_be_eligible is True
    assert list(proof.never_fails) == fault.said.get("never_fails", [])
    implied = [one.id for one in proof.implied if one.id not in proof.never_fails]
    assert implied == fault.said.get("implied", [])


@pytest.mark.parametrize("fault", faults("unreachable"))
def test_a_part_that_never_decides_is_found(fault: Fault, words: Vocabulary) -> None:
    proof = prove(version({"inclusion": [fault.said["rule"]]}, words))
    assert [str(one.test) for one in proof.idle] == fault.said["idle"]


@pytest.mark.parametrize("fault", faults("wrong units", "swapped limits", "windows off by one"))
def test_a_changed_limit_unit_or_window_is_told(fault: Fault, words: Vocabulary) -> None:
    was = version({"inclusion": [fault.said["was"]]}, words)
    told: dict[str, str] = {}
    try:
        now = version({"inclusion": [fault.said["is"]]}, words)
    except RulesError as error:
        (first, *_) = [one.id for one in error.diagnostics]
        told["check"] = first
    else:
        told |= {("check", one.id) for one in now.warnings}
        told["diff"] = compare(was, now).relation.value
    expected = {tool: fault.said[tool] for tool in ("check", "diff") if tool in fault.said}
    assert told == expected


@pytest.mark.parametrize("fault", faults("sound"))
def test_of_a_sound_trial_nothing_is_said(fault: Fault, words: Vocabulary) -> None:
    assert _alarms(prove(version(fault.said, words))) == (True, [], [], [], ())


#: What the sources say twice: the same question at two time points, or on both sides.
REPEATS = {
    "NCT01681446": {"P-E1", "P-E4", "P-E5"},
    "NCT00351195": {"I9", "I10", "E1", "E5"},
    "NCT01618253": {"I6", "E2"},
    "NCT02702401": {"E1.2", "E15"},
}


def shipped_versions() -> Iterator[Any]:
    for trial, versions in places([CRITERIA]).items():
        for place in versions:
            yield pytest.param(trial, place, id=f"{trial}@{place.version}")


@pytest.mark.parametrize(("trial", "place"), list(shipped_versions()))
def test_of_a_shipped_trial_nothing_is_said_but_its_repeats(trial: str, place: Place) -> None:
    can, never, implied, idle, undecided = _alarms(prove(read(place)))
    assert (can, never, idle, undecided) == (True, [], [], ())
    assert set(implied) == REPEATS.get(trial, set())


def _alarms(proof: Proof) -> tuple[bool | None, list[str], list[str], list[str], tuple[Any, ...]]:
    return (
        proof.can_be_eligible,
        list(proof.never_fails),
        [one.id for one in proof.implied],
        [f"{one.id} {one.test}" for one in proof.idle],
        proof.undecided,
    )


def test_there_are_at_least_150_faults() -> None:
    assert sum(len(each) for kind, each in FAULTS.items() if kind != "sound") >= 150
