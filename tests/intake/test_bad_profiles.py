"""Profiles that must be refused, each with every fault: where it is, the cause, how to mend it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from tests.intake.recorded import BAD, ROOT, TEXT, everything_told, ids
from tests.intake.vocabulary import VOCABULARY

# Too large or too strange to write down: tested in test_strict_json and test_profiles.
ELSEWHERE = {"too-deep", "too-long", "not-utf-8", "bad-table"}


def refusal(text: str) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        read_profile(parse_json(text), VOCABULARY)
    return caught.value


@pytest.mark.parametrize("case", BAD, ids=[case["name"] for case in BAD])
def test_a_bad_profile_is_refused_with_every_fault(case: dict[str, Any]) -> None:
    found = sorted(refusal(case["profile"]).faults)
    expected = sorted(case["faults"], key=lambda fault: fault[0])
    assert [fault.pointer for fault in found] == [fault[0] for fault in expected]
    for fault, (_, message, *hint) in zip(found, expected, strict=True):
        assert message in fault.message
        assert (fault.hint is None) == (not hint), fault
        assert not hint or hint[0] in str(fault.hint)


@pytest.mark.parametrize("case", BAD, ids=[case["name"] for case in BAD])
def test_a_message_is_one_line_of_plain_words(case: dict[str, Any]) -> None:
    for fault in refusal(case["profile"]).faults:
        for text in (fault.pointer, fault.message, fault.hint or ""):
            assert text.isprintable() or text == ""
            assert not text.endswith(".")
            for name in ("NoneType", "Decimal", "dict", "str ", "Traceback", "expected str"):
                assert name not in text


def test_every_profile_is_told_what_stands_in_the_recorded_text() -> None:
    assert everything_told() == TEXT.read_text("utf-8")


def test_every_id_is_shown_by_a_profile_and_documented() -> None:
    text = TEXT.read_text("utf-8")
    page = (ROOT / "docs" / "profile-faults.md").read_text("utf-8")
    assert len(ids()) >= 30
    assert [one for one in sorted(ids() - ELSEWHERE) if f": [{one}] " not in text] == []
    assert [one for one in sorted(ids() | ELSEWHERE) if f"| `{one}` |" not in page] == []


def test_the_names_of_the_cases_differ() -> None:
    assert len({case["name"] for case in BAD}) == len(BAD) >= 60


def test_a_refusal_names_the_patient_where_it_can() -> None:
    assert refusal('{"patient": "S-1", "facts": {"inr": "x"}}').patient == "S-1"
    assert refusal('{"patient": "S-1", "patient": "S-1"}').patient == "S-1"
    assert refusal('{"patient": 7}').patient is None


def test_a_fault_does_not_tell_the_other_facts_of_the_patient() -> None:
    error = refusal('{"facts": {"sex": "female", "afp": "987 ng/mL", "inr": "x"}}')
    assert "987" not in str(error)
    assert "female" not in str(error)


def test_a_long_text_is_cut_in_the_message() -> None:
    (fault,) = refusal('{"facts": {"inr": "' + "x" * 5000 + '"}}').faults
    assert len(fault.message) < 100


def test_a_control_character_does_not_reach_the_message() -> None:
    (fault,) = refusal('{"facts": {"inr": "\\u001b[31mred"}}').faults
    assert "\x1b" not in fault.message


def test_a_file_of_nonsense_is_refused_quickly_and_completely() -> None:
    names = ", ".join(f'"fact_{number}": 1' for number in range(20_000))
    faults = refusal('{"facts": {' + names + "}}").faults
    assert len(faults) == 20_000


@pytest.mark.parametrize(
    "number",
    [10**5000, float("nan"), float("-inf"), Decimal("NaN")],
    ids=["endless", "nan", "infinite", "decimal nan"],
)
def test_numbers_that_only_a_program_can_give_are_refused(number: object) -> None:
    for fact in ("inr", "ecog", "sex", "resection", "pregnant"):
        with pytest.raises(ProfileError):
            read_profile({"facts": {fact: number}}, VOCABULARY)


def test_the_day_of_screening_may_come_from_outside_and_bounds_the_birth_date() -> None:
    data = {"facts": {"birth_date": "2026-11-25"}}
    read_profile(data, VOCABULARY)
    read_profile(data, VOCABULARY, as_of=739945)  # 2026-11-25
    with pytest.raises(ProfileError, match="born after 2026-11-24"):
        read_profile(data, VOCABULARY, as_of=739944)
