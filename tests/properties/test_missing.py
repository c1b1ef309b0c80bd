"""`missing` is empty once the verdict is decided, and otherwise says what to fetch (13.2)."""

from __future__ import annotations

import pytest

from screener.truth import Verdict
from tests.properties.patients import Trial, shown


def check(seed: str, patients: int = 60) -> tuple[int, list[str]]:
    """How many patients were looked at, and where `missing` was wrong."""
    trial = Trial(seed, 4, patients)
    unclear = {
        one["id"]
        for one in trial.criteria()
        if "defect" in one and "resolved_by" not in one["defect"]
    }
    broken = []
    for profile, as_of in trial.patients:
        result = trial.screen(profile, as_of)
        open_criteria = {one.id for one in result.criteria if one.outcome.value == "unknown"}
        needed = {name for one in result.missing for name in one.needed_by}
        problem = ""
        if result.verdict is not Verdict.UNDETERMINED:
            problem = "something is missing for a decided verdict" if result.missing else ""
        elif not needed <= open_criteria:
            problem = f"needed by criteria that are decided: {needed - open_criteria}"
        elif not result.missing:
            # Only missed windows and misprints leave nothing to fetch.
            causes = {
                entry.cause.value
                for one in result.criteria
                if one.id in open_criteria - unclear
                for entry in one.because
                if entry.cause is not None
            }
            problem = "" if causes <= {"missed"} else f"nothing to fetch in spite of {causes}"
        if problem:
            broken.append(f"{seed}: {problem}\n" + shown(trial, profile, as_of))
    return len(trial.patients), broken


@pytest.mark.parametrize("number", range(6))
def test_missing_is_empty_exactly_where_there_is_nothing_to_fetch(number: int) -> None:
    seen, broken = check(f"missing-{number}")
    assert seen == 60
    assert not broken, "\n\n".join(broken[:2])
