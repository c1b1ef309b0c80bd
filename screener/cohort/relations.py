"""Screens tables that an engine holds: relations of DuckDB and dataframes of Spark.

The columns are computed by that engine. The rows in doubt come here, batch by batch, and their
answers go back to it; no Python runs where the engine computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import polars as pl

from screener.cohort.plan import DOUBT, Plan
from screener.cohort.screening import Screening
from screener.diagnostics import Fault, ProfileError
from screener.interpreters.columns import PATIENT, REASON, verdict_words

#: The column of Spark from which `DOUBT` is made.
_CONDITION = "__condition"
#: So many rows in doubt are here at once.
_BATCH = 10_000


def screen_relation(screening: Screening, relation: Any) -> Any:
    """The answers as a relation of the same engine, in no particular order.

    Rows in doubt are answered now; the others when the relation is computed.

    Raises:
        ProfileError: no column names the patients, so that answers would belong to nobody.
    """
    plan, prepared = _prepared(screening, relation)
    if plan.patient is None:
        hint = "answers come in no particular order, so each row has to name its patient"
        raise ProfileError([Fault("row 1", "there is no column `patient`", hint)])
    plain = _plain(screening, plan, prepared).to_native()
    if plan.doubt is None:
        return plain
    given = (plan.patient, *plan.source.values())
    open_rows = prepared.filter(nw.col(DOUBT)).select(*given).to_native()
    answered = [_settled(screening, plan, batch) for batch in batches(open_rows)]
    return _joined(relation, plain, pl.concat(answered)) if answered else plain


def plain_answers(screening: Screening, relation: Any) -> nw.LazyFrame[Any]:
    """The answers to the rows that are not in doubt; nothing is computed yet."""
    return _plain(screening, *_prepared(screening, relation))


def _prepared(screening: Screening, relation: Any) -> tuple[Plan, nw.LazyFrame[Any]]:
    """The relation with all that answers are computed over, and `DOUBT` where there may be any."""
    frame = nw.from_native(relation)
    plan = screening.plan(frame.collect_schema())
    if not hasattr(relation, "withColumnsRenamed"):
        frame = plan.prepare(frame.rename(plan.source))
        return plan, frame if plan.doubt is None else frame.with_columns(**{DOUBT: plan.doubt})
    frame = plan.prepare(nw.from_native(relation.withColumnsRenamed(dict(plan.source))))
    if plan.doubt is None:
        return plan, frame
    # Spark moves a filter to where the data are read, and there writes out what its columns are
    # made of, twice as much for every step. It moves none over what the place of a row goes into.
    doubted = frame.with_columns(**{_CONDITION: plan.doubt}).to_native()
    placed = f"`{_CONDITION}` or monotonically_increasing_id() < 0 as `{DOUBT}`"
    return plan, nw.from_native(doubted.selectExpr("*", placed))


def _plain(screening: Screening, plan: Plan, prepared: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    # Before the answers: a filter over them would have Spark write out every name of every answer.
    kept = prepared if plan.doubt is None else prepared.filter(~nw.col(DOUBT))
    return _in_words(screening, plan.plain(kept, screening.wanted))


def _in_words(screening: Screening, truths: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    columns = [nw.col(PATIENT)]
    for called, name in screening.called.items():
        column = nw.col(called)
        if name == REASON:
            column = _reason(column, screening.names.criteria)
        elif name in screening.names.words:
            column = verdict_words(column)
        columns.append(column.alias(name))
    return truths.select(*columns)


def _reason(place: nw.Expr, ids: tuple[str, ...]) -> nw.Expr:
    chain = None
    for number, one in enumerate(ids):
        here, word = place == number, nw.lit(one)
        chain = nw.when(here).then(word) if chain is None else chain.when(here).then(word)
    return nw.lit(None, dtype=nw.String) if chain is None else chain


def _settled(screening: Screening, plan: Plan, batch: pl.DataFrame) -> pl.DataFrame:
    """The answers to rows in doubt, words as texts."""
    return _texts(screening, screening.one_by_one(batch, plan))


def _texts(screening: Screening, answered: pl.DataFrame) -> pl.DataFrame:
    words = [name for name in screening.wanted if name in screening.names.words]
    return answered.with_columns(pl.col(words).cast(pl.String))


def batches(relation: Any) -> Iterator[pl.DataFrame]:
    """The rows of a relation, some thousand at a time."""
    if hasattr(relation, "to_arrow_reader"):
        for batch in relation.to_arrow_reader(_BATCH):
            if batch.num_rows:
                yield pl.DataFrame(batch)
        return
    relation = _days_as_texts(relation)
    schema = nw.from_native(relation).collect_schema().to_polars()
    rows: list[tuple[Any, ...]] = []
    for row in relation.toLocalIterator(prefetchPartitions=True):
        rows.append(tuple(row))
        if len(rows) == _BATCH:
            yield pl.DataFrame(rows, schema=schema, orient="row")
            rows = []
    if rows:
        yield pl.DataFrame(rows, schema=schema, orient="row")


def _days_as_texts(relation: Any) -> Any:
    """A dataframe of Spark with days as it writes them itself, midnights among them.

    As days pyspark hands over none beyond the year 9999, and moments in the zone of the program.
    """
    days = {
        one.name
        for one in relation.schema.fields
        if one.dataType.typeName() in ("date", "timestamp", "timestamp_ntz")
    }
    columns = []
    for name in relation.columns:
        quoted = "`" + name.replace("`", "``") + "`"
        text = f"regexp_replace(string({quoted}), ' 00:00:00$', '') as {quoted}"
        columns.append(text if name in days else quoted)
    return relation.selectExpr(*columns)


def _joined(given: Any, plain: Any, answered: pl.DataFrame) -> Any:
    """Both as one relation."""
    return plain.union(_there(given, answered))


def given_back(given: Any, screening: Screening, answers: pl.DataFrame) -> Any:
    """Answers that were computed here, as a relation of the engine of another."""
    return _there(given, _texts(screening, answers))


def _there(given: Any, answered: pl.DataFrame) -> Any:
    """A frame handed to the engine that was given."""
    answers = answered.to_arrow()
    if hasattr(given, "sparkSession"):
        import pyarrow as pa

        texts = [
            pa.field(one.name, pa.string()) if pa.types.is_large_string(one.type) else one
            for one in answers.schema
        ]
        return given.sparkSession.createDataFrame(answers.cast(pa.schema(texts)))
    # DuckDB finds the table under its name here, in the connection of the relation.
    return given.query("given", "select * from answers")
