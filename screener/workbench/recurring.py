"""What recurs in a crowd: records that say the same, selections and criteria that rest on the same.

A number matters through the limits that it is held against alone, so patients who differ only
between limits are judged once, by the reference. Outcomes are all there is: whoever wants reasons
has a patient judged by himself. Source: semantics 8 and 9.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import count
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from screener.facts import Answer, FactSheet, Record
from screener.formulas import tests_of
from screener.interpreters.evaluate import evaluate_each
from screener.ir import (
    Either,
    Fixed,
    Formula,
    Grade,
    Pick,
    Protocol,
    Score,
    Selection,
    Use,
    Within,
)
from screener.judging import judge
from screener.plan import Plan
from screener.quantities import Number, Range, Value
from screener.selection.frame import Frame
from screener.selection.select import composed, select
from screener.selection.selected import Selected
from screener.selection.uses import facts_of, facts_of_dates
from screener.truth import Truth
from screener.workbench.named_apart import days_in

#: So many different things are kept of one kind; then all of them are forgotten.
_MOST = 200_000
#: Stands for the day of screening among the facts; no fact is called so.
_DAY = ""
_ORDERED = (Use.LATEST, Use.EARLIEST, Use.HIGHEST, Use.LOWEST)


_Picked: TypeAlias = Callable[[Sequence[int]], Hashable]


class Ends(NamedTuple):
    """The verdict of one patient by one version, and whether each criterion passes."""

    verdict: Truth
    criteria: tuple[Truth, ...]


class Recurring:
    """Protocols that read the same facts and days alike, and what was judged by them so far."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plan = plans[0]
        self._facts = _Facts()
        every = dict.fromkeys(one for plan in plans for one in plan.protocol.selections)
        held = _held_against([plan.protocol for plan in plans])
        dates = facts_of_dates(self._plan.protocol.dates)
        self._slots = [_Node(one, held[one], dates, self._facts) for one in every]
        self._known = [one.kinds for one in self._slots]
        places = {one: place for place, one in enumerate(every)}
        self._versions = [
            _Version(plan.protocol, [places[one] for one in plan.protocol.selections])
            for plan in plans
        ]

    def judge(self, sheet: FactSheet, as_of: int) -> list[Ends]:
        """How a patient ends by each of the protocols; `as_of` is a day ordinal."""
        frame = Frame(sheet, self._plan.vocabulary, self._plan.dates, as_of)
        said = self._facts.of(sheet, as_of)
        kinds = [one.kind(frame, said) for one in self._slots]
        return [one.judge(kinds, self._known) for one in self._versions]


class _Facts:
    """The facts that are read, and what was said of them so far, each way of saying it numbered."""

    def __init__(self) -> None:
        #: By fact the limits its values are held against; None where the value itself matters.
        self._limits: dict[str, list[Number] | None] = {}
        self._numbers: dict[Hashable, int] = {}
        #: Numbers are never given twice, also not after all was forgotten.
        self._next = count()
        #: The records that numbers stand for, so that no other objects take their place.
        self._kept: list[object] = []

    def read(self, fact: str, limits: set[Number] | None) -> None:
        """Take note of a reader; `limits` None: any difference may matter to it."""
        known = self._limits.get(fact, [])
        both = None if limits is None or known is None else sorted({*known, *limits})
        self._limits[fact] = both

    def of(self, sheet: FactSheet, as_of: int) -> dict[str, int | None]:
        """What is said of each fact, as a number, and the day under `_DAY`.

        None where it is not looked for again.
        """
        if len(self._numbers) > _MOST:
            self._numbers.clear()
            self._kept.clear()
        every, statements, numbers = sheet.records, sheet.statements, self._numbers
        apart = {*sheet.dropped, *sheet.complete}
        said: dict[str, int | None] = {_DAY: as_of}
        for fact, limits in self._limits.items():
            records = every.get(fact, ())
            # Of most nothing is said, or one answer in one word.
            number = None
            if fact not in statements:
                if not records:
                    number = numbers.get((fact,))
                elif len(records) == 1 and type(records[0]) is Answer:
                    number = numbers.get((fact, id(records[0])))
            if number is None:
                number = self._said(sheet, fact, records, limits)
            said[fact] = None if fact in apart else number
        return said

    def _said(
        self,
        sheet: FactSheet,
        fact: str,
        records: tuple[Record, ...],
        limits: Sequence[Number] | None,
    ) -> int | None:
        parts: list[Hashable] = [fact]
        for one in records:
            if type(one) is Answer:
                parts.append(id(one))
                continue
            part = _without_words(one, limits)
            if part is None:
                return None
            parts.append(part)
        parts += [(one.to, one.none, one.since) for one in sheet.statements.get(fact, ())]
        key = tuple(parts)
        number = self._numbers.get(key)
        if number is None:
            self._kept.append(records)
            number = self._numbers[key] = next(self._next)
        return number


