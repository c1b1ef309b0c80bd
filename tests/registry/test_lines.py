"""How a text of criteria becomes lines: sides, depths, stages; and what neighbours do to a line."""

from __future__ import annotations

import pytest

from screener.registry.lines import Side, read_lines
from tests.registry.support import criteria, draft_of


def shown(text: str, *, wrapped: bool = False) -> list[str]:
    return [
        f"{line.side.value[0]} {'.'.join(map(str, line.place)) or 'H'} {line.text}"
        for line in read_lines(text, wrapped=wrapped)
    ]


def test_bullets_numbers_letters_and_indents_make_a_list() -> None:
    text = """Inclusion Criteria:

* First
   - Below
   - Beside
     1) Deep
* Second
Exclusion Criteria
1. One
a) One a
b) One b
2. Two
"""
    assert shown(text) == [
        "i H Inclusion Criteria:",
        "i 1 First",
        "i 1.1 Below",
        "i 1.2 Beside",
        "i 1.2.1 Deep",
        "i 2 Second",
        "e H Exclusion Criteria",
        "e 1 One",
        "e 1.1 One a",
        "e 1.2 One b",
        "e 2 Two",
    ]


def test_a_marker_that_says_more_than_the_place_stays() -> None:
    assert shown("Inclusion:\n3. Third in the protocol\n(c) Fourth") == [
        "i H Inclusion:",
        "i 1 3. Third in the protocol",
        "i 1.1 (c) Fourth",
    ]


def test_lines_broken_at_a_width_are_put_together_and_others_are_not() -> None:
    long = "Unipolar major depression as the manual has it, and of the kind that is called"
    text = f"\n        -  {long}\n           melancholia.\n\n        -  Short\n\n        Other\n"
    assert shown(text, wrapped=True) == [f"u 1 {long} melancholia.", "u 2 Short", "u 3 Other"]
    assert len(shown(text)) == 4


def test_a_marker_alone_belongs_to_the_line_that_follows() -> None:
    assert shown("Inclusion Criteria:\n-\n\nPatients must have:") == [
        "i H Inclusion Criteria:",
        "i 1 Patients must have:",
    ]


def test_what_the_markup_escapes_is_put_back() -> None:
    assert shown("* Platelets \\>= 100 x 10\\^9/L \\[SI\\]") == [
        "u 1 Platelets >= 100 x 10^9/L [SI]"
    ]


@pytest.mark.parametrize(
    ("heading", "side"),
    [
        ("Inclusion Criteria:", Side.INCLUSION),
        ("KEY EXCLUSION CRITERIA", Side.EXCLUSION),
        ("Non-inclusion criteria:", Side.EXCLUSION),
        ("**Exclusion Criteria:**", Side.EXCLUSION),
        ("Criteria for inclusion", Side.INCLUSION),
        ("Patients who meet any of the following exclusion criteria are excluded:", Side.EXCLUSION),
    ],
)
def test_a_heading_says_what_the_lines_below_do(heading: str, side: Side) -> None:
    line, item = read_lines(f"{heading}\n- Something")
    assert line.heading
    assert item.side is side


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion and exclusion criteria",
        "Patients who met an exclusion criterion before",
        "- Meets no exclusion criteria of the main study",
    ],
)
def test_a_line_that_only_speaks_of_criteria_is_no_heading(text: str) -> None:
    (line,) = read_lines(text)
    assert not line.heading


def test_a_heading_with_a_time_point_begins_a_stage() -> None:
    made = draft_of(
        "Day 1 Inclusion Criteria:\n- Consent\nBaseline (week 4) Inclusion Criteria:\n- Imaging\n"
        "Exclusion Criteria:\n- Infection\n"
    )
    assert [(one["id"], one["source"]) for _, one in criteria(made.text)] == [
        ("S1-I1", "Day 1 inclusion 1"),
        ("S2-I1", "Baseline (week 4) inclusion 1"),
        ("S2-E1", "Baseline (week 4) exclusion 1"),
    ]


# --- neighbours -----------------------------------------------------------------------------------

CERTAIN = "Total bilirubin \u2264 1.5 x ULN"


def rule_of(text: str, line: str = CERTAIN) -> object:
    (found,) = [one for _, one in criteria(draft_of(text).text) if one["text"] == line]
    return found.get("rule")


@pytest.mark.parametrize(
    "text",
    [
        f"Inclusion Criteria:\n* {CERTAIN}\n* or a biopsy",
        f"Inclusion Criteria:\n* {CERTAIN}\n* Except in haemolysis",
        f"Inclusion Criteria:\n* {CERTAIN}\n  * in each of two samples",
        f"Inclusion Criteria:\n* A biopsy or\n* {CERTAIN}",
        f"Inclusion Criteria:\n* Patients without\n* {CERTAIN}",
        f"Inclusion Criteria:\n* {CERTAIN}\n* A biopsy\n* Gilbert's syndrome: up to 3 mg/dL",
        f"Inclusion Criteria:\n* {CERTAIN}\n* Up to 3 x ULN is allowed after an infection",
        f"Inclusion Criteria:\n* {CERTAIN}\n\nExclusion Criteria:\n* Bilirubin that rises",
        f"Inclusion Criteria:\n* If a stent is in place:\n  * {CERTAIN}",
        f"Inclusion Criteria:\n* One of the following:\n* A biopsy\n* {CERTAIN}",
        f"Cohort B Inclusion Criteria:\n* {CERTAIN}",
        f"Inclusion Criteria for patients with metastases:\n* {CERTAIN}",
        CERTAIN,
    ],
)
def test_a_neighbour_that_may_change_what_a_line_means_keeps_it_from_being_proposed(
    text: str,
) -> None:
    assert rule_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"Inclusion Criteria:\n* {CERTAIN}\n* A biopsy",
        f"Inclusion Criteria:\n* Patients must have:\n  * {CERTAIN}",
        f"Inclusion Criteria:\n* Adequate liver function as defined by:\n* {CERTAIN}",
        f"Key Inclusion Criteria:\n\n1. {CERTAIN}\n\nExclusion Criteria:\n1. Pregnancy",
        f"Baseline Inclusion Criteria:\n* {CERTAIN}",
    ],
)
def test_a_neighbour_that_says_nothing_of_it_does_not(text: str) -> None:
    assert rule_of(text) == {"fact": "bilirubin", "at_most": "1.5 x ULN"}
