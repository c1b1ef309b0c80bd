"""Reads the table of reference ranges in a site's mapping file: limits, and whom they are for.

It decides that no two rows with different limits are for the same result, whoever the patient is;
which row a result falls under is decided by the intake. Source: semantics section 14.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from screener.diagnostics import Span
from screener.quantities import EXACT
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.source import Node, Text
from screener.rules.values import number_and_unit, unit_factor
from screener.rules.windows import read_offset
from screener.rules.words import Words, entries_of, text_of
from screener.site import SEX, Age, RangeRow
from screener.vocabulary import Fact, Type, Vocabulary

#: The words of a row.
ROW_WORDS = ("fact", "unit", "low", "high", "laboratory", "sex", "age", "valid")
_AGE_WORDS = ("at_least", "less_than")
#: It is not agreed whether the year of the age that these name is included.
_AMBIGUOUS = ("at_most", "more_than", "between")
_NUMERIC = (Type.QUANTITY, Type.NUMBER)
#: More rows of one fact than any site has; each is compared with the others.
MOST_ROWS = 500
#: So many days may lie between an age in months and one in days whose order depends on the birth.
_CLOSE = 4


class _Placed(NamedTuple):
    """A row, and where it stands."""

    row: RangeRow
    span: Span


def read_ranges(
    items: Sequence[Node], vocabulary: Vocabulary, faults: Faults
) -> Mapping[str, tuple[RangeRow, ...]]:
    """The rows of each fact; faults are noted."""
    found: dict[str, list[_Placed]] = {}
    for number, item in enumerate(items, start=1):
        entries = entries_of(item, faults, "a row of `ranges`")
        if entries is None:
            continue
        before = faults.errors
        words = Words(entries, faults, ROW_WORDS, "a row of `ranges`")
        fact = _fact(words, vocabulary, faults)
        row = _Row(words, vocabulary, faults).read(number, fact)
        if fact is not None and row is not None and faults.errors == before:
            rows = found.setdefault(fact.name, [])
            rows.append(_Placed(row, words.span))
            if len(rows) == MOST_ROWS + 1:
                message = f"more than {MOST_ROWS} rows of {quoted(fact.name)}"
                faults.error("ranges-clash", words.span, message)
    for rows in found.values():
        if len(rows) <= MOST_ROWS:
            _check_order(rows, faults)
            _check_once(rows, faults)
    return {name: tuple(one.row for one in rows) for name, rows in found.items()}


def _fact(words: Words, vocabulary: Vocabulary, faults: Faults) -> Fact | None:
    """The fact of a row, which is measured."""
    name = words.needed_text("fact").strip()
    fact = vocabulary.get(name)
    if not name or fact is None:
        if name:
            hint = nearest(name, list(vocabulary))
            message = f"{quoted(name)} is not a known fact"
            faults.error("unknown-fact", words.value("fact"), message, hint=hint)
        return None
    if fact.shape.type in _NUMERIC and fact.derived is None:
        return fact
    why = "is worked out" if fact.derived else "is not a number"
    message = f"{quoted(name)} {why}, so it has no reference range"
    faults.error("type-word", words.value("fact"), message)
    return None


class _Row:
    """One row."""

    def __init__(self, words: Words, vocabulary: Vocabulary, faults: Faults) -> None:
        self._words = words
        self._vocabulary = vocabulary
        self._faults = faults

    def read(self, number: int, fact: Fact | None) -> RangeRow | None:
        """The row, faults being noted; None where it has no limit."""
        low, high = self._limits(fact)
        least, below = self._ages()
        first, last = self._valid()
        laboratory = self._words.text("laboratory")
        sex = self._sex()
        if low is None and high is None:
            return None
        name = laboratory.strip() if laboratory else None
        return RangeRow(number, low, high, name, sex, least, below, first, last)

    def _limits(self, fact: Fact | None) -> tuple[Decimal | None, Decimal | None]:
        words, faults = self._words, self._faults
        factor = None if fact is None else self._factor(fact)
        low, high = (self._number(word, factor) for word in ("low", "high"))
        if "low" not in words and "high" not in words:
            faults.error(
                "word-missing",
                words.span,
                "a row without a limit",
                expected="`low`, `high` or both",
            )
        if low is not None and high is not None and low > high:
            message = "the lower limit is above the upper one"
            faults.error("empty-range", words.value("low"), message)
        plausible = None if fact is None else fact.shape.plausible
        if plausible is not None:
            # A lower limit of nothing at all is usual, and implausible as a value.
            for word, limit, least in (("low", low, None), ("high", high, plausible[0])):
                if limit is not None and ((least and limit < least) or limit > plausible[1]):
                    faults.error(
                        "limit-implausible",
                        words.value(word),
                        "the limit is outside the plausible values of its fact",
                        hint="check the number and its unit",
                    )
        return low, high

    def _factor(self, fact: Fact) -> Decimal | None:
        """The factor from the unit of the row into that of the fact."""
        written = self._words.text("unit")
        if written is not None:
            span = self._words.value("unit")
            return unit_factor(written.strip(), fact.shape, span, self._faults, fact.name)
        if fact.shape.unit == "1":
            return Decimal(1)
        if "unit" not in self._words:
            units = [fact.shape.unit, *fact.shape.accepted]
            message = f"the limits of {quoted(fact.name)} have no unit"
            expected = f"`unit`, {one_of(units)}"
            self._faults.error("unit-missing", self._words.span, message, expected=expected)
        return None

    def _number(self, word: str, factor: Decimal | None) -> Decimal | None:
        text = self._words.text(word)
        if text is None:
            return None
        read = number_and_unit(text)
        if read is None or read[1]:
            self._faults.error(
                "bad-number",
                self._words.value(word),
                f"{quoted(text)} is not a number",
                expected="a number alone, such as `40`",
                hint="the unit stands under `unit`" if read else None,
            )
            return None
        return None if factor is None else EXACT.multiply(read[0], factor)

    def _sex(self) -> str | None:
        text = self._words.text("sex")
        if text is None:
            return None
        span, fact = self._words.value("sex"), self._vocabulary.get(SEX)
        if fact is None:
            self._faults.error("unknown-fact", span, f"{quoted(SEX)} is not a known fact")
        elif text not in fact.shape.values:
            self._faults.error(
                "not-a-value",
                span,
                f"{quoted(text)} is not a value of {quoted(SEX)}",
                expected=one_of(fact.shape.values),
                hint=nearest(text, fact.shape.values),
            )
        return text

    def _ages(self) -> tuple[Age | None, Age | None]:
        node = self._words.get("age")
        entries = None if node is None else entries_of(node, self._faults, "`age`")
        if entries is None:
            return None, None
        words = Words(entries, self._faults, _AGE_WORDS, "`age`", later=_AMBIGUOUS)
        for word in _AMBIGUOUS:
            if word in words:
                self._faults.error(
                    "unknown-word",
                    words.key(word),
                    f"{quoted(word)} is not a word of `age`",
                    expected=one_of(_AGE_WORDS),
                    hint="to the end of an age of 17 is `less_than: 18 a`",
                )
        least, below = (self._age(words, word) for word in _AGE_WORDS)
        if below is not None and below.rank <= (least.rank if least is not None else 0):
            self._faults.error("empty-range", words.span, "no age is in this range")
        # Nobody is younger than nothing.
        return (least if least is not None and least.rank else None), below

    def _age(self, words: Words, word: str) -> Age | None:
        node = words.get(word)
        text = None if node is None else text_of(node, self._faults, quoted(word))
        if text is None or not isinstance(node, Text):
            return None
        offset = read_offset(text.strip(), node.span, self._faults)
        return None if offset is None else Age(offset.months, offset.days)

    def _valid(self) -> tuple[int | None, int | None]:
        node = self._words.get("valid")
        entries = None if node is None else entries_of(node, self._faults, "`valid`")
        if entries is None:
            return None, None
        words = Words(entries, self._faults, ("from", "to"), "`valid`")
        first, last = words.day("from"), words.day("to")
        if first is not None and last is not None and first > last:
            self._faults.error("empty-range", words.span, "no day is in this range")
        return first, last


def _check_order(rows: Sequence[_Placed], faults: Faults) -> None:
    """Ages in days and in months must be so far apart that they come in one order for everybody."""
    ages = [
        (age, one.span) for one in rows for age in (one.row.least, one.row.below) if age is not None
    ]
    by_months = [one for one in ages if one[0].months]
    for days in {age.days: (age, span) for age, span in ages if not age.months}.values():
        for months in by_months:
            if abs(days[0].rank - months[0].rank) < _CLOSE:
                faults.error(
                    "ages-unordered",
                    max(days[1], months[1], key=lambda span: (span.line, span.column)),
                    f"whether `{days[0].days} d` or `{months[0].months} mo` is more depends on the "
                    "month of birth",
                    hint="write the ages of one fact in the same unit",
                )
                return


def _check_once(rows: Sequence[_Placed], faults: Faults) -> None:
    """No two rows with different limits may be for the same result."""
    told = set()
    for one, other in combinations(rows, 2):
        if other.row.number not in told and _clash(one.row, other.row):
            told.add(other.row.number)
            faults.error(
                "ranges-clash",
                other.span,
                f"row {one.row.number} of `ranges` states other limits for the same results",
                hint="rows may differ in `laboratory`, `sex`, `age` or `valid`",
            )


def _clash(one: RangeRow, other: RangeRow) -> bool:
    if one.low == other.low and one.high == other.high:
        return False
    for word, beside in ((one.laboratory, other.laboratory), (one.sex, other.sex)):
        if word is not None and beside is not None and word != beside:
            return False
    for left, right in ((one, other), (other, one)):
        if left.last is not None and right.first is not None and left.last < right.first:
            return False
        below, least = left.below, right.least
        if below is not None and least is not None and below.rank <= least.rank:
            return False
    return True
