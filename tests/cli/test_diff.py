"""`screener diff` and `screener prove`, as they are called.

The two versions of the made-up trial differ in one limit: platelets of at least 100, then 150.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from screener.cli import moving
from screener.trial import load_trial
from tests.cli.support import CRITERIA, Command, patient

OLD, NEW = "XMPL-001@1.0", "XMPL-001@2.0"


def test_a_raised_limit_is_stricter_and_somebody_shows_it(command: Command) -> None:
    ended = command("diff", OLD, NEW, "--json")
    (answer,) = ended.lines()
    assert (ended.code, answer["relation"]) == (0, "stricter")
    assert {one["id"]: one["relation"] for one in answer["criteria"]} == {
        "I1": "stricter",
        "E1": "equivalent",
    }
    (witness,) = answer["witnesses"]
    assert (witness["direction"], witness["old"], witness["new"]) == (
        "lost",
        "eligible",
        "ineligible",
    )
    for name, verdict in ((OLD, "eligible"), (NEW, "ineligible")):
        screened = load_trial(name, criteria=CRITERIA).screen(witness["profile"])
        assert screened.verdict.value == verdict


def test_a_limit_that_moves_the_other_way_is_looser(command: Command) -> None:
    (answer,) = command("diff", NEW, OLD, "--json").lines()
    assert answer["relation"] == "looser"


def test_a_version_is_equivalent_to_itself(command: Command) -> None:
    (answer,) = command("diff", NEW, NEW, "--json").lines()
    assert (answer["relation"], answer["witnesses"]) == ("equivalent", [])


def test_patients_who_move_are_counted_and_named_those_who_lose_first(command: Command) -> None:
    patients = command.write(
        "patients.ndjson",
        patient("both", 150),
        patient("lost", 120),
        patient("neither", 99),
        patient("unknown", None),
        patient("smoker", 120, smoker=True),
    )
    (answer,) = command(
        "diff", OLD, NEW, "--json", "--patients", patients, "--as-of", "2026-11-24"
    ).lines()
    assert answer["table"] == {
        "eligible": {"eligible": 1, "undetermined": 0, "ineligible": 1},
        "undetermined": {"eligible": 0, "undetermined": 1, "ineligible": 0},
        "ineligible": {"eligible": 0, "undetermined": 0, "ineligible": 2},
    }
    # Platelets of 150, 120, 99, none, 120: at least 100 three pass and one fails; at least 150, one
    # passes and three fail.
    smokers = {"pass": 4, "fail": 1, "unknown": 0}
    assert answer["counts"] == [
        {
            "id": "I1",
            "was": None,
            "old": {"pass": 3, "fail": 1, "unknown": 1},
            "new": {"pass": 1, "fail": 3, "unknown": 1},
        },
        {"id": "E1", "was": None, "old": smokers, "new": smokers},
    ]
    found = "Platelets 120 10*9/L on 24 Nov 2026"
    assert answer["movers"] == [
        {
            "patient": "lost",
            "as_of": "2026-11-24",
            "old": "eligible",
            "new": "ineligible",
            "because": [
                {
                    "id": "I1",
                    "was": None,
                    "old": "pass",
                    "new": "fail",
                    "old_sentence": f"Met: {found} is at least 100 10*9/L.",
                    "new_sentence": f"Not met: {found} is below the limit of at least 150 10*9/L "
                    "(by 30).",
                }
            ],
        }
    ]


def test_a_move_that_must_not_be_ends_with_1(command: Command) -> None:
    lost, fine = (
        command.write("a.ndjson", patient("p", 120)),
        command.write("b.ndjson", patient("q")),
    )
    asked = ("diff", OLD, NEW, "--as-of", "2026-11-24", "--fail-on", "eligible:ineligible")
    assert command(*asked, "--patients", lost).code == 1
    assert command(*asked, "--patients", fine).code == 0


def test_what_fail_on_cannot_mean_is_said(command: Command) -> None:
    ended = command("diff", OLD, NEW, "--fail-on", "eligible-ineligible", "--patients", "-")
    assert ended.code == 2
    assert "`eligible-ineligible` is not a move such as `eligible:ineligible`" in ended.err
    ended = command("diff", OLD, NEW, "--fail-on", "eligible:ineligible")
    assert (ended.code, "needs `--patients`" in ended.err) == (2, True)


def test_a_patient_who_cannot_be_read_is_told_and_the_others_are_compared(command: Command) -> None:
    bad = {"patient": "bad", "facts": {"plateletts": 1}}
    patients = command.write("patients.ndjson", bad, patient("lost", 120))
    ended = command("diff", OLD, NEW, "--json", "--patients", patients, "--as-of", "2026-11-24")
    assert (ended.code, len(ended.lines()[0]["movers"])) == (4, 1)
    assert "did you mean `platelets`?" in ended.err


def test_a_version_can_be_one_of_a_git_revision(command: Command, tmp_path: Path) -> None:
    shutil.copytree(CRITERIA, tmp_path / "criteria")
    rules = tmp_path / "criteria" / "XMPL-001" / "2.0.yaml"

    def git(*words: str) -> None:
        who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    rules.write_text(rules.read_text("utf-8").replace("at_least: 150", "at_least: 120"), "utf-8")
    env = {"SCREENER_CRITERIA": str(tmp_path / "criteria")}
    (answer,) = command("diff", f"{NEW}@git:HEAD", NEW, "--json", env=env).lines()
    assert answer["relation"] == "looser"
    ended = command("diff", f"{NEW}@git:nowhere", NEW, env=env)
    assert (ended.code, "git revision `nowhere`" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ((f"{NEW}@git:", NEW), 2, "names no git revision, such as `@git:HEAD~1`"),
        ((OLD, NEW, "--html", "nowhere/a.html"), 2, "there is no folder `"),
        ((OLD, NEW, "--timeout", "inf"), 2, "less than or equal to 86400"),
        ((OLD, NEW, "--patients", "."), 4, "there is no table in it that can be read"),
    ],
    ids=["no revision", "no folder", "no end", "an empty folder"],
)
def test_what_cannot_be_done_is_said_before_anything_is_answered(
    asked: tuple[str, ...],
    code: int,
    message: str,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = command("diff", *asked)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err


def test_that_two_trials_are_compared_is_said(command: Command, tmp_path: Path) -> None:
    shutil.copytree(CRITERIA, tmp_path / "criteria")
    rules = tmp_path / "criteria" / "XMPL-001" / "2.0.yaml"
    other = tmp_path / "criteria" / "other.yaml"
    text = rules.read_text("utf-8").replace("trial: XMPL-001", "trial: XMPL-009")
    other.write_text(text, "utf-8")
    ended = command("diff", NEW, other)
    assert (ended.code, "these are versions of two trials" in ended.err) == (0, True), ended.err


def test_the_comparison_reads_well(command: Command) -> None:
    ended = command("diff", OLD, NEW)
    assert "The new version is stricter" in ended.out
    assert "I1: stricter; text and rule changed" in ended.out
    assert "1 criteria" not in ended.out


def test_the_report_is_one_page_that_shows_people_first_and_the_text_beside_the_rule(
    command: Command, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    patients = command.write("p.ndjson", patient("lost", 120), patient("<b>odd</b>", 99))
    asked = ("diff", OLD, NEW, "--as-of", "2026-11-24", "--patients", patients, "--html", page)
    assert command(*asked).code == 0
    text = page.read_text("utf-8")
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))
    assert "1 of 2 patients change their verdict." in told
    assert "Eligible → Ineligible: 1 patient" in told
    assert told.index("On 2 patients") < told.index("Proved for every patient")
    assert "at least 100 10⁹/L" in told
    assert "at least 150 10⁹/L" in told
    assert "<b>odd" not in text
    # Nothing is fetched from anywhere.
    assert not re.search(r"(src|href)=", text)
    assert command(*asked).code == 2  # it is not written over


def test_a_rule_that_changed_without_its_text_is_flagged(command: Command, tmp_path: Path) -> None:
    text = (CRITERIA / "XMPL-001" / "2.0.yaml").read_text("utf-8")
    rules, page = tmp_path / "edited.yaml", tmp_path / "report.html"
    rules.write_text(text.replace("at_least: 150", "at_least: 151"), "utf-8")
    shutil.copy(CRITERIA / "vocabulary.yaml", tmp_path / "vocabulary.yaml")
    ended = command("diff", NEW, rules, "--html", page)
    assert "the rule changed, its text did not" in ended.out
    assert "The rule changed, but the text of the protocol did not." in page.read_text("utf-8")


def test_several_processes_answer_as_one_does(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = {"patient": "bad", "facts": {"plateletts": 1}}
    patients = command.write(
        "many.ndjson", bad, *(patient(f"P{at}", 90 + at % 70) for at in range(450))
    )
    asked = ("diff", OLD, NEW, "--json", "--patients", patients, "--as-of", "2026-11-24")
    alone = command(*asked)
    monkeypatch.setattr(moving, "ALONE", 20)
    together = command(*asked)
    assert (together.code, together.out, together.err) == (alone.code, alone.out, alone.err)
    # 90 + n % 70 lies in 100 to 149 for fifty of each seventy: six whole rounds, and 10 to 29.
    assert len(alone.lines()[0]["movers"]) == 6 * 50 + 20


def killed(batch: object) -> None:
    """What a system does to a process when it runs out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_of_a_process_that_was_killed_it_is_said_what_to_do_and_nothing_is_written(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = command.write("many.ndjson", *(patient(f"P{at}") for at in range(450)))
    page = tmp_path / "report.html"
    monkeypatch.setattr(moving, "ALONE", 20)
    monkeypatch.setattr(moving, "_answer_all", killed)
    asked = ("diff", OLD, NEW, "--patients", patients, "--as-of", "2026-11-24", "--html", page)
    ended = command(*asked, "--processes", "2")
    assert (ended.code, ended.out, page.exists()) == (5, "", False)
    assert ended.err == (
        "error: one of 2 processes that judged patients was ended from outside, as a system does "
        "that runs out of memory; nothing is answered\n"
        "   hint: `--processes 1` takes less memory\n"
    )
    # What it says helps: this process judges all of them.
    assert command(*asked, "--processes", "1").code == 0
    assert "450 patients" in page.read_text("utf-8")


def test_proofs_are_told(command: Command) -> None:
    ended = command("prove", NEW)
    assert (ended.code, "Somebody can be eligible." in ended.out) == (0, True)
    (answer,) = command("prove", NEW, "--json").lines()
    assert (answer["can_be_eligible"], answer["clash"]) == (True, [])


def test_criteria_that_clash_are_named_with_their_lines(command: Command, tmp_path: Path) -> None:
    text = (CRITERIA / "XMPL-001" / "2.0.yaml").read_text("utf-8")
    clash = """      - id: I2
        text: Platelets below 100 x 10^9/L within 14 days before screening.
        source: "2"
        rule: {fact: platelets, less_than: 100 10*9/L, within: 14 d before as_of}
    exclusion:
"""
    shutil.copy(CRITERIA / "vocabulary.yaml", tmp_path / "vocabulary.yaml")
    rules = tmp_path / "clash.yaml"
    rules.write_text(text.replace("    exclusion:\n", clash), "utf-8")
    (answer,) = command("prove", rules, "--json").lines()
    assert (answer["can_be_eligible"], answer["clash"]) == (False, ["I1", "I2"])
    told = command("prove", rules).out
    assert "Nobody can be eligible." in told
    assert "I1 (line 11)" in told
    assert "I2 (line 15)" in told


def test_the_criteria_that_end_otherwise_are_counted_as_text(command: Command) -> None:
    patients = command.write("patients.ndjson", patient("both", 150), patient("lost", 120))
    told = command("diff", OLD, NEW, "--patients", patients, "--as-of", "2026-11-24").out
    rows = [line.split() for line in told.splitlines()]
    assert ["I1", "2", "0", "0", "1", "1", "0"] in rows
    assert not any(row[:2] == ["E1", "2"] for row in rows)


# --- prove --patient --------------------------------------------------------------------------

DAY = ("--as-of", "2026-11-24")


def test_what_is_open_of_a_patient_is_filled_in_and_screened(command: Command) -> None:
    gap = command.write("gap.ndjson", patient("gap", None))
    (answer,) = command("prove", NEW, "--patient", gap, "--json", *DAY).lines()
    assert (answer["patient"], answer["verdict"]) == ("gap", "undetermined")
    assert (answer["can_be_eligible"], answer["added"]) == (True, ["platelets"])
    screened = load_trial(NEW, criteria=CRITERIA).screen(answer["witness"])
    assert screened.verdict.value == "eligible"
    told = command("prove", NEW, "--patient", gap, *DAY).out
    assert "Patient gap, XMPL-001 version 2.0, as of 2026-11-24: undetermined as it stands" in told
    assert "What is open can be filled in so that he is eligible." in told
    assert "  - Platelets (platelets): " in told


def test_what_is_settled_of_a_patient_clashes_with_the_criteria_named(command: Command) -> None:
    smoker = command.write("smoker.ndjson", patient("smoker", None, smoker=True))
    ended = command("prove", NEW, "--patient", smoker, "--json", *DAY)
    (answer,) = ended.lines()
    assert (ended.code, answer["can_be_eligible"], answer["witness"]) == (0, False, None)
    assert (answer["clash"], answer["facts"]) == (["E1"], ["smoker"])
    told = command("prove", NEW, "--patient", smoker, *DAY).out
    assert "However what is open is filled in, he is not eligible." in told
    assert "  - E1 (line 16): Smoker." in told
    assert "  - Smoker (smoker)" in told


def test_a_patient_of_whom_all_is_known_needs_nothing(command: Command) -> None:
    whole = command.write("whole.ndjson", patient("whole", 150))
    told = command("prove", NEW, "--patient", whole, *DAY).out
    assert "eligible as it stands\nNothing has to be added." in told


def test_one_patient_who_cannot_be_read_does_not_hide_the_others(command: Command) -> None:
    bad = {"patient": "bad", "facts": {"plateletts": 1}}
    both = command.write("both.ndjson", bad, patient("gap", None))
    ended = command("prove", NEW, "--patient", both, "--json", *DAY)
    assert ended.code == 4
    assert [one.get("can_be_eligible") for one in ended.lines()] == [None, True]
    assert "error" in ended.lines()[0]


def test_a_table_holds_no_profile_to_complete(command: Command, tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text("patient,smoker\np,false\n", "utf-8")
    ended = command("prove", NEW, "--patient", table, *DAY)
    assert ended.code == 2
    assert "a profile (JSON) is what can be completed" in ended.err
