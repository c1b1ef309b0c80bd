"""Why a record was not used, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener import Trial, load_trial

RULE = "{fact: platelets, more_than: 100 10*9/L, within: WINDOW}"
UNKNOWN, OUTSIDE = "the day of the window is not known", "outside the window"


@pytest.fixture
def trial(tmp_path: Path, request: pytest.FixtureRequest) -> Trial:
    path = tmp_path / "1.yaml"
    path.write_text(
        'trial: XMPL-031\ntitle: A made-up trial\nversion: "1"\neffective: 2026-01-01\n'
        "dates: {resection: {fact: resection}}\n"
        "stages:\n  - id: s\n    title: S\n    inclusion:\n"
        f"      - {{id: I1, text: Platelets., rule: {RULE.replace('WINDOW', request.param)}}}\n"
    )
    vocabulary = Path(__file__).parents[2] / "criteria" / "vocabulary.yaml"
    (tmp_path / "vocabulary.yaml").write_bytes(vocabulary.read_bytes())
    return load_trial(path)


@pytest.mark.parametrize(
    ("trial", "facts", "reason"),
    [
        ("14 d before as_of", {}, OUTSIDE),
        ("14 d after resection", {"resection": "2026-10-01"}, OUTSIDE),
        ("14 d after resection", {}, UNKNOWN),
        ("14 d after resection", {"resection": {"absent": "pending"}}, UNKNOWN),
    ],
    indirect=["trial"],
)
def test_a_record_is_outside_a_window_only_where_its_day_is_known(
    trial: Trial, facts: dict[str, object], reason: str
) -> None:
    old = {"value": "150 10*9/L", "date": "2026-11-01"}
    profile = {"facts": {"platelets": old, **facts}}
    (one,) = trial.screen(profile, as_of="2026-11-24").criteria
    assert [each.reason for each in one.set_aside] == [reason]
