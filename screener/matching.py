"""One patient's answers from several trials, put in order, and the facts that would settle most.

It sums up results and judges nothing: whether a trial suits the patient is for its result to say,
and which of several suitable trials is the better one nobody says here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from screener.result import CriterionResult, Remedy, Result
from screener.truth import Outcome, Verdict
from screener.vocabulary import Cost

_COST = {cost.value: rank for rank, cost in enumerate(Cost)}


class Reason(NamedTuple):
    """Why a trial is out: the first criterion against it, or None where it could not be judged."""

    criterion: str | None
    sentence: str


class Match(NamedTuple):
    """What one trial says of the patient. `result` None: it was not judged, `reason` says why."""

    trial: str
    result: Result | None
    reason: Reason | None = None
    remedy: Remedy | None = None

    @property
    def lacking(self) -> dict[str, tuple[str, str]]:
        """The facts that an undetermined trial waits for, by name: label and cost."""
        missing = () if self.result is None else self.result.missing
        return {one.fact: (one.label, one.cost) for one in missing}

    def to_json(self, patient: str | None) -> dict[str, Any]:
        """The match as plain data, keys in their documented order."""
        answer = None if self.result is None else self.result.to_json()
        reason, remedy = self.reason, self.remedy
        return {
            "patient": patient,
            "trial": self.trial,
            "version": None if answer is None else answer["version"],
            "verdict": None if answer is None else answer["verdict"],
            "missing": [] if answer is None else answer["missing"],
            "reason": None if reason is None else reason._asdict(),
            "remedy": None if remedy is None else {"kind": remedy.kind, "date": remedy.date},
        }


class Step(NamedTuple):
    """Facts to get next, by name with label and cost, and the trials that are settled then."""

    facts: dict[str, tuple[str, str]]
    trials: tuple[str, ...]


def match_of(result: Result) -> Match:
    """A result in short; only for an ineligible patient with a reason and a remedy."""
    failing = [one for one in result.criteria if one.outcome is Outcome.FAIL]
    if result.verdict is not Verdict.INELIGIBLE or not failing:
        return Match(result.trial, result)
    reason = Reason(failing[0].id, failing[0].sentence)
    return Match(result.trial, result, reason, _remedy(result, failing))


def not_judged(trial: str, sentence: str) -> Match:
    """A trial that says nothing of the patient, and why."""
    return Match(trial, None, Reason(None, sentence))


def in_order(matches: Iterable[Match]) -> list[Match]:
    """Eligible, then undetermined with the fewest missing facts first, ineligible, not judged.

    An undetermined trial that waits for no fact (only for a person's judgement, or for what came
    too late) stands after those that a fact can settle. Equals are ordered by the trial's name.
    """
    return sorted(matches, key=_place)


def shortest_list(matches: Sequence[Match]) -> list[Step]:
    """Which facts to get, in steps, so that the fewest and cheapest settle the most trials.

    Every step takes all facts that one more undetermined trial waits for. The best is the trial
    whose facts settle the most trials a fact, its own and those settled along with it; then the one
    with the fewest and cheapest facts (the dearest compared first), then the first by name. What
    part of its facts settles a trial already is taken first. This is greedy: it follows the best
    next step and does not search all lists. A fact counts once for all trials, as if one new record
    suited the windows of all; "settled" means that nothing of a trial's missing list is left.
    """
    waiting = {one.trial: one.lacking for one in matches if one.lacking}
    steps = []
    while waiting:
        best = waiting[min(waiting, key=lambda trial: _price(trial, waiting))]
        within = (trial for trial, left in waiting.items() if left.keys() <= best.keys())
        facts = waiting[min(within, key=lambda trial: _effort(trial, waiting[trial]))]
        settled = tuple(
            sorted(trial for trial, left in waiting.items() if left.keys() <= facts.keys())
        )
        steps.append(Step(facts, settled))
        waiting = {
            trial: {fact: said for fact, said in left.items() if fact not in facts}
            for trial, left in waiting.items()
            if trial not in settled
        }
    return steps


def _price(
    trial: str, waiting: dict[str, dict[str, tuple[str, str]]]
) -> tuple[float, tuple[int, list[int], str]]:
    facts = waiting[trial]
    settled = sum(left.keys() <= facts.keys() for left in waiting.values())
    return len(facts) / settled, _effort(trial, facts)


def _effort(trial: str, facts: dict[str, tuple[str, str]]) -> tuple[int, list[int], str]:
    return len(facts), sorted((_COST[cost] for _, cost in facts.values()), reverse=True), trial


def _place(match: Match) -> tuple[int, int, str]:
    if match.result is None:
        return 4, 0, match.trial
    lacking = len(match.lacking)
    match match.result.verdict:
        case Verdict.ELIGIBLE:
            return 0, 0, match.trial
        case Verdict.UNDETERMINED:
            return (1 if lacking else 2), lacking, match.trial
        case Verdict.INELIGIBLE:
            return 3, 0, match.trial


def _remedy(result: Result, failing: Sequence[CriterionResult]) -> Remedy | None:
    """What it takes to get past every criterion that is against it.

    That is the hardest of their remedies, and of several days the last. Where the trial has cohorts
    not every failing criterion need stand in the way, so only a single one's remedy is told.
    """
    remedies = [one.remedy for one in failing if one.remedy is not None]
    if not remedies or (result.cohorts and len(failing) > 1):
        return None
    for kind in ("none", "new_result"):
        if any(one.kind == kind for one in remedies):
            return Remedy(kind)
    days = [one.date for one in remedies]
    known = [day for day in days if day is not None]
    return Remedy("wait", max(known) if len(known) == len(days) else None)
