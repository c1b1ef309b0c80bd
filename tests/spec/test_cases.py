"""Runs every data case through the reference interpreter, and counts the cases themselves.

Each test is one case: its expectations come from docs/semantics.md by hand. What a case does not
state is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from screener.causes import STATED_ABSENCES, Cause, foremost
from screener.days import parse_days
from screener.intake.profile import read_profile
from screener.intake.ranges import with_ranges
from screener.rules.load import read_mapping, read_protocol, read_vocabulary
from screener.screening import screen
from screener.vocabulary import Vocabulary
from tests.spec.cases import SUBJECT, Case, read_all

CASES = read_all()
SEMANTICS = Path(__file__).parents[2] / "docs" / "semantics.md"

#: Sections from 1.1 to 12.1 that no case of one patient can show, and where they are tested.
ELSEWHERE = {"2.7": "a draft is refused before anybody is screened: tests/api and tests/cli"}


@cache
def vocabulary_of(text: str) -> Vocabulary:
    return read_vocabulary(text, "vocabulary.yaml")


def screened(case: Case) -> dict[str, Any]:
    """The answer of the reference interpreter, as the JSON that people and programs get."""
    reading = read_protocol(case.trial, "trial.yaml", vocabulary_of(case.vocabulary))
    sheet = read_profile(case.profile, reading.vocabulary)
    days = parse_days(case.as_of)
    assert days is not None
    if case.mapping:
        site = read_mapping(case.mapping, "site.yaml", reading.vocabulary)
        sheet = with_ranges(sheet, site, reading.vocabulary, days.first)
    return screen(reading.protocol, reading.vocabulary, sheet, days.first).to_json()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_answer_is_what_the_semantics_say(case: Case) -> None:
    result = screened(case)
    criteria = {one["id"]: one for one in result["criteria"]}
    outcomes = {name: criteria[name]["outcome"] for name in case.criteria}
    assert outcomes == case.criteria
    if case.verdict is not None:
        assert result["verdict"] == case.verdict
    assert _verdicts(result["stages"], case.stages) == case.stages
    assert _verdicts(result["cohorts"], case.cohorts) == case.cohorts
    for word, expected in case.findings.items():
        assert _found(word, expected, result, criteria) == expected, word
    if result["verdict"] != "undetermined":
        assert result["missing"] == []
    for entry in (entry for one in criteria.values() for entry in one["because"]):
        # A cause says why something is unknown, and of nothing else.
        assert (entry["cause"] is None) or entry["truth"] == "unknown"


def _verdicts(shown: Iterable[Mapping[str, Any]], asked: Mapping[str, str]) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in shown if one["id"] in asked}


def _found(
    word: str, expected: Any, result: Mapping[str, Any], criteria: Mapping[str, Mapping[str, Any]]
) -> Any:
    """What the result says under the word of a case, in the form in which the case says it."""
    match word:
        case "cause":
            return _cause(result, criteria[SUBJECT])
        case "because":
            return sorted({entry["fact"] for entry in criteria[SUBJECT]["because"]})
        case "assumed":
            because = criteria[SUBJECT]["because"]
            return sorted({entry["fact"] for entry in because if entry["assumed"]})
        case "set_aside":
            return sorted({entry["fact"] for entry in criteria[SUBJECT]["set_aside"]})
        case "remedy" | "valid_until" | "applies":
            return criteria[SUBJECT][word]
        case "warnings":
            return sorted({one["fact"] for one in result["warnings"]}, key=str)
        case "missing":
            return _like(expected, result["missing"])
        case _:
            return result[word]


def _cause(result: Mapping[str, Any], criterion: Mapping[str, Any]) -> str:
    """The cause that keeps the criterion open: of what is to be fetched, else of its reasons."""
    entries = result["missing"] or criterion["because"]
    causes = [Cause(entry["cause"]) for entry in entries if entry["cause"] is not None]
    return foremost(causes).value


def _like(expected: list[Any], entries: list[Mapping[str, Any]]) -> list[Any]:
    """The entries, in their order, cut down to what the case states of each."""
    plain = [entry["fact"] for entry in entries]
    if len(entries) != len(expected):
        return plain
    return [
        {word: entry[word] for word in wanted} if isinstance(wanted, dict) else entry["fact"]
        for wanted, entry in zip(expected, entries, strict=True)
    ]


def test_every_section_of_the_semantics_is_cited_by_a_case_or_tested_elsewhere() -> None:
    sections = re.findall(r"(?m)^(\d+\.\d+) ", SEMANTICS.read_text("utf-8"))
    wanted = set(sections[: sections.index("12.1") + 1])
    cited = {section for case in CASES for section in case.cites}
    assert cited <= set(sections), "a case cites a section that does not exist"
    assert wanted - cited == set(ELSEWHERE)


def test_a_third_of_the_cases_expect_unknown_and_more_hold_something_unknown() -> None:
    assert len(CASES) >= 450
    assert sum(case.expects_unknown for case in CASES) * 3 >= len(CASES)
    assert sum(case.has_unknown for case in CASES) * 5 >= len(CASES) * 2


def test_no_two_cases_have_the_same_name() -> None:
    names = [case.id for case in CASES]
    assert len(names) == len(set(names))


def test_every_cause_is_expected_by_some_case() -> None:
    expected = {case.findings["cause"] for case in CASES if "cause" in case.findings}
    assert expected == {cause.value for cause in Cause}
    assert set(STATED_ABSENCES) < expected
