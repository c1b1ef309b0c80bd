"""The formula of a protocol for one patient, by the truth tables of Kleene: `judge`.

A second, independent statement of docs/semantics.md, slow and plain. It takes the rule file, the
vocabulary and the profile as the plain data that a YAML or JSON reader gives, and shares no code
with the engine. Leaves are judged in `leaf`, records are read in
`chart`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from tests.judge.chart import Plain
from tests.judge.kleene import CAUSES, UNCLAIMED, Answer, Truth, all_of, any_of, negated, shared
from tests.judge.leaf import Leaves
from tests.judge.patient import Patient

_OUTCOME = {True: "pass", False: "fail", None: "unknown"}
_VERDICT = {True: "eligible", False: "ineligible", None: "undetermined"}


class Judgement(NamedTuple):
    """What the judge says, in the words of the result; `causes` of unknown single-leaf criteria."""

    criteria: dict[str, str]
    stages: dict[str, str]
    cohorts: dict[str, str]
    verdict: str
    causes: dict[str, str]


def judge(trial: Plain, vocabulary: Plain, profile: Plain, as_of: date) -> Judgement:
    """Judge every criterion, stage and cohort of a trial for one patient."""
    facts = {**vocabulary["facts"], **trial.get("facts", {})}
    formula = _Formula(
        trial,
        Leaves(Patient(trial, facts, profile, as_of.toordinal(), vocabulary.get("ranges", ()))),
    )
    answers: dict[str, Answer] = {}
    bound: list[tuple[str, str, Plain]] = []
    for stage in trial["stages"]:
        for polarity in ("inclusion", "exclusion"):
            for criterion in stage.get(polarity, []):
                passes = formula.criterion(criterion, polarity, stage)
                answers[criterion["id"]] = passes
                bound.append((criterion["id"], stage["id"], criterion))
    cohorts = trial.get("cohorts", [])
    is_open = [one["id"] for one in cohorts if one.get("open", True) in (True, "true")]

    def verdict_of(stage: str | None, cohort: str | None) -> Truth:
        return all_of(
            answers[name].truth
            for name, of_stage, criterion in bound
            if (stage is None or stage == of_stage)
            and (cohort is None or cohort in criterion.get("only_for", [cohort]))
        )

    def over_cohorts(stage: str | None) -> Truth:
        if not cohorts:
            return verdict_of(stage, None)
        return any_of(verdict_of(stage, one) for one in is_open)

    return Judgement(
        criteria={name: _OUTCOME[answer.truth] for name, answer in answers.items()},
        stages={one["id"]: _VERDICT[over_cohorts(one["id"])] for one in trial["stages"]},
        cohorts={one["id"]: _VERDICT[verdict_of(None, one["id"])] for one in cohorts},
        verdict=_VERDICT[over_cohorts(None)],
        causes={
            name: min(answers[name].causes, key=CAUSES.index)
            for name, _, criterion in bound
            if _is_leaf(criterion) and answers[name].causes - UNCLAIMED == answers[name].causes
            if answers[name].truth is None
        },
    )


def _is_leaf(criterion: Plain) -> bool:
    rule = criterion["rule"]
    return isinstance(rule, dict) and "fact" in rule and "applies_when" not in criterion


class _Formula:
    """Combinations of leaves (semantics sections 1 and 2)."""

    def __init__(self, trial: Plain, leaves: Leaves) -> None:
        self._terms: Mapping[str, Any] = trial.get("define", {})
        self._leaves = leaves

    def criterion(self, criterion: Plain, polarity: str, stage: Plain) -> Answer:
        """2.1, 2.2, 2.5, 2.6: whether the criterion passes."""
        if "defect" in criterion and not criterion["defect"].get("resolved_by"):
            return Answer(None, UNCLAIMED)
        window = stage.get("window")
        assume_no = criterion.get("if_missing") in ("no", False)
        rule = self.truth(criterion["rule"], window, assume_no)
        passes = rule if polarity == "inclusion" else _not(rule)
        if "applies_when" in criterion:
            applies = self.truth(criterion["applies_when"], window, assume_no)
            passes = _joined(any_of([negated(applies.truth), passes.truth]), [applies, passes])
        if stage.get("when_missed") == "fail" and passes.truth is None:
            open_leaves = passes.causes
            if open_leaves == {"missed"}:
                return Answer(False)
        return passes

    def truth(self, rule: Any, window: Any, assume_no: bool) -> Answer:
        """The truth of a rule, with the causes of the leaves that keep it open."""
        if isinstance(rule, str):
            return self.truth(self._terms[rule], window, assume_no)
        if "fact" in rule:
            return self._leaves.judge(rule, window, assume_no)
        ((word, body),) = rule.items()
        if word == "by":
            return self._by(body, window, assume_no)
        if word == "not":
            return _not(self.truth(body, window, assume_no))
        listed = body["of"] if word == "at_least_of" else body
        parts = [self.truth(part, window, assume_no) for part in listed]
        needed = int(body["count"]) if word == "at_least_of" else 0
        # A Kleene truth of such a combination is what all completions of the unknown parts share.
        worlds = product(*([True, False] if p.truth is None else [p.truth] for p in parts))
        return _joined(shared(_combined(word, needed, world) for world in worlds), parts)

    def _by(self, body: Plain, window: Any, assume_no: bool) -> Answer:
        """1.6: what the rules of all cases that are possible say."""
        ((fact, cases),) = body.items()
        parts, truths = [], []
        for value, rule in cases.items():
            case = self._case(fact, value, window, assume_no)
            if case.truth is False:
                continue
            answer = self.truth(rule, window, assume_no)
            parts += [case, answer]
            truths.append(answer.truth)
        return _joined(shared(truths), parts)

    def _case(self, fact: str, value: str, window: Any, assume_no: bool) -> Answer:
        # Kept, because leaves are told apart by identity.
        leaf = _CASE_LEAVES.setdefault((fact, value), {"fact": fact, "is": value})
        return self._leaves.judge(leaf, window, assume_no)


_CASE_LEAVES: dict[tuple[str, str], Plain] = {}


def _combined(word: str, needed: int, world: tuple[bool, ...]) -> bool:
    if word == "all_of":
        return all(world)
    if word == "any_of":
        return any(world)
    if word == "none_of":
        return not any(world)
    return sum(world) >= needed


def _not(answer: Answer) -> Answer:
    return Answer(negated(answer.truth), answer.causes)


def _joined(truth: Truth, parts: list[Answer]) -> Answer:
    if truth is not None:
        return Answer(truth)
    return Answer(None, frozenset().union(*(one.causes for one in parts if one.truth is None)))
