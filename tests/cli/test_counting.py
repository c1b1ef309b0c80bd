"""`screener funnel` and `screener sweep`, on five patients of the made-up trial.

Version 2.0 asks for platelets of at least 150 within 14 days (I1) and excludes smokers (E1).
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.support import Command, patient

TRIAL = "XMPL-001@2.0"


@pytest.fixture
def five(command: Command) -> Path:
    return command.write(
        "five.ndjson",
        patient("A", 150),
        patient("B", 120),
        patient("C", None),
        patient("D", 160, smoker=True),
        patient("E", 120, smoker=True),
    )


def test_the_funnel_counts_who_is_left_for_sure_and_possibly(command: Command, five: Path) -> None:
    (answer,) = command("funnel", TRIAL, five, "--as-of", "2026-11-24", "--json").lines()
    assert (answer["patients"], answer["eligible"], answer["undetermined"]) == (5, 1, 1)
    assert answer["criteria"] == [
        # A and D pass; C is unknown; B and E fail, but E smokes as well.
        {
            "id": "I1",
            "sure": 2,
            "possible": 3,
            "fails": 2,
            "unknown": 1,
            "only_this": 1,
            "eligible_without": 3,
        },
        # A is left for sure, C possibly; D and E smoke, and only D would do otherwise.
        {
            "id": "E1",
            "sure": 1,
            "possible": 2,
            "fails": 2,
            "unknown": 0,
            "only_this": 1,
            "eligible_without": 2,
        },
    ]


def test_the_funnel_reads_as_a_table_and_as_a_picture(
    command: Command, five: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "funnel.svg"
    asked = ("funnel", TRIAL, five, "--as-of", "2026-11-24")
    ended = command(*asked, "--picture", picture)
    assert "5 patients: 1 eligible, 1 undetermined, 3 ineligible" in ended.out
    drawn = ElementTree.fromstring(picture.read_text("utf-8"))
    texts = [one.text for one in drawn.iter() if one.tag.endswith("text")]
    assert texts == ["I1", "2 sure, 3 possible", "E1", "1 sure, 2 possible"]
    assert command(*asked, "--picture", picture).code == 2
    ended = command(*asked, "--picture", tmp_path / "nowhere" / "funnel.svg")
    assert (ended.code, ended.out, "there is no folder" in ended.err) == (2, "", True)


def test_a_limit_varied_counts_who_would_be_eligible(command: Command, five: Path) -> None:
    vary = ("--vary", "I1/platelets/low=100..200:50")
    asked = ("sweep", TRIAL, five, "--as-of", "2026-11-24", "--json")
    (answer,) = command(*asked, *vary).lines()
    assert answer["points"] == [
        {"values": ["100"], "eligible": 2, "undetermined": 1, "ineligible": 2},
        {"values": ["150"], "eligible": 1, "undetermined": 1, "ineligible": 3},
        {"values": ["200"], "eligible": 0, "undetermined": 1, "ineligible": 4},
    ]
    (answer,) = command(*asked, *vary, "--off", "E1").lines()
    assert [one["eligible"] for one in answer["points"]] == [4, 2, 0]


def test_a_window_moved_by_days_lets_older_results_in(command: Command) -> None:
    old = command.write("old.ndjson", patient("old", 150, date="2026-11-09"))
    (answer,) = command(
        "sweep", TRIAL, old, "--as-of", "2026-11-24", "--json", "--vary", "I1/platelets/from=-1..0"
    ).lines()
    assert [one["eligible"] for one in answer["points"]] == [1, 0]


def test_two_things_varied_make_a_grid(command: Command, five: Path, tmp_path: Path) -> None:
    picture = tmp_path / "grid.svg"
    ended = command(
        "sweep", TRIAL, five, "--as-of", "2026-11-24", "--json", "--picture", picture,
        "--vary", "I1/platelets/low=100..150:50", "--vary", "I1/platelets/from=-1..0",
    )  # fmt: skip
    (answer,) = ended.lines()
    assert [(one["values"], one["eligible"]) for one in answer["points"]] == [
        (["100", "-1"], 2),
        (["100", "0"], 2),
        (["150", "-1"], 1),
        (["150", "0"], 1),
    ]
    drawn = ElementTree.fromstring(picture.read_text("utf-8"))
    assert sum(one.tag.endswith("rect") for one in drawn.iter()) == 4


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ("I1/platelets/low", "is nothing to vary"),
        ("I1/platelets/low=", "`` is no range; such as"),
        ("I1/platelets/low=1..many", "`many` in `1..many` is no number"),
        ("I1/platelets/low=1..NaN", "`NaN` in `1..NaN` is no number that a limit could be"),
        ("I1/platelets/low=0..1E+999999:1E-999999", "is no number that a limit could be"),
        ("I1/platelets/low=200..100", "`200..100` runs backwards; the lower value comes first"),
        ("I1/platelets/low=100..200:0", "a step of `0` leads nowhere"),
        ("I1/platelets/low=100..200:-5", "a step of `-5` leads nowhere"),
        ("I1/platelets/low=1..1001", "`1..1001` stands for more than 1,000 values"),
        ("I1/platelets/from=0..2:0.5", "an end of a window moves by whole days"),
        ("I1/platelets/from=0..99999:99999", "an end of a window moves by whole days, at most"),
        ("I1/platelets/middle=1..2", "`middle` is no end of anything; the ends are `low`"),
        ("I9/platelets/low=1..2", "there is no criterion `I9`; the criteria are I1, E1"),
        ("I1/smoker/low=1..2", "`I1` does not ask about `smoker`; it asks about platelets"),
        ("I1/platelets/high=1..2", "`platelets` has no limit with the end `high` in `I1`"),
    ],
)
def test_what_cannot_be_varied_is_said(
    command: Command, five: Path, vary: str, message: str
) -> None:
    ended = command("sweep", TRIAL, five, "--as-of", "2026-11-24", "--vary", vary)
    assert (ended.code, message in ended.err) == (2, True), ended.err


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ("I1/platelets/low=1..2", "`I1/platelets/low` is varied twice"),
        ("I1/platelets/from=0..100", "that are 10,100 combinations, and at most 10,000 are tried"),
    ],
)
def test_what_makes_no_grid_is_said(command: Command, five: Path, other: str, message: str) -> None:
    both = ("--vary", "I1/platelets/low=101..200", "--vary", other)
    ended = command("sweep", TRIAL, five, "--as-of", "2026-11-24", *both)
    assert (ended.code, message in ended.err) == (2, True), ended.err
