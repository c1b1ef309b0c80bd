"""Asks the solver: is there such a patient; if none, which of the claims clash.

A time-out is an answer of its own, never taken for a no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import z3

from screener.interpreters.smt.pairs import Claim
from screener.interpreters.smt.selections import Reading, Selections

#: So many times a solution is refuted by what a formula makes of it before that is given up.
MOST_LEMMAS = 500


class Possible(NamedTuple):
    """There may be such a patient: what is read of every selection."""

    readings: tuple[Reading, ...]


class Impossible(NamedTuple):
    """There is none. `clash`: a smallest set of tracked claims that cannot hold together."""

    clash: tuple[str, ...]


class Undecided(NamedTuple):
    """The solver gave up, and why."""

    reason: str


Answer: TypeAlias = Possible | Impossible | Undecided
#: Called before each question; it may raise, which ends the work.
GoOn: TypeAlias = Callable[[], None]


def always() -> None:
    """Go on to the end."""


class Solver:
    """Questions about the same selections, one after the other; what was learned is kept."""

    def __init__(
        self, selections: Selections, timeout_ms: int = 10_000, go_on: GoOn = always
    ) -> None:
        self.selections = selections
        self._go_on = go_on
        self._solver = z3.Solver()
        self._solver.set("timeout", timeout_ms)
        self._solver.set("random_seed", 1)
        self._known = 0

    def ask(
        self,
        *claims: Claim,
        tracked: Mapping[str, Claim] | None = None,
        wishes: Sequence[Claim] = (),
    ) -> Answer:
        """Whether some patient meets all claims, the tracked ones too.

        `wishes`: propositions of which as many as can be are to be true of the patient.
        """
        self._learn()
        self._solver.push()
        try:
            for claim in claims:
                self._solver.add(claim)
            named = {name: z3.Bool(f"tracked {name}") for name in tracked or {}}
            for name, claim in (tracked or {}).items():
                self._solver.add(z3.Implies(named[name], claim))
            answer = self._answer(list(named.values()))
            if isinstance(answer, Impossible):
                return Impossible(self._smallest(named))
            if isinstance(answer, Possible) and wishes:
                return self._wished(answer, list(named.values()), list(wishes))
            return answer
        finally:
            self._solver.pop()

    def _wished(self, answer: Possible, named: list[Claim], wishes: list[Claim]) -> Possible:
        """An answer with more and more of the wishes, halves of what is left at a time."""
        waiting = [wishes]
        model = None
        while waiting:
            group = waiting.pop()
            if self.selections.calculated:
                better = self._answer([*named, *group])
                kept = isinstance(better, Possible)
                gave_up = isinstance(better, Undecided)
                answer = better if isinstance(better, Possible) else answer
            else:
                outcome = self._check(*named, *group)
                kept, gave_up = outcome == z3.sat, outcome == z3.unknown
                model = self._solver.model() if kept else model
            if gave_up:
                break  # a wish is not worth waiting for time and again
            if kept:
                self._solver.add(*group)
            elif len(group) > 1:
                middle = len(group) // 2
                waiting += [group[:middle], group[middle:]]
        return answer if model is None else Possible(self.selections.read(model))

    def _check(self, *assumed: Claim) -> z3.CheckSatResult:
        self._go_on()
        return self._solver.check(*assumed)

    def _learn(self) -> None:
        """Hand over what holds of every patient and has come up since."""
        for fact in self.selections.facts[self._known :]:
            self._solver.add(fact)
        self._known = len(self.selections.facts)

    def _answer(self, assumed: Sequence[Claim]) -> Answer:
        for _ in range(MOST_LEMMAS):
            outcome = self._check(*assumed)
            if outcome == z3.unknown:
                return Undecided(str(self._solver.reason_unknown()))
            if outcome == z3.unsat:
                return Impossible(())
            readings = self.selections.read(self._solver.model())
            lemmas = self.selections.lemmas(readings)
            if not lemmas:
                return Possible(readings)
            # They hold for everybody, so that later questions begin with them.
            self.selections.facts += lemmas
            self._solver.add(*lemmas)
        return Undecided("a formula has too many cases")

    def _smallest(self, named: Mapping[str, Claim]) -> tuple[str, ...]:
        """Take claims out of the clash, one by one, as long as the rest still clashes."""
        if not named:
            return ()
        core = {str(one) for one in self._solver.unsat_core()}
        needed = [name for name, one in named.items() if str(one) in core]
        for name in tuple(needed):
            fewer = [named[one] for one in needed if one != name]
            if self._check(*fewer) == z3.unsat:
                needed.remove(name)
        return tuple(needed)
