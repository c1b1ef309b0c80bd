"""The way of the persons who were assessed, in the boxes of a CONSORT diagram.

Persons are counted, not attempts: each stands in one box, by the last answer that counts and by
what a person said became of him. A verdict alone puts nobody into a box.
Source: CONSORT 2010 statement, figure 1.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from screener.log.entries import Fate
from screener.log.read import Status, answers, is_status
from screener.log.schema import contents, entries
from screener.log.store import Log

#: The boxes in the order of the diagram, with the dispositions that lead into each.
BOXES: dict[str, tuple[Fate, ...]] = {
    "not_eligible": (Fate.NOT_ELIGIBLE,),
    "declined": (Fate.DECLINED,),
    "other": (Fate.NOT_APPROACHED, Fate.WITHDREW, Fate.OTHER),
    "pending": (Fate.PENDING, Fate.CONSENTED),
    "enrolled": (Fate.ENROLLED, Fate.RANDOMISED),
}
_BOX = {fate: box for box, fates in BOXES.items() for fate in fates}


@dataclass(slots=True)
class Flow:
    """The flow of one trial.

    `assessed` persons made `attempts`; the boxes add up to `assessed`, each with its dispositions.
    `reasons`: of the not eligible, by main reason; `defaults`: those of them that nobody chose.
    `criteria`: each criterion that fails for one of the not eligible; they overlap, so that they
    may exceed the persons. `to_explain`: verdict and disposition that do not go together.
    """

    trial: str
    assessed: int = 0
    attempts: int = 0
    boxes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BOXES, 0))
    dispositions: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    defaults: int = 0
    criteria: Counter[str] = field(default_factory=Counter)
    to_explain: Counter[tuple[str, str]] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """As plain data, the most frequent reasons first."""
        return {
            "trial": self.trial,
            "assessed": self.assessed,
            "attempts": self.attempts,
            "boxes": self.boxes,
            "dispositions": dict(self.dispositions.most_common()),
            "reasons": dict(self.reasons.most_common()),
            "reasons_by_default": self.defaults,
            "failed_criteria": dict(self.criteria.most_common()),
            "to_explain": [
                {"verdict": verdict, "disposition": disposition, "persons": count}
                for (verdict, disposition), count in self.to_explain.most_common()
            ],
        }


def flows(log: Log, trial: str | None = None) -> list[Flow]:
    """The flow of every trial in the log, or of one, by name."""
    person = func.coalesce(contents.c.patient, entries.c.record)
    newest = func.row_number().over(
        partition_by=(entries.c.trial, person),
        # A correction of an earlier attempt comes later and is not the last attempt.
        order_by=(entries.c.attempt.desc(), entries.c.seq.desc()),
    )
    full = answers(newest.label("newest")).where(is_status(Status.CURRENT))
    wanted = ("trial", "disposition", "criterion", "verdict", "fails", "newest")
    counting = full.with_only_columns(*(full.selected_columns[one] for one in wanted))
    if trial is not None:
        counting = counting.where(entries.c.trial == trial)
    each = counting.subquery()
    said = (each.c.trial, each.c.disposition, each.c.criterion, each.c.verdict, each.c.fails)
    with log.reading() as connection:
        groups = connection.execute(
            select(*said, func.count()).where(each.c.newest == 1).group_by(*said).order_by(*said)
        ).all()
        attempts = connection.execute(
            select(each.c.trial, func.count()).group_by(each.c.trial).order_by(each.c.trial)
        ).all()
    found = {name: Flow(name, attempts=count) for name, count in attempts}
    for name, disposition, criterion, verdict, fails, count in groups:
        fate = Fate(disposition or Fate.PENDING)
        _count(found[name], fate, criterion, verdict, fails, count)
    return list(found.values())


def _count(
    flow: Flow, fate: Fate, criterion: str | None, verdict: str, fails: str, count: int
) -> None:
    flow.assessed += count
    flow.boxes[_BOX[fate]] += count
    flow.dispositions[fate.value] += count
    if _strange(fate, verdict):
        flow.to_explain[verdict, fate.value] += count
    if fate is not Fate.NOT_ELIGIBLE:
        return
    failing = [one for one in fails.split(";") if one]
    for one in failing:
        flow.criteria[one] += count
    if criterion is None:
        flow.defaults += count
        criterion = failing[0] if failing else "no criterion"
    flow.reasons[criterion] += count


def _strange(fate: Fate, verdict: str) -> bool:
    if fate in BOXES["enrolled"]:
        return verdict != "eligible"
    return fate is Fate.NOT_ELIGIBLE and verdict != "ineligible"
