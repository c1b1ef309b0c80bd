"""What can be proved of one version: whether anybody can be eligible, and what never matters.

Every answer holds for all patients, unknown facts included; every patient shown has been screened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.interpreters.smt.pairs import Claim, differ, negation
from screener.interpreters.smt.solver import Impossible, Undecided
from screener.judging import Judged
from screener.needs import needs_of
from screener.selection.uses import facts_of
from screener.truth import Truth
from screener.workbench.coverage import FALSE, TRUE, exchanged, leaves_of
from screener.workbench.finder import Finder, Found
from screener.workbench.witness import Witness


class Implied(NamedTuple):
    """A criterion that passes whenever others pass: it decides nothing of its own."""

    id: str
    by: tuple[str, ...]


class Idle(NamedTuple):
    """A part of a criterion that never decides: whatever it comes to, the criterion ends the same.

    `test`: the place of the part among those of the criterion, from 0; `facts`: what it asks of.
    """

    id: str
    test: int
    facts: tuple[str, ...]


class Open(NamedTuple):
    """A question without an answer, and why."""

    question: str
    reason: str


class Proof(NamedTuple):
    """What is proved of a version.

    `can_be_eligible` None: undecided. `clash`: the smallest set of criteria that cannot pass
    together, where nobody can be eligible. `free`: facts computed in a way the proof does not
    follow, so that what rests on them was taken to be anything.
    """

    trial: str
    version: str
    can_be_eligible: bool | None
    witness: Witness | None
    clash: tuple[str, ...]
    never_fails: tuple[str, ...]
    implied: tuple[Implied, ...]
    idle: tuple[Idle, ...]
    irrelevant_facts: tuple[str, ...]
    undecided: tuple[Open, ...]
    free: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As the answer of `screener prove --json`."""
        return {
            "trial": self.trial,
            "version": self.version,
            "can_be_eligible": self.can_be_eligible,
            "witness": None if self.witness is None else self.witness.to_json(),
            "clash": list(self.clash),
            "never_fails": list(self.never_fails),
            "implied": [{"id": one.id, "by": list(one.by)} for one in self.implied],
            "idle": [{**one._asdict(), "facts": list(one.facts)} for one in self.idle],
            "irrelevant_facts": list(self.irrelevant_facts),
            "undecided": [one._asdict() for one in self.undecided],
            "free": list(self.free),
        }


def prove(edition: Edition, timeout_ms: int = 10_000) -> Proof:
    """All that is asked of one version."""
    return Prover(edition, timeout_ms).everything()


class Prover:
    """The questions about one version, one by one."""

    def __init__(self, edition: Edition, timeout_ms: int = 10_000) -> None:
        self.edition = edition
        self.finder = Finder([edition], timeout_ms)
        self.undecided: list[Open] = []
        criteria = edition.protocol.criteria
        self._pairs = {index: self.finder.criterion(index) for index in range(len(criteria))}

    def everything(self) -> Proof:
        """Ask all questions."""
        protocol = self.edition.protocol
        can, witness, clash = self.can_be_eligible()
        return Proof(
            protocol.trial,
            protocol.version,
            can,
            witness,
            clash,
            tuple(self.never_fails()),
            # Where nobody is eligible everything follows, which would tell nothing.
            tuple(self.implied()) if can else (),
            tuple(self.idle()),
            tuple(self.irrelevant()),
            tuple(self.undecided),
            tuple(sorted({fact for one in self.finder.selections.free for fact in facts_of(one)})),
        )

    def can_be_eligible(self) -> tuple[bool | None, Witness | None, tuple[str, ...]]:
        """Whether anybody can; who; else the smallest set of criteria that clash."""
        criteria = self.edition.protocol.criteria
        # The verdict over free outcomes, each bound to its criterion by a claim of its own.
        verdict, bound = self.finder.space.loose_verdict(0)
        tracked = {criteria[index].id: claim for index, claim in bound.items()}
        answer = self.finder.find(verdict, shown=_eligible, tracked=tracked)
        match answer:
            case Found():
                return True, answer.witness, ()
            case Impossible():
                return False, None, answer.clash
        self.undecided.append(Open("can anybody be eligible", answer.reason))
        return None, None, ()

    def never_fails(self) -> Iterator[str]:
        """The criteria that rule nobody out."""
        for index, criterion in enumerate(self.edition.protocol.criteria):
            if self._is_impossible(self._pairs[index].false, f"can {criterion.id} fail"):
                yield criterion.id

    def implied(self) -> Iterator[Implied]:
        """The criteria that pass for certain wherever all others do.

        Left aside are patients with a source declared complete up to a day that only some windows
        reach: what was asked at the one visit would otherwise never answer for the other.
        """
        aloud = self.finder.selections.said_aloud()
        criteria = self.edition.protocol.criteria
        for index, criterion in enumerate(criteria):
            others = {
                criteria[other].id: pair.true
                for other, pair in self._pairs.items()
                if other != index and criteria[other].only_for == criterion.only_for
            }
            fails = negation(self._pairs[index].true)
            answer = self.finder.solver.ask(fails, aloud, tracked=others)
            if isinstance(answer, Impossible):
                yield Implied(criterion.id, answer.clash)
            elif isinstance(answer, Undecided):
                self.undecided.append(Open(f"is {criterion.id} implied", answer.reason))

    def idle(self) -> Iterator[Idle]:
        """The parts that decide nothing in a criterion that somebody can fail."""
        protocol = self.edition.protocol
        parts = tuple(leaves_of(protocol))
        for part in parts:
            criterion = protocol.criteria[part.criterion]
            alone = sum(one.criterion == part.criterion for one in parts) == 1
            if alone or self._settled(part.criterion):
                continue
            # Of somebody of whom all is known: is it ever so, or ever not so, that this decides?
            known = [
                negation(self.finder.space.formula(0, one.test).unknown)
                for one in parts
                if one.criterion == part.criterion
            ]
            test = self.finder.space.formula(0, part.test)
            ends = [
                self.finder.space.formula(0, exchanged(criterion.passes, part.test, end))
                for end in (TRUE, FALSE)
            ]
            question = f"can part {part.number + 1} of {criterion.id} decide"
            if any(
                self._is_impossible(differ(*ends), question, side, *known)
                for side in (test.true, test.false)
            ):
                yield Idle(criterion.id, part.number, part.facts)

    def _settled(self, index: int) -> bool:
        """Whether the criterion passes, or fails, whatever the patient is like."""
        pair = self._pairs[index]
        return any(
            isinstance(self.finder.solver.ask(claim), Impossible)
            for claim in (pair.true, pair.false)
        )

    def irrelevant(self) -> Iterator[str]:
        """The facts that never change the verdict, whatever else is known."""
        verdict = self.finder.verdict()
        for need in needs_of(self.edition.protocol):
            other, same = self.finder.space.varied(0, need.fact)
            if self._is_impossible(differ(verdict, other), f"can {need.fact} matter", same):
                yield need.fact

    def _is_impossible(self, claim: Claim, question: str, *more: Claim) -> bool:
        answer = self.finder.solver.ask(claim, *more)
        if isinstance(answer, Undecided):
            self.undecided.append(Open(question, answer.reason))
        return isinstance(answer, Impossible)


def _eligible(judged: tuple[Judged, ...]) -> bool:
    return judged[0].verdict.truth is Truth.TRUE
