"""POST /api/v1/screen: what the command line answers, and what is refused without an echo."""

from __future__ import annotations

import json
from typing import Any

import pytest

import screener
from screener.catalog import find
from screener.cli.cases import cases_of
from tests.web.support import ROOT, request

PLACES = [
    place for name in ("NCT01681446", "NCT00234182") for place in find(name, [ROOT / "criteria"])
]
EXAMPLES = [
    (place, case) for place in PLACES for case in cases_of(place) if case.name.startswith("Example")
]


def post(port: int, body: object, media: str = "application/json") -> tuple[int, Any]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, headers, answer = request(port, "/api/v1/screen", sent, media=media, method="POST")
    if status != 200:
        assert headers["content-type"] == "application/problem+json; charset=utf-8"
    return status, json.loads(answer)


@pytest.mark.parametrize(("place", "case"), EXAMPLES, ids=[case.name for _, case in EXAMPLES])
def test_an_example_patient_gets_the_answer_that_its_case_expects(
    port: int, place: Any, case: Any
) -> None:
    name = f"{place.trial}@{place.version}"
    body = {"trial": name, "as_of": case.as_of, "profile": case.profile}
    status, answer = post(port, body)
    assert status == 200
    assert answer["verdict"] == case.verdict
    expected = screener.load_trial(name, criteria=ROOT / "criteria").screen(
        case.profile, as_of=case.as_of
    )
    assert answer == expected.to_json()


def test_without_a_day_the_question_is_asked_for_today_and_the_day_is_echoed(port: int) -> None:
    _, answer = post(port, {"trial": "NCT01681446", "profile": {}})
    assert answer["as_of"] == "2026-11-24"


def test_an_unknown_trial_or_version_is_not_found(port: int) -> None:
    for name in ("NCT00000000", "NCT01681446@1999", "nct01681446"):
        assert post(port, {"trial": name, "profile": {}})[0] == 404


def test_before_the_first_version_nobody_is_judged(port: int) -> None:
    body = {"trial": "NCT01681446", "as_of": "2012-08-22", "profile": {}}
    status, answer = post(port, body)
    assert status == 422
    assert answer["errors"][0]["pointer"] == "/as_of"
    assert "2012-08-23" in answer["errors"][0]["message"]


def test_all_faults_are_told_at_once_each_with_its_place(port: int) -> None:
    facts = {"platelets": {"value": "abc", "unit": "10*9/L"}, "sex": "woman", "inr": 1.1, "x": 1}
    status, answer = post(port, {"trial": "NCT01681446", "profile": {"facts": facts}})
    assert status == 422
    pointers = [one["pointer"] for one in answer["errors"]]
    assert pointers == ["/profile/facts/platelets/value", "/profile/facts/sex", "/profile/facts"]


LAB = '{"trial":"NCT01681446","as_of":"2026-11-24","profile":{"facts":{"%s":%s}}}'
NUMBERS = ["NaN", "Infinity", "-Infinity", "true", "false", '"nan"', '"inf"', '"1,5"', '"1.5.5"']
NUMBERS += [
    '"0x10"',
    '"1_000"',
    '"\u0661"',
    "[]x",
    "{",
    '""',
    '"18 years old"',
    '"1e9999"',
    "1e999",
]
NUMBERS += ["9" * 5_000, '"' + "9" * 5_000 + '"', '"\u22125"', '"1/2"', '"5-7"', '"~5"', '"5 mg"']
YES_OR_NO = ["1", "0", '"yes"', '"no"', '"True"', '"FALSE"', '"t"', "1.0", '"on"', '"Y"', "[[]]"]
CODES = [
    "1",
    "true",
    '"FEMALE"',
    '"Female"',
    '"f"',
    '"x"',
    "[1]",
    '{"value":1}',
    '{"code":"female"}',
]
DATES = ["1764000000", '"24.11.2026"', '"11/24/2026"', '"2026-02-30"', '"2026-13-01"', "true"]
DATES += [
    '"2026-11-24T10:00"',
    '"20261124"',
    '"2026-1-1"',
    '"yesterday"',
    "2026",
    "{}x",
    '"0000-01-01"',
]
RANKS = ["true", '"five"', "5", "-1", "0.5", '"0-1"', "[0,7]"]
WRONG = [
    *(("inr", value) for value in NUMBERS),
    *(("informed_consent", value) for value in YES_OR_NO),
    *(("sex", value) for value in CODES),
    *(("birth_date", value) for value in DATES),
    *(("ecog", value) for value in RANKS),
    *(
        ("platelets", value)
        for value in ("112", '"112"', '"112 mg/dL"', '{"value":112,"unti":"x"}')
    ),
]
BODIES = [
    "",
    "null",
    "[]",
    '"x"',
    "{}",
    '{"trial":"NCT01681446"}',
    '{"trial":1,"profile":{}}',
    '{"trial":"NCT01681446","profile":[]}',
    '{"trial":"NCT01681446","profile":{},"extra":1}',
    '{"trial":"NCT01681446","trial":"NCT01681446","profile":{}}',
    '{"trial":"NCT01681446","profile":{"patient":"a","patient":"b"}}',
    '{"trial":"NCT01681446","as_of":20261124,"profile":{}}',
    '{"trial":"NCT01681446","as_of":"2026-11","profile":{}}',
    '{"trial":"NCT01681446","as_of":"2026-11-24","profile":{"as_of":"2026-11-25"}}',
    '{"trial":"NCT01681446","profile":{"patient":7}}',
    '{"trial":"NCT01681446","profile":{"facts":[]}}',
    '{"trial":"NCT01681446","profile":{"visits":{}}}',
    '{"trial":"NCT01681446","profile":{}}x',
    "{'trial':'NCT01681446'}",
    "[" * 70 + "]" * 70,
    '{"trial":"NCT01681446","profile":{"patient":"\\ud800"}}',
    '{"trial":"NCT01681446","profile":{"patient":"\\u0000"}}',
]


@pytest.mark.parametrize(("fact", "value"), WRONG)
def test_a_value_of_the_wrong_type_is_refused(port: int, fact: str, value: str) -> None:
    status, answer = post(port, (LAB % (fact, value)).encode())
    assert status == 422
    assert answer["detail"]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_of_the_wrong_shape_is_refused(port: int, body: str) -> None:
    status, answer = post(port, body.encode())
    assert status == 422
    assert answer["status"] == 422


def test_broken_text_is_refused(port: int) -> None:
    assert post(port, b'{"trial":"\xff"}')[0] == 422
    assert post(port, '{"trial":"NCT01681446","profile":{}}'.encode("utf-16"))[0] == 422


def test_a_long_exact_decimal_is_compared_as_it_is(port: int) -> None:
    # Platelets have to be above 40 (B-I1): 40 and twenty more digits are.
    facts = (
        b'{"resection":"2026-10-20","leukocytes":{"value":4,"unit":"10*9/L","date":"2026-11-24"},'
    )
    facts += b'"platelets":{"value":40.00000000000000000001,"unit":"10*9/L","date":"2026-11-24"}}'
    body = b'{"trial":"NCT01681446","as_of":"2026-11-24","profile":{"facts":' + facts + b"}}"
    _, answer = post(port, body)
    assert {one["id"]: one["outcome"] for one in answer["criteria"]}["B-I1"] == "pass"
