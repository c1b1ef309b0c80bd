"""The example patients of a shipped trial come out the same in FHIR as in the form of a profile."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from screener.facts import FactSheet
from screener.intake.fhir.reader import read_fhir
from screener.result import Result
from screener.rules.cases import Case
from screener.rules.load import read_cases
from screener.trial import Trial, load_trial
from tests.intake.fhir.translate import Untold, translated

_FOLDER = Path(__file__).parents[3] / "criteria" / "NCT01681446"
_CASES = _FOLDER / "2018-05-30.cases.yaml"


@cache
def trial() -> Trial:
    return load_trial(_FOLDER / "2018-05-30.yaml")


def told() -> list[tuple[Case, dict[str, Any], Any]]:
    """The cases that can be said in FHIR."""
    found = []
    vocabulary = trial().newest.vocabulary
    for case in read_cases(_CASES.read_bytes(), _CASES.name):
        try:
            profile = json.loads(json.dumps(case.profile, default=str))
            bundle, site = translated(profile, vocabulary, case.as_of or "")
        except Untold:
            continue
        found.append((case, bundle, site))
    return found


def screened(case: Case, bundle: Mapping[str, Any], site: Any) -> Result:
    edition = trial().newest
    inputs = [("patient.json", io.BytesIO(json.dumps(bundle).encode()))]
    (taken,) = read_fhir(inputs, edition.vocabulary, site=site)
    assert isinstance(taken.sheet, FactSheet)
    doubtful = [one for one in taken.entries if one.kind.value in ("unknown", "rejected")]
    assert not doubtful, doubtful
    return trial().screen(taken.sheet, as_of=case.as_of)


_TOLD = told()


def test_most_example_patients_can_be_told_in_fhir() -> None:
    names = {case.name for case, _, _ in _TOLD}
    every = read_cases(_CASES.read_bytes(), _CASES.name)
    examples = {case.name for case in every if case.name.startswith("Example: ")}
    assert len(examples) >= 9
    assert examples <= names
    assert len(names) > len(every) * 3 / 4


@pytest.mark.parametrize(("case", "bundle", "site"), _TOLD, ids=[one.name for one, _, _ in _TOLD])
def test_a_patient_comes_out_the_same_in_fhir(case: Case, bundle: Any, site: Any) -> None:
    result = screened(case, bundle, site)
    profile = json.loads(json.dumps(case.profile, default=str))
    expected = trial().screen(profile, as_of=case.as_of)
    assert {one.id: one.outcome for one in result.criteria} == {
        one.id: one.outcome for one in expected.criteria
    }
    assert result.verdict is expected.verdict
    if case.verdict is not None:
        assert result.verdict.value == case.verdict
    outcomes = {one.id: one.outcome.value for one in result.criteria}
    assert {name: outcomes[name] for name in case.criteria} == dict(case.criteria)
