"""The schemas hold for everything that is shipped, and refuse what the readers refuse in shape."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from screener.catalog import Place, folders, places, read
from screener.cli.cases import cases_of
from screener.diagnostics import RulesError
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from screener.needs import needs_of
from screener.rules.load import read_protocol, read_vocabulary
from screener.schemas import profile_schema, result_schema, rules_schema, trace_schema
from screener.trial import Trial
from tests.intake.recorded import BAD as BAD_PROFILES
from tests.intake.vocabulary import VOCABULARY as INTAKE
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients
from tests.prose.support import FILE, written
from tests.prose.support import vocabulary as written_vocabulary
from tests.schemas import typed

ROOT = Path(__file__).parents[2]
BAD = ROOT / "tests" / "rules" / "bad"
GOOD = ROOT / "tests" / "rules" / "good"
SHIPPED = [
    place for versions in places(folders([ROOT / "criteria"])).values() for place in versions
]
NAMES = [f"{place.trial}@{place.version}" for place in SHIPPED]

RULES: list[dict[str, Any]] = FILE["rules"]

#: Faults that a schema can see: of shape, not of meaning.
SHAPE = {
    "unknown-word", "word-missing", "mapping-expected", "list-expected", "not-a-choice",
    "rule-words", "one-condition", "empty-list", "no-criteria", "between-two",
    "reading-missing", "event-condition", "bad-id",
}  # fmt: skip

#: Profiles whose fault is no shape: calendars, arithmetic, units, and JSON that is none.
ONLY_THE_READER = {
    "a visit has a date that exists",
    "a day that does not exist",
    "a month that does not exist",
    "a leap day in a common year",
    "born after the day of screening",
    "born after a visit",
    "older than anybody",
    "born in the middle ages",
    "a look-alike digit in a number",  # which JSON Schema refuses, and this validator does not
    "a laboratory result before birth",
    "an event that was over before birth",
    "a unit of another dimension",
    "mass without a factor of the analyte",
    "an unknown unit is named with the nearest one that fits",
    "an unknown unit that resembles none",
    "kelvin are not thousands",
    "a unit without an exact factor",
    "a unit for what has none",
    "NaN without quotes",
    "infinity without quotes",
    "a number in hexadecimal",  # to a pattern, a nought and a unit `x10`
    "a number with more digits than any measurement",
    "two comparators that differ",
    "two units that differ",
    "a lower limit above the upper one",
    "a limit in a unit of another dimension",
    "a limit without any unit",
    "an event ends after it starts",
    "an event ends after it starts, whatever the days",
    "a fact given twice",
    "several names given twice are all reported",
    "half of a character",
    "an integer without end",
    "an exponent without end",
}


@cache
def valid(which: str) -> Draft202012Validator:
    schema = {"result": result_schema, "explain": trace_schema}[which]()
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def faults(validator: Draft202012Validator, instance: Any) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in validator.iter_errors(instance)]


@pytest.mark.parametrize(
    "schema",
    [
        result_schema(), trace_schema(), profile_schema(), rules_schema(),
        profile_schema(INTAKE), rules_schema(INTAKE),
    ],
    ids=["result", "explain", "profile", "rules", "profile of facts", "rules with facts"],
)  # fmt: skip
def test_a_schema_is_a_schema_of_draft_2020_12(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("urn:screener:schema:")


# --- what is shipped ------------------------------------------------------------------------------


@pytest.mark.parametrize("place", SHIPPED, ids=NAMES)
def test_every_shipped_rule_file_holds(place: Place) -> None:
    data = typed.read(place.rules)
    assert faults(Draft202012Validator(rules_schema()), data) == []
    edition = read(place)
    assert faults(Draft202012Validator(rules_schema(edition.vocabulary, closed=True)), data) == []


@pytest.mark.parametrize("place", SHIPPED, ids=NAMES)
def test_every_example_patient_and_answer_holds(place: Place) -> None:
    edition = read(place)
    trial = Trial((edition,), pinned=True)
    of = f"{place.trial}@{place.version}"
    own = profile_schema(edition.vocabulary, needs_of(edition.protocol), of)
    validators = [Draft202012Validator(one) for one in (profile_schema(), own)]
    cases = cases_of(place)
    assert cases
    for case in cases[::4]:
        for validator in validators:
            assert faults(validator, case.profile) == [], case.name
        result = trial.screen(case.profile, as_of=case.as_of)
        assert faults(valid("result"), result.to_json()) == [], case.name
        trace = trial.explain(case.profile, as_of=case.as_of)
        assert faults(valid("explain"), trace.to_json()) == [], case.name


def test_the_rules_without_a_patient_hold_too() -> None:
    from screener.tracing import trace_rules

    for place in SHIPPED:
        edition = read(place)
        trace = trace_rules(edition.protocol, edition.vocabulary)
        assert faults(valid("explain"), trace.to_json()) == []


def test_a_rejected_patient_holds_in_his_place() -> None:
    error = {"pointer": "/facts/x", "message": "`x` is not a known fact", "hint": None}
    for which in ("result", "explain"):
        assert faults(valid(which), {"patient": None, "line": 2, "error": error}) == []
        assert faults(valid(which), {"patient": None, "error": error}) != []


def test_a_result_with_a_word_less_or_more_is_none() -> None:
    trial = Trial((read(SHIPPED[0]),), pinned=True)
    case = cases_of(SHIPPED[0])[0]
    whole = trial.screen(case.profile, as_of=case.as_of).to_json()
    for word in whole:
        assert faults(valid("result"), {k: v for k, v in whole.items() if k != word}) != [], word
    assert faults(valid("result"), {**whole, "probability": "0.9"}) != []


# --- what is refused ------------------------------------------------------------------------------


def _bad_rules() -> list[Path]:
    return [one for one in sorted(BAD.glob("*.yaml")) if one.name.count(".") == 1]


@pytest.mark.parametrize("path", _bad_rules(), ids=[one.stem for one in _bad_rules()])
def test_a_rule_file_that_is_refused_for_its_shape_is_no_rule_file(path: Path) -> None:
    vocabulary = read_vocabulary((GOOD / "vocabulary.yaml").read_bytes(), "vocabulary.yaml")
    try:
        read_protocol(path.read_bytes(), path.name, vocabulary)
        ids: set[str] = set()
    except RulesError as error:
        ids = {one.id for one in error.diagnostics if one.severity.value == "error"}
    if not ids & SHAPE:
        return
    try:
        data = typed.read(path)
    except yaml.YAMLError:
        return
    assert faults(Draft202012Validator(rules_schema(vocabulary)), data) != []


def test_every_word_of_the_language_holds() -> None:
    validator = Draft202012Validator(rules_schema(written_vocabulary(), closed=True))
    assert len(RULES) > 90
    for entry in RULES:
        assert faults(validator, written(entry)) == [], entry["says"]


def test_generated_rule_files_and_patients_hold() -> None:
    for seed in range(15):
        rules, vocabulary, patients = trial_with_patients(f"schema {seed}", 5, 4)
        facts = Engine(rules, vocabulary).vocabulary
        assert faults(Draft202012Validator(rules_schema(facts, closed=True)), rules) == [], seed
        validator = Draft202012Validator(profile_schema(facts))
        for profile, _ in patients:
            assert faults(validator, profile) == [], seed


def test_good_rule_files_hold() -> None:
    vocabulary = read_vocabulary((GOOD / "vocabulary.yaml").read_bytes(), "vocabulary.yaml")
    data = typed.read(GOOD / "xmpl_001.yaml")
    assert faults(Draft202012Validator(rules_schema(vocabulary)), data) == []


def test_enough_bad_rule_files_are_seen_by_the_schema() -> None:
    vocabulary = read_vocabulary((GOOD / "vocabulary.yaml").read_bytes(), "vocabulary.yaml")
    validator = Draft202012Validator(rules_schema(vocabulary))
    seen = 0
    for path in _bad_rules():
        try:
            seen += bool(faults(validator, typed.read(path)))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
    assert seen >= 25


@pytest.mark.parametrize("case", BAD_PROFILES, ids=[case["name"] for case in BAD_PROFILES])
def test_a_profile_that_is_refused_for_its_shape_is_no_profile(case: dict[str, Any]) -> None:
    try:
        data = json.loads(case["profile"])
    except ValueError:
        return
    messages = " ".join(fault[1] for fault in case["faults"])
    found = faults(Draft202012Validator(profile_schema(INTAKE)), data)
    assert bool(found) is (case["name"] not in ONLY_THE_READER), messages


def test_the_profiles_that_only_the_reader_can_refuse_are_there() -> None:
    assert {case["name"] for case in BAD_PROFILES} >= ONLY_THE_READER


def test_what_the_reader_takes_the_schema_takes() -> None:
    taken = [
        '{"patient": "A", "facts": {"sex": "female", "afp": "<2 ng/mL", "inr": 1.1}}',
        '{"facts": {"inr": {"value": "1.1", "date": "2026-11"}, "sex": null}}',
        '{"facts": {"afp": [{"value": 2, "unit": "ng/mL"}, null, {"absent": "pending"}]}}',
        '{"visits": [{"date": "2026-11-24", "facts": {"pregnant": false}}]}',
    ]
    validator = Draft202012Validator(profile_schema(INTAKE))
    for text in taken:
        read_profile(parse_json(text), INTAKE)
        assert faults(validator, json.loads(text)) == [], text
