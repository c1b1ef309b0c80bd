"""Screens frames of polars: plan, compute in columns, answer the rows in doubt, put both together.

What an answer is, the plan and the reference say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from math import isfinite
from typing import TypeAlias

import narwhals as nw
import polars as pl
from narwhals.dtypes import DType

from screener.cohort.onebyone import Answer, Refused, answer_rows
from screener.cohort.plan import DOUBT, Plan, answer, plan_wide
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT, REASON, VERDICT, names_of
from screener.ir import Protocol
from screener.same import Same
from screener.truth import FALSE, TRUE, UNKNOWN
from screener.truth import VERDICT as WORDS
from screener.vocabulary import Vocabulary

#: Told of each patient whose row cannot be read; his answers are null then.
OnRefused: TypeAlias = Callable[[ProfileError], None]
#: Answers these patients, in this order, on more than their rows hold.
Alone: TypeAlias = Callable[[pl.Series], Iterable[Answer | Refused]]

#: In the order of the numbers of false and true; null is the third.
_VERDICTS = pl.Enum([WORDS[one].value for one in (FALSE, TRUE, UNKNOWN)])
#: So many plans are kept for the next frame with the same columns.
_KEPT = 32
#: So many refused patients are named in one error.
_NAMED = 20


class Screening:
    """One protocol on one day over frames with a row for each patient.

    Args:
        protocol: a checked protocol.
        vocabulary: the facts it was checked against.
        as_of: the day of screening, as an ordinal.
        wanted: the columns asked for; left out, all of `names_of(protocol).all`.
        refused: see `OnRefused`; left out, a refused patient is an error.
        alone: see `Alone`; left out, what a row holds is all there is.
    """

    def __init__(
        self,
        protocol: Protocol,
        vocabulary: Vocabulary,
        as_of: int,
        *,
        wanted: Sequence[str] | None = None,
        refused: OnRefused | None = None,
        alone: Alone | None = None,
    ) -> None:
        self._protocol = protocol
        self._vocabulary = vocabulary
        self._as_of = as_of
        self._refused = refused
        self.alone = alone
        self.names = names = names_of(protocol)
        self.wanted = names.all if wanted is None else tuple(wanted)
        unknown = [name for name in self.wanted if name not in names.all]
        if unknown:
            hint = f"there are {', '.join(names.all)}"
            raise ProfileError([Fault("columns", f"`{unknown[0]}` is not an answer", hint)])
        self.called = {answer(place): name for place, name in enumerate(self.wanted)}

    @cached_property
    def _words(self) -> dict[str, pl.Enum]:
        """The types of the answers that are words."""
        heads = (VERDICT, *self.names.stages, *self.names.cohorts)
        return {**dict.fromkeys(heads, _VERDICTS), REASON: pl.Enum(self.names.criteria)}

    @cached_property
    def _schema(self) -> dict[str, pl.Enum | pl.Boolean]:
        return {name: self._words.get(name, pl.Boolean()) for name in self.wanted}

    def plan(self, schema: Mapping[str, DType], *, finite: bool = False) -> Plan:
        """The plan for frames with these columns, kept; `finite`: see `Plan.finite`."""
        return _plan(
            Same(self._protocol), Same(self._vocabulary), self._as_of, tuple(schema.items()), finite
        )

    def lazy(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """The answers to a lazy frame, computed when they are collected."""
        schema = nw.from_native(frame).collect_schema()
        plan = self.plan(schema, finite=True)
        found = self.answered(frame, plan, beside=bool(plan.finite))
        if plan.doubt is None and not plan.finite:
            return found.rename(self.called)
        patient = {} if plan.patient is None else {PATIENT: frame.collect_schema()[PATIENT]}
        finite = [plan.source[name] for name in plan.finite]

        def settled(batch: pl.DataFrame) -> pl.DataFrame:
            if _finite(batch, finite):
                return self.settle(batch, plan)
            given = (pl.col(one).alias(name) for name, one in plan.source.items())
            return self.eager(batch.select(*patient, *given))

        return found.map_batches(settled, schema={**patient, **self._schema}, streamable=True)

    def eager(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The answers to a frame."""
        return self.settle(*self._computed(frame))

    def plainly(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """The answers of the columns alone, and in which rows they are none, row by row."""
        found, plan = self._computed(frame)
        doubt = pl.repeat(False, len(frame), eager=True) if plan.doubt is None else found[DOUBT]
        return found.select(*self.called).rename(self.called), doubt

    def _computed(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, Plan]:
        """What the plan of a frame comes to, and the plan."""
        key = Same(self._protocol), Same(self._vocabulary), self._as_of, self.wanted
        schema = tuple(frame.schema.items())
        prepared = _prepared(*key, schema, True)
        if not _finite(frame, prepared.plan.finite):
            prepared = _prepared(*key, schema, False)
        return prepared.of(frame), prepared.plan

    def answered(self, frame: pl.LazyFrame, plan: Plan, *, beside: bool = False) -> pl.LazyFrame:
        """The answers of the columns in words, with what `Plan.truths` lets stand behind them."""
        renamed = nw.from_native(frame.rename(plan.source))
        return self.in_words(plan.truths(renamed, self.wanted, beside=beside).to_native())

    def in_words(self, truths: pl.LazyFrame) -> pl.LazyFrame:
        """Verdicts and reasons in place of their truths and places."""
        return truths.with_columns(
            self._said(pl.col(column), name)
            for column, name in self.called.items()
            if name in self._words
        )

    def _said(self, column: pl.Expr, name: str) -> pl.Expr:
        """Codes of words, which take a twentieth of the time that texts take."""
        code = column.cast(pl.UInt16) if name == REASON else column.cast(pl.UInt8).fill_null(2)
        return code.cat.to(self._words[name])

    def settle(self, found: pl.DataFrame, plan: Plan) -> pl.DataFrame:
        """Answer the rows in doubt, and leave only the answers."""
        answered = self._named(found, plan)
        if plan.doubt is None:
            return answered
        places = found[DOUBT].arg_true()
        if not len(places):
            return answered
        open_rows = self.one_by_one(found[places], plan, places)
        return answered.with_columns(
            answered[name].scatter(places, open_rows[name]) for name in self.wanted
        )

    def one_by_one(
        self, found: pl.DataFrame, plan: Plan, places: pl.Series | None = None
    ) -> pl.DataFrame:
        """The answers of the reference to these rows; `places`: theirs in what was given."""
        columns: dict[str, list[str | bool | None]] = {name: [] for name in self.wanted}
        refused: list[ProfileError] = []
        for one in self._one_by_one(found, plan):
            if isinstance(one, Refused):
                place = one.row if places is None else places[one.row]
                who = f"row {place + 1}" if plan.patient is None else f"{found[PATIENT][one.row]}"
                refused.append(ProfileError(one.error.faults, who))
            for name in self.wanted:
                columns[name].append(None if isinstance(one, Refused) else one[name])
        self._tell(refused)
        patients = [] if plan.patient is None else [found[PATIENT]]
        given = (pl.Series(name, columns[name], self._schema[name]) for name in self.wanted)
        return pl.DataFrame([*patients, *given])

    def _named(self, found: pl.DataFrame, plan: Plan) -> pl.DataFrame:
        """The answers by their names, and the patient."""
        who = [] if plan.patient is None else [found[PATIENT]]
        # Put together by hand, as a query would take longer than a small batch does.
        return pl.DataFrame([*who, *(found[one].alias(name) for one, name in self.called.items())])

    def _one_by_one(self, found: pl.DataFrame, plan: Plan) -> Iterable[Answer | Refused]:
        if self.alone is not None:
            return self.alone(found[PATIENT])
        rows = found.select(
            pl.int_range(pl.len()).alias(PATIENT),
            *(pl.col(column).alias(heading) for heading, column in plan.source.items()),
        )
        return answer_rows(self._protocol, self._vocabulary, rows, self._as_of)

    def _tell(self, refused: Sequence[ProfileError]) -> None:
        if self._refused is not None:
            for one in refused:
                self._refused(one)
        elif refused:
            faults = [
                fault._replace(pointer=f"{one.patient}, {fault.pointer}")
                for one in refused[:_NAMED]
                for fault in one.faults
            ]
            raise ProfileError(faults, refused[0].patient if len(refused) == 1 else None)


def _finite(frame: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether there is nothing infinite and no NaN in these columns; a sum tells it quickest."""
    return all(isfinite(frame[name].sum()) for name in columns)


class _Prepared:
    """The computation of a plan, put together once for all frames with the same columns.

    There are as many as frames have been at work at once. None waits for another: a frame may be
    screened while polars waits for one on the same thread.
    """

    def __init__(self, screening: Screening, schema: pl.Schema, finite: bool) -> None:
        nobody = nw.from_native(pl.DataFrame(schema=schema))
        self.plan = screening.plan(nobody.schema, finite=finite)
        self._screening = screening
        self._schema = schema
        self._idle: list[_Computation] = []

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The answers to a frame."""
        try:
            one = self._idle.pop()
        except IndexError:
            one = _Computation(self._screening, self.plan, self._schema)
        try:
            return one.of(frame)
        finally:
            self._idle.append(one)


class _Computation:
    """The answers to one frame at a time, which alone is exchanged."""

    def __init__(self, screening: Screening, plan: Plan, schema: pl.Schema) -> None:
        self._given = pl.DataFrame()
        frame = pl.defer(lambda: self._given, schema=schema, validate_schema=False)
        self._answers = screening.answered(frame, plan)

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The answers to this frame."""
        self._given = frame
        try:
            return self._answers.collect()
        finally:
            self._given = pl.DataFrame()


@lru_cache(maxsize=_KEPT)
def _plan(
    protocol: Same[Protocol],
    vocabulary: Same[Vocabulary],
    as_of: int,
    schema: tuple[tuple[str, DType], ...],
    finite: bool,
) -> Plan:
    return plan_wide(protocol.it, vocabulary.it, dict(schema), as_of, finite=finite)


@lru_cache(maxsize=_KEPT)
def _prepared(
    protocol: Same[Protocol],
    vocabulary: Same[Vocabulary],
    as_of: int,
    wanted: tuple[str, ...],
    schema: tuple[tuple[str, pl.DataType], ...],
    finite: bool,
) -> _Prepared:
    screening = Screening(protocol.it, vocabulary.it, as_of, wanted=wanted)
    return _Prepared(screening, pl.Schema(schema), finite)
