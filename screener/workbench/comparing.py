"""Two versions compared by proof: whom the change lets in or keeps out, criterion by criterion.

Who differs only because the history of an event contradicts itself, and cannot be shown, is left
aside. Every patient shown has been screened by both versions; where the solver finds a difference
that no patient shows, the relation is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from screener.catalog import Edition
from screener.formulas import spelled_out
from screener.interpreters.smt.pairs import Claim, Pair, certain, negation
from screener.interpreters.smt.solver import GoOn, Impossible, Undecided, always
from screener.ir import Protocol, Selection, Window
from screener.judging import Judged
from screener.selection.uses import facts_of, facts_of_dates
from screener.truth import VERDICT, Truth
from screener.vocabulary import Fact
from screener.workbench.comparison import (
    Comparison,
    CriterionChange,
    DateChange,
    Direction,
    Example,
    Relation,
    WindowChange,
    relation_of,
)
from screener.workbench.finder import Finder, Found
from screener.workbench.named_apart import days_in, named_apart
from screener.workbench.sameness import renamed, sense_of_verdict, senses


def compare(
    old: Edition, new: Edition, timeout_ms: int = 10_000, go_on: GoOn = always
) -> Comparison:
    """Prove what the new version is to the old one.

    `timeout_ms` is for each question to the solver; what `go_on` raises before one ends the whole.
    """
    return _Comparer(old, new, timeout_ms, go_on).everything()


class _Comparer:
    """Two versions; what they say alike is seen before the solver is asked, or even made."""

    def __init__(self, old: Edition, new: Edition, timeout_ms: int, go_on: GoOn) -> None:
        self.old, self.new = old, new
        self._timeout_ms, self._go_on = timeout_ms, go_on
        self._apart = tuple(named_apart([old.protocol, new.protocol]))
        before, after = self._apart
        self._senses = senses(before), senses(after)
        self._where = (
            {one.id: index for index, one in enumerate(before.criteria)},
            {one.id: index for index, one in enumerate(after.criteria)},
        )
        self._was = renamed((before, after), self._senses)
        self._otherwise = {
            name
            for name, fact in new.vocabulary.items()
            if name in old.vocabulary and _meaning(old.vocabulary[name]) != _meaning(fact)
        }

    @cached_property
    def finder(self) -> Finder:
        """What the solver is asked through."""
        return Finder([self.old, self.new], self._timeout_ms, go_on=self._go_on)

    def everything(self) -> Comparison:
        before, after = self._apart
        verdicts = [
            sense_of_verdict(one, said) for one, said in zip(self._apart, self._senses, strict=True)
        ]
        relation, examples, reasons = self._related(
            lambda: (self.finder.verdict(0), self.finder.verdict(1)),
            lambda judged: (judged[0].verdict.truth, judged[1].verdict.truth),
            alike=verdicts[0] == verdicts[1],
            read=[*before.selections, *after.selections],
        )
        criteria = tuple(self._criteria())
        return Comparison(
            relation,
            tuple(self._dates(criteria)),
            tuple(_windows(self.old.protocol, self.new.protocol, criteria)),
            criteria,
            examples,
            reasons,
        )

    def _criteria(self) -> Iterator[CriterionChange]:
        renamed = set(self._was.values())
        names = [*self._where[1], *(one for one in self._where[0] if one not in renamed)]
        for id in dict.fromkeys(names):
            was = self._was.get(id)
            before, after = self._where[0].get(was or id), self._where[1].get(id)
            relation, examples, reasons = self._related(
                lambda before=before, after=after: (  # type: ignore[misc]
                    certain(True) if before is None else self.finder.criterion(before, 0),
                    certain(True) if after is None else self.finder.criterion(after, 1),
                ),
                _of_criterion(before, after),
                alike=before is not None
                and after is not None
                and self._senses[0][before] == self._senses[1][after],
                read=[*self._read(0, before), *self._read(1, after)],
            )
            changed = self._changed(before, after)
            yield CriterionChange(id, was, relation, *changed, examples, reasons)

    def _read(self, which: int, index: int | None) -> tuple[Selection, ...]:
        """The selections that a criterion rests on."""
        if index is None:
            return ()
        protocol = self._apart[which]
        return spelled_out(protocol, protocol.criteria[index].passes)[1]

    def _changed(self, before: int | None, after: int | None) -> tuple[bool, bool, bool, bool]:
        """Whether text and rule differ, and if only by the stage's window or by a named date."""
        if before is None or after is None:
            return True, True, False, False
        old, new = self.old.protocol, self.new.protocol
        one, other = old.criteria[before], new.criteria[after]
        was, is_ = spelled_out(old, one.passes), spelled_out(new, other.passes)
        apart = [
            spelled_out(protocol, protocol.criteria[index].passes)
            for protocol, index in zip(self._apart, (before, after), strict=True)
        ]
        declared = self._declared_otherwise([*was[1], *is_[1]])
        dated = was == is_ and apart[0] != apart[1]
        then, now = _window_of(old).get(one.stage), _window_of(new).get(other.stage)
        moved = then is not None and now is not None and _exchanged(was, then, now) == is_
        by_window = was != is_ and moved and not days_in(apart[1]) & self._new_dates()
        changed = apart[0] != apart[1] or bool(declared)
        return (
            one.text != other.text,
            changed,
            by_window and not declared,
            dated and not declared,
        )

    def _new_dates(self) -> set[str]:
        """The names that the new version's dates were given, where they mean something else."""
        return {name for name, _ in self._apart[1].dates} - set(dict(self.new.protocol.dates))

    def _dates(self, criteria: tuple[CriterionChange, ...]) -> Iterator[DateChange]:
        old, new = dict(self.old.protocol.dates), dict(self.new.protocol.dates)
        for (name, source), (apart, _) in zip(
            self.new.protocol.dates, self._apart[1].dates, strict=True
        ):
            if name in old and old[name] != source:
                alone = tuple(
                    one.id
                    for one in criteria
                    if one.by_date and apart in days_in(self._read(1, self._where[1][one.id]))
                )
                yield DateChange(name, old[name], new[name], alone)

    def _declared_otherwise(self, read: Iterable[Selection]) -> list[str]:
        """The facts that these rest on and that the versions do not declare alike."""
        if not self._otherwise:
            return []
        days = [dict(one.dates) for one in self._apart]
        named = {
            fact
            for selection in read
            for name in days_in(selection)
            for dates in days
            if name in dates
            for fact in facts_of_dates(tuple(dates.items()))[name]
        }
        used = {fact for selection in read for fact in facts_of(selection)} | named
        return sorted(used & self._otherwise)

    def _related(
        self,
        pairs: Callable[[], tuple[Pair, Pair]],
        outcomes: _Outcomes,
        *,
        alike: bool,
        read: Iterable[Selection],
    ) -> tuple[Relation, tuple[Example, ...], tuple[str, ...]]:
        """The relation of two formulas, a patient for each direction, and what stays open.

        Args:
            pairs: the formulas, old and new, for the solver.
            outcomes: how they end for a judged patient.
            alike: they were seen to say the same.
            read: the selections they rest on.
        """
        examples: list[Example] = []
        # What is read otherwise is another fact, of which the solver knows nothing.
        reasons = [
            f"the two versions declare the fact `{fact}` differently"
            for fact in self._declared_otherwise(read)
        ]
        if alike:
            return relation_of(examples, reasons), (), tuple(reasons)
        before, after = pairs()
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
        return relation_of(examples, reasons), tuple(examples), tuple(reasons)

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


def _meaning(fact: Fact) -> tuple[object, ...]:
    """What of a declaration may make a difference to a verdict."""
    shapes = [fact.shape, *fact.attributes.values()]
    return (
        fact.kind,
        fact.absence_is_no,
        fact.asked_of is None,
        fact.derived,
        tuple(fact.attributes),
        [
            (one.type, one.unit, dict(one.accepted), one.values, dict(one.children))
            for one in shapes
        ],
    )


_Outcomes: TypeAlias = Callable[[tuple[Judged, ...]], tuple[Truth, Truth]]


def _of_criterion(before: int | None, after: int | None) -> _Outcomes:
    """How one criterion ends by each version; one that a version lacks passes."""

    def outcomes(judged: tuple[Judged, ...]) -> tuple[Truth, Truth]:
        return (
            Truth.TRUE if before is None else judged[0].criteria[before].truth,
            Truth.TRUE if after is None else judged[1].criteria[after].truth,
        )

    return outcomes
