"""What is known of each selection: the solver's variables.

A selection is the set of cells it may lie in, one proposition a cell: one cell is a known value,
all cells are "unknown", some cells are a value known in part or records that disagree. A test is
true if every possible cell meets it and false if none does, which is the leaf rule of the reference
meaning. What this module has no cells for is free: taken to be anything. Source: semantics 8 and 9.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import z3

from screener.interpreters.smt.asked import draws_on, in_part, made_of
from screener.interpreters.smt.calculations import Guess, lemma
from screener.interpreters.smt.cells import OTHER, cells, domain, inside
from screener.interpreters.smt.derived import assumed_no, decided, either, graded, scored
from screener.interpreters.smt.pairs import Claim, Pair, all_of, any_of
from screener.interpreters.smt.relations import (
    Variables,
    consistent,
    placed,
    relations,
    said_aloud,
    together,
)
from screener.ir import (
    AssumeNo,
    Calculation,
    Decision,
    Either,
    Fixed,
    Grade,
    Pick,
    Score,
    Selection,
)
from screener.quantities import Condition, Range, Value, holds
from screener.selection.selected import Selected, single
from screener.truth import Truth
from screener.vocabulary import Vocabulary


class Reading(NamedTuple):
    """What a solution says of one selection: the cells it may lie in.

    `open`: nothing is known, so that no test of it has an answer.
    """

    selection: Selection
    possible: tuple[Value, ...]
    every: tuple[Value, ...]
    open: bool

    @property
    def settled(self) -> bool:
        """One cell, hence an answer to every test."""
        return not self.open and len(self.possible) == 1


class Selections:
    """The variables of all selections that something is asked of.

    `facts` holds what is true of every patient; `free`, what is followed in part only. `asked`:
    see `Asked`.
    """

    def __init__(
        self, vocabulary: Vocabulary, asked: Mapping[Selection, Iterable[Condition]]
    ) -> None:
        self.vocabulary = vocabulary
        self.facts: list[Claim] = []
        self.free: dict[Selection, None] = {}
        self._variables: dict[Selection, Variables] = {}
        self._choices: dict[tuple[Selection, Hashable], Claim] = {}
        self._names = 0
        self._declare(asked)

    def _declare(self, asked: Mapping[Selection, Iterable[Condition]]) -> None:
        for selection, conditions in asked.items():
            among = domain(selection, self.vocabulary)
            if among is None or in_part(selection):
                self.free[selection] = None
            found = cells(conditions, among)
            own = Variables(found, [self.fresh() for _ in found], self.fresh())
            self._variables[selection] = own
            self.facts.append(any_of(own.may))
            self.facts.append(z3.Implies(own.open, all_of(own.may)))
            self.facts += self._broader(selection, own)
            if isinstance(selection, Calculation) and placed(selection):
                self.facts.append(z3.Not(own.open))
        self.facts += relations(self._variables)

    def _broader(self, selection: Selection, own: Variables) -> Iterator[Claim]:
        """A code with others beneath it never stands alone: it may be any of those."""
        if not isinstance(selection, Pick | Fixed) or selection.judged is not None:
            return
        children = self.vocabulary[selection.of.fact].shape.children
        placed = {
            str(code): may
            for cell, may in zip(own.cells, own.may, strict=True)
            if isinstance(cell, frozenset)
            for code in cell
        }
        for cell, may in zip(own.cells, own.may, strict=True):
            if (
                isinstance(cell, frozenset)
                and children
                and all(children.get(str(one)) for one in cell)
            ):
                yield z3.Implies(
                    may,
                    z3.Or(
                        [
                            z3.And(
                                [placed[below] for below in children[str(one)] if below in placed]
                            )
                            for one in cell
                        ]
                    ),
                )

    @property
    def calculated(self) -> bool:
        """Whether a formula takes part, so that a solution may be refuted by what it makes."""
        return any(isinstance(one, Calculation) for one in self._variables)

    def fresh(self) -> Claim:
        """A proposition of its own."""
        self._names += 1
        return z3.Bool(f"b{self._names}")

    def choice(self, selection: Selection, what: Hashable) -> Claim:
        """A circumstance of a selection that nothing else decides."""
        key = (selection, what)
        if key not in self._choices:
            self._choices[key] = self.fresh()
        return self._choices[key]

    # --- tests --------------------------------------------------------------------------------

    def test(self, selection: Selection, condition: Condition) -> Pair:
        """That the selection meets a condition that is asked of it."""
        match selection:
            case Score():
                return scored(selection, condition, self.test, self.choice)
            case Grade():
                return graded(selection, condition, self.test, self.choice)
            case Decision():
                return decided(selection, condition, self.test)
            case Either():
                return either(selection, condition, self.test, self.choice)
            case AssumeNo():
                return assumed_no(selection, condition, self.test, self.choice)
            case _:
                own = self._variables[selection]
                within = [inside(cell, condition) for cell in own.cells]
                out = [one for one, meets in zip(own.may, within, strict=True) if not meets]
                into = [one for one, meets in zip(own.may, within, strict=True) if meets]
                known = z3.Not(own.open)
                return Pair(z3.And(known, z3.Not(any_of(out))), z3.And(known, z3.Not(any_of(into))))

    # --- solutions ----------------------------------------------------------------------------

    def usual(self, settled: Collection[Selection] = ()) -> Claim:
        """That facts are given in one way only, no window was missed and all dates are known.

        A restriction, to find patients that are easy to write down first. `settled`: what is known
        of one patient; what is given of him counts.
        """
        claims = []
        for (selection, what), chosen in self._choices.items():
            if what == "assumed" and isinstance(selection, AssumeNo):
                claims.append(chosen == z3.And([self.all_open(one) for one in made_of(selection)]))
            elif what == "given" and isinstance(selection, Either):
                given = list(made_of(selection.given))
                known = any(one in settled for one in given)
                claims.append(chosen == known)
                claims += [] if known else [self.all_open(one) for one in given]
            else:
                claims.append(z3.Not(chosen))
        return z3.And(claims)

    def circumstances(self, of: Callable[[Selection], Selected]) -> Claim:
        """What is so of one patient beside his values: whose days are known, what was given.

        Args:
            of: what a selection comes to for him.
        """
        claims = []
        for (selection, what), chosen in tuple(self._choices.items()):
            if what in ("unplaced", "unsettled"):
                found = of(selection)
                if not found.unplaced and (what == "unplaced" or found.values):
                    claims.append(z3.Not(chosen))
            elif what == "given" and isinstance(selection, Either) and single(of(selection.given)):
                # A single value that is given decides (11.4).
                claims.append(z3.Or(chosen, self.choice(selection, "both")))
        return z3.And(claims)

    def consistent(self) -> Claim:
        """That no history of an event contradicts itself."""
        return z3.And(list(consistent(self._variables)))

    def said_aloud(self) -> Claim:
        """That no source is declared complete to a day before the end of a window only."""
        return z3.And(list(said_aloud(self._variables)))

    def together(self) -> Claim:
        """That the newest of a window is the newest there is."""
        return z3.And(list(together(self._variables)))

    def settled(self, selection: Selection) -> Claim:
        """That something is known of all that a computed selection is computed from."""
        computed = selection.computed if isinstance(selection, Either) else selection
        return z3.And([z3.Not(self.all_open(one)) for one in made_of(computed)])

    def simple(self) -> Claim:
        """That every selection is either known or wholly unknown; what is calculated, as it is."""
        claims = []
        for selection, own in self._variables.items():
            known = z3.PbEq([(one, 1) for one in own.may], 1)
            if not isinstance(selection, Calculation):
                claims.append(z3.Or(own.open, known))
                continue
            claims.append(z3.Not(own.open))
            # Of a result that is known so are the inputs.
            claims += [
                z3.Implies(z3.Not(z3.And(own.may)), z3.Not(self.all_open(one.value)))
                for one in selection.operands
                if one.value in self._variables
            ]
        return z3.And(claims)

    def within(self, selection: Selection, values: Sequence[Value]) -> Claim:
        """That a selection is known to lie nowhere but where one of these values may lie."""
        own = self._variables[selection]
        return z3.And(
            z3.Not(own.open),
            *(
                z3.Not(may)
                for may, cell in zip(own.may, own.cells, strict=True)
                if not any(_touch(cell, value) for value in values)
            ),
        )

    def with_variables(self) -> tuple[Selection, ...]:
        """The selections that have variables; all others are made of them."""
        return tuple(self._variables)

    def known(self, selection: Selection, selected: Selected) -> Claim:
        """That a selection is known just as far as it is of one patient."""
        own = self._variables[selection]
        values = () if selected.short else selected.values
        lies = [not values or one for one in places(own.cells, values)]
        return z3.And(
            own.open == (not values),
            *(may == so for may, so in zip(own.may, lies, strict=True)),
        )

    def narrowed(self, selection: Selection, selected: Selected) -> Claim:
        """That a selection lies nowhere but where it may lie of one patient."""
        own = self._variables[selection]
        lies = places(own.cells, selected.values)
        return z3.And(
            z3.Not(own.open),
            *(z3.Not(may) for may, so in zip(own.may, lies, strict=True) if not so),
        )

    def all_opens(self) -> list[Claim]:
        """Of every selection, that nothing is known of it."""
        return [own.open for own in self._variables.values()]

    def all_open(self, selection: Selection) -> Claim:
        """That nothing is known of a selection."""
        return self._variables[selection].open

    def drawing_on(self, fact: str, named: set[str]) -> list[Claim]:
        """The variables of what reads the fact or hangs on one of the named dates."""
        found = [
            may
            for selection, own in self._variables.items()
            if draws_on(selection, fact, named)
            for may in (*own.may, own.open)
        ]
        return found + [
            chosen
            for (selection, _), chosen in self._choices.items()
            if draws_on(selection, fact, named)
        ]

    def read(self, model: Claim) -> tuple[Reading, ...]:
        """What a solution says of every selection that has variables."""
        return tuple(
            Reading(
                selection,
                tuple(
                    cell
                    for may, cell in zip(own.may, own.cells, strict=True)
                    if z3.is_true(model.eval(may, model_completion=True))
                ),
                own.cells,
                z3.is_true(model.eval(own.open, model_completion=True)),
            )
            for selection, own in self._variables.items()
        )

    def lemmas(self, readings: Sequence[Reading]) -> list[Claim]:
        """What a solution does not meet, though it holds for everybody: what formulas make."""
        guesses = {
            one.selection: Guess(
                tuple(place for place, cell in enumerate(one.every) if cell in one.possible),
                one.open,
            )
            for one in readings
        }
        found = [
            lemma(selection, self._variables, guesses)
            for selection in self._variables
            if isinstance(selection, Calculation)
        ]
        return [one for one in found if one is not None]

    def cells_of(self, selection: Selection) -> tuple[Value, ...]:
        """The cells of a selection that has variables; none of any other."""
        own = self._variables.get(selection)
        return () if own is None else own.cells

    def same_as(self, readings: Iterable[Reading]) -> Claim:
        """That these selections are read as here."""
        claims = []
        for one in readings:
            own = self._variables[one.selection]
            claims += [
                may == (cell in one.possible) for may, cell in zip(own.may, one.every, strict=True)
            ]
            claims.append(own.open == one.open)
        return z3.And(claims)

    def other_than(self, readings: Iterable[Reading]) -> Claim:
        """That some selection is read otherwise than in these."""
        return z3.Not(self.same_as(readings))


def places(cells: Sequence[Value], values: Sequence[Value]) -> list[bool]:
    """In which of the cells one of the values may lie."""
    listed = frozenset(code for cell in cells if isinstance(cell, frozenset) for code in cell)
    return [any(_touch(cell, _listed(value, listed)) for value in values) for cell in cells]


def _listed(value: Value, listed: frozenset[str | bool]) -> Value:
    """A value by the codes that the cells list; any other code is the other one."""
    if isinstance(value, Range) or value <= listed:
        return value
    return (value & listed) | {OTHER}


def _touch(cell: Value, value: Value) -> bool:
    return holds(cell, value) is not Truth.FALSE
