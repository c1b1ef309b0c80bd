"""What the arms give an eligible patient: arithmetic on what the source states, or nothing.

Body surfaces by hand, of 170 cm and 70 kg: 0.007184 x 170^0.725 x 70^0.425 = 1.8097 m2 by DuBois,
sqrt(170 x 70 / 3600) = 1.8181 m2 by Mosteller.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from screener import Trial, load_trial
from screener.terminal import render, render_trace

CRITERIA = Path(__file__).parents[1] / "criteria"
AS_OF = "2026-11-24"
TALL, HEAVY = {"height": "170 cm"}, {"weight": "70 kg"}
DUBOIS = "amount: 10 MIU/m2, per: bsa_dubois"
MOSTELLER = "amount: 10 MIU/m2, per: bsa_mosteller"


def _on_the_day(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list) else {"value": value, "date": AS_OF}
        for name, value in facts.items()
    }


@pytest.fixture
def trial_of(tmp_path: Path) -> Any:
    def made(dose: str) -> Trial:
        path = tmp_path / "1.yaml"
        path.write_text(
            'trial: XMPL-031\ntitle: A made-up trial\nversion: "1"\neffective: 2026-01-01\n'
            "arms:\n  - id: a\n    title: Treated\n"
            f"    doses: [{{drug: Examplumab, {dose}}}]\n"
            "  - {id: b, title: Control}\n"
            "stages:\n  - id: s\n    title: S\n    inclusion:\n"
            "      - {id: I1, text: Women., rule: {fact: sex, is: female}}\n"
        )
        vocabulary = tmp_path / "vocabulary.yaml"
        vocabulary.write_bytes((CRITERIA / "vocabulary.yaml").read_bytes())
        return load_trial(path)

    return made


@pytest.mark.parametrize(
    ("dose", "facts", "low", "high", "unit"),
    [
        ("amount: 6 MIU", {}, "6", "6", "M[iU]"),
        ("amount: [2 mg, 4 mg]", {}, "2", "4", "mg"),
        (DUBOIS, TALL | HEAVY, "18.097", "18.097", "M[iU]"),
        (MOSTELLER, TALL | HEAVY, "18.181", "18.181", "M[iU]"),
        # A body surface that is given counts as it is.
        (DUBOIS, {"bsa_dubois": "1.75 m2"}, "17.5", "17.5", "M[iU]"),
        ("amount: 1.5 mg/kg, per: weight", HEAVY, "105", "105", "mg"),
        ("amount: [1 mg/kg, 2 mg/kg], per: weight", HEAVY, "70", "140", "mg"),
        (f"{DUBOIS}, at_most: 18 MIU", TALL | HEAVY, "18", "18", "M[iU]"),
        (f"{DUBOIS}, at_most: 18000 kIU", TALL | HEAVY, "18", "18", "M[iU]"),
        (f"{DUBOIS}, at_most: 19 MIU", TALL | HEAVY, "18.097", "18.097", "M[iU]"),
    ],
)
def test_an_amount_is_worked_out_and_not_rounded(
    dose: str, facts: dict[str, Any], low: str, high: str, unit: str, trial_of: Any
) -> None:
    result = trial_of(dose).screen({"facts": {"sex": "female", **_on_the_day(facts)}}, as_of=AS_OF)
    (found,) = result.arms[0].doses
    assert found.amount == (low, high, unit)
    assert (found.cause, found.missing) == (None, ())


@pytest.mark.parametrize(
    ("facts", "low", "high", "cause", "missing"),
    [
        # 30 to 250 cm are plausible: sqrt(30 x 70 / 3600) = 0.7638, sqrt(250 x 70 / 3600) = 2.2048.
        (HEAVY, "7.638", "22.048", "missing", ("height",)),
        # Two weights of a day: sqrt(170 x 69 / 3600) = 1.8051, sqrt(170 x 71 / 3600) = 1.8311.
        (
            TALL | {"weight": [{"value": w, "unit": "kg", "date": AS_OF} for w in (69, 71)]},
            "18.051",
            "18.311",
            "conflict",
            ("weight",),
        ),
    ],
)
def test_what_is_open_about_the_body_widens_the_amount(
    facts: dict[str, Any], low: str, high: str, cause: str, missing: Any, trial_of: Any
) -> None:
    result = trial_of(MOSTELLER).screen(
        {"facts": {"sex": "female", **_on_the_day(facts)}}, as_of=AS_OF
    )
    (found,) = result.arms[0].doses
    assert result.verdict.value == "eligible"
    assert result.missing == ()
    assert found.amount == (low, high, "M[iU]")
    assert (found.cause.value, found.missing) == (cause, missing)


def test_a_most_of_one_dose_bounds_what_is_open(trial_of: Any) -> None:
    result = trial_of(f"{MOSTELLER}, at_most: 8 MIU").screen(
        {"facts": {"sex": "female", **_on_the_day(HEAVY)}}, as_of=AS_OF
    )
    assert result.arms[0].doses[0].amount == ("7.638", "8", "M[iU]")


def test_a_weight_that_nobody_recorded_gives_no_amount(trial_of: Any) -> None:
    result = trial_of("amount: 1 mg/kg, per: weight").screen(
        {"facts": {"sex": "female"}}, as_of=AS_OF
    )
    (found,) = result.arms[0].doses
    assert (found.amount, found.cause.value, found.missing) == (None, "missing", ("weight",))
    assert "cannot be worked out" in found.sentence


def test_a_source_that_names_no_formula_leaves_it_there(trial_of: Any) -> None:
    result = trial_of("amount: 10 MIU/m2, per: not_stated").screen(
        {"facts": {"sex": "female", **_on_the_day(TALL | HEAVY)}}, as_of=AS_OF
    )
    (found,) = result.arms[0].doses
    assert (found.formula, found.amount, found.cause, found.because) == (None, None, None, ())
    assert found.sentence == (
        "Examplumab, 10 MIU/m2; the source names no formula for body surface, so no amount is "
        "worked out."
    )


def test_the_sentence_shows_the_arithmetic_and_names_the_formula(trial_of: Any) -> None:
    profile = {"facts": {"sex": "female", **_on_the_day(TALL | HEAVY)}}
    result = trial_of(f"{DUBOIS}, schedule: weekly").screen(profile, as_of=AS_OF)
    (found,) = result.arms[0].doses
    assert found.sentence == (
        "Examplumab, 10 MIU/m2, weekly; worked out with Body surface area (DuBois). "
        "10 MIU/m2 x 1.8097 m2 (Body surface area (DuBois)) = 18.097 MIU."
    )
    assert [one.fact for one in found.because] == ["weight", "height"]
    shown = render(result)
    assert "arithmetic, not a prescription" in shown
    assert "Control: no dose stated" in shown


def test_who_is_not_eligible_is_given_no_dose(trial_of: Any) -> None:
    for sex in ("male", None):
        result = trial_of("amount: 6 MIU").screen({"facts": {"sex": sex}}, as_of=AS_OF)
        assert result.arms == ()
        assert result.to_json()["arms"] == []


def test_an_answer_taken_apart_tells_the_same_doses(trial_of: Any) -> None:
    trial, profile = trial_of("amount: 6 MIU"), {"facts": {"sex": "female"}}
    trace = trial.explain(profile, as_of=AS_OF)
    assert trace.arms == trial.screen(profile, as_of=AS_OF).arms
    assert [one.id for one in trace.arms] == ["a", "b"]
    shown = render_trace(trace)
    assert "Doses of the protocol; arithmetic, not a prescription:\n  Treated\n" in shown
    assert "Control: no dose stated" in shown
    # Who asks for one criterion asks for nothing else.
    assert trial.explain(profile, as_of=AS_OF, only=["I1"]).arms == ()
    assert trial.explain({"facts": {"sex": "male"}}, as_of=AS_OF).arms == ()
