"""`evaluate` and the solver's model on generated trials and patients, every word of the language.

What is known of a patient is fixed in the model. What `evaluate` answers then has to be possible
there, or a proof of "nobody" could be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.interpreters.smt.pairs import Claim, Pair, certain, differ, negation
from screener.interpreters.smt.solver import Possible, Solver
from screener.interpreters.smt.space import Space
from screener.judging import judge_patient
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.truth import Truth
from tests.judge.engine import Engine
from tests.judge.generate import Json, trial_with_patients
from tests.workbench.made import HEAD, stage

CRITERIA, PATIENTS = 15, 10
_PAIR = {Truth.TRUE: certain(True), Truth.FALSE: certain(False)}


class Model:
    """A trial, as the engine reads it and as the solver knows it."""

    def __init__(self, trial: Json, vocabulary: Json) -> None:
        self.engine = Engine(trial, vocabulary)
        self.protocol, self.vocabulary = self.engine.protocol, self.engine.vocabulary
        self.space = Space([self.protocol], self.vocabulary)
        self.pairs = [self.space.criterion(0, at) for at in range(len(self.protocol.criteria))]
        self.verdict = self.space.verdict(0)
        self.solver = Solver(self.space.selections)

    def impossible(self, profile: Json, as_of: date) -> list[str]:
        """Which of the engine's answers are impossible in the model; empty if it agrees.

        Raises:
            ProfileError: if the profile is refused.
        """
        day = as_of.toordinal()
        sheet = read_profile(profile, self.vocabulary, as_of=day)
        judged = judge_patient(self.protocol, self.vocabulary, sheet, day)
        frame = Frame(sheet, self.vocabulary, dict(self.protocol.dates), day)
        selections = self.space.selections
        known = [selections.known(one, select(frame, one)) for one in selections.with_variables()]
        told = [_is(pair, truth) for pair, truth in zip(self.pairs, judged.truths, strict=True)]
        told.append(_is(self.verdict, judged.truth))
        if self._can_be(*known, *told):
            return []
        ids = [*(one.id for one in self.protocol.criteria), "verdict"]
        guilty = [id for id, one in zip(ids, told, strict=True) if not self._can_be(*known, one)]
        return guilty or ["all of them together"]

    def _can_be(self, *claims: Claim) -> bool:
        return isinstance(self.solver.ask(*claims), Possible)


def check(seed: str) -> tuple[int, list[str]]:
    """How many pairs of a criterion and a patient were compared, and where the two disagree."""
    trial, vocabulary, ward = trial_with_patients(seed, CRITERIA, PATIENTS)
    model = Model(trial, vocabulary)
    tried, wrong = 0, []
    for number, (profile, as_of) in enumerate(ward):
        try:
            guilty = model.impossible(profile, as_of)
        except ProfileError:
            continue
        tried += len(model.pairs)
        if guilty:
            wrong.append(f"{seed}, patient {number}, {date.isoformat(as_of)}: {guilty}")
    return tried, wrong


def _is(pair: Pair, truth: Truth) -> Claim:
    """That the formula has this truth."""
    if truth is Truth.UNKNOWN:
        return pair.unknown
    return negation(differ(pair, _PAIR[truth]))


@pytest.mark.parametrize("block", range(10))
def test_what_evaluate_answers_is_possible_in_the_model(block: int) -> None:
    tried = 0
    for number in range(2):
        found, wrong = check(f"smt-{block}-{number}")
        assert wrong == []
        tried += found
    assert tried >= 300


@dataclass(frozen=True)
class Once:
    """What was once impossible in the model, though it is what the semantics say of a patient."""

    rules: Json
    patient: Json
    outcomes: Json
    stage: Json = field(default_factory=dict)
    criteria: Json = field(default_factory=dict)


CLOSED = {"if_missing": "no", "reading": "What is not recorded did not happen."}
ONCE = {
    # 8.9, 12.1: of no event it is longer than any length.
    "a drug never taken was not taken so short a while ago": Once(
        {"C": {"fact": "drug", "since_last": {"at_most": "1 wk", "at": "as_of"}}},
        {},
        {"C": "fail"},
        criteria=CLOSED,
    ),
    "a drug never taken was taken so long ago": Once(
        {"C": {"fact": "drug", "since_last": {"at_least": "1 wk", "at": "as_of"}}},
        {},
        {"C": "pass"},
        criteria=CLOSED,
    ),
    "what never was is longer ago than between two lengths": Once(
        {"C": {"fact": "drug", "since_last": {"between": ["1 wk", "4 wk"], "at": "as_of"}}},
        {},
        {"C": "fail"},
        criteria=CLOSED,
    ),
    # 2.6: A decides that only X matters in C, whose window was missed; S is not known in D.
    "a part that does not keep a criterion open need not be missed": Once(
        {
            "C": {
                "by": {"a": {"true": {"fact": "s", "is": True}, "false": {"fact": "x", "is": 1}}}
            },
            "D": {"fact": "s", "is": True},
        },
        {"facts": {"a": {"value": False, "date": "2025-12-01"}}},
        {"C": "fail", "D": "unknown"},
        {"window": {"to": "7 d before as_of"}, "when_missed": "fail"},
    ),
    # 12.3: the source is complete to the end of the one window, and not to that of the other.
    "silence means no in a window that closes early, and not up to now": Once(
        {
            "C": {
                "fact": "h",
                "is": True,
                "within": {"from": "9 d before as_of", "to": "7 d before as_of"},
            },
            "D": {"fact": "h", "is": True, "within": {"to": "0 d before as_of"}},
        },
        {"complete": {"h": {"to": "2025-12-25", "source": "chart"}}},
        {"C": "fail", "D": "unknown"},
    ),
}


@pytest.mark.parametrize("once", ONCE.values(), ids=ONCE)
def test_what_was_once_impossible_is_possible(once: Once) -> None:
    trial = stage(once.rules)
    (only,) = trial["stages"]
    only |= once.stage
    for one in only["inclusion"]:
        one |= once.criteria
    vocabulary = {
        "facts": {
            "drug": {"type": "event", "kind": "event"},
            "a": {"type": "boolean", "kind": "observation"},
            "s": {"type": "boolean", "kind": "fixed"},
            "x": {"type": "number", "kind": "observation"},
            "h": {"type": "boolean", "kind": "cumulative"},
        }
    }
    model = Model(HEAD | trial, vocabulary)
    profile, day = {"patient": "p", "facts": {}} | once.patient, date(2026, 1, 1)
    said = model.engine.answer(profile, day).said
    assert {id: said[f"criterion {id}"] for id in once.outcomes} == once.outcomes
    assert model.impossible(profile, day) == []