def _without_words(record: Record, limits: Sequence[Number] | None) -> Hashable | None:
    """What of a record may make a difference; None where that is more than its value and days."""
    value, absence, start, end, undated, low, high, attributes, _, *others = record
    signed, since, laboratory, limits_open = others
    if not (low is high is laboratory is limits_open is None):
        return None
    if attributes and any([one is not None for one in attributes.values()]):
        return None
    piece = value if value is None or limits is None else cell(value, limits)
    return piece, absence, start, end, undated, signed, since


def cell(value: Value, limits: Sequence[Number]) -> Hashable:
    """Where a number lies among limits, in rising order; what is no single number, as it is."""
    if not isinstance(value, Range) or value.low is None or value.low != value.high:
        return value
    place = bisect_left(limits, value.low)
    return place, place < len(limits) and limits[place] == value.low


class _Node:
    """One selection, and the kinds of what it came to, which nothing that rests on it tells apart.

    `kinds`: what stands for each kind.
    """

    def __init__(
        self,
        selection: Selection,
        limits: set[Number] | None,
        dates: Mapping[str, tuple[str, ...]],
        facts: _Facts,
    ) -> None:
        self._selection = selection
        self._limits = None if limits is None else sorted(limits)
        self._parts = {
            part: _Node(part, its, dates, facts) for part, its in _parts(selection).items()
        }
        read: set[str] = set()
        if not self._parts:
            anchors = {fact for day in days_in(selection) for fact in dates.get(day, ())}
            for fact in anchors:
                facts.read(fact, None)
            for fact in facts_of(selection):
                facts.read(fact, limits if _ordered(selection) else None)
            read = {*anchors, *facts_of(selection)}
        # Twice the day, so that there always are several to pick.
        self._said = itemgetter(_DAY, _DAY, *sorted(read))
        self._places: dict[Hashable, int] = {}
        self._known: dict[Hashable, int] = {}
        self.kinds: list[Selected] = []

    def kind(self, frame: Frame, said: Mapping[str, int | None]) -> int:
        """The kind of what it comes to for a patient."""
        key: tuple[int | None, ...]
        if self._parts:
            key = tuple([one.kind(frame, said) for one in self._parts.values()])
        else:
            key = self._said(said)
            if None in key:
                return self._kind_of(select(frame, self._selection))
        known = self._known.get(key)
        if known is None:
            if len(self._known) > _MOST:
                self._known.clear()
            known = self._known[key] = self._kind_of(self._found(frame, key))
        return known

    def _found(self, frame: Frame, key: tuple[int | None, ...]) -> Selected:
        if not self._parts:
            return select(frame, self._selection)
        parts = {
            part: node.kinds[kind or 0]
            for (part, node), kind in zip(self._parts.items(), key, strict=True)
        }
        assert isinstance(self._selection, Score | Grade | Either), "INVARIANT: it has parts"
        return composed(self._selection, parts.__getitem__)

    def _kind_of(self, found: Selected) -> int:
        values: tuple[Hashable, ...] = found.values
        if self._limits is not None:
            values = tuple([cell(one, self._limits) for one in found.values])
        lacks = tuple([(one.fact, one.cause) for one in found.lacks])
        alike = values, found.cause, found.firm, lacks, found.unplaced, found.short, found.clash
        place = self._places.get(alike)
        if place is None:
            place = self._places[alike] = len(self.kinds)
            self.kinds.append(found)
        return place


