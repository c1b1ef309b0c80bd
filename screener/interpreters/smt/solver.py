"""Asks the solver: is there such a patient; if none, which of the claims clash.

A time-out is an answer of its own, never taken for a no.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import z3

from screener.interpreters.smt.pairs import Claim
from screener.interpreters.smt.selections import Reading, Selections


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


class Solver:
    """Questions about the same selections, one after the other; what was learned is kept."""

    def __init__(self, selections: Selections, timeout_ms: int = 10_000) -> None:
        self.selections = selections
        self._solver = z3.Solver()
        self._solver.set("timeout", timeout_ms)
        self._solver.set("random_seed", 1)
        self._known = 0

    def ask(self, *claims: Claim, tracked: Mapping[str, Claim] | None = None) -> Answer:
        """Whether some patient meets all claims, the tracked ones too."""
        self._learn()
        self._solver.push()
        try:
            for claim in claims:
                self._solver.add(claim)
            named = {name: z3.Bool(f"tracked {name}") for name in tracked or {}}
            for name, claim in (tracked or {}).items():
                self._solver.add(z3.Implies(named[name], claim))
            return self._answer(named)
        finally:
            self._solver.pop()

    def _learn(self) -> None:
        """Hand over what holds of every patient and has come up since."""
        for fact in self.selections.facts[self._known :]:
            self._solver.add(fact)
        self._known = len(self.selections.facts)

    def _answer(self, named: Mapping[str, Claim]) -> Answer:
        outcome = self._solver.check(*named.values())
        if outcome == z3.sat:
            return Possible(self.selections.read(self._solver.model()))
        if outcome == z3.unknown:
            return Undecided(str(self._solver.reason_unknown()))
        return Impossible(self._smallest(named))

    def _smallest(self, named: Mapping[str, Claim]) -> tuple[str, ...]:
        """Take claims out of the clash, one by one, as long as the rest still clashes."""
        core = {str(one) for one in self._solver.unsat_core()}
        needed = [name for name, one in named.items() if str(one) in core]
        for name in tuple(needed):
            fewer = [named[one] for one in needed if one != name]
            if self._solver.check(*fewer) == z3.unsat:
                needed.remove(name)
        return tuple(needed)
