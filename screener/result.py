"""The answer for one patient, as frozen data and as the JSON object that everything else reads.

Decimals are decimal text, dates ISO text, truths words; what is absent is `null`, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from screener.causes import Cause
from screener.truth import Outcome, Truth, Verdict

#: The number of the result's JSON shape, and of the meaning in docs/semantics.md.
SCHEMA = "1"
SEMANTICS = "1"

Shown: TypeAlias = str | bool | None
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Original:
    """A value and its unit as the profile gives them."""

    value: Shown
    unit: str | None


@dataclass(frozen=True, slots=True)
class Because:
    """A record, a date or a default that took part in an answer.

    `truth` is what this entry alone makes of the condition; `cause` says why it is unknown.
    `assumed`: not recorded but a stated default.
    """

    fact: str
    truth: Truth
    cause: Cause | None
    value: Shown
    unit: str | None
    original: Original | None
    date: str | None
    source: str | None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that was not used, and why."""

    record: Because
    reason: str


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window in days of the calendar; None while a day is not known exactly, or there is none."""

    opens: str | None
    closes: str | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What could change a failure: `none`, `wait` (until `date`) or `new_result`."""

    kind: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """How one criterion ended, and on what that rests."""

    id: str
    stage: str
    kind: str
    text: str
    source: str | None
    outcome: Outcome
    applies: Truth
    sentence: str
    remedy: Remedy | None
    because: tuple[Because, ...]
    set_aside: tuple[SetAside, ...]
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class StageResult:
    """The verdict of one stage and its window."""

    id: str
    verdict: Verdict
    window: OpenWindow | None


@dataclass(frozen=True, slots=True)
class CohortResult:
    """The verdict of one cohort."""

    id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that would help to settle the verdict, and the criteria that wait for it."""

    fact: str
    label: str
    cause: Cause
    needed_by: tuple[str, ...]
    window: OpenWindow | None
    cost: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: it does not change the answer."""

    id: str
    message: str
    fact: str | None


@dataclass(frozen=True, slots=True)
class Unencoded:
    """An item of the source that no rule stands for."""

    text: str
    source: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for one patient on one day; `to_json` gives the shape of every interface."""

    trial: str
    version: str
    rules_sha256: str
    vocabulary_sha256: str
    engine: str
    patient: str | None
    as_of: str
    verdict: Verdict
    cohorts: tuple[CohortResult, ...]
    stages: tuple[StageResult, ...]
    criteria: tuple[CriterionResult, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[Notice, ...]
    strata: tuple[tuple[str, str | None], ...]
    not_encoded: tuple[Unencoded, ...]
    next_change: str | None
    schema: str = SCHEMA
    semantics: str = SEMANTICS

    def __bool__(self) -> NoReturn:
        raise TypeError("a result has three verdicts: compare `result.verdict` with a Verdict")

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """How each criterion ended, by its id, in the order of the protocol."""
        return {one.id: one.outcome for one in self.criteria}

    def to_json(self) -> Json:
        """The result as plain data, keys in their documented order."""
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
            "verdict": self.verdict.value,
            "cohorts": [{"id": one.id, "verdict": one.verdict.value} for one in self.cohorts],
            "stages": [
                {"id": one.id, "verdict": one.verdict.value, "window": window_json(one.window)}
                for one in self.stages
            ],
            "criteria": [_criterion(one) for one in self.criteria],
            "missing": [
                {
                    "fact": one.fact,
                    "label": one.label,
                    "cause": one.cause.value,
                    "needed_by": list(one.needed_by),
                    "window": window_json(one.window),
                    "cost": one.cost,
                }
                for one in self.missing
            ],
            "warnings": [
                {"id": one.id, "message": one.message, "fact": one.fact} for one in self.warnings
            ],
            "strata": dict(self.strata),
            "not_encoded": [
                {"text": one.text, "source": one.source, "reason": one.reason}
                for one in self.not_encoded
            ],
            "next_change": self.next_change,
        }


def _criterion(one: CriterionResult) -> Json:
    return {
        "id": one.id,
        "stage": one.stage,
        "kind": one.kind,
        "text": one.text,
        "source": one.source,
        "outcome": one.outcome.value,
        "applies": one.applies.value,
        "sentence": one.sentence,
        "remedy": None
        if one.remedy is None
        else {"kind": one.remedy.kind, "date": one.remedy.date},
        "because": [because_json(entry) for entry in one.because],
        "set_aside": [
            because_json(entry.record) | {"reason": entry.reason} for entry in one.set_aside
        ],
        "valid_until": one.valid_until,
    }


def because_json(entry: Because) -> Json:
    """An entry as plain data."""
    original = entry.original
    return {
        "fact": entry.fact,
        "truth": entry.truth.value,
        "cause": None if entry.cause is None else entry.cause.value,
        "value": entry.value,
        "unit": entry.unit,
        "original": None if original is None else {"value": original.value, "unit": original.unit},
        "date": entry.date,
        "source": entry.source,
        "assumed": entry.assumed,
    }


def set_aside_json(entry: SetAside) -> Json:
    """A record that was not used, as plain data."""
    return because_json(entry.record) | {"reason": entry.reason}


def window_json(window: OpenWindow | None) -> Json | None:
    """A window as plain data."""
    return None if window is None else {"opens": window.opens, "closes": window.closes}