class _Version:
    """One protocol over the kinds of its selections."""

    def __init__(self, protocol: Protocol, places: Sequence[int]) -> None:
        self._protocol = protocol
        self._places = places
        self._criteria: list[tuple[Formula, _Picked, dict[Hashable, Truth]]] = [
            (one.passes, _picked({places[test.slot] for test in tests_of(one.passes)}), {})
            for one in protocol.criteria
        ]
        self._verdicts: dict[tuple[Truth, ...], Truth] = {}

    def judge(self, kinds: Sequence[int], known: Sequence[Sequence[Selected]]) -> Ends:
        """How it ends where the selections are of these kinds."""
        criteria = tuple(self._passes(kinds, known))
        verdict = self._verdicts.get(criteria)
        if verdict is None:
            verdict = judge(self._protocol, self._selected(kinds, known)).truth
            self._verdicts[criteria] = verdict
        return Ends(verdict, criteria)

    def _passes(self, kinds: Sequence[int], known: Sequence[Sequence[Selected]]) -> Iterator[Truth]:
        for passes, picked, found in self._criteria:
            key = picked(kinds)
            truth = found.get(key)
            if truth is None:
                truth = evaluate_each((passes,), self._selected(kinds, known))[0][1]
                found[key] = truth
            yield truth

    def _selected(
        self, kinds: Sequence[int], known: Sequence[Sequence[Selected]]
    ) -> list[Selected]:
        return [known[place][kinds[place]] for place in self._places]


def _picked(slots: Iterable[int]) -> _Picked:
    """What picks out the kinds that a criterion rests on."""
    chosen = sorted(slots)
    return itemgetter(*chosen) if chosen else lambda _: None


# --- what numbers are held against ------------------------------------------------------------


def _held_against(protocols: Sequence[Protocol]) -> dict[Selection, set[Number]]:
    """The limits of all tests of each selection."""
    held: dict[Selection, set[Number]] = {
        one: set() for protocol in protocols for one in protocol.selections
    }
    for protocol in protocols:
        formulas: list[Formula] = [one.passes for one in protocol.criteria]
        formulas += [one.verdict for one in protocol.stages]
        formulas += [one.verdict for one in protocol.cohorts]
        for formula in (*formulas, protocol.verdict):
            for test in tests_of(formula):
                held[protocol.selections[test.slot]].update(_ends(test.condition))
    return held


def _parts(selection: Selection) -> dict[Selection, set[Number] | None]:
    """The selections that a score, a grade or a choice is made of, and what they are held against.

    None of any other; None for limits where the number itself matters.
    """
    match selection:
        case Score():
            found: dict[Selection, set[Number] | None] = {}
            for part in selection.parts:
                ends = set(_ends(part.bands))
                found[part.value] = ends | (found.get(part.value) or set())
            return found
        case Grade():
            return {selection.of: set(_ends(selection.bands))}
        case Either():
            return {selection.given: None, selection.computed: None}
        case _:
            return {}


def _ordered(selection: Selection) -> bool:
    """Whether of its values nothing matters but how they lie among its limits."""
    match selection:
        case Pick() if selection.use not in _ORDERED:
            return False
        case Pick() | Fixed():
            alone = all(isinstance(one, Within) for one in selection.of.tests)
            return alone and selection.judged is None and selection.times is None
        case _:
            return False


def _ends(node: object) -> Iterator[Number]:
    """The ends of all ranges in something."""
    if isinstance(node, Range):
        yield from (end for end in node[:2] if end is not None)
    elif isinstance(node, tuple):
        for one in node:
            yield from _ends(one)
    elif is_dataclass(node):
        for each in fields(node):
            yield from _ends(getattr(node, each.name))
