"""A finding as a sentence: what was recorded, when, and how it stands to the limit.

An exclusion criterion is never said to be "met" or "passed".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from screener.causes import Cause
from screener.finding import Finding
from screener.interpreters.prose.amounts import (
    asked_of,
    bounds_words,
    condition_words,
    range_words,
    times_of,
    values_words,
)
from screener.interpreters.prose.days import date_words, length_words, window_words
from screener.interpreters.prose.distances import miss_of, spread_words
from screener.interpreters.prose.names import SUMMED_UP, bare, fact_of
from screener.interpreters.prose.recorded import (
    CAUSE_WORDS,
    records_words,
    shown_words,
    silence,
    table_words,
)
from screener.ir import (
    Age,
    Available,
    Calculation,
    Criterion,
    Decision,
    Either,
    Ever,
    Exposure,
    Fixed,
    Grade,
    Pick,
    Polarity,
    Protocol,
    Quantified,
    Relative,
    Requirement,
    Run,
    Score,
    Selection,
    Since,
    Tally,
    Test,
)
from screener.quantities import Condition, Range, decimal_text
from screener.selection.selected import Selected, Used
from screener.selection.uses import limited_of
from screener.truth import FALSE, TRUE, UNKNOWN, Truth
from screener.vocabulary import Shape, Type, Vocabulary

#: By whether it is an exclusion, and whether the criterion passes.
_OPENING = {
    (False, TRUE): "Met",
    (False, FALSE): "Not met",
    (True, TRUE): "Not excluded",
    (True, FALSE): "Excluded",
}

_EXCLUSION = Polarity.EXCLUSION
_BOOLEAN, _DATE = Type.BOOLEAN, Type.DATE


def leaf_clause(
    leaf: Finding, protocol: Protocol, vocabulary: Vocabulary, selected: Sequence[Selected]
) -> str:
    """One leaf: the fact, its value and date, and how it stands to the limit."""
    formula = leaf.formula
    assert isinstance(formula, Test), "INVARIANT: only leaves are told"
    return Teller(protocol, vocabulary).clause(leaf, selected[formula.slot])


class Teller:
    """Tells of the findings of one protocol; the words that no patient changes are kept."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary) -> None:
        self._selections = tuple(bare(one) for one in protocol.selections)
        self._vocabulary = vocabulary
        # By the formula's identity: the protocol keeps it alive.
        self._leaves: dict[tuple[int, Truth, Cause | None], _Leaf] = {}

    def sentence(
        self,
        criterion: Criterion,
        truth: Truth,
        applies: Truth,
        told: Sequence[Finding],
        selected: Sequence[Selected],
    ) -> str:
        """How a criterion ended, and what that rests on; `told`: its leaves."""
        opening = _OPENING.get((criterion.kind is _EXCLUSION, truth), "Cannot tell yet")
        if applies is FALSE:
            opening = "Does not apply"
        if criterion.defect is not None and criterion.defect.resolved_by is None:
            printed = criterion.defect.as_printed
            return f"{opening}: the source is misprinted (“{printed}”) and nobody has resolved it."
        if len(told) == 1 and isinstance(told[0].formula, Test):
            return f"{opening}: {self.clause(told[0], selected[told[0].formula.slot])}."
        said: dict[str, None] = {}
        for leaf in told:
            if isinstance(leaf.formula, Test) and (truth is not UNKNOWN or leaf.truth is UNKNOWN):
                said[self.clause(leaf, selected[leaf.formula.slot])] = None
        return f"{opening}: {'; '.join(said)}." if said else f"{opening}."

    def clause(self, leaf: Finding, found: Selected) -> str:
        """One leaf: the fact, its value and date, and how it stands to the limit."""
        formula, truth, cause, _ = leaf
        key = (id(formula), truth, cause)
        told = self._leaves.get(key)
        if told is None:
            assert isinstance(formula, Test), "INVARIANT: only leaves are told"
            selection = self._selections[formula.slot]
            told = _Leaf(truth, cause, formula.condition, selection, self._vocabulary)
            self._leaves[key] = told
        return told.clause(found)


