"""`screener explain`: the tree as text and as JSON, for one patient or for nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from screener.terminal import render_trace
from screener.trial import load_trial
from tests.cli.support import CRITERIA, Command, patient

DAY = "--as-of=2026-11-24"
LOW = patient("A", 140, date="2026-11-20")

#: By hand: 20 November is in the window of 14 days up to 4 December.
TREE = """\
Patient A, XMPL-001 version 2.0, as of 2026-11-24
INELIGIBLE: does not meet the criteria
yes, no, open: whether it holds; * marks what decides the answer.

I1  does not meet
  Platelets of at least 150 x 10^9/L within 14 days before screening. (1)
  > Not met: Platelets 140 10*9/L on 20 Nov 2026 is below the limit of at least 150 10*9/L (by 10).
  a new result could change this
  stands until 2026-12-04
  met where:
  * no    the newest result of Platelets, from 14 days before the day of screening to the day of
          screening, is at least 150 10*9/L
            found: Platelets 140 10*9/L on 20 Nov 2026 is below the limit of at least 150 10*9/L (by
              10)
            records count if dated 2026-11-10 to 2026-11-24
            a new result could change this
            with the same records from 2026-12-05: open

E1  not excluded
  Smoker. (2)
  > Not excluded: Smoker: no.
  excluded where:
  * no    Smoker is recorded as yes
            found: Smoker: no
"""

ENCODED = """\
XMPL-001 version 2.0: the criteria, and what is encoded

I1  inclusion, screening
  Platelets of at least 150 x 10^9/L within 14 days before screening. (1)
  encoded: Met where the newest result of Platelets, from 14 days before the day of screening to the
    day of screening, is at least 150 10*9/L.

E1  exclusion, screening
  Smoker. (2)
  encoded: Excluded where Smoker is recorded as yes.
"""


def test_the_tree_says_what_was_found_and_what_would_change_it(command: Command) -> None:
    ended = command("explain", "XMPL-001", command.write("a.json", LOW), DAY)
    assert ended.out == TREE
    assert (ended.code, ended.err) == (0, "")


def test_without_a_patient_the_rule_stands_beside_the_text_of_the_protocol(
    command: Command,
) -> None:
    ended = command("explain", "XMPL-001", DAY)
    assert ended.out == ENCODED
    assert ended.code == 0


def test_a_record_that_was_set_aside_is_named_with_the_reason(command: Command) -> None:
    old = patient("A", 160, date="2026-11-09")
    ended = command("explain", "XMPL-001", command.write("a.json", old), DAY, "--criterion=I1")
    assert "set aside: platelets 160 10*9/L of 2026-11-09: outside the window" in ended.out
    settle = "would settle it: Platelets, dated 2026-11-10 to 2026-11-24; by a blood draw"
    assert settle in ended.out
    assert "E1" not in ended.out


def test_json_is_one_object_a_patient(command: Command) -> None:
    file = command.write("a.ndjson", LOW, patient("B"))
    ended = command("explain", "XMPL-001", file, DAY, "--json", "--criterion", "I1")
    first, second = ended.lines()
    assert (first["patient"], second["patient"]) == ("A", "B")
    (one,) = first["criteria"]
    assert (one["id"], one["outcome"], one["remedy"]["kind"]) == ("I1", "fail", "new_result")
    leaf = one["rule"]
    assert (leaf["kind"], leaf["fact"], leaf["truth"]) == ("fact", "platelets", "false")
    assert leaf["window"] == {"opens": "2026-11-10", "closes": "2026-11-24"}
    assert [entry["value"] for entry in leaf["because"]] == ["140"]
    assert leaf["changes"] == [{"date": "2026-12-05", "truth": "unknown"}]


def test_a_conversion_is_shown_with_both_values(command: Command) -> None:
    facts = {"smoker": False, "platelets": {"value": 140000, "unit": "/uL", "date": "2026-11-20"}}
    file = command.write("a.json", {"patient": "A", "facts": facts})
    ended = command("explain", "XMPL-001", file, DAY)
    assert "Platelets 140 10*9/L (recorded as 140000 /uL) on 20 Nov 2026" in ended.out


def test_one_patient_of_many_is_picked_by_name(command: Command) -> None:
    file = command.write("a.ndjson", LOW, patient("B"), patient("C"))
    ended = command("explain", "XMPL-001", file, DAY, "--json", "--patient", "B")
    assert [one["patient"] for one in ended.lines()] == ["B"]


def test_patients_come_from_tables_and_from_fhir_too(command: Command) -> None:
    table = command.folder / "a.csv"
    table.write_text(
        "patient,smoker,platelets,platelets.unit,platelets.date\nA,false,140,10*9/L,2026-11-20\n"
    )
    ended = command("explain", "XMPL-001", table, DAY, "--criterion", "I1")
    assert "Platelets 140 10*9/L on 20 Nov 2026 is below the limit" in ended.out
    bundle = {"resourceType": "Patient", "id": "A", "birthDate": "1970-01-01"}
    fhir = command.folder / "a.fhir.json"
    fhir.write_text(json.dumps(bundle))
    ended = command("explain", "XMPL-001", fhir, DAY, "--from=fhir", "--json")
    assert [one["patient"] for one in ended.lines()] == ["A"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--criterion", "I7"], "has no criterion `I7`\n   hint: did you mean `I1`"),
        (["--patient", "B"], "`--patient` needs a file of patients"),
    ],
)
def test_what_cannot_be_explained_is_wrong_usage(
    command: Command, arguments: list[str], message: str
) -> None:
    ended = command("explain", "XMPL-001", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_a_patient_who_is_not_in_the_file_is_wrong_usage(command: Command) -> None:
    file = command.write("a.json", LOW)
    ended = command("explain", "XMPL-001", file, DAY, "--patient", "B")
    assert (ended.code, ended.out) == (2, "")
    assert f"there is no patient `B` in `{file}`" in ended.err


def test_a_rejected_patient_is_told_and_the_others_are_explained(command: Command) -> None:
    file = command.write("a.ndjson", {"patient": "X", "facts": {"plateletz": 1}}, LOW)
    ended = command("explain", "XMPL-001", file, DAY, "--json")
    first, second = ended.lines()
    assert first["error"]["pointer"] == "/facts/plateletz"
    assert second["patient"] == "A"
    assert ended.code == 4


def test_a_draft_is_shown_to_its_author(command: Command) -> None:
    rules = command.folder / "draft.yaml"
    text = (CRITERIA / "XMPL-001" / "2.0.yaml").read_text(encoding="utf-8")
    rules.write_text(text.replace("      - id: E1\n", "      - id: E1\n        draft: true\n"))
    (command.folder / "vocabulary.yaml").write_bytes((CRITERIA / "vocabulary.yaml").read_bytes())
    ended = command("explain", rules)
    assert "encoded: Excluded where Smoker is recorded as yes." in ended.out
    assert ended.code == 0


@pytest.mark.parametrize("width", [100, 80, 60, 45])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    trial = load_trial("XMPL-001", criteria=CRITERIA)
    facts: dict[str, Any] = LOW["facts"]
    trace = trial.explain({"patient": "A", "facts": facts}, as_of="2026-11-24")
    lines = render_trace(trace, width).splitlines()
    # A head of one line stays one line.
    assert max(len(line) for line in lines[3:]) <= width
