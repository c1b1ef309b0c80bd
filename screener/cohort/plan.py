"""The plan of a frame: which columns to compute, and which rows are answered one by one.

It puts together what the frame records, the tests over it and the formulas of the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
from narwhals.dtypes import DType

from screener.cohort.asking import OLDEST, Asking
from screener.cohort.leaves import Leaves
from screener.cohort.typed import Wide
from screener.cohort.wide import any_of, read_wide
from screener.days import iso, shift
from screener.formulas import tests_of
from screener.interpreters.columns import PATIENT, REASON, Answers, Days, answers, passing
from screener.ir import Formula, Protocol, Test
from screener.quantities import Range
from screener.vocabulary import AgeOf, Vocabulary

#: The column, for the time of the work, of rows that the columns do not answer.
DOUBT = "__doubt"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a frame.

    `patient`: the column of identifiers, if there is one. `source`: the columns that are read, and
    how they are called for the time of the work, as some engines take a dot for more than a dot.
    `prepared`: columns to be added first, step by step; then those of `answers`. `doubt`: whether a
    row is to be answered one by one, over the columns prepared; None if no row ever is.
    `finite`: the columns of the frame of which it takes for granted that all numbers are finite.
    """

    patient: str | None
    source: Mapping[str, str]
    prepared: Sequence[Mapping[str, nw.Expr]]
    answers: Answers
    doubt: nw.Expr | None
    finite: Sequence[str]

    def truths(
        self, frame: nw.LazyFrame[Any], wanted: Sequence[str], *, beside: bool = False
    ) -> nw.LazyFrame[Any]:
        """What is wanted: truths, and of the reason the place of a criterion.

        The columns of `frame` have the names of `source`; the answers are called `answer(place)`.
        Where there may be doubts, `DOUBT` and the source stand behind them; `beside`: the source
        in any case.
        """
        frame, found = self._found(self.prepare(frame), wanted)
        if self.doubt is not None:
            found.append(self.doubt.alias(DOUBT))
        if self.source and (beside or self.doubt is not None):
            found.append(nw.col(*self.source.values()))
        return frame.select(*found)

    def prepare(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """The frame with the columns that `doubt` and all answers are computed over."""
        for step in self.prepared:
            frame = frame.with_columns(**step) if step else frame
        return frame

    def plain(self, prepared: nw.LazyFrame[Any], wanted: Sequence[str]) -> nw.LazyFrame[Any]:
        """The patients and answers of `truths`, for rows that are not in doubt."""
        frame, found = self._found(prepared, wanted)
        return frame.select(*found)

    def _found(
        self, frame: nw.LazyFrame[Any], wanted: Sequence[str]
    ) -> tuple[nw.LazyFrame[Any], list[nw.Expr]]:
        """The frame with what heads are computed over, and the patient and answers over it."""
        own, heads = self.answers.criteria, {**self.answers.heads, REASON: self.answers.reason}
        passes = dict(own)
        if any(name in heads for name in wanted):
            frame = frame.with_columns(
                **{passing(index): one for index, one in enumerate(own.values())}
            )
            passes = {name: nw.col(passing(index)) for index, name in enumerate(own)}
        found = [
            (heads[name] if name in heads else passes[name]).alias(answer(place))
            for place, name in enumerate(wanted)
        ]
        if self.patient is not None:
            found.insert(0, nw.col(self.patient))
        return frame, found


def answer(place: int) -> str:
    """The column, for the time of the work, of the answer of that place among those wanted."""
    return f"__answer_{place}"


def plan_wide(
    protocol: Protocol,
    vocabulary: Vocabulary,
    schema: Mapping[str, DType],
    as_of: int,
    *,
    finite: bool = False,
) -> Plan:
    """Plan a frame with a row for each patient; `finite`: see `Plan.finite`.

    Raises:
        ProfileError: a column that is nearly a known one, or of a type its fact cannot have.
    """
    asking = Asking(protocol, vocabulary, as_of)
    asked = {protocol.selections[test.slot] for test in _tests(protocol)}
    facts = {fact for selection in asked for fact in asking.facts(selection)}
    wide = read_wide(schema, vocabulary, facts, finite=finite)
    leaves = Leaves(asking, wide.recorded)
    found = answers(protocol, leaves.column)
    doubts = [one for each in wide.doubts.values() for one in each]
    doubts += [*leaves.doubts, *found.doubts, *_births(asking, wide)]
    if wide.as_of is not None:
        day = nw.col(wide.as_of).cast(nw.String)
        doubts.append(~day.is_null() & (day != iso(as_of)))
    return Plan(
        PATIENT if wide.patient is not None else None,
        wide.source,
        (*wide.prepared, *leaves.prepared),
        found,
        any_of(doubts) if doubts else None,
        wide.finite or (),
    )


def _tests(protocol: Protocol) -> Iterator[Test]:
    formulas: list[Formula] = [one.passes for one in protocol.criteria]
    formulas += [one.verdict for one in protocol.stages]
    formulas += [one.verdict for one in protocol.cohorts]
    for formula in (*formulas, protocol.verdict):
        yield from tests_of(formula)


def _births(asking: Asking, wide: Wide) -> Iterator[nw.Expr]:
    """Rows whose birth date no reader may take: long ago, in the future, or after a record."""
    derived = (fact.derived for fact in asking.vocabulary.values())
    births = {one.birth for one in derived if isinstance(one, AgeOf)} & wide.recorded.keys()
    first = shift(asking.as_of, months=-12 * OLDEST)
    for birth in births:
        born = wide.recorded[birth].values
        assert isinstance(born, Days), "INVARIANT: a birth date is a date"
        inside = born.within(Range(first, asking.as_of))
        assert inside is not None, "INVARIANT: the range has ends"
        yield ~inside
        for one in wide.recorded.values():
            if one.day is not None:
                yield one.day.texts() < born.texts()
