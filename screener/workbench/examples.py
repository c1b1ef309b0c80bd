"""Example patients of a version, found rather than thought up: one eligible, the others close by.

Each differs from the first one in what it takes to show one thing: a criterion failing alone, a
leaf deciding, a limit from either side, the edge of a window, a fact missing. What cannot happen to
any patient is proved and named; expectations are those of the reference meaning, to be read by a
person before they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from screener.catalog import Edition
from screener.days import iso
from screener.interpreters.smt.pairs import Claim, differ, disjunction, negation
from screener.interpreters.smt.solver import Impossible, Undecided
from screener.ir import AS_OF, DateSource, Selection
from screener.judging import Judged
from screener.quantities import Range, Value, decimal_text, holds
from screener.selection.uses import facts_of, windows_of
from screener.truth import Truth
from screener.workbench.arranging import Effort
from screener.workbench.calendar import span
from screener.workbench.coverage import (
    FALSE,
    TRUE,
    Leaf,
    Target,
    exchanged,
    exercised,
    leaves_of,
    repeats,
    targets_of,
)
from screener.workbench.finder import Answer, Finder, Found, Shown
from screener.workbench.witness import Witness

#: So many arrangements are tried to find somebody much like the first patient.
_NEAR = 1_000


class Example(NamedTuple):
    """A patient, what he is an example of, and how he is judged."""

    name: str
    witness: Witness
    judged: Judged


class Examples(NamedTuple):
    """The first patient, those like him, and what no patient shows (proved, or not found)."""

    first: Example
    others: tuple[Example, ...]
    impossible: tuple[Target, ...]
    not_found: tuple[Target, ...]


class NobodyEligible(Exception):
    """There is nobody to start from; `clash` names the criteria that cannot pass together."""

    def __init__(self, clash: tuple[str, ...], reason: str) -> None:
        super().__init__(reason)
        self.clash = clash


#: Hands on what is to be searched for, and may tell how far the search is.
Progress: TypeAlias = Callable[[Sequence[Target]], AbstractContextManager[Iterable[Target]]]


def find_examples(
    edition: Edition, timeout_ms: int = 10_000, progress: Progress = nullcontext
) -> Examples:
    """Example patients that exercise all of a version that can be exercised.

    Raises:
        NobodyEligible: if nobody can be, or nobody was found.
    """
    return _Search(edition, timeout_ms).everything(progress)


class _Search:
    def __init__(self, edition: Edition, timeout_ms: int) -> None:
        self.edition = edition
        self.protocol = edition.protocol
        self.finder = Finder([edition], timeout_ms)
        self.leaves = tuple(leaves_of(self.protocol))
        self.groups = repeats(self.protocol)
        self.ids = {one.id: index for index, one in enumerate(self.protocol.criteria)}
        self.base = self._eligible()
        self.done = self._shown(self.base.judged[0])

    def _eligible(self) -> Found:
        verdict, bound = self.finder.space.loose_verdict(0)
        tracked = {self.protocol.criteria[at].id: claim for at, claim in bound.items()}
        answer = self.finder.find(
            verdict,
            shown=lambda judged: judged[0].verdict.truth is Truth.TRUE,
            tracked=tracked,
        )
        if isinstance(answer, Found):
            return answer
        if isinstance(answer, Impossible):
            raise NobodyEligible(answer.clash, "nobody can be eligible")
        raise NobodyEligible((), answer.reason)

    def everything(self, progress: Progress) -> Examples:
        """Search for every target that the patients so far do not exercise."""
        others: list[Example] = []
        impossible: list[Target] = []
        not_found: list[Target] = []
        with progress(tuple(targets_of(self.protocol))) as targets:
            for target in targets:
                answer = None if target in self.done else self._find(target)
                if isinstance(answer, Found):
                    judged = answer.judged[0]
                    others.append(Example(self._name(target), answer.witness, judged))
                    self.done |= self._shown(judged)
                elif isinstance(answer, Impossible):
                    impossible.append(target)
                elif isinstance(answer, Undecided):
                    not_found.append(target)
        others += self._at_limits([self.base.judged[0], *(one.judged for one in others)])
        others += self._edges()
        others += self._missing()
        first = Example("Eligible", self.base.witness, self.base.judged[0])
        return Examples(first, tuple(others), tuple(impossible), tuple(not_found))

    def _shown(self, judged: Judged) -> set[Target]:
        return exercised(self.protocol, judged, self.leaves, self.groups)

    # --- outcomes, leaves and limits ----------------------------------------------------------

    def _find(self, target: Target) -> Answer:
        """Somebody who shows it, as much like the first patient as possible."""
        index = self.ids[target.criterion]
        (group,) = [one for one in self.groups if index in one]
        claims = self._claims(target, index)
        others = [self.finder.criterion(at).true for at in range(len(self.ids)) if at not in group]
        concerned = {
            fact
            for at in group
            for leaf in self.leaves
            if leaf.criterion == at
            for fact in leaf.facts
        }
        same = self.finder.selections.same_as(
            one for one in self.base.readings if concerned.isdisjoint(facts_of(one.selection))
        )
        answer: Answer = Impossible(())
        for closeness, effort in (
            ((*others, same), Effort(_NEAR)),
            (tuple(others), Effort(_NEAR)),
            ((), Effort()),
        ):
            answer = self.finder.find(
                *claims,
                *closeness,
                shown=lambda judged: target in self._shown(judged[0]),
                effort=effort,
            )
            if isinstance(answer, Found):
                return answer
        return answer

    def _claims(self, target: Target, index: int) -> list[Claim]:
        pair = self.finder.criterion(index)
        if target.leaf is None:
            by_name = {"pass": pair.true, "fail": pair.false, "unknown": pair.unknown}
            return [by_name.get(target.what, pair.false)]
        (leaf,) = [
            one for one in self.leaves if (one.criterion, one.number) == (index, target.leaf)
        ]
        test = self.finder.space.formula(0, leaf.test)
        match target.what:
            case "true":
                return [test.true]
            case "false":
                return [test.false]
            case "unknown":
                return [test.unknown]
            case "decisive":
                return [self._decides(index, leaf), negation(test.unknown)]
            case _:
                return self._beside(leaf, target, test.true, test.false)

    def _decides(self, index: int, leaf: Leaf) -> Claim:
        passes = self.protocol.criteria[index].passes
        ends = [
            self.finder.space.formula(0, exchanged(passes, leaf.test, end)) for end in (TRUE, FALSE)
        ]
        return differ(*ends)

    def _beside(self, leaf: Leaf, target: Target, true: Claim, false: Claim) -> list[Claim]:
        """The value on the wanted side of the limit, as near to it as cells go."""
        condition = leaf.test.condition
        assert isinstance(condition, Range), "INVARIANT: only numbers have limits"
        selection = self.protocol.selections[leaf.test.slot]
        at_low = condition.low is not None and decimal_text(condition.low) == target.limit
        meets = target.what == "meets"
        sides = [
            cell
            for cell in self.finder.selections.cells_of(selection)
            if _on_side(cell, condition, at_low) is meets
        ]
        if not sides:
            return self._beside_score(selection, target, condition, true if meets else false)
        # Cells rise: what meets a lower limit begins right at it, what misses it ends there.
        nearest = sides[0] if at_low is meets else sides[-1]
        return [self.finder.selections.within(selection, [nearest])]

    def _beside_score(
        self, selection: Selection, target: Target, condition: Range, side: Claim
    ) -> list[Claim]:
        """The sum of points at the limit, or one point from it, on the wanted side."""
        at_low = condition.low is not None and decimal_text(condition.low) == target.limit
        limit = condition.low if at_low else condition.high
        assert limit is not None, "INVARIANT: the target is one of the limits"
        near = [
            self.finder.selections.test(selection, Range(one, one))
            for one in (limit, limit - 1, limit + 1)
        ]
        return [side, self.finder.selections.settled(selection), disjunction(near).true]

    def _name(self, target: Target) -> str:
        if target.leaf is None:
            return {
                "pass": f"{target.criterion} passes",
                "fail": f"{target.criterion} fails",
                "unknown": f"{target.criterion} cannot be told",
                "decisive": f"{target.criterion} alone decides",
            }[target.what]
        (leaf,) = [
            one
            for one in self.leaves
            if (one.criterion, one.number) == (self.ids[target.criterion], target.leaf)
        ]
        label = " and ".join(self.edition.vocabulary[fact].label for fact in leaf.facts)
        where = f"{target.criterion}, {label}"
        number = f" (test {target.leaf + 1})" if target.leaf else ""
        if target.limit is not None:
            side = "meets" if target.what == "meets" else "just misses"
            return f"{where}{number} {side} the limit {target.limit}"
        words = {"true": "is so", "false": "is not so", "unknown": "is unknown"}
        return f"{where}{number} {words.get(target.what, 'alone decides')}"

    def _at_limits(self, people: Sequence[Judged]) -> Iterator[Example]:
        """Somebody with the very value of a limit, where nobody so far has it."""
        for leaf in self.leaves:
            condition = leaf.test.condition
            selection = self.protocol.selections[leaf.test.slot]
            if not isinstance(condition, Range):
                continue
            for limit in (condition.low, condition.high):
                here = Range(limit, limit)
                if limit is None or here not in self.finder.selections.cells_of(selection):
                    continue
                if any(one.selected[leaf.test.slot].values == (here,) for one in people):
                    continue
                others = [
                    self.finder.criterion(at).true
                    for at in range(len(self.ids))
                    if at != leaf.criterion
                ]
                answer = self.finder.find(
                    self.finder.selections.within(selection, [here]),
                    *others,
                    shown=_with_value(leaf.test.slot, here),
                )
                if isinstance(answer, Found):
                    label = " and ".join(self.edition.vocabulary[one].label for one in leaf.facts)
                    id = self.protocol.criteria[leaf.criterion].id
                    name = f"{id}, {label} exactly at the limit {decimal_text(limit)}"
                    yield Example(name, answer.witness, answer.judged[0])

    # --- window edges and missing facts -------------------------------------------------------

    def _edges(self) -> Iterator[Example]:
        """The first patient with a record on each edge of its window, and a day beyond."""
        facts = self.base.witness.profile["facts"]
        dates = self._dates()
        seen: set[tuple[str, int]] = set()
        for leaf in self.leaves:
            for fact in leaf.facts:
                said = facts.get(fact)
                if not isinstance(said, dict) or "date" not in said:
                    continue
                selection = self.protocol.selections[leaf.test.slot]
                for window in windows_of(selection):
                    opens, closes = span(dates, window)
                    for day in (opens - 1, opens, closes, closes + 1):
                        if (fact, day) in seen or not 1 <= day <= dates[AS_OF]:
                            continue
                        seen.add((fact, day))
                        changed = deepcopy(self.base.witness.profile)
                        changed["facts"][fact]["date"] = iso(day)
                        label = self.edition.vocabulary[fact].label
                        yield from self._example(f"{label} of {iso(day)}", changed)

    def _dates(self) -> dict[str, int]:
        """The named dates of the first patient, those that stand for `as_of` too."""
        facts = self.base.witness.profile["facts"]
        as_of = date.fromisoformat(self.base.witness.as_of).toordinal()
        dates = {AS_OF: as_of}
        for name, source in self.protocol.dates:
            if not isinstance(source, DateSource):
                continue
            said = facts.get(source.fact, iso(as_of))
            text = said["value"] if isinstance(said, dict) else said
            dates[name] = date.fromisoformat(text).toordinal()
        return dates

    def _missing(self) -> Iterator[Example]:
        """The first patient with one fact after the other not given."""
        for fact in self.base.witness.profile["facts"]:
            changed = deepcopy(self.base.witness.profile)
            del changed["facts"][fact]
            yield from self._example(f"{self.edition.vocabulary[fact].label} not given", changed)

    def _example(self, name: str, profile: dict[str, Any]) -> Iterator[Example]:
        witness = Witness(profile, self.base.witness.as_of)
        judged = self.finder.judged(witness)
        if judged is not None:
            yield Example(name, witness, judged[0])


def _with_value(slot: int, value: Value) -> Shown:
    return lambda judged: judged[0].selected[slot].values == (value,)


def _on_side(cell: Value, condition: Range, at_low: bool) -> bool:
    """Whether the cell lies on the side of one limit that meets it."""
    one_sided = (
        Range(condition.low, None, condition.low_open)
        if at_low
        else Range(None, condition.high, False, condition.high_open)
    )
    return holds(cell, one_sided) is Truth.TRUE
