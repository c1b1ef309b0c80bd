"""Selections made of others as columns: scores, grades, tables, and what may be given or computed.

Each is one of a few classes of answers that make no difference to whoever asks; a column holds the
number of the class. The reference composes one of each class for every choice of the parts.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from math import prod
from typing import NamedTuple

import narwhals as nw

from screener.cohort.asking import Asking, ends_of
from screener.cohort.calculating import place_of, samples, steps
from screener.cohort.inputs import Inputs
from screener.cohort.selections import Sources
from screener.interpreters.columns import (
    Keep,
    Kept,
    Recorded,
    looked_up,
    mapped,
    number_column,
    one_of,
)
from screener.ir import Age, Calculation, Decision, Either, Grade, Operand, Score, Selection
from screener.quantities import Codes, Condition, Number, Range, holds
from screener.selection.select import composed
from screener.selection.selected import Selected, single
from screener.selection.uses import Composed, parts_of

#: So many choices of the parts are composed at most.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Classes:
    """What a selection comes to: one of each class, and the column of their numbers.

    `column`: None where there is only one.
    """

    each: tuple[Selected, ...]
    column: Kept | None = None


class Asks(NamedTuple):
    """What will be asked of the values of a selection.

    `conditions`: whether they meet these. `whole`: they are compared with others, of which
    `further` are the numbers. `numbers`: one number is as good as another.
    """

    conditions: tuple[Condition, ...]
    whole: bool = False
    numbers: bool = False
    further: tuple[Number, ...] = ()

    def of(self, selected: Selected) -> Hashable:
        """What of an answer makes a difference; causes and explanations do not."""
        if self.numbers and single(selected) and not (selected.short or selected.unplaced):
            return "a number"
        values: list[Hashable] = [
            one
            if self.whole or isinstance(one, frozenset)
            else tuple(holds(one, asked) for asked in self.conditions)
            for one in selected.values
        ]
        return frozenset(values), selected.short, selected.unplaced, selected.clash


class Composing:
    """The selections of a protocol over the facts recorded in a frame."""

    def __init__(
        self, asking: Asking, recorded: Mapping[str, Recorded], sources: Sources, keep: Keep
    ) -> None:
        self._asking = asking
        self._recorded = recorded
        self._sources = sources
        self._inputs = Inputs(recorded, asking.as_of, sources.doubts)
        self._keep = keep
        self._known: dict[tuple[Selection, Asks], Classes | None] = {}
        self._numbers: dict[tuple[Selection, Decimal], Kept] = {}

    def classes(self, selection: Selection, asks: Asks) -> Classes | None:
        """The classes of a selection; None: it is too much to ask."""
        key = selection, asks
        if key not in self._known:
            if isinstance(selection, Score | Calculation | Decision | Grade | Either):
                self._known[key] = self._composed(selection, asks)
            else:
                self._known[key] = self._source(selection, asks)
        return self._known[key]

    def _source(self, selection: Selection, asks: Asks) -> Classes | None:
        each: dict[Hashable, Selected] = {}

        def answer(selected: Selected) -> Hashable:
            told = asks.of(selected)
            each.setdefault(told, selected)
            return told

        tree = self._sources.tree(selection, asks.conditions, asks.further, answer)
        if tree is None:
            return None
        # A row in doubt is of any class.
        numbers = {told: number for number, told in enumerate(each)}
        numbered = mapped(tree, lambda told: numbers.get(told, 0))
        if len(each) == 1:
            return Classes(tuple(each.values()))
        # Days seen from another stand on the level below.
        return Classes(tuple(each.values()), self._keep(number_column(numbered), 1))

    def _composed(self, selection: Composed, asks: Asks) -> Classes | None:
        if isinstance(selection, Calculation):
            return self._calculated(selection, asks)
        parts = self._parts(selection, asks)
        if parts is None or prod(len(one.each) for one in parts) > _MOST:
            return None
        each: dict[Hashable, Selected] = {}
        numbers: dict[Hashable, int] = {}
        table: dict[tuple[int, ...], int] = {}
        for chosen in product(*(range(len(one.each)) for one in parts)):
            there = [one.each[at] for one, at in zip(parts, chosen, strict=True)]
            found = _composed_of(selection, there)
            told = asks.of(found)
            each.setdefault(told, found)
            at = [one for one, part in zip(chosen, parts, strict=True) if len(part.each) > 1]
            table[tuple(at)] = numbers.setdefault(told, len(numbers))
        if len(each) == 1:
            return Classes(tuple(each.values()))
        columns = [(one.column, len(one.each)) for one in parts if one.column is not None]
        return Classes(tuple(each.values()), looked_up(columns, table, self._keep))

    def _parts(self, selection: Composed, asks: Asks) -> list[Classes] | None:
        """The classes of its parts, by what it asks of them."""
        match selection:
            case Either():
                return self._either(selection, asks)
            case Score():
                asked = [tuple(band.when for band in part.bands) for part in selection.parts]
            case Grade():
                asked = [tuple(band.when for band in selection.bands)]
            case Decision():
                tests = [test for row in selection.rows for test in row.tests]
                asked = [
                    tuple(dict.fromkeys(condition for at, condition in tests if at == place))
                    for place in range(len(selection.parts))
                ]
            case Calculation():
                return None  # it is not made of a few classes of each part
        found = [
            self.classes(part, Asks(conditions))
            for part, conditions in zip(parts_of(selection), asked, strict=True)
        ]
        known = [one for one in found if one is not None]
        return known if len(known) == len(found) else None

    def _either(self, selection: Either, asks: Asks) -> list[Classes] | None:
        """What is given and what is computed are compared with each other, where both may be."""
        given_too = self._asking.facts(selection.given)
        compared = asks._replace(whole=True)
        whole = any(one in self._recorded for one in given_too)
        if whole and isinstance(selection.computed, Calculation):
            return None
        computed = self.classes(selection.computed, compared if whole else asks)
        if computed is None:
            return None
        ends = {end for one in computed.each for end in ends_of(one)}
        given = self.classes(
            selection.given, compared._replace(further=tuple(sorted({*asks.further, *ends})))
        )
        return None if given is None else [given, computed]

    # --- formulas -----------------------------------------------------------------------------

    def _calculated(self, node: Calculation, asks: Asks) -> Classes | None:
        """Between which limits the number is, where all inputs are known; else as composed."""
        if asks.whole:
            return None
        found = [self._input(operand) for operand in node.operands]
        inputs = [one for one in found if one is not None]
        if len(inputs) < len(found) or prod(len(one.classes.each) for one in inputs) > _MOST:
            return None

        def in_case(index: int, codes: Codes) -> Kept:
            one = inputs[index]
            numbers = [at for at, code in enumerate(one.codes) if code and code <= codes]
            if one.classes.column is None:
                return Kept(nw.lit(bool(numbers)))
            column, level = one.classes.column
            return Kept(one_of(column, numbers), level)

        each: list[Selected] = []
        table: dict[tuple[int, ...], int] = {}
        computed_, doubt = -1, -2
        for chosen in product(*(range(len(one.classes.each)) for one in inputs)):
            numeric = [one.known(at) for one, at in zip(inputs, chosen, strict=True)]
            parts = [one.classes.each[at] for one, at in zip(inputs, chosen, strict=True)]
            at = tuple(
                one
                for one, part in zip(chosen, inputs, strict=True)
                if part.classes.column is not None
            )
            if all(numeric) and any(one.number is not None for one in inputs):
                table[at] = computed_
            elif any(
                known and one.number is not None for known, one in zip(numeric, inputs, strict=True)
            ):
                table[at] = doubt
            else:
                table[at] = len(each)
                each.append(_composed_of(node, parts))
        cuts = {end for one in asks.conditions if isinstance(one, Range) for end in one[:2]}
        passed = steps([end for end in cuts if end is not None], node.decimals)
        first = len(each)
        each += samples(passed, node.decimals)
        told: dict[Hashable, int] = {}
        reps: list[Selected] = []
        classes = []
        for one in each:
            key = asks.of(one)
            if key not in told:
                told[key] = len(reps)
                reps.append(one)
            classes.append(told[key])
        columns = [
            (one.classes.column, len(one.classes.each))
            for one in inputs
            if one.classes.column is not None
        ]
        numbered = {
            at: len(each) if to == computed_ else len(each) + 1 if to == doubt else to
            for at, to in table.items()
        }
        state = looked_up(columns, numbered, self._keep) if columns else Kept(nw.lit(numbered[()]))
        if len(each) in numbered.values():
            place, untold = place_of(
                node,
                passed,
                lambda index: inputs[index].column(),
                in_case,
                self._keep,
            )
            here = state.column == len(each)
            self._sources.doubts.append((here & untold) | (state.column > len(each)))
            placed = nw.when(here).then(place.column + first).otherwise(state.column)
            state = self._keep(placed, max(state.level, place.level))
        else:
            self._sources.doubts.append(state.column > len(each))
        if len(reps) == 1:
            return Classes(tuple(reps))
        entries: dict[tuple[int, ...], int] = {(number,): one for number, one in enumerate(classes)}
        entries |= {(len(each),): 0, (len(each) + 1,): 0}
        return Classes(tuple(reps), looked_up([(state, len(entries))], entries, self._keep))

    def _input(self, operand: Operand) -> _Input | None:
        """The classes of an input: one of all numbers known, others of what is not."""
        selection = operand.value
        if isinstance(operand.anything, frozenset):
            classes = self.classes(selection, Asks((), True))
            if classes is None:
                return None
            ways = [
                frozenset[str | bool]().union(*(v for v in one.values if isinstance(v, frozenset)))
                & operand.anything
                for one in classes.each
            ]
            single = [
                one if len(one) == 1 and each.values and not each.short else frozenset()
                for one, each in zip(ways, classes.each, strict=True)
            ]
            return _Input(classes, tuple(single), None)
        if isinstance(selection, Age):
            # Which age it is makes no difference here, only whether it is known.
            selection = replace(selection, cuts=())
        number = self._inputs.number(selection)
        classes = self.classes(selection, Asks((), True, numbers=True))
        if number is None or classes is None:
            return None
        key = selection, operand.factor
        if key not in self._numbers:
            self._numbers[key] = self._keep(number / float(operand.factor), 0)
        return _Input(classes, (), self._numbers[key])


def _composed_of(selection: Composed, parts: Sequence[Selected]) -> Selected:
    """What the selection comes to where its parts, in their order, come to these."""
    there = iter(parts)
    return composed(selection, lambda _: next(there))


@dataclass(frozen=True, slots=True)
class _Input:
    """An input of a formula.

    `codes`: of each class the one code it is, none where it is not one. `number`: the column of its
    numbers, which holds where it is known; None of codes.
    """

    classes: Classes
    codes: tuple[frozenset[str | bool], ...]
    number: Kept | None

    def known(self, at: int) -> bool:
        """Whether those of a class are known to the last digit."""
        if self.number is None:
            return bool(self.codes[at])
        one = self.classes.each[at]
        return single(one) and not one.short and not one.unplaced

    def column(self) -> Kept:
        """The column of its numbers."""
        assert self.number is not None, "INVARIANT: only numbers are calculated with"
        return self.number
