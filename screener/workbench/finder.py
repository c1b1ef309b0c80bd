"""Finds a patient of whom something is true, or proves that there is none.

What the solver proves impossible holds for every patient. What it finds possible is made into a
profile, screened, and believed only if the screening agrees; else the question stays undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from screener.catalog import Edition
from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.interpreters.smt.pairs import Claim, Pair
from screener.interpreters.smt.selections import Reading
from screener.interpreters.smt.solver import Impossible, Possible, Solver, Undecided
from screener.interpreters.smt.space import Space
from screener.judging import Judged, judge_patient
from screener.workbench.witness import Witness, witnesses

#: So many solutions are made into patients before the question counts as undecided.
TRIES = 12
#: The day on which made-up patients are screened, unless a version takes effect later.
DAY = 739_944


class Found(NamedTuple):
    """A patient, screened: the profile, its day, and the findings by each version asked about.

    `readings`: what the solver made of each selection.
    """

    witness: Witness
    judged: tuple[Judged, ...]
    readings: tuple[Reading, ...]


Answer: TypeAlias = Found | Impossible | Undecided
#: Whether the screened patient is one that was looked for.
Shown: TypeAlias = Callable[[tuple[Judged, ...]], bool]


class Finder:
    """Questions about one or more versions over one vocabulary."""

    def __init__(self, editions: Sequence[Edition], timeout_ms: int = 10_000) -> None:
        self.editions = tuple(editions)
        self.vocabulary = {name: fact for one in editions for name, fact in one.vocabulary.items()}
        self.protocols = tuple(one.protocol for one in editions)
        self.space = Space(self.protocols, self.vocabulary)
        self.selections = self.space.selections
        self.solver = Solver(self.selections, timeout_ms)
        self.as_of = max(DAY, *(one.effective for one in self.protocols))

    def criterion(self, index: int, which: int = 0) -> Pair:
        """The criterion passes, in three-valued logic."""
        return self.space.criterion(which, index)

    def verdict(self, which: int = 0) -> Pair:
        """The verdict is eligible, in three-valued logic."""
        return self.space.verdict(which)

    def find(
        self, *claims: Claim, shown: Shown, tracked: Mapping[str, Claim] | None = None
    ) -> Answer:
        """A screened patient of whom the claims are true and `shown` says so; or why none."""
        anybody = self.solver.ask(*claims, tracked=tracked)
        if not isinstance(anybody, Possible):
            return anybody
        every = (*claims, *(tracked or {}).values(), self.selections.usual())
        # First somebody of whom everything is known or unknown, then with records that disagree.
        for restriction in ((self.selections.simple(),), ()):
            found = self._among((*every, *restriction), shown)
            if found is not None:
                return found
        return Undecided("no patient that can be written down shows it")

    def _among(self, claims: Sequence[Claim], shown: Shown) -> Found | None:
        """A screened patient of whom the claims are true, out of the first few solutions."""
        seen: list[Claim] = []
        for _ in range(TRIES):
            answer = self.solver.ask(*claims, *seen)
            if not isinstance(answer, Possible):
                return None
            readings = self._sparing(answer.readings, claims)
            found = self._screened(readings, shown)
            if found is not None:
                return found
            seen.append(self.selections.other_than(readings))
        return None

    def judged(self, witness: Witness) -> tuple[Judged, ...] | None:
        """The findings for a made-up patient by each version; None if he cannot be one."""
        day = date.fromisoformat(witness.as_of).toordinal()
        try:
            sheets = [
                read_profile(witness.profile, one.vocabulary, as_of=day) for one in self.editions
            ]
        except ProfileError:
            return None
        return tuple(
            judge_patient(one.protocol, one.vocabulary, sheet, day)
            for one, sheet in zip(self.editions, sheets, strict=True)
        )

    def _screened(self, readings: Sequence[Reading], shown: Shown) -> Found | None:
        for witness in witnesses(readings, self.protocols, self.vocabulary, self.as_of):
            judged = self.judged(witness)
            if judged is not None and shown(judged):
                return Found(witness, judged, tuple(readings))
        return None

    def _sparing(
        self, readings: tuple[Reading, ...], claims: Sequence[Claim]
    ) -> tuple[Reading, ...]:
        """The same without what does not matter: as little of the patient is known as will do."""
        opened = [self.selections.all_open(one.selection) for one in readings if one.open]
        waiting = [[self.selections.all_open(one.selection) for one in readings if not one.open]]
        while waiting:
            group = waiting.pop()
            answer = self.solver.ask(*claims, *opened, *group) if group else None
            if isinstance(answer, Possible):
                opened += group
                readings = answer.readings
            elif len(group) > 1:
                middle = len(group) // 2
                waiting += [group[:middle], group[middle:]]
        return readings
