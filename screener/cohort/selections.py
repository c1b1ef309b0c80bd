"""What a selection from the records of one fact comes to, by all that its row may hold.

The questions that matter are put together here; what is answered, the reference says for a made-up
patient of each choice. Where too much would have to be asked there is no tree.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

import narwhals as nw

from screener.cohort.asking import Asking, holds_kind, nodes
from screener.cohort.limits import multiples, multiples_of, near_multiples
from screener.cohort.questions import (
    DOUBT,
    FIRST,
    LAST,
    Anchor,
    Saying,
    Step,
    anchor,
    attribute,
    dates,
    day,
    doubtful_day,
    grown,
    numbers,
    ordered,
    seen_from,
    size,
    words,
)
from screener.interpreters.columns import (
    Axis,
    Days,
    Keep,
    Recorded,
    Tree,
    as_expr,
    mapped,
    truth_column,
)
from screener.ir import (
    THIS,
    Age,
    AssumeNo,
    Attribute,
    DateSource,
    Exposure,
    Lasting,
    Limit,
    Lookback,
    OfAttribute,
    OfFact,
    Point,
    Related,
    Run,
    Selection,
    Since,
)
from screener.quantities import Condition, Number, Range
from screener.selection.selected import Selected
from screener.truth import FALSE, TRUE
from screener.vocabulary import Type

#: What hangs on more than the pieces of one day: dated rows are in doubt.
BY_DAY = (Age, Lasting, Lookback, Related, Run, Since, Exposure)
#: So many choices of days, and of what a record holds, are asked about at most.
_PLACES, _CONTENTS = 1_000, 1_000


class Sources:
    """The selections from records of a protocol over the facts recorded in a frame.

    `doubts` takes the Boolean columns that are true of rows to be answered by the reference.
    """

    def __init__(
        self,
        asking: Asking,
        recorded: Mapping[str, Recorded],
        doubts: list[nw.Expr],
        keep: Keep,
    ) -> None:
        self._asking = asking
        self._recorded = recorded
        self._keep = keep
        self._dates = dict(asking.protocol.dates)
        self.doubts = doubts
        self._kept: dict[tuple[str, int, int], nw.Expr] = {}

    def tree(
        self,
        selection: Selection,
        conditions: Sequence[Condition],
        further: Sequence[Number],
        answer: Callable[[Selected], Hashable],
    ) -> Tree | None:
        """What `answer` makes of the selection, or `DOUBT`; None: it is too much to ask.

        `conditions`: what will be asked of its values; `further`: numbers that make a difference
        beside.
        """
        if isinstance(selection, Age):
            places: list[Step] = []
            contents = self._of_age(selection, conditions)
        else:
            places, contents = self._of_fact(selection, conditions, further)
        if contents is None or size(places) > _PLACES or size(contents) > _CONTENTS:
            return None

        def found(said: Saying) -> Selected | None:
            if not said:
                return self._asking.nobody.select(selection)
            situation = self._asking.of(said)
            # What no reader takes, like a birth after the day of screening: he is to say why.
            return None if situation is None else situation.select(selection)

        def answered(said: Saying) -> Hashable:
            if DOUBT in said:
                return DOUBT
            selected = found(said)
            return DOUBT if selected is None else answer(selected)

        known: dict[Hashable, Tree] = {}

        def placed(said: Saying) -> Tree:
            """The tree of contents, the same for all days from which a record counts alike."""
            if DOUBT in said or not contents:
                return answered(said)
            asked = contents[0](said)
            assert asked is not None, "INVARIANT: whether there is a value is asked first"
            probes = asked.parts[0][1], asked.parts[-1][1], asked.nothing
            key = tuple(map(_standing, map(found, probes)))
            if key not in known:
                known[key] = grown(contents, said, answered)
            return known[key]

        tree = grown(places, {}, placed)
        doubt = truth_column(mapped(tree, lambda one: TRUE if one == DOUBT else FALSE))
        if doubt is not FALSE:
            self.doubts.append(as_expr(doubt))
        return tree

    def _of_age(self, age: Age, conditions: Sequence[Condition]) -> list[Step] | None:
        if self._hung(age):
            return None
        steps: list[Step] = []
        for fact in (age.birth, age.given):
            recorded = self._recorded.get(fact)
            if recorded is None:
                continue
            if recorded.day is not None:
                steps.append(doubtful_day(fact, recorded))
            if isinstance(recorded.values, Days):
                axis = Axis.of(self._asking.value_days(age, conditions))
                steps.append(dates(fact, recorded, axis))
            else:
                axis = Axis.of(self._asking.cuts(age, conditions))
                shape = self._asking.vocabulary[fact].shape
                steps.append(numbers(fact, shape, recorded, axis))
        return steps

    def _hung(self, selection: Selection) -> set[str]:
        """The date facts recorded that days of the selection hang on."""
        found: set[str] = set()
        for node in nodes(selection):
            if isinstance(node, Point):
                found.update(self._asking.dates_of(node.anchor))
        return found & self._recorded.keys()

    def _of_fact(
        self, selection: Selection, conditions: Sequence[Condition], further: Sequence[Number]
    ) -> tuple[list[Step], list[Step] | None]:
        """Questions about where the record lies, and about what it holds; None: too much to ask."""
        source = selection.of if isinstance(selection, AssumeNo) else selection
        fact: str = source.of.fact  # type: ignore[union-attr]
        hung = self._hung(selection)
        others = set(self._asking.facts(selection)) & self._recorded.keys() - {fact} - hung
        if others or fact in hung or len(hung) > 1:
            return [], None
        if holds_kind(selection, OfAttribute, OfFact):
            return [], None
        steps: list[Step] = []
        hangs = None
        if hung:
            hangs = self._anchor(selection, *hung)
            if hangs is None:
                return [], None
            if hangs.recorded.day is not None:
                steps.append(doubtful_day(hangs.fact, hangs.recorded))
            steps.append(anchor(hangs, self._fixed(selection, hangs)))
        recorded = self._recorded.get(fact)
        if recorded is None:
            return steps, []
        if recorded.day is not None:
            if holds_kind(selection, *BY_DAY) or isinstance(recorded.values, Days):
                steps.append(doubtful_day(fact, recorded))
            else:
                fixed = [] if hangs is None else self._fixed(selection, hangs)
                alone = sorted(self._asking.day_cuts(selection))
                steps.append(day(fact, recorded, fixed, alone, hangs))
        valued = self._valued(fact, recorded, selection, conditions, further)
        if valued is None:
            return steps, None
        return steps, [*valued, *self._attributes(fact, recorded, selection)]

    def _valued(
        self,
        fact: str,
        recorded: Recorded,
        selection: Selection,
        conditions: Sequence[Condition],
        further: Sequence[Number],
    ) -> list[Step] | None:
        shape = self._asking.vocabulary[fact].shape
        match shape.type:
            case Type.BOOLEAN | Type.EVENT | Type.CODE | Type.ORDINAL:
                return [words(fact, shape, recorded)]
            case Type.DATE:
                axis = Axis.of(self._asking.value_days(selection, conditions))
                return [dates(fact, recorded, axis)]
            case Type.QUANTITY | Type.NUMBER:
                pass
        if not holds_kind(selection, Limit):
            cuts = {*self._asking.cuts(selection, conditions), *further}
            return [numbers(fact, shape, recorded, Axis.of(cuts))]
        asked = multiples_of(selection, conditions, further)
        if asked is None:
            return None
        near = near_multiples(recorded, asked)
        if near is not None:
            self.doubts.append(near)
        return multiples(fact, shape, recorded, asked)

    def _attributes(self, fact: str, recorded: Recorded, selection: Selection) -> list[Step]:
        """Questions about the attributes that the selection asks for and columns say."""
        declared, asked = self._asking.vocabulary[fact].attributes, attributes_of(selection)
        return [
            attribute(fact, name, declared[name], tokens, asked[name])
            for name, tokens in recorded.attributes.items()
            if name in asked
        ]

    def _anchor(self, selection: Selection, fact: str) -> Anchor | None:
        """The date that the days of the selection hang on; None: they hang on several."""
        recorded = self._recorded[fact]
        assert isinstance(recorded.values, Days), "INVARIANT: a date fact is a day"
        points: dict[tuple[int, int], None] = {}
        for node in nodes(selection):
            if isinstance(node, Point) and fact in self._asking.dates_of(node.anchor):
                if not isinstance(self._dates[node.anchor or ""], DateSource):
                    return None
                points[seen_from(node)] = None
        if not ordered([*points]):
            return None
        shifted = {one: self._shifted(fact, recorded.values, one) for one in points}
        return Anchor(fact, recorded, tuple(points), shifted)

    def _shifted(self, fact: str, days: Days, far: tuple[int, int]) -> nw.Expr:
        """The column of the days that are so far from those of a date fact."""
        key = fact, *far
        if key not in self._kept:
            there = days.dates()
            if not any(far):
                return there
            if far[0]:
                there = there.dt.offset_by(f"{far[0]}mo")
            if far[1]:
                there = there.dt.offset_by(f"{far[1]}d")
            self._kept[key] = self._keep(there.cast(nw.Date), 0).column
            inside = days.within(Range(FIRST, LAST))
            assert inside is not None, "INVARIANT: the range has ends"
            self.doubts.append(~inside)
        return self._kept[key]

    def _fixed(self, selection: Selection, hangs: Anchor) -> list[int]:
        """The days that make a difference to a record and do not hang on the anchor."""
        found = {self._asking.as_of}
        for node in nodes(selection):
            if not isinstance(node, Point) or node.anchor == THIS:
                continue
            if hangs.fact not in self._asking.dates_of(node.anchor):
                found.update(self._asking.days_of(node))
        return sorted(found)


def _standing(selected: Selected | None) -> Hashable:
    """How a record counts, whatever its value; where it lies to a window is not told."""
    if selected is None:
        return None
    used = [(one.fact, one.value, one.cause, one.assumed, one.said) for one in selected.used]
    aside = [(one.fact, one.cause, one.reason) for one in selected.aside]
    return (selected._replace(used=(), lacks=(), aside=()), tuple(used), tuple(aside))


def attributes_of(selection: Selection) -> dict[str, list[str]]:
    """The attributes that a selection asks for, with the codes that are told apart."""
    found: dict[str, dict[str, None]] = {}
    for node in nodes(selection):
        if isinstance(node, Attribute):
            codes = found.setdefault(node.name, {})
            if isinstance(node.condition, frozenset):
                codes |= dict.fromkeys(sorted(map(str, node.condition)))
    return {name: [*codes] for name, codes in found.items()}
