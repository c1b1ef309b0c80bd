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
#: Every version of every study, and how many of its example patients a table can hold.
FILES = sorted(CRITERIA.glob("*/*.cases.yaml"))


def test_all_five_studies_have_patients_to_compare() -> None:
    assert {path.parent.name for path in FILES} >= {
        "KIM-2023",
        "KUBO-2001",
        "NCT00234182",
        "NCT01681446",
        "OKUNO-1998",
    }


@pytest.mark.parametrize("form", [written.wide, written.long], ids=["wide", "long"])
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_example_patients_get_the_same_answer_from_a_table(
    file: Path, form: Callable[[str, Mapping[str, Any]], str]
) -> None:
    trial = load_trial(file.with_name(file.name.replace(".cases", "")), criteria=CRITERIA)
    cases = read_cases(file.read_bytes(), file.name)
    compared = 0
    for case in cases:
        patient = case.profile.get("patient") or "EX"
        try:
            table = form(patient, case.profile)
        except written.NotInATable:
            continue
        said = {**case.profile, "patient": patient}
        assert _from_table(trial, table, case) == _from_profile(trial, said, case), case.name
        compared += 1
    assert compared > len(cases) * 3 / 4, "most example patients can be written as a table"


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
