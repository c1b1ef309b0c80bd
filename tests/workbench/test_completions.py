"""Whether a profile with gaps can be completed to one of somebody eligible."""

from __future__ import annotations

from datetime import date
from typing import Any

from screener import load_trial
from screener.intake.profile import read_profile
from screener.truth import Verdict
from screener.workbench.completing import Completion, complete

TRIAL = "NCT01681446@2018-05-30"
DAY = "2026-11-24"
#: 35 days after the resection: the baseline visit's window, day 28 to 42, is open.
RESECTED = {"resection": "2026-10-20", "randomization": "2026-11-24"}


def completed(**facts: Any) -> Completion:
    edition = load_trial(TRIAL).newest
    as_of = date.fromisoformat(DAY).toordinal()
    profile = {"patient": "P", "as_of": DAY, "facts": RESECTED | facts}
    sheet = read_profile(profile, edition.vocabulary, as_of=as_of)
    return complete(edition, profile, sheet, as_of)


def lab(value: str, unit: str, day: str = DAY) -> dict[str, str]:
    return {"value": value, "unit": unit, "date": day}


def test_gaps_that_can_be_filled_are_filled_and_screened() -> None:
    found = completed(platelets=lab("150", "10*9/L"))
    assert (found.verdict, found.can_be_eligible) == ("undetermined", True)
    assert found.witness is not None
    facts = found.witness.profile["facts"]
    assert facts["platelets"] == lab("150", "10*9/L")
    assert "platelets" not in found.added
    assert load_trial(TRIAL).screen(found.witness.to_json()).verdict is Verdict.ELIGIBLE


def test_what_is_settled_and_fails_clashes_with_its_criterion_alone() -> None:
    found = completed(sex="female", pregnant={"value": True, "date": DAY})
    assert found.can_be_eligible is False
    assert (len(found.clash), found.facts) == (1, ("sex", "pregnant"))


def test_a_value_too_old_to_count_is_a_gap_that_a_new_one_fills() -> None:
    found = completed(platelets=lab("20", "10*9/L", "2026-10-01"))
    assert found.can_be_eligible is True
    assert found.witness is not None
    kept = found.witness.profile["facts"]["platelets"]
    assert lab("20", "10*9/L", "2026-10-01") in kept


def test_a_pending_result_is_a_gap() -> None:
    found = completed(platelets={"absent": "pending", "date": DAY})
    assert found.can_be_eligible is True


def test_a_result_that_counts_and_fails_is_not_measured_again() -> None:
    found = completed(platelets=lab("30", "10*9/L"))
    assert found.can_be_eligible is False
    assert (found.clash, found.facts) == (("B-I1",), ("platelets",))
