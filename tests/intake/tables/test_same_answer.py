"""The example patients of a trial get the same answer from a profile, a wide and a long table."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from screener.diagnostics import ProfileError
from screener.facts import FactSheet
from screener.intake.tables.patients import read_table
from screener.rules.load import Case, read_cases
from screener.trial import Trial, load_trial
from tests.intake.tables import written

CRITERIA = Path(__file__).parents[3] / "criteria"
VERSION = "2018-05-30"
FILE = CRITERIA / "NCT01681446" / f"{VERSION}.cases.yaml"
CASES = read_cases(FILE.read_bytes(), FILE.name)


@pytest.fixture(scope="module")
def trial() -> Trial:
    return load_trial(f"NCT01681446@{VERSION}", criteria=CRITERIA)


@pytest.mark.parametrize("form", [written.wide, written.long], ids=["wide", "long"])
def test_example_patients_get_the_same_answer_from_a_table(
    trial: Trial, form: Callable[[str, Mapping[str, Any]], str]
) -> None:
    compared = 0
    for case in CASES:
        patient = case.profile.get("patient") or "EX"
        try:
            table = form(patient, case.profile)
        except written.NotInATable:
            continue
        said = {**case.profile, "patient": patient}
        assert _from_table(trial, table, case) == _from_profile(trial, said, case), case.name
        compared += 1
    assert compared >= 60, "most example patients can be written as a table"


def _from_table(trial: Trial, table: str, case: Case) -> object:
    stream = io.BytesIO(table.encode())
    taken = list(read_table(stream, "table.csv", trial.newest.vocabulary))
    (sheet,) = [one.sheet for one in taken if one.sheet is not None]
    if isinstance(sheet, ProfileError):
        return "refused"
    assert isinstance(sheet, FactSheet)
    return trial.screen(sheet, as_of=case.as_of).to_json()


def _from_profile(trial: Trial, profile: Mapping[str, Any], case: Case) -> object:
    try:
        return trial.screen(profile, as_of=case.as_of).to_json()
    except ProfileError:
        return "refused"
