"""Where patients are lost: attrition in protocol order, and what each criterion costs.

Counted are people. "Sure" are those who pass everything so far for certain, "possible" those whom
nothing so far rules out; between the two lies what is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.interpreters.evaluate import evaluate
from screener.judging import Judged
from screener.truth import VERDICT, Truth, Verdict


class Step(NamedTuple):
    """One criterion of the funnel.

    `sure`, `possible`: who is left after this criterion and all before it. `fails`, `unknown`:
    how it ends over all patients. `only_this`: whom nothing else rules out. `eligible_without`:
    how many would be eligible if it were left out.
    """

    id: str
    sure: int
    possible: int
    fails: int
    unknown: int
    only_this: int
    eligible_without: int


class Funnel(NamedTuple):
    """All patients, their verdicts, and the criteria in protocol order."""

    patients: int
    verdicts: dict[Verdict, int]
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """As in the answer of `screener funnel --json`."""
        return {
            "patients": self.patients,
            **{verdict.value: self.verdicts[verdict] for verdict in reversed(Verdict)},
            "criteria": [one._asdict() for one in self.steps],
        }


def funnel(edition: Edition, people: Iterable[Judged]) -> Funnel:
    """Count everybody once."""
    count = len(edition.protocol.criteria)
    sure, possible, fails, unknown, only, without = ([0] * count for _ in range(6))
    verdicts = dict.fromkeys(Verdict, 0)
    patients = 0
    for judged in people:
        patients += 1
        verdicts[VERDICT[judged.truth]] += 1
        truths = judged.truths
        all_pass = none_fails = True
        for at, truth in enumerate(truths):
            fails[at] += truth is Truth.FALSE
            unknown[at] += truth is Truth.UNKNOWN
            all_pass = all_pass and truth is Truth.TRUE
            none_fails = none_fails and truth is not Truth.FALSE
            sure[at] += all_pass
            possible[at] += none_fails
        for at in range(count):
            verdict = judged.truth if truths[at] is Truth.TRUE else without_it(edition, judged, at)
            without[at] += verdict is Truth.TRUE
            only[at] += judged.truth is Truth.FALSE and verdict is not Truth.FALSE
    steps = tuple(
        Step(one.id, *counts)
        for one, *counts in zip(
            edition.protocol.criteria, sure, possible, fails, unknown, only, without, strict=True
        )
    )
    return Funnel(patients, verdicts, steps)


def without_it(edition: Edition, judged: Judged, index: int) -> Truth:
    """The verdict if one criterion passed, whatever it does."""
    passed = [
        one._replace(truth=Truth.TRUE) if at == index else one
        for at, one in enumerate(judged.criteria)
    ]
    return evaluate(edition.protocol.verdict, judged.selected, passed).truth
