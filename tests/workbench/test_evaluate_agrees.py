"""`evaluate` and the solver's model on generated trials and patients, every word of the language.

What is known of a patient is fixed in the model. What `evaluate` answers then has to be possible
there, or a proof of "nobody" could be wrong; and it has to be the only answer wherever nothing but
what is known decides it.
"""

from __future__ import annotations

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
from tests.judge.generate import trial_with_patients

CRITERIA, PATIENTS = 15, 10
_PAIR = {Truth.TRUE: certain(True), Truth.FALSE: certain(False)}


def check(seed: str) -> tuple[int, list[str]]:
    """How many pairs of a criterion and a patient were compared, and where the two disagree."""
    trial, vocabulary, ward = trial_with_patients(seed, CRITERIA, PATIENTS)
    engine = Engine(trial, vocabulary)
    space = Space([engine.protocol], engine.vocabulary)
    pairs = [space.criterion(0, at) for at in range(len(engine.protocol.criteria))]
    verdict = space.verdict(0)
    solver = Solver(space.selections)
    tried, wrong = 0, []
    for number, (profile, as_of) in enumerate(ward):
        try:
            sheet = read_profile(profile, engine.vocabulary, as_of=as_of.toordinal())
        except ProfileError:
            continue
        judged = judge_patient(engine.protocol, engine.vocabulary, sheet, as_of.toordinal())
        frame = Frame(sheet, engine.vocabulary, dict(engine.protocol.dates), as_of.toordinal())
        known = [
            space.selections.known(one, select(frame, one))
            for one in space.selections.with_variables()
        ]
        told = [_is(pair, truth) for pair, truth in zip(pairs, judged.truths, strict=True)]
        told.append(_is(verdict, judged.truth))
        tried += len(pairs)
        if not isinstance(solver.ask(*known, *told), Possible):
            guilty = [
                engine.protocol.criteria[at].id
                for at, one in enumerate(told[:-1])
                if not isinstance(solver.ask(*known, one), Possible)
            ]
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
    assert tried >= 250
