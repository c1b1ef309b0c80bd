"""The amendment of NCT01681446 on the patients of its page, by counting days."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from screener.trial import load_trial
from screener.truth import Outcome, Verdict
from tests.docs.readme import ROOT

RESECTION = date(2026, 10, 20)
PAGE = ROOT / "docs" / "amendment-nct01681446.md"
E, U, I = Verdict.ELIGIBLE, Verdict.UNDETERMINED, Verdict.INELIGIBLE  # noqa: E741

#: Days since the resection; 25±5 days are 20 to 30, and 4 to 6 weeks are 28 to 42.
BY_DAY = {
    19: (U, U), 20: (E, U), 25: (E, U), 27: (E, U), 28: (E, E), 29: (E, E), 30: (E, E),
    31: (U, E), 35: (U, E), 42: (U, E), 43: (U, U),
}  # fmt: skip


@cache
def patients() -> dict[str, dict[str, Any]]:
    lines = (ROOT / "docs" / "example" / "amendment.ndjson").read_text().splitlines()
    return {one["patient"]: one for one in map(json.loads, lines)}


def verdicts(name: str) -> tuple[Verdict, Verdict]:
    old, new = (
        load_trial(f"NCT01681446@{version}", criteria=ROOT / "criteria").screen(patients()[name])
        for version in ("2012-08-23", "2018-05-30")
    )
    return old.verdict, new.verdict


@pytest.mark.parametrize("day", BY_DAY)
def test_the_day_of_the_examination_decides_in_which_version_it_counts(day: int) -> None:
    on = date.fromisoformat(patients()[f"DAY-{day}"]["as_of"])
    assert (on - RESECTION).days == day
    assert verdicts(f"DAY-{day}") == BY_DAY[day]


def test_another_specimen_or_none_counts_in_the_old_version_only() -> None:
    assert verdicts("LIVER-29") == (E, I)
    assert verdicts("UNNAMED-29") == (E, U)


def test_the_page_says_of_each_stretch_of_days_what_they_come_to() -> None:
    words = {"eligible": E, "open": U}
    rows = re.findall(r"^\| ([0-9 to,]+) \| (\w+) \| (\w+) \|", PAGE.read_text(), re.MULTILINE)
    said: dict[int, tuple[Verdict, Verdict]] = {}
    for days, old, new in rows:
        numbers = [int(one) for one in re.findall(r"[0-9]+", days)]
        stretch = range(numbers[0], numbers[-1] + 1)
        said |= dict.fromkeys(stretch, (words[old], words[new]))
    assert {day: said[day] for day in BY_DAY} == BY_DAY
    assert set(said) == set(range(19, 44))


def test_what_could_not_be_read_says_so_in_the_rule_file() -> None:
    old, new = (
        load_trial(f"NCT01681446@{version}", criteria=ROOT / "criteria").newest.protocol
        for version in ("2012-08-23", "2018-05-30")
    )
    readable = {"P-I1", "P-I2", "P-I3"}
    assert [one.id for one in old.criteria] == [one.id for one in new.criteria]
    assert {one.id for one in old.criteria if one.carried_over is None} == readable
    assert {one.carried_over for one in old.criteria} == {None, "2018-05-30"}
    assert old.outline == tuple(f"Perioperative inclusion {item}" for item in (1, 2, 3))


def test_nobody_whose_examination_counts_in_both_moves_for_the_window() -> None:
    trial = load_trial("NCT01681446@2018-05-30", criteria=ROOT / "criteria")
    result = trial.screen(patients()["DAY-29"])
    assert {one.outcome for one in result.criteria} == {Outcome.PASS}
