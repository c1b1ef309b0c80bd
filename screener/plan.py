"""What of a screening depends on the trial alone: worked out once, for all its patients.

Nothing here knows a patient, and nothing is decided that the formula does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from screener.dosing import stated_arms
from screener.formulas import tests_of
from screener.interpreters.prose import Teller
from screener.ir import Age, Criterion, MissedFails, Protocol, Test, Window
from screener.result import Recurring, Unencoded
from screener.same import Same
from screener.selection.sole import sole_of
from screener.selection.stillness import Stillness
from screener.selection.uses import (
    events_only,
    facts_of,
    facts_of_dates,
    renewed_in,
    sources,
    windows_of,
)
from screener.vocabulary import Vocabulary

#: So many answers of a criterion are kept at most.
_MOST_KEPT = 256


class Plan:
    """A protocol and its vocabulary, made ready.

    For the trial: `births`, the date facts that ages are counted from; `facts`, all that are read;
    `windows`, all that are looked into, each once; `missed_fails`, whether a missed window can fail
    a criterion (semantics 2.6); `teller`, who finds the words for findings; `arms`, as
    their source states them; `not_encoded`.
    By slot: `still`, what later days can move; `soles`, see `sole.sole_of`; `renewed`,
    see `uses.renewed_in`; `events_only`.
    By criterion: `ids`; `kinds`, as words; `slots`, what it rests on; `coded`, whether it asks for
    nothing but a yes, a no or a code; `alone`, the slot of an answer that is the same for all who
    give it. `told`: answers that recur, see `keep`.
    """

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary) -> None:
        self.protocol = protocol
        self.vocabulary = vocabulary
        every = protocol.selections
        self.dates = dict(protocol.dates)
        self.births = sorted(
            {one.birth for each in every for one in sources(each) if isinstance(one, Age)}
        )
        named = facts_of_dates(protocol.dates).values()
        self.facts = {fact for one in every for fact in facts_of(one)}.union(*named)
        self.windows: set[Window] = {window for one in every for window in windows_of(one)}
        self.missed_fails = any(isinstance(one.passes, MissedFails) for one in protocol.criteria)
        self.still = Stillness(every)
        self.soles = tuple(sole_of(one) for one in every)
        self.renewed = tuple(renewed_in(one, vocabulary) for one in every)
        self.events_only = tuple(events_only(one) for one in every)
        self.arms = stated_arms(protocol, vocabulary)
        self.not_encoded = tuple(
            Unencoded(one.text, one.source, one.reason) for one in protocol.not_encoded
        )
        self.ids = tuple(one.id for one in protocol.criteria)
        self.kinds = tuple(one.kind.value for one in protocol.criteria)
        self.slots = tuple(tuple({test.slot for test in _tests(one)}) for one in protocol.criteria)
        self.coded = tuple(
            all(isinstance(test.condition, frozenset) for test in _tests(one))
            for one in protocol.criteria
        )
        self.teller = Teller(protocol, vocabulary)
        self.alone = tuple(
            self._alone(own) if coded else None
            for own, coded in zip(self.slots, self.coded, strict=True)
        )
        self.told: tuple[dict[object, tuple[Recurring, object]], ...] = tuple(
            {} for _ in protocol.criteria
        )

    def _alone(self, slots: Sequence[int]) -> int | None:
        """The only slot, if what it comes to is one and the same for all who answer alike."""
        sole = self.soles[slots[0]] if len(slots) == 1 else None
        if sole is None or sole.window is not None:
            return None
        fact = self.vocabulary[sole.fact]
        return None if fact.attributes or fact.asked_of is not None else slots[0]

    def keep(self, index: int, rests_on: object, told: Recurring, held: object) -> None:
        """Keep how a criterion ended for the next patient of whom the same is recorded.

        Nothing of a patient is in it but an answer and its day. `held`: what `rests_on` names by
        its identity, which is its own as long as it is held here.
        """
        kept = self.told[index]
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[rests_on] = told, held


def _tests(criterion: Criterion) -> list[Test]:
    """The tests of a criterion, and of whether it applies."""
    formulas = [criterion.passes, *([] if criterion.applies is None else [criterion.applies])]
    return [test for formula in formulas for test in tests_of(formula)]


def plan_of(protocol: Protocol, vocabulary: Vocabulary) -> Plan:
    """The plan of a protocol; the same one for the same objects, as long as it is in use."""
    return _plan(Same(protocol), Same(vocabulary))


@lru_cache(maxsize=32)
def _plan(protocol: Same[Protocol], vocabulary: Same[Vocabulary]) -> Plan:
    return Plan(protocol.it, vocabulary.it)
