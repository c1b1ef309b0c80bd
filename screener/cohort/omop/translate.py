"""The tables of OMOP as records of facts and patients, by the codes of a vocabulary.

Rows that name the same concepts are read once (`meaning`) and joined to what they mean, so that it
costs little more than reading the tables. What is not used is counted, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from screener.causes import Cause
from screener.cohort.files import read_frame, scan_csv
from screener.cohort.omop.cdm import (
    ANCESTOR,
    ANSWER,
    CONCEPT,
    DAY,
    END,
    HIGH,
    KIND,
    LOW,
    OPERATOR,
    ORIGIN,
    PERSON,
    QUALIFIER,
    ROUTE,
    SOURCE,
    STANDARD,
    SUPPLY,
    TABLE,
    TABLES,
    UNIT,
    VALUE,
    VERBATIM,
    events_of,
    lower,
    require,
    typed_of,
)
from screener.cohort.omop.concepts import Concepts
from screener.cohort.omop.meaning import ORDERED, Key, Reader, Said, Unused
from screener.cohort.records import WORD, Aside, Tables
from screener.diagnostics import Fault, ProfileError
from screener.intake.fhir.codings import CodeIndex, Meaning
from screener.intake.fhir.models import Coding, Concept
from screener.intake.fhir.patients import GENDER
from screener.interpreters.columns import PATIENT
from screener.site import FACT, Site
from screener.vocabulary import AgeOf, Type, Vocabulary

_READ = (PERSON, *TABLES, CONCEPT, ANCESTOR)
#: Source: https://ohdsi.github.io/CommonDataModel/cdm54.html#person.
_GENDERS = {8507: "male", 8532: "female"}
_OTHER = 8521
#: Grades are small whole numbers.
_SCORES = 101
_PAIR = [TABLE, STANDARD, ORIGIN]
_KEY = list(Key._fields)
_ATTRIBUTE = "attribute."


def is_omop(folder: Path) -> bool:
    """Whether the folder has a table of persons and one of what happened to them."""
    names = {one.stem.lower() for one in folder.iterdir()} if folder.is_dir() else set()
    return PERSON in names and bool(names & TABLES.keys())


def read_folder(folder: Path) -> dict[str, pl.LazyFrame]:
    """The tables of a folder that are read, by name.

    Raises:
        ProfileError: two files are called alike, or one is of no form that is known.
    """
    tables: dict[str, pl.LazyFrame] = {}
    for path in sorted(folder.iterdir()):
        name = path.stem.lower()
        if name not in _READ:
            continue
        if name in tables:
            hint = f"leave one of them; a folder `{name}` may hold several Parquet files"
            raise ProfileError([Fault(str(folder), f"several are called `{name}`", hint)])
        tables[name] = _table(path, name)
    return tables


def _table(path: Path, name: str) -> pl.LazyFrame:
    if name in (CONCEPT, ANCESTOR) and path.suffix.lower() == ".csv":
        with path.open("rb") as stream:
            tabs = b"\t" in stream.readline()
        if tabs:
            # So Athena gives them out: with tabs, and quotes that are a part of names.
            return scan_csv(path, quoted=False)
    return read_frame(path)


def as_records(tables: Mapping[str, pl.LazyFrame], vocabulary: Vocabulary) -> Tables:
    """All that the tables say of the facts of a vocabulary.

    Raises:
        ProfileError: there is no table of persons; a table lacks a column, or a cell is of another
            type than the model gives it.
    """
    tables = {name.lower(): table for name, table in tables.items()}
    if PERSON not in tables:
        hint = "patients are those of the table `person`"
        raise ProfileError([Fault("OMOP", "there is no table `person`", hint)])
    codes = CodeIndex(vocabulary, Site())
    listed = [(one.system, one.code) for fact in vocabulary.values() for one in fact.codes]
    concepts = Concepts(tables, listed)
    reader = Reader(codes, concepts)
    events = events_of(tables)
    aside: Counter[str] = Counter()
    pairs = _meanings(events, reader, concepts, aside)
    scored = [
        standard
        for (_, *both), found in pairs.items()
        if any(one.fact.shape.type is Type.ORDINAL for one in found)
        for standard in both
        if standard
    ]
    known = pl.LazyFrame(
        list(pairs), schema=dict.fromkeys(_PAIR, pl.Int64) | {TABLE: pl.String}, orient="row"
    )
    rows = events.join(known, on=_PAIR, how="semi", nulls_equal=True).with_columns(_keys(scored))
    counts = rows.group_by(_KEY).agg(pl.len()).sort(_KEY).collect()
    concepts.learn(
        id for name in (ANSWER, UNIT, OPERATOR, ROUTE, QUALIFIER) for id in counts[name].unique()
    )
    said: list[tuple[Key, Said]] = []
    for *words, count in counts.iter_rows():
        key = Key(*words)
        for meaning in pairs[key.table, key.standard, key.origin]:
            try:
                one, left = reader.read(key, meaning)
            except Unused as unused:
                aside[f"{key.table}: {unused}"] += count
                continue
            said.append((key, one))
            if left is not None:
                aside[f"{key.table}: {left}"] += count
    people = _people(lower(tables[PERSON]), codes, vocabulary)
    reasons = tuple(Aside(reason, count) for reason, count in sorted(aside.items()))
    return Tables(_joined(rows, said), people, reasons)


def _meanings(
    events: pl.LazyFrame, reader: Reader, concepts: Concepts, aside: Counter[str]
) -> dict[tuple[str, int | None, int | None], list[Meaning]]:
    """What rows are of, by table and concepts; those of no fact are counted."""
    counts = events.group_by(_PAIR).agg(pl.len()).sort(_PAIR).collect()
    concepts.learn(id for name in (STANDARD, ORIGIN) for id in counts[name].unique())
    found = {}
    for table, standard, origin, count in counts.rows():
        meanings = reader.meanings(table, standard, origin)
        if meanings:
            found[table, standard, origin] = meanings
            continue
        if not concepts.there:
            aside[f"{table}: without a table `concept` nobody can tell what rows are of"] += count
            continue
        names = [concepts.called(one) for one in (standard, origin) if one]
        said = " and ".join(dict.fromkeys(names)) or "no concept"
        aside[f"{table}: {said} stands for no fact"] += count
    return found


def _keys(scored: list[int]) -> list[pl.Expr]:
    """What of the values and days decides the meaning of a row, and the end as it counts."""
    value = pl.col(VALUE)
    ranked = pl.col(STANDARD).is_in(scored) | pl.col(ORIGIN).is_in(scored)
    whole = value.is_between(0, _SCORES - 1) & (value == value.floor())
    supplied = pl.col(DAY) + pl.duration(days=pl.when(pl.col(SUPPLY) >= 1).then(pl.col(SUPPLY)) - 1)
    # The end of an order is mostly made up: the model asks for one where none is known.
    ordered = pl.col(KIND).is_in(sorted(ORDERED)).fill_null(False) & (
        pl.col(TABLE) == "drug_exposure"
    )
    end = pl.coalesce(VERBATIM, pl.when(~ordered).then(pl.col(END)), supplied)
    # An end before the start is an end that nobody knows.
    end = pl.when(end >= pl.col(DAY)).then(end)
    return [
        value.is_finite().fill_null(False).alias("number"),
        value.is_infinite().fill_null(False).alias("infinite"),
        pl.when(ranked & whole).then(value.cast(pl.Int64, strict=False)).alias("score"),
        pl.col(END).is_not_null().alias("ended"),
        end.alias(END),
    ]


def _joined(rows: pl.LazyFrame, said: list[tuple[Key, Said]]) -> pl.LazyFrame:
    """Rows with what they mean, in the words of a record."""
    names = sorted({name for _, one in said for name in one.attributes})
    kinds = {name: rows.collect_schema()[name] for name in _KEY}
    words = dict.fromkeys(
        ["fact", "word", "unit_said", "comparator", "absent", "days"], pl.String()
    )
    table = [
        (*key, one.fact, one.word, one.unit, one.comparator, one.absent, one.days, one.number,
         *(one.attributes.get(name) for name in names))
        for key, one in said
    ]  # fmt: skip
    schema = {
        **kinds,
        **words,
        "numeric": pl.Boolean(),
        **{f"{_ATTRIBUTE}{name}": pl.String() for name in names},
    }
    meant = pl.LazyFrame(table, schema=schema, orient="row")
    found = rows.join(meant, on=_KEY, how="inner", nulls_equal=True)
    numeric, days, day = pl.col("numeric"), pl.col("days"), pl.col(DAY)
    low, high = pl.col(LOW), pl.col(HIGH)
    # Limits that exclude each other are none.
    usable = numeric & ~(low >= high).fill_null(False)
    single = (days == "date") | (
        (days == "span") & pl.col(TABLE).is_in(["measurement", "observation"])
    )
    procedure = (days == "span") & (pl.col(TABLE) == "procedure_occurrence") & pl.col(END).is_null()
    on_day = single | procedure
    return found.select(
        PATIENT,
        pl.col("fact").alias(FACT),
        pl.when(numeric).then(pl.col(VALUE)).alias("value"),
        pl.when(days == "value").then(day.cast(pl.String)).otherwise("word").alias(WORD),
        pl.col("unit_said").alias("unit"),
        pl.when(on_day).then(day).alias("date"),
        pl.when((days == "span") & ~on_day).then(day).alias("start"),
        pl.when((days == "span") & ~on_day).then(pl.col(END)).alias("end"),
        "comparator",
        "absent",
        pl.when(usable & low.is_finite()).then(low).alias("low"),
        pl.when(usable & high.is_finite()).then(high).alias("high"),
        SOURCE,
        *(pl.col(f"{_ATTRIBUTE}{name}").alias(name) for name in names),
    )


# --- persons ----------------------------------------------------------------------------------


def _people(person: pl.LazyFrame, codes: CodeIndex, vocabulary: Vocabulary) -> pl.LazyFrame:
    """A row for each person, with what a wide table says of sex and birth."""
    there = person.collect_schema().names()
    require(PERSON, there, ["person_id"])
    parts = [f"{part}_of_birth" for part in ("year", "month", "day")]
    ids = dict.fromkeys(["person_id", "gender_concept_id", *parts], pl.Int64())
    typed = typed_of(PERSON, person, {**ids, "birth_datetime": pl.Date()})
    columns: dict[str, pl.Expr] = {PATIENT: typed["person_id"].cast(pl.String)}
    births = {one.derived.birth for one in vocabulary.values() if isinstance(one.derived, AgeOf)}
    born = _born(typed, parts)
    if born is not None:
        columns |= {name: born for name in sorted(births)}
    if "gender_concept_id" in typed:
        gender = typed["gender_concept_id"]
        for fact in codes.facts_of(GENDER):
            values = {id: _value(codes, fact.name, word) for id, word in _GENDERS.items()}
            known = {id: value for id, value in values.items() if value is not None}
            absent = (
                pl.when(gender == _OTHER)
                .then(pl.lit(Cause.INCONCLUSIVE.value))
                .when(~gender.is_in(list(known)))
                .then(pl.lit(Cause.NOT_IN_RECORD.value))
            )
            columns[fact.name] = gender.replace_strict(known, default=None, return_dtype=pl.String)
            columns[f"{fact.name}.absent"] = absent.otherwise(pl.lit(None, pl.String))
    return person.select(**columns)


def _born(typed: Mapping[str, pl.Expr], parts: list[str]) -> pl.Expr | None:
    """The date of birth as far as its parts are given.

    Where parts are missing the model lets `birth_datetime` be made up; it is read only where there
    is no column for the year.
    """
    if parts[0] not in typed:
        moment = typed.get("birth_datetime")
        return None if moment is None else moment.cast(pl.String)
    year, month, day = (typed.get(part, pl.lit(None, pl.Int64)) for part in parts)
    texts = [
        one.cast(pl.String).str.zfill(width) for one, width in ((year, 4), (month, 2), (day, 2))
    ]
    to_month = pl.format("{}-{}", texts[0], texts[1])
    return pl.coalesce(pl.format("{}-{}", to_month, texts[2]), to_month, texts[0])


def _value(codes: CodeIndex, fact: str, gender: str) -> str | None:
    concept = Concept(coding=(Coding(system=GENDER, code=gender),))
    found = [one for one in codes.meanings(concept, "Patient") if one.fact.name == fact]
    return found[0].value() if found else None
