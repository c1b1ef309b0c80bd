"""What is found of a patient as a sentence, word for word; every cause among them."""

from __future__ import annotations

from typing import Any

import pytest

from screener.causes import Cause
from screener.days import parse_days
from screener.intake.profile import read_profile
from screener.interpreters.prose.recorded import CAUSE_WORDS
from screener.result import CriterionResult
from screener.screening import screen
from screener.truth import Outcome
from tests.prose.support import encoded, entries

FILE = entries("findings.yaml")
FINDINGS: list[dict[str, Any]] = FILE["findings"]
DAY = parse_days(FILE["as_of"])


def _typed(value: Any) -> Any:
    """`true` and `false` are what they say; numbers stay text."""
    if isinstance(value, dict):
        return {name: _typed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_typed(part) for part in value]
    return {"true": True, "false": False}.get(value, value)


def judged(entry: dict[str, Any]) -> CriterionResult:
    reading = encoded(entry)
    assert DAY is not None
    profile = {"patient": "P", "facts": _typed(entry["patient"])}
    sheet = read_profile(profile, reading.vocabulary, as_of=DAY.first)
    (one,) = screen(reading.protocol, reading.vocabulary, sheet, DAY.first).criteria
    return one


@pytest.mark.parametrize("entry", FINDINGS, ids=[one["says"] for one in FINDINGS])
def test_a_finding_reads_as_the_sentence_written_for_it(entry: dict[str, Any]) -> None:
    assert judged(entry).sentence == entry["says"]


def test_each_cause_has_a_sentence() -> None:
    said = " ".join(one["says"] for one in FINDINGS)
    assert [cause for cause in Cause if CAUSE_WORDS[cause] not in said] == []


def test_an_exclusion_is_never_met_or_passed() -> None:
    excluding = [one for one in FINDINGS if one.get("polarity") == "exclusion"]
    outcomes = {judged(one).outcome for one in excluding}
    assert {Outcome.PASS, Outcome.FAIL} <= outcomes
    for one in excluding:
        assert not any(word in one["says"].lower() for word in ("met:", "pass"))
