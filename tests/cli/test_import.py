"""`screener import`: a draft out of a record, and whether a record still matches its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import screener
from screener.diagnostics import RulesError
from tests.cli.support import Command
from tests.registry.test_records import JSON, XML, changed

SHIPPED = Path(__file__).parents[2] / "criteria"


@pytest.fixture
def record(command: Command) -> Path:
    path = command.folder / "record.json"
    path.write_text(json.dumps(JSON), encoding="utf-8")
    return path


def test_a_draft_goes_to_standard_output_and_what_it_is_to_standard_error(
    command: Command, record: Path
) -> None:
    ended = command("import", record, "--criteria", SHIPPED)
    assert ended.code == 0
    assert "trial: NCT00000099\n" in ended.out
    assert "a draft of NCT00000099 2026-01-31: 6 lines of criteria, 5 rules proposed" in ended.err
    assert "it screens nobody" in ended.err


def test_a_draft_is_checked_with_nothing_but_warnings(command: Command, record: Path) -> None:
    draft = command.folder / "draft.yaml"
    assert command("import", record, "-o", draft, "--criteria", SHIPPED).code == 0
    ended = command("check", draft, "--json", "--criteria", SHIPPED)
    assert ended.code == 0
    assert {(one["id"], one["severity"]) for one in ended.lines()} == {("draft-open", "warning")}
    assert len(ended.lines()) == 7


def test_a_draft_screens_nobody_until_a_person_has_confirmed_all_of_it(
    command: Command, record: Path
) -> None:
    draft = command.folder / "draft.yaml"
    command("import", record, "-o", draft, "--criteria", SHIPPED)
    patient = command.write("p.ndjson", {"patient": "A", "facts": {"sex": "female"}})
    screen = ("screen", draft, patient, "--as-of", "2026-11-24", "--criteria", SHIPPED)

    ended = command(*screen)
    assert (ended.code, ended.out) == (3, "")
    assert "error[draft]: 7 criteria are drafts" in ended.err
    assert "takes `draft` out" in ended.err
    with pytest.raises(RulesError, match="7 criteria are drafts"):
        screener.load_trial(draft, criteria=SHIPPED)

    # A person settles them one after the other: rules for two, one to be asked, none for the other.
    text = draft.read_text(encoding="utf-8")
    for source, rule in (
        ("Inclusion 2", "{fact: informed_consent, is: true}"),
        ("Exclusion 2", "{fact: pregnant, is: true}"),
    ):
        text = text.replace(
            f"source: {source}\n        draft: true\n",
            f"source: {source}\n        rule: {rule}\n        draft: true\n",
        )
    one_left = text.replace("        draft: true\n", "", 6)
    draft.write_text(one_left, encoding="utf-8")
    ended = command(*screen)
    assert ended.code == 3
    assert "error[draft]: 1 criterion is a draft" in ended.err

    draft.write_text(one_left.replace("        draft: true\n", ""), encoding="utf-8")
    ended = command(*screen, "--json")
    assert ended.code == 0
    assert [one["verdict"] for one in ended.lines()] == ["undetermined"]


def test_a_file_that_is_there_is_left_alone(command: Command, record: Path) -> None:
    draft = command.folder / "draft.yaml"
    draft.write_text("a person's work", encoding="utf-8")
    ended = command("import", record, "-o", draft, "--criteria", SHIPPED)
    assert ended.code == 2
    assert "is there already" in ended.err
    assert draft.read_text(encoding="utf-8") == "a person's work"


def test_a_place_that_cannot_be_written_leaves_nothing_behind(
    command: Command, record: Path
) -> None:
    ended = command("import", record, "-o", "nowhere/draft.yaml", "--criteria", SHIPPED)
    assert ended.code == 2
    assert "cannot be written" in ended.err
    assert [path.name for path in command.folder.iterdir()] == ["record.json"]


def test_a_text_from_standard_input_takes_its_version_from_the_day(command: Command) -> None:
    ended = command(
        "import", "-", "--as-of", "2026-11-24", "--criteria", SHIPPED,
        stdin=b"Inclusion Criteria:\n- Consent\n",
    )  # fmt: skip
    assert ended.code == 0
    assert "version: 2026-11-24\n" in ended.out
    assert "the version is not said" in ended.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.json"], "`nowhere.json` cannot be read"),
        (["record.json", "NCT01681446"], "only with `--compare`"),
        (["--compare", "record.json"], "`--compare` needs a trial"),
        (["--compare", "record.json", "NCT01681446", "-o", "x.yaml"], "makes no draft"),
        (["--compare", "record.json", "NCT0168144"], "there is no trial `NCT0168144`"),
        (["record.json", "--json"], "a draft is YAML"),
        (["record.json", "--as-of", "yesterday"], "`yesterday` is not a day"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    command: Command, record: Path, arguments: list[str], message: str
) -> None:
    ended = command("import", *arguments, "--criteria", SHIPPED)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err


def test_what_is_no_record_is_bad_data(command: Command) -> None:
    ended = command("import", "-", "--criteria", SHIPPED, stdin=b'{"patient": "A"}')
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("-: this is no registry record\n   hint: a record of API v2 has a")


def test_a_record_that_still_matches_ends_with_0_and_one_that_does_not_with_1(
    command: Command, record: Path
) -> None:
    draft = command.folder / "draft.yaml"
    command("import", record, "-o", draft, "--criteria", SHIPPED)
    (command.folder / "record.xml").write_text(XML, encoding="utf-8")
    ended = command("import", "--compare", "record.xml", draft, "--criteria", SHIPPED)
    assert (ended.code, ended.out) == (0, "NCT00000099 2026-01-31: the record says nothing else\n")

    (command.folder / "later.json").write_bytes(changed(maximumAge="80 Years"))
    ended = command("import", "--compare", "later.json", draft, "--criteria", SHIPPED)
    assert (ended.code, ended.out) == (
        1,
        "NCT00000099 2026-01-31: the record differs in 1 thing\n"
        "  maximum age: the record says 80 years, the file says 75 years\n",
    )
    ended = command("import", "--compare", "later.json", draft, "--json", "--criteria", SHIPPED)
    assert ended.code == 1
    assert ended.lines() == [
        {
            "trial": "NCT00000099",
            "version": "2026-01-31",
            "record_updated": "2026-01-31",
            "matches": False,
            "differences": [
                {
                    "what": "maximum age",
                    "record": "80 years",
                    "file": "75 years",
                    "message": "maximum age: the record says 80 years, the file says 75 years",
                }
            ],
            "not_compared": [],
        }
    ]


def test_without_a_version_the_newest_file_of_a_trial_is_compared(
    command: Command, record: Path
) -> None:
    ended = command("import", "--compare", record, "NCT01681446", "--criteria", SHIPPED)
    assert ended.code == 1
    assert ended.out.startswith("NCT01681446 2018-05-30, the newest version: the record differs")
