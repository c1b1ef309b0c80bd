"""Where a cohort is lost, counted from its answers: criterion by criterion, in protocol order.

Counted are people; "sure" are those who pass everything so far for certain, "possible" those whom
nothing so far rules out. Who was refused counts nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from screener.interpreters.columns import VERDICT


@dataclass(slots=True)
class Counted:
    """One criterion. `only_this`: whom nothing else rules out."""

    id: str
    sure: int = 0
    possible: int = 0
    fails: int = 0
    unknown: int = 0
    only_this: int = 0


@dataclass(slots=True)
class Funnel:
    """The counts of all answers added so far."""

    criteria: Sequence[str]
    patients: int = 0
    refused: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    steps: list[Counted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = [Counted(one) for one in self.criteria]

    def add(self, answers: pl.DataFrame) -> None:
        """Count answers; a frame of them has to hold the verdict and all criteria."""
        judged = answers.filter(pl.col(VERDICT).is_not_null())
        self.patients += len(answers)
        self.refused += len(answers) - len(judged)
        for verdict, count in judged[VERDICT].cast(pl.String).value_counts().rows():
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + count
        sure = possible = pl.lit(True)
        failing = pl.sum_horizontal(
            (~pl.col(name)).fill_null(False).cast(pl.UInt32) for name in self.criteria
        )
        counts = []
        for name in self.criteria:
            passes = pl.col(name)
            sure = sure & passes.fill_null(False)
            possible = possible & passes.fill_null(True)
            only = ((failing == 1) & ~passes).fill_null(False)
            counts += [sure, possible, ~passes, passes.is_null(), only]
        sums = judged.select(one.sum().alias(str(place)) for place, one in enumerate(counts))
        numbers = iter(sums.row(0) if counts else ())
        for step in self.steps:
            step.sure += next(numbers)
            step.possible += next(numbers)
            step.fails += next(numbers)
            step.unknown += next(numbers)
            step.only_this += next(numbers)
