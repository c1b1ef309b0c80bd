"""`screener schema`: which schema, with which facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.support import Command, patient

DAY = "--as-of=2026-11-24"


def schema(command: Command, *arguments: str) -> dict[str, Any]:
    ended = command("schema", *arguments)
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


#: The doses of the arms took these two a step.
VERSIONS = {"rules": 2, "profile": 2, "result": 3, "explain": 3}


@pytest.mark.parametrize("which", list(VERSIONS))
def test_each_schema_is_one_json_object_with_a_versioned_id(command: Command, which: str) -> None:
    found = schema(command, which)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:screener:schema:{which}:{VERSIONS[which]}"
    assert found["description"]


def test_the_answers_hold_to_their_schemas(command: Command) -> None:
    rejected = {"patient": "B", "facts": {"plateletz": 1}}
    file = command.write("a.ndjson", patient("A"), rejected, patient("C", platelets=None))
    for which, name in (("screen", "result"), ("explain", "explain")):
        validator = Draft202012Validator(schema(command, name))
        lines = command(which, "XMPL-001", file, DAY, "--json").lines()
        assert len(lines) == 3
        for line in lines:
            assert list(validator.iter_errors(line)) == []


def test_the_profile_of_a_trial_tells_a_form_what_to_ask(command: Command) -> None:
    found = schema(command, "profile", "--trial", "XMPL-001", DAY)
    facts = found["$defs"]["facts"]["properties"]
    assert list(facts) == ["platelets", "smoker"]
    platelets = facts["platelets"]
    assert platelets["title"] == "Platelets"
    assert platelets["x-screener"] == {
        "type": "quantity",
        "kind": "observation",
        "label": "Platelets",
        "question": None,
        "unit": "10*9/L",
        "units": platelets["x-screener"]["units"],
        "plausible": ["1", "2000"],
        "values": [],
        "attributes": {},
        "cost": "blood_draw",
        "asked_of": None,
        "derived": False,
        "reference_range": False,
        "needed_by": ["I1"],
    }
    assert {"10*9/L", "10*3/uL", "/uL"} <= set(platelets["x-screener"]["units"])
    validator = Draft202012Validator(found)
    assert list(validator.iter_errors(patient("A"))) == []
    for wrong in ({"smoker": "perhaps"}, {"platelets": 150}, {"plateletz": 1}):
        assert list(validator.iter_errors({"facts": wrong})) != []


def test_the_rules_offer_the_facts_of_the_vocabulary(command: Command) -> None:
    found = schema(command, "rules")
    offered = found["$defs"]["fact"]["anyOf"]
    assert {one.get("const") for one in offered} >= {"platelets", "smoker"}
    own = schema(command, "rules", "--trial", "XMPL-001", DAY)["$defs"]["fact"]["anyOf"]
    assert {one["const"] for one in own} == {"platelets", "smoker"}


def test_an_answer_is_the_same_for_every_trial(command: Command) -> None:
    ended = command("schema", "result", "--trial", "XMPL-001")
    assert (ended.code, ended.out) == (2, "")
    assert "the same for every trial" in ended.err


def test_the_schema_goes_to_a_new_file(command: Command) -> None:
    path = command.folder / "rules.json"
    assert command("schema", "rules", "-o", path).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["$id"].endswith(":2")
    assert command("schema", "rules", "-o", path).code == 2