class _Leaf:
    """A judged leaf, and the words for what was found."""

    def __init__(
        self,
        truth: Truth,
        cause: Cause | None,
        condition: Condition,
        selection: Selection,
        vocabulary: Vocabulary,
    ) -> None:
        self.truth = truth
        self.cause = cause or Cause.MISSING
        self.condition = condition
        self.selection = selection
        self.vocabulary = vocabulary
        self.fact = fact_of(selection)
        self.label = vocabulary[self.fact].label
        self.shape: Shape = vocabulary[self.fact].shape
        self._plain = isinstance(selection, Pick | Fixed | Ever)
        self._number = self.shape.type in (Type.QUANTITY, Type.NUMBER)
        self._asked = asked_of(selection, condition)
        self._limited = frozenset(limited_of(selection))
        plainly = self._plain and self._number and not self._limited
        self._simple = plainly and truth is not UNKNOWN and not isinstance(self._asked, Relative)

    def clause(self, found: Selected) -> str:
        used = found[3]  # by place: half the time, here where it counts
        if self._simple and len(used) == 1 and not used[0].assumed:
            # What most criteria come to: a number, and how it stands to the limit.
            standing = self._passing if self.truth is TRUE else self._standing(found)
            return f"{self.label} {shown_words(used[0])}{standing}"
        clause = self._clause(found)
        if self._limited:
            clause += table_words([one for one in found.used if one.fact in self._limited])
        return clause

    def _clause(self, found: Selected) -> str:
        if self.truth is UNKNOWN:
            return self._open(found)
        if self._plain and len(found.used) == 1 and not found.used[0].assumed:
            return self._record(found, found.used)
        own = [entry for entry in found.used if entry.fact == self.fact]
        if any(entry.assumed for entry in own):
            return f"{self.label}: {silence(own)}, read as no"
        match self.selection:
            case Tally():
                return self._count(found, own)
            case Available():
                return f"{self.label}: {'a' if self.truth is TRUE else 'no'} result is recorded"
            case Quantified():
                return f"{self.label} {records_words(own)}{self._each(self.selection)}"
            case Run(length=length):
                limit = self._limit_of(self.selection.condition)
                row = f"{'' if self._met() else 'no '}{length} in a row are each {limit}"
                return f"{self.label} {records_words(own)}: {row}"
            case Exposure():
                days = f"{self.label}: {values_words(found.values)} days{self._standing(found)}"
                return _beside(days, own)
            case Since():
                return self._since(self.selection, own)
            case Pick(use=use, per_day=per_day) if per_day or use in SUMMED_UP:
                which = f"{use.value}{' of the newest day' if per_day else ''}"
                number = f"{self.label}, the {which} {values_words(found.values)}"
                return _beside(f"{number}{self._standing(found)}", own)
            case Score() | Calculation() | Decision() | Grade() | Either():
                return self._derived(found)
            case Age() if not own:
                return f"{self.label} {values_words(found.values)}{self._standing(found)}"
            case _:
                return self._record(found, own)

    # --- what is open -------------------------------------------------------------------------

    def _open(self, found: Selected) -> str:
        if found.unplaced and found.lacks:
            names = " and ".join(dict.fromkeys(self._named(lack.fact) for lack in found.lacks))
            return f"{self.label}: its window depends on {names}, which is not known"
        clause = f"{self.label}: {CAUSE_WORDS[self.cause]}"
        if isinstance(self.selection, Score | Calculation | Decision | Grade | Either):
            others = [lack for lack in found.lacks if lack.fact != self.fact]
            if others:
                parts = dict.fromkeys(
                    f"{self._named(lack.fact)}: {CAUSE_WORDS[lack.cause or self.cause]}"
                    for lack in others
                )
                may_be = f" may be {values_words(found.values)}" if found.values else ""
                return f"{self.label}{may_be}: {'; '.join(parts)}"
        if found.values and isinstance(self.selection, Pick | Fixed | Age):
            shown = "; ".join(
                shown_words(entry)
                for entry in found.used
                if entry.value is not None or entry.shown.limits
            )
            clause = (
                f"{self.label} {shown or values_words(found.values)}: {CAUSE_WORDS[self.cause]}"
            )
            spread = spread_words(found.values, self.condition) if self._measured() else ""
            asked = "asked for" if isinstance(self._asked, frozenset) else "limit"
            clause += f" ({asked}: {self._limit}{f'; {spread}' if spread else ''})"
        window = next((lack.window for lack in found.lacks if lack.window is not None), None)
        if window is not None and (days := window_words(window)):
            clause += f" (window {days})"
        return clause

    # --- what is decided ----------------------------------------------------------------------

    def _record(self, found: Selected, own: Sequence[Used]) -> str:
        shown = records_words(own)
        if self._number:
            return self._number_words(shown, found)
        if self.shape.type is _DATE:
            shown = "; ".join(dict.fromkeys(date_words(str(one.shown.value)) for one in own))
        if self.shape.type is _BOOLEAN:
            return f"{self.label}: {shown}"
        if self.shape.type in (Type.CODE, Type.ORDINAL):
            wanted = self.truth is FALSE
            return f"{self.label}: {shown}" + (f", not {self._limit}" if wanted else "")
        return self._number_words(shown, found)

    def _number_words(self, shown: str, found: Selected) -> str:
        """A number or a date, and how it stands to the limit."""
        clause = f"{self.label} {shown}{self._standing(found)}"
        if isinstance(self._asked, Relative):
            # The other values that the limit was worked out from.
            others = [one for one in found.used if one.fact != self.fact and one.shown.value]
            named = (f"{self._named(one.fact)} {shown_words(one)}" for one in others)
            return clause + (f" ({'; '.join(dict.fromkeys(named))})" if others else "")
        return clause

    def _derived(self, found: Selected) -> str:
        """A score or grade, and the parts it is made of."""
        values = values_words(found.values)
        if self.shape.type in (Type.CODE, Type.ORDINAL, Type.BOOLEAN):
            clause = f"{self.label}: {values}"
            if self.truth is FALSE:
                clause += f", not {self._limit}"
        else:
            clause = f"{self.label} {values}{self._standing(found)}"
        parts = dict.fromkeys(
            f"{self._named(entry.fact)} {shown_words(entry)}"
            for entry in found.used
            if entry.fact != self.fact and entry.value is not None
        )
        return f"{clause} ({', '.join(parts)})" if parts else clause

    def _count(self, found: Selected, own: list[Used]) -> str:
        days = next((window_words(one.window) for one in found.lacks if one.window), "")
        where = f" in the window {days}" if days else ""
        count = found.values[0]
        assert isinstance(count, Range), "INVARIANT: a count is a range"
        records = [shown_words(entry) for entry in own if not entry.said]
        if count.high == 0:
            return f"{self.label}: none{where}"
        if self.truth is TRUE and records:
            return f"{self.label}: {'; '.join(dict.fromkeys(records))}{where}"
        return f"{self.label}: {range_words(count)} recorded{where}"

    def _each(self, asked: Quantified) -> str:
        """Whether the records one by one meet what is asked of each."""
        limit = self._limit_of(asked.condition)
        if asked.every:
            return f": {'each' if self._met() else 'not each'} is {limit}"
        return f": {'at least one' if self._met() else 'none'} is {limit}"

    def _since(self, asked: Since, own: list[Used]) -> str:
        """How long ago the last one ended."""
        records = [entry for entry in own if not entry.said]
        if not records:
            return f"{self.label}: none"
        is_so = "it is" if self._met() else "it is not"
        length = length_words(asked.length)
        return f"{self.label}: {records_words(records)}: {is_so} {length} since the last one ended"

    def _met(self) -> bool:
        """Whether what was asked of the records one by one is so, whichever answer was wanted."""
        wanted = frozenset() if isinstance(self.condition, Range) else self.condition
        return (self.truth is TRUE) == (True in wanted)

    # --- the limit ----------------------------------------------------------------------------

    @cached_property
    def _limit(self) -> str:
        return self._limit_of(self._asked)

    @cached_property
    def _passing(self) -> str:
        return f" is {self._limit}"

    def _limit_of(self, asked: Requirement) -> str:
        return condition_words(asked, self.shape, times_of(self.selection), self._other)

    def _other(self, compared: Selection) -> str:
        fact = fact_of(compared)
        return "the baseline" if fact == self.fact else self._named(fact)

    def _standing(self, found: Selected) -> str:
        """How the value stands to the limit, and how far it is from one that it misses."""
        limit = self._limit
        if self.truth is TRUE:
            return self._passing
        misses = {miss_of(value, self.condition) for value in found.values}
        miss = misses.pop() if len(misses) == 1 and self.shape.type is not _DATE else None
        if miss is None:
            return f" is not {limit}"
        if miss.by == 0:
            return f" is at the limit, not {limit}" if miss.exact else f" is not {limit}"
        of = bounds_words(self.condition, self.shape, times_of(self.selection))
        least = "" if miss.exact else "at least "
        far = f" (by {least}{decimal_text(miss.by)})" if self._measured() else ""
        return f" is {miss.side} the {of}{far}"

    def _measured(self) -> bool:
        """Whether a distance from the limit can be told in the unit of the fact."""
        return (
            times_of(self.selection) is None
            and self.shape.type is not _DATE
            and isinstance(self.condition, Range)
        )

    def _named(self, fact: str) -> str:
        return self.vocabulary[fact].label


def _beside(clause: str, entries: Sequence[Used]) -> str:
    """A number, and behind it the records it was worked out from."""
    records = [entry for entry in entries if not entry.said]
    return f"{clause} ({records_words(records)})" if records else clause
