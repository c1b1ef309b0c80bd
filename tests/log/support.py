"""A made-up trial, patients of it, and logs in both kinds of store to record them in.

The trial asks for platelets above 100 10*9/L within 14 days and for no infection, so that every
verdict can be worked out by hand: `platelets` above 100 pass, 100 and below fail, None is unknown.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from screener.log.append import append
from screener.log.entries import (
    Correction,
    Disposition,
    Evaluation,
    Fate,
    Identity,
    Recorded,
    Redaction,
    Screening,
    Void,
    When,
    Who,
)
from screener.log.store import Log
from screener.trial import Trial, load_trial

RULES = Path(__file__).with_name("XMPL-002.yaml")
WHO = Who("Site nurse", Identity.TYPED)
AT = When("2026-11-24T09:30:00.000000Z", "+01:00")
AS_OF = "2026-11-24"


@cache
def trial() -> Trial:
    """The made-up trial."""
    return load_trial(RULES)


def evaluation(
    patient: str | None = "S-001", platelets: int | None = 150, infection: bool | None = False
) -> Evaluation:
    """What the trial answers for a patient."""
    facts: dict[str, object] = {}
    if platelets is not None:
        facts["platelets"] = {"value": platelets, "unit": "10*9/L", "date": "2026-11-20"}
    if infection is not None:
        facts["postoperative_infection"] = {"value": infection, "date": "2026-11-20"}
    inputs = {"patient": patient, "facts": facts}
    edition = trial().newest
    return Evaluation(
        inputs=inputs,
        result=trial().screen(inputs, as_of=AS_OF),
        rules=edition.rules_text,
        vocabulary=edition.vocabulary_text,
    )


def screen(log: Log, *args: object, at: When = AT, **kwargs: object) -> Recorded:
    """Record a screening of `evaluation(...)`."""
    answer = evaluation(*args, **kwargs)  # type: ignore[arg-type]
    return append(log, Screening(evaluation=answer, who=WHO, when=at))


def correct(log: Log, record: str, answer: Evaluation, reason: str = "typing error") -> Recorded:
    """Record a new version."""
    draft = Correction(record=record, evaluation=answer, reason=reason, who=WHO, when=AT)
    return append(log, draft)


def dispose(
    log: Log,
    record: str,
    fate: Fate,
    reason: str | None = None,
    criterion: str | None = None,
    on: str | None = None,
) -> Recorded:
    """Record what became of the person."""
    draft = Disposition(
        record=record, fate=fate, on=on, criterion=criterion, reason=reason, who=WHO, when=AT
    )
    return append(log, draft)


def void(log: Log, record: str, reason: str = "wrong person") -> Recorded:
    """Record that the record should not be."""
    return append(log, Void(record=record, reason=reason, who=WHO, when=AT))


def redact(log: Log, record: str, reason: str = "a name", seq: int | None = None) -> Recorded:
    """Redact a record."""
    return append(log, Redaction(record=record, seq=seq, reason=reason, who=WHO, when=AT))


def everything(log: Log) -> None:
    """Ten entries with every event there is: two records corrected, disposed of, void, redacted."""
    first = screen(log, "S-001", 150)  # 1
    second = screen(log, "S-002", 90)  # 2
    correct(log, first.record, evaluation("S-001", 151))  # 3
    dispose(log, first.record, Fate.CONSENTED)  # 4
    dispose(log, second.record, Fate.NOT_ELIGIBLE, criterion="I1")  # 5
    third = screen(log, "S-003", None)  # 6
    void(log, third.record)  # 7
    fourth = screen(log, "Jane Doe", 120)  # 8
    redact(log, fourth.record)  # 9
    screen(log, "S-001", 95)  # 10
