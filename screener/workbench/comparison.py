"""What a comparison of two versions says: the whole, criterion by criterion, windows and dates.

Compared are all three outcomes: a change that turns "cannot tell" into a failure is stricter.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from screener.ir import NamedDay, Window
from screener.truth import Verdict
from screener.workbench.witness import Witness


class Relation(Enum):
    """What a version is to the one before it."""

    EQUIVALENT = "equivalent"
    STRICTER = "stricter"
    LOOSER = "looser"
    BOTH = "both"
    UNDECIDED = "undecided"


class Direction(Enum):
    """Whether a patient is better or worse off with the new version."""

    GAINED = "gained"
    LOST = "lost"


class Example(NamedTuple):
    """A made-up patient whom the versions judge differently."""

    direction: Direction
    witness: Witness
    old: Verdict
    new: Verdict

    def to_json(self) -> dict[str, Any]:
        """The profile, which `screen` takes as it is, and both verdicts."""
        return {
            "direction": self.direction.value,
            "profile": self.witness.to_json(),
            "old": self.old.value,
            "new": self.new.value,
        }


class CriterionChange(NamedTuple):
    """One criterion in both versions; one that only one of them has passes in the other.

    `was`: what the old version calls it, where it says the same under another name. `by_window`,
    `by_date`: the rule changed, but by nothing else than the window of its stage, or than a named
    date that is read from something else.
    """

    id: str
    was: str | None
    relation: Relation
    text_changed: bool
    rule_changed: bool
    by_window: bool
    by_date: bool
    examples: tuple[Example, ...]
    reasons: tuple[str, ...]


class WindowChange(NamedTuple):
    """A stage that both versions have, with another window; None is no window at all.

    `criteria`: those whose rules changed by nothing else.
    """

    stage: str
    old: Window | None
    new: Window | None
    criteria: tuple[str, ...]


class DateChange(NamedTuple):
    """A named date that the versions read from something else; `criteria`: see `WindowChange`."""

    name: str
    old: NamedDay
    new: NamedDay
    criteria: tuple[str, ...]


class Comparison(NamedTuple):
    """The whole, and each criterion of either version in protocol order."""

    relation: Relation
    dates: tuple[DateChange, ...]
    windows: tuple[WindowChange, ...]
    criteria: tuple[CriterionChange, ...]
    examples: tuple[Example, ...]
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As in the answer of `screener diff --json`."""
        return {
            "relation": self.relation.value,
            "dates": [{"date": one.name, "criteria": list(one.criteria)} for one in self.dates],
            "windows": [
                {"stage": one.stage, "criteria": list(one.criteria)} for one in self.windows
            ],
            "criteria": [
                {
                    "id": one.id,
                    "was": one.was,
                    "relation": one.relation.value,
                    "text_changed": one.text_changed,
                    "rule_changed": one.rule_changed,
                    "by_window": one.by_window,
                    "by_date": one.by_date,
                    "witnesses": [each.to_json() for each in one.examples],
                    "undecided": list(one.reasons),
                }
                for one in self.criteria
            ],
            "witnesses": [one.to_json() for one in self.examples],
            "undecided": list(self.reasons),
        }


def relation_of(examples: Sequence[Example], reasons: Sequence[str]) -> Relation:
    """What two formulas are to each other, given who shows it and what stays open."""
    shown = {one.direction for one in examples}
    if len(shown) == 2:
        return Relation.BOTH
    if reasons:
        return Relation.UNDECIDED
    if not shown:
        return Relation.EQUIVALENT
    return Relation.LOOSER if Direction.GAINED in shown else Relation.STRICTER
