"""`valid_until` and `next_change` against screening again on each of the following days (13.3)."""

from __future__ import annotations

from datetime import date

import pytest

from screener.result import Result
from tests.properties.patients import Trial, later, outcomes, shown

#: How many days are screened again.
HORIZON = 120


def check(seed: str, patients: int = 5) -> tuple[int, list[str]]:
    """How many days were screened, and the promises that were broken."""
    trial = Trial(seed, 8, patients)
    broken = []
    for profile, as_of in trial.patients:
        today = trial.screen(profile, as_of)
        days = [trial.screen(profile, later(as_of, days)) for days in range(1, HORIZON + 1)]
        for problem in _broken_promises(today, days, as_of):
            name = None if problem.startswith("next") else problem.split()[0]
            broken.append(f"{seed}: {problem}\n" + shown(trial, profile, as_of, name))
    return len(trial.patients) * HORIZON, broken


def _broken_promises(today: Result, days: list[Result], as_of: date) -> list[str]:
    found = []
    later_outcomes = [outcomes(day) for day in days]
    for one in today.criteria:
        course = [day[one.id] for day in later_outcomes]
        changed = _first_change(one.outcome.value, course)
        until = None if changed is None else later(as_of, changed - 1).isoformat()
        if not _kept(one.valid_until, until, as_of):
            found.append(f"{one.id} valid until {one.valid_until}, really {until}")
    changed = _first_change(today.verdict.value, [day.verdict.value for day in days])
    when = None if changed is None else later(as_of, changed).isoformat()
    if not _kept(today.next_change, when, as_of):
        found.append(f"next change {today.next_change}, really {when}")
    return found


def _first_change(now: str, course: list[str]) -> int | None:
    """How many days on the first different answer is."""
    return next((day for day, answer in enumerate(course, 1) if answer != now), None)


def _kept(said: str | None, seen: str | None, as_of: date) -> bool:
    """What was said is what was seen; beyond the horizon nothing is seen."""
    if seen is None:
        return said is None or said >= later(as_of, HORIZON).isoformat()
    return said == seen


# Of these none takes more than some seconds; any other is for the campaign.
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_outcomes_stand_as_long_as_said_and_no_longer(number: int) -> None:
    days, broken = check(f"standing-{number}", patients=2)
    assert days == 240
    assert not broken, "\n\n".join(broken[:2])
