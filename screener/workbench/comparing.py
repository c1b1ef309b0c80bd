"""Two versions compared by proof: whom the change lets in or keeps out, criterion by criterion.

Who differs only because the history of an event contradicts itself, and cannot be shown, is left
aside. Compared are all three outcomes: a change that turns "cannot tell" into a failure is
stricter. Every patient shown has been screened by both versions; where the solver finds a
difference that no patient shows, the relation is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from screener.catalog import Edition
from screener.formulas import spelled_out
from screener.interpreters.smt.pairs import Claim, Pair, certain, negation
from screener.interpreters.smt.solver import Impossible, Undecided
from screener.ir import Protocol, Window
from screener.judging import Judged
from screener.truth import VERDICT, Truth, Verdict
from screener.workbench.finder import Finder, Found
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

    `by_window`: the rule changed, but by nothing else than the window of its stage.
    """

    id: str
    relation: Relation
    text_changed: bool
    rule_changed: bool
    by_window: bool
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


class Comparison(NamedTuple):
    """The whole, and each criterion of either version in protocol order."""

    relation: Relation
    windows: tuple[WindowChange, ...]
    criteria: tuple[CriterionChange, ...]
    examples: tuple[Example, ...]
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As in the answer of `screener diff --json`."""
        return {
            "relation": self.relation.value,
            "windows": [
                {"stage": one.stage, "criteria": list(one.criteria)} for one in self.windows
            ],
            "criteria": [
                {
                    "id": one.id,
                    "relation": one.relation.value,
                    "text_changed": one.text_changed,
                    "rule_changed": one.rule_changed,
                    "by_window": one.by_window,
                    "witnesses": [each.to_json() for each in one.examples],
                    "undecided": list(one.reasons),
                }
                for one in self.criteria
            ],
            "witnesses": [one.to_json() for one in self.examples],
            "undecided": list(self.reasons),
        }


def compare(old: Edition, new: Edition, timeout_ms: int = 10_000) -> Comparison:
    """Prove what the new version is to the old one."""
    return _Comparer(old, new, timeout_ms).everything()


class _Comparer:
    def __init__(self, old: Edition, new: Edition, timeout_ms: int) -> None:
        self.old, self.new = old, new
        self.finder = Finder([old, new], timeout_ms)
        self._where = (
            {one.id: index for index, one in enumerate(old.protocol.criteria)},
            {one.id: index for index, one in enumerate(new.protocol.criteria)},
        )

    def everything(self) -> Comparison:
        relation, examples, reasons = self._related(
            self.finder.verdict(0),
            self.finder.verdict(1),
            lambda judged: (judged[0].verdict.truth, judged[1].verdict.truth),
        )
        criteria = tuple(self._criteria())
        windows = tuple(_windows(self.old.protocol, self.new.protocol, criteria))
        return Comparison(relation, windows, criteria, examples, reasons)

    def _criteria(self) -> Iterator[CriterionChange]:
        for id in dict.fromkeys((*self._where[1], *self._where[0])):
            before, after = self._where[0].get(id), self._where[1].get(id)
            relation, examples, reasons = self._related(
                certain(True) if before is None else self.finder.criterion(before, 0),
                certain(True) if after is None else self.finder.criterion(after, 1),
                _of_criterion(before, after),
            )
            changed = self._changed(before, after)
            yield CriterionChange(id, relation, *changed, examples, reasons)

    def _changed(self, before: int | None, after: int | None) -> tuple[bool, bool, bool]:
        """Whether the words and whether the formula differ, and if only by the stage's window."""
        if before is None or after is None:
            return True, True, False
        old, new = self.old.protocol, self.new.protocol
        one, other = old.criteria[before], new.criteria[after]
        was, is_ = spelled_out(old, one.passes), spelled_out(new, other.passes)
        then, now = _window_of(old).get(one.stage), _window_of(new).get(other.stage)
        moved = then is not None and now is not None and _exchanged(was, then, now) == is_
        return one.text != other.text, was != is_, was != is_ and moved

    def _related(
        self, before: Pair, after: Pair, outcomes: _Outcomes
    ) -> tuple[Relation, tuple[Example, ...], tuple[str, ...]]:
        """The relation of two formulas, a patient for each direction, and what stays open."""
        examples: list[Example] = []
        reasons: list[str] = []
        for direction, better, worse in (
            (Direction.GAINED, after, before),
            (Direction.LOST, before, after),
        ):
            # First somebody who passes with one and does not with the other, then somebody who
            # fails with one and does not with the other.
            for claims in (
                (better.true, negation(worse.true)),
                (worse.false, negation(better.false)),
            ):
                answer = self._find(claims, direction, outcomes)
                if isinstance(answer, Example):
                    examples.append(answer)
                    break
                if isinstance(answer, Undecided):
                    reasons.append(f"{direction.value}: {answer.reason}")
        return _relation(examples, reasons), tuple(examples), tuple(reasons)

    def _find(
        self, claims: tuple[Claim, ...], direction: Direction, outcomes: _Outcomes
    ) -> Example | Impossible | Undecided:
        def moves(judged: tuple[Judged, ...]) -> bool:
            old, new = outcomes(judged)
            return new > old if direction is Direction.GAINED else new < old

        answer = self.finder.find(*claims, shown=moves)
        if isinstance(answer, Undecided):
            # Is it only those whose history contradicts itself ("none" beside a record)?
            consistent = self.finder.selections.consistent()
            asked = self.finder.solver.ask(*claims, consistent)
            return asked if isinstance(asked, Impossible) else answer
        if not isinstance(answer, Found):
            return answer
        old, new = (VERDICT[one] for one in outcomes(answer.judged))
        return Example(direction, answer.witness, old, new)


def _windows(
    old: Protocol, new: Protocol, criteria: tuple[CriterionChange, ...]
) -> Iterator[WindowChange]:
    then, now = _window_of(old), _window_of(new)
    stage_of = {one.id: one.stage for one in new.criteria}
    for stage in new.stages:
        if stage.id in then and then[stage.id] != now[stage.id]:
            alone = tuple(
                one.id for one in criteria if one.by_window and stage_of[one.id] == stage.id
            )
            yield WindowChange(stage.id, then[stage.id], now[stage.id], alone)


def _window_of(protocol: Protocol) -> Mapping[str, Window | None]:
    return {stage.id: stage.window for stage in protocol.stages}


def _exchanged(node: Any, old: Window, new: Window) -> Any:
    """The same, each such window exchanged for the other."""
    if node == old:
        return new
    if type(node) is tuple:
        return tuple(_exchanged(one, old, new) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        own = {one.name: getattr(node, one.name) for one in fields(node) if one.init}
        return replace(node, **{name: _exchanged(one, old, new) for name, one in own.items()})
    return node


_Outcomes: TypeAlias = Callable[[tuple[Judged, ...]], tuple[Truth, Truth]]


def _of_criterion(before: int | None, after: int | None) -> _Outcomes:
    """How one criterion ends by each version; one that a version lacks passes."""

    def outcomes(judged: tuple[Judged, ...]) -> tuple[Truth, Truth]:
        return (
            Truth.TRUE if before is None else judged[0].criteria[before].truth,
            Truth.TRUE if after is None else judged[1].criteria[after].truth,
        )

    return outcomes


def _relation(examples: list[Example], reasons: list[str]) -> Relation:
    shown = {one.direction for one in examples}
    if len(shown) == 2:
        return Relation.BOTH
    if reasons:
        return Relation.UNDECIDED
    if not shown:
        return Relation.EQUIVALENT
    return Relation.LOOSER if Direction.GAINED in shown else Relation.STRICTER
