"""The typed door for programs: `load_trial` and `Trial.screen`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

import screener
from screener import Outcome, ProfileError, RulesError, Trial, UnknownTrial, Verdict
from tests.cli.support import CRITERIA, patient

DAY = "2026-11-24"


@pytest.fixture
def trial() -> Trial:
    return screener.load_trial("XMPL-001", criteria=CRITERIA)


def test_a_profile_may_be_a_mapping_or_json_text_and_the_day_a_date_or_text(trial: Trial) -> None:
    profile = patient("A")
    answers = {
        json.dumps(trial.screen(given, as_of=day).to_json())
        for given in (profile, json.dumps(profile), MappingProxyType(profile))
        for day in (DAY, date(2026, 11, 24))
    }
    assert len(answers) == 1
    assert trial.screen(profile, as_of=DAY).verdict is Verdict.ELIGIBLE


def test_facts_that_are_already_read_are_judged_alike(trial: Trial) -> None:
    from screener.intake.profile import read_profile

    profile = patient("A", platelets=149)
    sheet = read_profile(profile, trial.newest.vocabulary)
    assert trial.screen(sheet, as_of=DAY) == trial.screen(profile, as_of=DAY)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (150.0, Outcome.PASS),
        (149.9, Outcome.FAIL),
        (Decimal("150.00"), Outcome.PASS),
        (Decimal("149.999999999999999999999"), Outcome.FAIL),
    ],
)
def test_numbers_of_a_mapping_are_the_decimals_they_are_written_as(
    trial: Trial, value: object, outcome: Outcome
) -> None:
    record = {"value": value, "unit": "10*9/L", "date": date(2026, 11, 24)}
    profile = {"facts": {"platelets": record, "smoker": False}}
    first = trial.screen(profile, as_of=DAY).criteria[0]
    assert (first.id, first.outcome) == ("I1", outcome)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_a_value_that_json_cannot_hold_is_a_fault_of_the_profile(
    trial: Trial, value: object
) -> None:
    with pytest.raises(ProfileError):
        trial.screen({"facts": {"smoker": value}}, as_of=DAY)


def test_without_a_day_there_is_no_answer_and_no_clock_stands_in(trial: Trial) -> None:
    with pytest.raises(ProfileError) as caught:
        trial.screen(patient("A"))
    assert [fault.pointer for fault in caught.value.faults] == ["/as_of"]
    assert trial.screen(patient("A") | {"as_of": DAY}).as_of == DAY


def test_two_different_days_are_an_error_that_names_both(trial: Trial) -> None:
    profile = patient("A") | {"as_of": "2026-11-25"}
    with pytest.raises(ProfileError, match=r"2026-11-25.*2026-11-24") as caught:
        trial.screen(profile, as_of=DAY)
    assert caught.value.patient == "A"


def test_a_day_that_is_none_is_the_callers_mistake(trial: Trial) -> None:
    with pytest.raises(ValueError, match="`2026-11`"):
        trial.screen(patient("A"), as_of="2026-11")


def test_a_bare_name_picks_the_version_for_each_screening_and_a_pinned_one_does_not() -> None:
    profile = patient("A", platelets=120, date="2025-06-01")
    bare = screener.load_trial("XMPL-001", criteria=CRITERIA)
    assert [bare.screen(profile, as_of=day).version for day in ("2025-06-01", DAY)] == [
        "1.0",
        "2.0",
    ]
    for pinned in (
        screener.load_trial("XMPL-001@1.0", criteria=[CRITERIA]),
        screener.load_trial(CRITERIA / "XMPL-001" / "1.0.yaml"),
        screener.load_trial("XMPL-001", as_of=date(2025, 12, 31), criteria=str(CRITERIA)),
    ):
        assert pinned.pinned
        assert {pinned.screen(profile, as_of=day).version for day in ("2024-01-01", DAY)} == {"1.0"}


def test_a_bare_name_knows_its_newest_title_and_its_first_day(trial: Trial) -> None:
    assert (trial.id, trial.title) == ("XMPL-001", "A made-up trial, second version")
    with pytest.raises(UnknownTrial, match="2025-01-01"):
        trial.screen(patient("A"), as_of="2024-12-31")
    with pytest.raises(UnknownTrial, match="2025-01-01"):
        screener.load_trial("XMPL-001", as_of="2024-12-31", criteria=CRITERIA)


def test_an_unknown_name_says_what_is_near() -> None:
    with pytest.raises(UnknownTrial) as caught:
        screener.load_trial("XMPL-002", criteria=CRITERIA)
    assert caught.value.hint == "did you mean `XMPL-001`?"


def test_of_a_trial_in_two_folders_the_first_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "XMPL-001").mkdir()
    text = (CRITERIA / "XMPL-001" / "1.0.yaml").read_text(encoding="utf-8")
    (tmp_path / "XMPL-001" / "1.0.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "vocabulary.yaml").write_bytes((CRITERIA / "vocabulary.yaml").read_bytes())
    own = screener.load_trial("XMPL-001", criteria=[tmp_path, CRITERIA])
    assert [one.protocol.version for one in own.editions] == ["1.0"]


def test_all_faults_of_a_rule_file_come_with_their_places(tmp_path: Path) -> None:
    text = (CRITERIA / "XMPL-001" / "1.0.yaml").read_text(encoding="utf-8")
    path = tmp_path / "bad.yaml"
    (tmp_path / "vocabulary.yaml").write_bytes((CRITERIA / "vocabulary.yaml").read_bytes())
    path.write_text(text.replace("fact: platelets", "fact: x").replace("fact: smoker", "fact: y"))
    with pytest.raises(RulesError) as caught:
        screener.load_trial(path)
    # Counted in the file: the rules of I1 and E1.
    assert [one.span.line for one in caught.value.diagnostics] == [14, 19]


def test_a_version_with_a_draft_is_tried_out_but_screens_nobody(tmp_path: Path) -> None:
    shutil.copytree(CRITERIA, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "XMPL-001" / "2.0.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("text: Smoker.", "text: Smoker.\n        draft: true"))
    for name in ("XMPL-001@2.0", path):
        with pytest.raises(RulesError, match="draft"):
            screener.load_trial(name, criteria=tmp_path)
    bare = screener.load_trial("XMPL-001", criteria=tmp_path)
    with pytest.raises(RulesError, match="draft"):
        bare.screen(patient("A"), as_of=DAY)
    assert bare.screen(patient("A", date="2025-06-01"), as_of="2025-06-01").version == "1.0"


def test_the_answer_says_what_it_rests_on(trial: Trial) -> None:
    answer: Mapping[str, object] = trial.screen(patient("A"), as_of=DAY).to_json()
    edition = trial.newest
    assert answer["rules_sha256"] == edition.rules_sha256
    assert answer["vocabulary_sha256"] == edition.vocabulary_sha256
    assert answer["engine"] == screener.__version__


def test_a_result_is_no_yes_or_no(trial: Trial) -> None:
    result = trial.screen(patient("A"), as_of=DAY)
    for three_valued in (result, result.verdict, result.criteria[0].outcome):
        with pytest.raises(TypeError, match="three"):
            bool(three_valued)
