"""The answer as text: the words of each outcome, in an order a coordinator reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screener.causes import Cause
from screener.result import (
    Because,
    CohortResult,
    CriterionResult,
    Missing,
    Notice,
    OpenWindow,
    Original,
    Remedy,
    Result,
    SetAside,
    StageResult,
    Unencoded,
)
from screener.terminal import Ink, render
from screener.truth import Outcome, Truth, Verdict

OLD = Because(
    "platelets",
    Truth.TRUE,
    None,
    "112",
    "10*9/L",
    Original("112", "K/uL"),
    "2026-10-01",
    "lab 4711",
)


def _criterion(id_: str, kind: str, outcome: Outcome, **changes: object) -> CriterionResult:
    plain = CriterionResult(
        id=id_,
        stage="screening",
        kind=kind,
        text=f"Text of {id_}.",
        source=None,
        outcome=outcome,
        applies=Truth.TRUE,
        sentence=f"Sentence of {id_}.",
        remedy=None,
        because=(),
        set_aside=(),
        valid_until=None,
    )
    return plain._replace(**changes)  # type: ignore[arg-type]


def _result(verdict: Verdict, *criteria: CriterionResult, **changes: object) -> Result:
    plain = Result(
        trial="XMPL-001",
        version="2.0",
        rules_sha256="a" * 64,
        vocabulary_sha256="b" * 64,
        engine="0.1.0",
        patient="S-01",
        as_of="2026-11-24",
        verdict=verdict,
        cohorts=(),
        stages=(StageResult("screening", verdict, OpenWindow("2026-11-20", "2026-11-30")),),
        criteria=criteria,
        missing=(),
        warnings=(),
        strata=(),
        arms=(),
        not_encoded=(),
        next_change=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_an_undetermined_patient_reads_from_verdict_to_what_it_rests_on() -> None:
    result = _result(
        Verdict.UNDETERMINED,
        _criterion("I1", "inclusion", Outcome.PASS, valid_until="2026-12-08"),
        _criterion("I2", "inclusion", Outcome.UNKNOWN, set_aside=(SetAside(OLD, "too old"),)),
        missing=(
            Missing(
                "platelets",
                "Platelets",
                Cause.STALE,
                ("I2",),
                OpenWindow("2026-11-10", "2026-11-24"),
                "blood_draw",
            ),
        ),
        warnings=(Notice("implausible", "something looks odd", "platelets"),),
        not_encoded=(Unencoded("Fit for the study.", "3", "left to the investigator"),),
        next_change="2026-12-09",
    )
    assert (
        render(result, 72)
        == """\
Patient S-01, XMPL-001 version 2.0, as of 2026-11-24
UNDETERMINED: cannot tell yet
No criterion is against it; 1 criterion is open.
With the same records the verdict could next change on 2026-12-09.
What would help to settle it, cheapest first:
  - Platelets: what is recorded is too old; counts if dated 2026-11-10
    to 2026-11-24; by a blood draw (for I2)

screening, 2026-11-20 to 2026-11-30: cannot tell yet
  meets            I1  Text of I1.
                       > Sentence of I1.
                         stands until 2026-12-08
  cannot tell yet  I2  Text of I2.
                       > Sentence of I2.
                         set aside: platelets 112 K/uL of 2026-10-01
                           (lab 4711): too old

warning: something looks odd

Not judged here:
  - Fit for the study. (3): left to the investigator

Rests on rules aaaaaaaaaaaa, vocabulary bbbbbbbbbbbb, engine 0.1.0,
semantics 1. Decision support, not a medical decision.
"""
    )


@pytest.mark.parametrize(
    ("kind", "outcome", "word"),
    [
        ("inclusion", Outcome.PASS, "meets"),
        ("inclusion", Outcome.FAIL, "does not meet"),
        ("inclusion", Outcome.UNKNOWN, "cannot tell yet"),
        ("exclusion", Outcome.PASS, "not excluded"),
        ("exclusion", Outcome.FAIL, "excluded"),
        ("exclusion", Outcome.UNKNOWN, "cannot tell yet"),
    ],
)
def test_each_outcome_has_its_word(kind: str, outcome: Outcome, word: str) -> None:
    text = render(_result(Verdict.UNDETERMINED, _criterion("C9", kind, outcome)))
    (line,) = (one for one in text.splitlines() if "C9  " in one)
    assert line == f"  {word:<15}  C9  Text of C9."
    if kind == "exclusion":
        assert "pass" not in text
        assert "meet" not in text


def test_a_criterion_that_does_not_apply_says_so() -> None:
    one = _criterion("E1", "exclusion", Outcome.PASS, applies=Truth.FALSE)
    assert "does not apply   E1" in render(_result(Verdict.ELIGIBLE, one))


def test_an_ineligible_patient_reads_what_is_against_and_when_to_look_again() -> None:
    result = _result(
        Verdict.INELIGIBLE,
        _criterion("E1", "exclusion", Outcome.FAIL, remedy=Remedy("wait", "2026-12-10")),
        _criterion("E2", "exclusion", Outcome.FAIL, remedy=Remedy("none")),
        _criterion("I1", "inclusion", Outcome.UNKNOWN),
    )
    head = render(result).split("\n\n")[0].splitlines()
    assert head[1:] == [
        "INELIGIBLE: does not meet the criteria",
        "2 criteria are against it: E1, E2.",
        "1 criterion is open; settling it would not change the verdict.",
        "E1: with the same records this no longer stands in the way from 2026-12-10.",
    ]


def test_a_failure_of_one_cohort_only_is_not_said_of_the_trial() -> None:
    result = _result(
        Verdict.UNDETERMINED,
        _criterion("I1", "inclusion", Outcome.FAIL),
        _criterion("I2", "inclusion", Outcome.UNKNOWN),
        cohorts=(CohortResult("A", Verdict.INELIGIBLE), CohortResult("B", Verdict.UNDETERMINED)),
    )
    text = render(result)
    assert "1 criterion is against it, but not for every cohort: I1." in text
    assert "No criterion is against it" not in text
    assert "Cohorts: A ineligible, B cannot tell yet" in text


def test_nobody_is_said_to_take_part() -> None:
    for verdict in Verdict:
        assert "enrol" not in render(_result(verdict, _criterion("I1", "inclusion", Outcome.PASS)))


def test_control_characters_are_shown_and_not_sent() -> None:
    one = _criterion("I1", "inclusion", Outcome.PASS, text="a\x1b[2Jb\nc", sentence="d\x07")
    text = render(_result(Verdict.ELIGIBLE, one, patient="x\x9by"))
    assert "a?[2Jb c" in text
    assert "d?" in text
    assert "x?y" in text


def test_no_line_is_wider_than_asked_where_its_words_allow() -> None:
    one = _criterion("I1", "inclusion", Outcome.PASS, text="word " * 60, sentence="more " * 60)
    for width in (60, 80, 120):
        lines = render(_result(Verdict.ELIGIBLE, one), width).splitlines()
        assert max(map(len, lines)) <= width


def test_ink_is_only_ever_added() -> None:
    result = _result(Verdict.INELIGIBLE, _criterion("E1", "exclusion", Outcome.FAIL))
    inked = render(result, paint=lambda text, ink: f"<{ink.value}>{text}</>")
    for ink in Ink:
        inked = inked.replace(f"<{ink.value}>", "")
    assert inked.replace("</>", "") == render(result)
