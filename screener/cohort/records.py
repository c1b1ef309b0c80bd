"""A table of dated records and a table of patients: what their columns and their facts stand for.

A row of the one is a record, in the words of a long CSV; a row of the other a patient, in those of
a wide one. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import narwhals as nw
import polars as pl
import polars.selectors as cs

from screener.cohort.looked import check_kind, check_patients, nobodies, unnamed
from screener.cohort.onebyone import as_table
from screener.diagnostics import Fault, ProfileError
from screener.intake.faults import Faults, quoted
from screener.intake.tables.columns import Columns, read_header
from screener.interpreters.columns import PATIENT
from screener.site import FACT, Site
from screener.vocabulary import Vocabulary

VALUE, UNIT, DATE = "value", "unit", "date"
_DAYS = (DATE, "start", "end", "complete_to")
#: A value in words where the column `value` holds numbers; only who reads another form fills it.
WORD = "__word"
#: The number of the patient, for the time of the work.
NUMBER = "__number"
_NAMED = 5


class Aside(NamedTuple):
    """Records that are left aside, and why."""

    reason: str
    rows: int


class Tables(NamedTuple):
    """A row for each record, and a row for each patient if there is such a table.

    `aside`: what was not used where the tables come from another form.
    """

    records: pl.LazyFrame
    patients: pl.LazyFrame | None
    aside: tuple[Aside, ...] = ()

    def named(self) -> list[tuple[str, pl.LazyFrame | None]]:
        """The tables by their names."""
        return [("records", self.records), ("patients", self.patients)]


@dataclass(frozen=True, slots=True)
class Records:
    """All that is known of some patients.

    `rows`: `patient`, `fact`, and the words of a record. `people`: a row for each patient, with
    `patient`. `facts`: those of which there is a record. `aside`: what is not used.
    """

    rows: pl.LazyFrame
    people: pl.LazyFrame
    facts: frozenset[str]
    aside: tuple[Aside, ...] = ()

    def of(self, rows: pl.LazyFrame, people: pl.LazyFrame) -> Records:
        """The same of a part of the patients; of `rows` those that are not left aside."""
        if self.aside:
            rows = rows.filter(pl.col(FACT).cast(pl.String).is_in(sorted(self.facts)))
        return Records(rows, people, self.facts, self.aside)


def read_records(
    records: pl.LazyFrame, patients: pl.LazyFrame | None, vocabulary: Vocabulary
) -> Records:
    """Look at the columns, at who is named and at which facts there are.

    Raises:
        ProfileError: a column that cannot be read, a record of nobody or of a patient who is not
            among those of the table, or a fact that is nearly a known one.
    """
    schema = records.collect_schema()
    columns = header_of(list(schema), vocabulary)
    if VALUE not in schema:
        records = records.with_columns(pl.lit(None, pl.String).alias(VALUE))
    known = [PATIENT, FACT, *(one.word for one in columns.words)]
    known += [WORD] if WORD in schema else []
    known = list(dict.fromkeys([*known, VALUE]))
    _check_types(records.collect_schema(), known)
    rows = records.select(known)
    codes = cs.by_dtype(pl.Categorical, pl.Enum) & cs.by_name(_DAYS, require_all=False)
    rows = rows.with_columns((cs.by_dtype(pl.Null) | codes).cast(pl.String))
    named = rows.group_by(FACT).agg(pl.len().alias("rows")).collect()
    facts, aside = _facts(dict(named.rows()), vocabulary)
    people = records.select(pl.col(PATIENT)).unique() if patients is None else patients
    _check_people(records, people, patients is not None)
    return Records(rows, people, facts, aside).of(rows, people)


def header_of(header: Sequence[str], vocabulary: Vocabulary) -> Columns:
    """What the columns of a table of records stand for.

    Raises:
        ProfileError: one is missing, or nearly a known one.
    """
    if FACT not in header:
        hint = "a row says of which fact it is in a column `fact`"
        raise ProfileError([Fault("records", "there is no column `fact`", hint)])
    added = [] if VALUE in header else [VALUE]
    columns = read_header([*header, *added], vocabulary, Site())
    faults = [
        Fault(f"records, column {heading}", f"{quoted(heading)} is not a known column", hint)
        for heading, hint in columns.unknown
        if hint
    ]
    if columns.as_of is not None:
        hint = "leave the column out: the day of screening is said once, for all"
        faults.append(Fault("records, column as_of", "a record has no day of screening", hint))
    if faults:
        raise ProfileError(faults)
    return columns


def _check_types(schema: Mapping[str, pl.DataType], known: Iterable[str]) -> None:
    """Of the columns that every fact shares; what is in them is looked at with each."""
    faults = []
    words = (pl.String, pl.Enum, pl.Categorical, pl.Null)
    if not isinstance(schema[VALUE], words) and not schema[VALUE].is_numeric():
        faults.append((VALUE, schema[VALUE], "texts or numbers are expected"))
    for name in (FACT, UNIT):
        if name in schema and not isinstance(schema[name], words):
            faults.append((name, schema[name], "texts are expected"))
    for name in _DAYS:
        if name in schema and not isinstance(schema[name], (*words, pl.Date, pl.Datetime)):
            faults.append((name, schema[name], "days are expected"))
    told = {PATIENT, *(name for name, *_ in faults)}
    for name in known:
        kind = schema[name]
        sayable = isinstance(kind, (*words, pl.Boolean, pl.Date, pl.Datetime)) or kind.is_numeric()
        if name not in told and not sayable:
            faults.append((name, kind, "texts, numbers or days are expected"))
    if faults:
        hint = "change the type of the column"
        raise ProfileError(
            [
                Fault(f"records, column {name}", f"a column of the type {kind}, where {said}", hint)
                for name, kind, said in faults
            ]
        )


def _facts(
    counts: Mapping[str | None, int], vocabulary: Vocabulary
) -> tuple[frozenset[str], tuple[Aside, ...]]:
    faults, aside, facts = [], [], []
    for name, rows in sorted(counts.items(), key=lambda one: one[0] or ""):
        if name in vocabulary:
            facts.append(name)
            continue
        if not name:
            aside.append(Aside("no fact is named", rows))
            continue
        hint = Faults().guess(name, vocabulary)
        if hint is not None:
            message = f"{quoted(name)} is not a known fact ({rows:,} records)"
            faults.append(Fault("records, column fact", message, hint))
        aside.append(Aside(f"{quoted(name)} is not a known fact", rows))
    if faults:
        raise ProfileError(faults)
    return frozenset(name for name in facts if name), tuple(aside)


def _check_people(records: pl.LazyFrame, people: pl.LazyFrame, table: bool) -> None:
    if table and PATIENT not in people.collect_schema():
        hint = "name the column of the identifiers `patient`"
        raise ProfileError([Fault("patients", "there is no column `patient`", hint)])
    theirs, ours = records.collect_schema()[PATIENT], people.collect_schema()[PATIENT]
    if theirs != ours:
        message = f"`patient` is {theirs} in the records and {ours} in the patients"
        hint = "write the identifiers in both in the same type, so that none is taken for another"
        raise ProfileError([Fault("column patient", message, hint)])
    named = records.select(PATIENT).unique().collect()
    once = nw.from_native(named.lazy())
    check_kind(once.collect_schema())
    if nobodies(once):
        raise ProfileError([unnamed(nobodies(nw.from_native(records)), "records, column patient")])
    if not table:
        check_patients(once, "records")
        return
    strangers = named.join(people.select(PATIENT).collect(), on=PATIENT, how="anti")[PATIENT]
    if len(strangers):
        some = ", ".join(f"`{one}`" for one in strangers.sort().head(_NAMED))
        message = f"{len(strangers):,} have records and no row in the patients: {some}"
        hint = "add a row for each patient, or take their records out"
        raise ProfileError([Fault("records, column patient", message, hint)])


# --- in words ---------------------------------------------------------------------------------


def in_words(
    rows: pl.DataFrame, people: pl.DataFrame, wide: Columns, numbers: pl.DataFrame
) -> pl.DataFrame:
    """All that is said of these patients as a long table of texts, those of one together.

    Args:
        rows: records, as in `Records.rows`.
        people: as in `Records.people`.
        wide: what the columns of `people` stand for.
        numbers: `patient`, and the `NUMBER` by which each is called in the table.
    """
    parts = [rows.join(numbers, on=PATIENT).drop(PATIENT)]
    here = people.join(numbers, on=PATIENT)
    parts += _melted(here, wide)
    texts = [_as_texts(one) for one in parts]
    table = pl.concat(texts, how="diagonal")
    words = [name for name in table.columns if name not in (NUMBER, FACT, WORD)]
    if WORD in table.columns:
        table = table.with_columns(pl.coalesce(VALUE, WORD)).drop(WORD)
    table = table.filter(~pl.all_horizontal(pl.col(one).is_null() for one in words if one in table))
    return (
        table.with_columns(pl.col(NUMBER).cast(pl.Int64))
        .sort(NUMBER, maintain_order=True)
        .rename({NUMBER: PATIENT})
    )


def _melted(people: pl.DataFrame, wide: Columns) -> Iterator[pl.DataFrame]:
    """The columns of a wide table, each record of a patient as a row."""
    for fact, columns in wide.groups():
        said = {one.word: pl.col(one.heading) for one in columns}
        for one in columns:
            if one.unit is not None:
                unit = UNIT if one.word == VALUE else f"{one.word}.unit"
                given = pl.when(pl.col(one.heading).is_not_null()).then(pl.lit(one.unit))
                said[unit] = pl.coalesce(said[unit], given) if unit in said else given
        yield people.select(NUMBER, pl.lit(fact.name).alias(FACT), **said)


def _as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as a CSV file would say it, cell by cell."""
    return pl.read_csv(as_table(frame), infer_schema=False)
