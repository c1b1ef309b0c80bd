"""Every patient there can be, as far as some protocols can tell them apart; their formulas.

Each formula has the same cases in the same order as the reference meaning. What is proved
impossible here holds for all patients, since every patient is one of these; what is proved possible
is believed only once a patient has been screened. Source: semantics sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

import z3

from screener.formulas import tests_of
from screener.interpreters.smt.asked import Asked
from screener.interpreters.smt.pairs import Claim, Pair, at_least, certain, conjunction, disjunction
from screener.interpreters.smt.selections import Selections
from screener.ir import (
    AllOf,
    AnyOf,
    AtLeast,
    Cases,
    Formula,
    MissedFails,
    Not,
    Passes,
    Protocol,
    Test,
    Unclear,
)
from screener.selection.uses import facts_of_dates
from screener.vocabulary import Vocabulary


class Space:
    """The patients that some protocols can tell apart, and the protocols' formulas over them.

    Selections that say the same in several protocols are the same selection.
    """

    def __init__(self, protocols: Sequence[Protocol], vocabulary: Vocabulary) -> None:
        self.protocols = tuple(protocols)
        self._criteria: dict[tuple[int, int], Pair] = {}
        asked = Asked()
        for protocol in protocols:
            for formula in _formulas(protocol):
                for test in tests_of(formula):
                    asked.note(protocol.selections[test.slot], test.condition)
        self.selections = Selections(vocabulary, asked.conditions)

    def criterion(self, which: int, index: int) -> Pair:
        """That criterion `index` of protocol `which` passes."""
        key = which, index
        if key not in self._criteria:
            self._criteria[key] = self.formula(which, self.protocols[which].criteria[index].passes)
        return self._criteria[key]

    def verdict(self, which: int, passed: Mapping[int, Pair] | None = None) -> Pair:
        """That the trial's verdict is eligible; `passed` puts other pairs in criteria's place."""
        return self.formula(which, self.protocols[which].verdict, passed)

    def formula(
        self, which: int, formula: Formula, passed: Mapping[int, Pair] | None = None
    ) -> Pair:
        """A formula of protocol `which`; the same cases in the same order as the reference."""
        match formula:
            case Test():
                selection = self.protocols[which].selections[formula.slot]
                return self.selections.test(selection, formula.condition)
            case Not():
                part = self.formula(which, formula.arg, passed)
                return Pair(part.false, part.true)
            case AllOf():
                return conjunction([self.formula(which, one, passed) for one in formula.args])
            case AnyOf():
                return disjunction([self.formula(which, one, passed) for one in formula.args])
            case AtLeast():
                return at_least(
                    formula.count, [self.formula(which, one, passed) for one in formula.args]
                )
            case Cases():
                return self._cases(which, formula, passed)
            case MissedFails():
                part = self.formula(which, formula.arg, passed)
                missed = z3.And(part.unknown, self._missed(which, formula.arg))
                return Pair(part.true, z3.Or(part.false, missed))
            case Unclear():
                return Pair(certain(False).true, certain(False).true)
            case Passes():
                if passed is not None and formula.index in passed:
                    return passed[formula.index]
                return self.criterion(which, formula.index)
            case _:
                assert_never(formula)

    def _cases(self, which: int, formula: Cases, passed: Mapping[int, Pair] | None) -> Pair:
        pairs = [
            (self.formula(which, test, passed), self.formula(which, rule, passed))
            for test, rule in formula.cases
        ]
        some = z3.Or([z3.Not(test.false) for test, _ in pairs])
        return Pair(
            z3.And(some, *(z3.Or(test.false, rule.true) for test, rule in pairs)),
            z3.And(some, *(z3.Or(test.false, rule.false) for test, rule in pairs)),
        )

    def _missed(self, which: int, formula: Formula) -> Claim:
        """Of an unknown formula, that nothing but missed windows keeps it open (2.6).

        What keeps it open is reached through unknown parts only; a misprint is no window.
        """
        match formula:
            case Test():
                selection = self.protocols[which].selections[formula.slot]
                return self.selections.choice(selection, ("missed", formula.condition))
            case Not() | MissedFails():
                return self._missed(which, formula.arg)
            case AllOf() | AnyOf() | AtLeast():
                return z3.And([self._missed_where_open(which, one) for one in formula.args])
            case Cases():
                possible = [
                    (z3.Not(self.formula(which, pair[0]).false), pair) for pair in formula.cases
                ]
                return z3.And(
                    z3.Or([reached for reached, _ in possible]),
                    *(
                        z3.Implies(reached, self._missed_where_open(which, part))
                        for reached, pair in possible
                        for part in pair
                    ),
                )
            case Unclear() | Passes():
                return certain(False).true
            case _:
                assert_never(formula)

    def _missed_where_open(self, which: int, formula: Formula) -> Claim:
        return z3.Implies(self.formula(which, formula).unknown, self._missed(which, formula))

    def loose_verdict(self, which: int) -> tuple[Claim, dict[int, Claim]]:
        """The verdict over outcomes left open, and per criterion the claim that binds its own."""
        protocol = self.protocols[which]
        loose = {
            index: Pair(self.selections.fresh(), self.selections.fresh())
            for index in range(len(protocol.criteria))
        }
        bound = {
            index: z3.Implies(pair.true, self.criterion(which, index).true)
            for index, pair in loose.items()
        }
        # Only what passes matters here: an outcome left open is otherwise a failure.
        settled = [z3.Xor(pair.true, pair.false) for pair in loose.values()]
        return z3.And(self.verdict(which, loose).true, *settled), bound

    def varied(self, which: int, fact: str) -> tuple[Pair, Claim]:
        """The verdict for a patient who differs in one fact only, and what holds of him."""
        dates = facts_of_dates(self.protocols[which].dates)
        named = {name for name, facts in dates.items() if fact in facts}
        drawing = self.selections.drawing_on(fact, named)
        renamed = [(one, self.selections.fresh()) for one in drawing]
        verdict = self.verdict(which)
        return (
            Pair(z3.substitute(verdict.true, *renamed), z3.substitute(verdict.false, *renamed)),
            z3.And([z3.substitute(one, *renamed) for one in self.selections.facts]),
        )


def _formulas(protocol: Protocol) -> Iterator[Formula]:
    for one in protocol.criteria:
        yield one.passes
        yield one.rule
        if one.applies is not None:
            yield one.applies
