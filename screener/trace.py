"""An answer taken apart: the tree of each criterion, as frozen data and as JSON.

The shape only, for every door that shows it; `tracing` makes it from the findings. Without a
patient it holds what the rules ask for, and everything that is said of a patient is absent.
Decimals are decimal text, dates ISO text, truths words; what is absent is `null`, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from screener.causes import Cause
from screener.result import (
    ArmResult,
    Because,
    Json,
    OpenWindow,
    Remedy,
    SetAside,
    arm_json,
    because_json,
    set_aside_json,
    window_json,
)
from screener.truth import Outcome, Truth, Verdict

#: The number of the trace's JSON shape.
SCHEMA = "3"


class Kind(Enum):
    """What a node of the tree is.

    `fact` is a leaf of a rule; `case` one of the cases of `by`, with its rule beneath; `part` a
    component of something computed, which has no truth of its own.
    """

    FACT = "fact"
    ALL_OF = "all_of"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    NOT = "not"
    AT_LEAST_OF = "at_least_of"
    BY = "by"
    CASE = "case"
    PART = "part"
    MISPRINT = "misprint"


@dataclass(frozen=True, slots=True)
class Change:
    """What a node comes to from a later day on, with the same records."""

    date: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that would help to settle a node that is open."""

    fact: str
    label: str
    cause: Cause
    window: OpenWindow | None
    cost: str


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a rule: what it asks for, and what was found.

    `says` is the rule in words, `found` the finding. `decides`: it shares in the answer of the
    criterion. `window`: the days from which records count, None where any day will do.
    `new_result`: whether a further result may still come that counts. `points`: what a part of a
    score adds to it, as decimal text, the least and the most.
    """

    kind: Kind
    says: str
    fact: str | None = None
    truth: Truth | None = None
    cause: Cause | None = None
    decides: bool | None = None
    found: str | None = None
    window: OpenWindow | None = None
    points: tuple[str, str] | None = None
    because: tuple[Because, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    new_result: bool | None = None
    changes: tuple[Change, ...] = ()
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionTrace:
    """One criterion: the protocol's words, the rule in words, and how it came to its outcome."""

    id: str
    stage: str
    kind: str
    text: str
    source: str | None
    reading: str | None
    carried_over: str | None
    says: str
    outcome: Outcome | None
    applies: Truth | None
    sentence: str | None
    remedy: Remedy | None
    valid_until: str | None
    applies_when: Node | None
    rule: Node


@dataclass(frozen=True, slots=True)
class Trace:
    """The criteria of one version, for one patient on one day or for nobody in particular.

    `arms`: as in the result; none where single criteria are asked for.
    """

    trial: str
    version: str
    rules_sha256: str
    vocabulary_sha256: str
    engine: str
    semantics: str
    patient: str | None
    as_of: str | None
    verdict: Verdict | None
    criteria: tuple[CriterionTrace, ...]
    arms: tuple[ArmResult, ...] = ()
    schema: str = SCHEMA

    def to_json(self) -> Json:
        """The trace as plain data, keys in their documented order."""
        return {
            "schema": self.schema,
            "trial": self.trial,
            "version": self.version,
            "rules_sha256": self.rules_sha256,
            "vocabulary_sha256": self.vocabulary_sha256,
            "engine": self.engine,
            "semantics": self.semantics,
            "patient": self.patient,
            "as_of": self.as_of,
            "verdict": None if self.verdict is None else self.verdict.value,
            "criteria": [_criterion(one) for one in self.criteria],
            "arms": [arm_json(one) for one in self.arms],
        }


def _criterion(one: CriterionTrace) -> Json:
    remedy = one.remedy
    return {
        "id": one.id,
        "stage": one.stage,
        "kind": one.kind,
        "text": one.text,
        "source": one.source,
        "reading": one.reading,
        "carried_over": one.carried_over,
        "says": one.says,
        "outcome": None if one.outcome is None else one.outcome.value,
        "applies": None if one.applies is None else one.applies.value,
        "sentence": one.sentence,
        "remedy": None if remedy is None else {"kind": remedy.kind, "date": remedy.date},
        "valid_until": one.valid_until,
        "applies_when": None if one.applies_when is None else _node(one.applies_when),
        "rule": _node(one.rule),
    }


def _node(node: Node) -> Json:
    return {
        "kind": node.kind.value,
        "says": node.says,
        "fact": node.fact,
        "truth": None if node.truth is None else node.truth.value,
        "cause": None if node.cause is None else node.cause.value,
        "decides": node.decides,
        "found": node.found,
        "window": window_json(node.window),
        "points": None if node.points is None else list(node.points),
        "because": [because_json(entry) for entry in node.because],
        "set_aside": [set_aside_json(entry) for entry in node.set_aside],
        "wanted": [
            {
                "fact": one.fact,
                "label": one.label,
                "cause": one.cause.value,
                "window": window_json(one.window),
                "cost": one.cost,
            }
            for one in node.wanted
        ],
        "new_result": node.new_result,
        "changes": [{"date": one.date, "truth": one.truth.value} for one in node.changes],
        "parts": [_node(one) for one in node.parts],
    }
