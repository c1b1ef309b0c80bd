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
from screener.interpreters.smt.solver import GoOn, Impossible, Possible, Solver, Undecided, always
from screener.interpreters.smt.space import Space
from screener.ir import Selection
from screener.judging import Judged, judge_patient
from screener.selection.selected import Selected
from screener.workbench.arranging import Effort
from screener.workbench.named_apart import named_apart
from screener.workbench.profiles import Given
from screener.workbench.witness import Hopeless, Witness, witnesses

#: So many solutions are made into patients before the question counts as undecided.
TRIES = 8
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

    def __init__(
        self,
        editions: Sequence[Edition],
        timeout_ms: int = 10_000,
        given: Given | None = None,
        as_of: int | None = None,
        go_on: GoOn = always,
    ) -> None:
        self.editions = tuple(editions)
        self.vocabulary = {name: fact for one in editions for name, fact in one.vocabulary.items()}
        self.protocols = tuple(named_apart([one.protocol for one in editions]))
        self.space = Space(self.protocols, self.vocabulary)
        self.selections = self.space.selections
        self.solver = Solver(self.selections, timeout_ms, go_on)
        latest = max(DAY, *(one.effective for one in self.protocols))
        self.as_of = latest if as_of is None else as_of
        self.given = given
        self._settled: set[Selection] = set()
        self.dates = {name: source for one in self.protocols for name, source in one.dates}

    def criterion(self, index: int, which: int = 0) -> Pair:
        """The criterion passes, in three-valued logic."""
        return self.space.criterion(which, index)

    def verdict(self, which: int = 0) -> Pair:
        """The verdict is eligible, in three-valued logic."""
        return self.space.verdict(which)

    def settle(self, selection: Selection, selected: Selected) -> Claim:
        """That a selection lies where it may for the given patient, from now on without a gap."""
        self._settled.add(selection)
        return self.selections.narrowed(selection, selected)

    def find(
        self,
        *claims: Claim,
        shown: Shown,
        tracked: Mapping[str, Claim] | None = None,
        effort: Effort | None = None,
    ) -> Answer:
        """A screened patient of whom the claims are true and `shown` says so; or why none.

        `effort`: what is left of it, where several searches are one question.
        """
        anybody = self.solver.ask(*claims, tracked=tracked)
        if not isinstance(anybody, Possible):
            return anybody
        effort = effort or Effort()
        every = (*claims, *(tracked or {}).values(), self.selections.usual(self._settled))
        # First somebody of whom everything is known or unknown and nothing has changed, then with
        # records that disagree.
        simple = self.selections.simple()
        for restriction in ((simple, self.selections.together()), (simple,), ()):
            found = self._among((*every, *restriction), shown, effort)
            if found is not None:
                return found
        if effort.spent:
            return Undecided("no patient was found with the effort that a question may take")
        return Undecided("no patient that can be written down shows it")

    def _among(self, claims: Sequence[Claim], shown: Shown, effort: Effort) -> Found | None:
        """A screened patient of whom the claims are true, out of the first few solutions."""
        seen: list[Claim] = []
        for _ in range(TRIES):
            if effort.spent:
                return None
            # As little of the patient is known as will do.
            answer = self.solver.ask(*claims, *seen, wishes=self.selections.all_opens())
            if not isinstance(answer, Possible):
                return None
            found = self._screened(answer.readings, shown, effort)
            if isinstance(found, Found):
                return found
            seen.append(self.selections.other_than(found.readings))
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

    def _screened(
        self, readings: Sequence[Reading], shown: Shown, effort: Effort
    ) -> Found | Hopeless:
        """The patient made of a solution; else which part of the solution to do without."""
        for witness in witnesses(
            readings, self.dates, self.vocabulary, self.as_of, effort, self.given
        ):
            if isinstance(witness, Hopeless):
                return witness
            judged = self.judged(witness)
            if judged is not None and shown(judged):
                return Found(witness, judged, tuple(readings))
        return Hopeless(tuple(readings))
