"""What the log holds gives every answer again; another engine's answers are compared with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import screener.log.append
from screener.catalog import folders, places, read
from screener.cli.cases import cases_of
from screener.intake.sources import Form, read_source
from screener.log.append import append, append_all
from screener.log.changes import Change
from screener.log.entries import Draft, Evaluation, Screening
from screener.log.read import Filter
from screener.log.replay import replay
from screener.log.store import Log
from screener.workbench.replaying import answer
from tests.log.support import AT, WHO, everything, trial

ROOT = Path(__file__).parents[2]
_TABLE = b"""patient,platelets,platelets.unit,platelets.date,postoperative_infection
T-1,150,10*9/L,2026-11-20,false
T-2,<90,10*9/L,2026-11,false
T-3,,,,true
"""


def test_every_answer_is_given_again_byte_by_byte(log: Log) -> None:
    everything(log)
    found = list(replay(log, Filter()))
    assert [one.line.seq for one in found] == [1, 2, 3, 6, 8, 10]
    assert all(one.same_engine for one in found)
    assert [one.differences for one in found] == [(), (), (), (), None, ()]


@pytest.mark.parametrize("name", ["sqlite"], indirect=True)
def test_the_shipped_example_patients_are_given_again_byte_by_byte(log: Log) -> None:
    drafts: list[Draft] = []
    for versions in places(folders([ROOT / "criteria"])).values():
        for place in versions:
            edition = read(place)
            for case in cases_of(place):
                result = answer(edition, case)
                evaluation = Evaluation(
                    inputs=case.profile,
                    result=result,
                    rules=edition.rules_text,
                    vocabulary=edition.vocabulary_text,
                )
                drafts.append(Screening(evaluation=evaluation, who=WHO, when=AT))
    append_all(log, drafts)
    found = list(replay(log, Filter()))
    assert len(found) == len(drafts) > 10
    assert all(one.differences == () for one in found)


def test_facts_from_a_table_are_given_again_byte_by_byte(log: Log, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_bytes(_TABLE)
    one = trial()
    verdicts = []
    with table.open("rb") as stream:
        taken = list(read_source(Form.CSV, [("patients.csv", stream)], one.newest.vocabulary))
    for patient in taken:
        sheet = patient.sheet
        if sheet is None:
            continue
        assert not isinstance(sheet, Exception)
        result = one.screen(sheet, as_of="2026-11-24")
        verdicts.append(result.verdict.value)
        evaluation = Evaluation(
            inputs=sheet,
            result=result,
            rules=one.newest.rules_text,
            vocabulary=one.newest.vocabulary_text,
        )
        append(log, Screening(evaluation=evaluation, who=WHO, when=AT))
    assert verdicts == ["eligible", "undetermined", "ineligible"]
    assert [found.differences for found in replay(log, Filter())] == [(), (), ()]


@pytest.mark.parametrize("name", ["sqlite"], indirect=True)
def test_another_engine_is_compared_outcome_by_outcome(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if an older engine had found the patient ineligible by I1 and had not known E1.
    one = trial()
    profile = {
        "patient": "S-1",
        "facts": {
            "platelets": {"value": 150, "unit": "10*9/L", "date": "2026-11-20"},
            "postoperative_infection": {"value": False, "date": "2026-11-20"},
        },
    }
    result = one.screen(profile, as_of="2026-11-24")
    then = result.to_json()
    then["verdict"] = then["stages"][0]["verdict"] = "ineligible"
    then["criteria"] = then["criteria"][:1]
    then["criteria"][0]["outcome"] = "fail"
    monkeypatch.setattr(screener.log.append, "VERSION", "0.0.9")
    monkeypatch.setattr(screener.log.entries, "result_text", lambda _: json.dumps(then))
    evaluation = Evaluation(
        inputs=profile,
        result=result,
        rules=one.newest.rules_text,
        vocabulary=one.newest.vocabulary_text,
    )
    append(log, Screening(evaluation=evaluation, who=WHO, when=AT))
    monkeypatch.undo()
    (found,) = replay(log, Filter())
    assert not found.same_engine
    assert found.differences == (
        Change("verdict", "ineligible", "eligible"),
        Change("stage screening", "ineligible", "eligible"),
        Change("I1", "fail", "pass"),
        Change("E1", None, "pass"),
    )
