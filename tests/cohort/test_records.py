"""Records of generated patients as a long table: what columns say and what the reference says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from screener import ProfileError, load_trial
from screener.cohort import handed, parted, relations
from screener.cohort.histories import Histories
from screener.cohort.onebyone import Answer, Refused, answer_records
from screener.cohort.records import read_records
from screener.interpreters.columns import PATIENT
from tests.cohort.tables import Row, records_of
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

Said = list[tuple[str, Row]]
_PLAIN = ("value", "unit", "date", "low", "high")


def long_table(people: list[Said]) -> pl.DataFrame:
    """A row for each record, all texts."""
    rows = [
        {"patient": f"P{number:04}", "fact": fact, **words}
        for number, said in enumerate(people)
        for fact, words in said
    ]
    words = dict.fromkeys(["patient", "fact", "value", *(word for row in rows for word in row)])
    schema = dict.fromkeys(words, pl.String)
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)


def plainly(said: Said, random: Random, share: float) -> Said:
    """Of some facts value, unit, range and day of each record, as an export of results has them."""
    facts = {fact for fact, _ in said if random.random() < share}
    kept = [
        (fact, {word: text for word, text in words.items() if word in _PLAIN})
        for fact, words in said
        if fact in facts
    ]
    return [(fact, words) for fact, words in kept if words.keys() - {"unit", "low", "high"}]


def compare(seed: str, patients: int) -> tuple[list[str], Counter[str]]:
    """Where records and the reference differ; how many patients were answered in columns."""
    random = Random(seed)
    trial, words, drawn = trial_with_patients(seed, 2, patients)
    engine = Engine(trial, words)
    as_of = Counter(day for _, day in drawn).most_common(1)[0][0].toordinal()
    events = {name for name, fact in words["facts"].items() if fact["type"] == "event"}
    told = [said for profile, _ in drawn if (said := records_of(profile, events)) is not None]
    people = told[: len(told) // 4]
    people += [plainly(said, random, random.choice((0.05, 0.2, 1.0))) for said in told]
    table = long_table(people)
    ids = pl.DataFrame({PATIENT: [f"P{number:04}" for number in range(len(people))]})
    counts: Counter[str] = Counter(patients=len(people))
    histories = Histories(engine.protocol, engine.vocabulary, as_of, refused=lambda _: None)
    read = read_records(table.lazy(), ids.lazy(), engine.vocabulary)
    asked = histories.answers_of

    def counted(patients: pl.Series) -> Iterator[Answer | Refused]:
        counts["one by one"] += len(patients)
        return asked(patients)

    histories.screening.alone = counted
    found = histories.screen(read).drop(PATIENT).to_dicts()
    numbered = table.with_columns(pl.col(PATIENT).str.slice(1).cast(pl.Int64))
    expected = answer_records(engine.protocol, engine.vocabulary, numbered, len(people), as_of)
    wrong = []
    for said, answer, right in zip(people, found, expected, strict=True):
        if isinstance(right, Refused):
            right = dict.fromkeys(answer)
        if answer != right:
            differing = [name for name in answer if answer[name] != right[name]]
            wrong.append(f"{seed}: {said}: {differing}")
    return wrong, counts


def test_records_and_the_reference_agree() -> None:
    counts: Counter[str] = Counter()
    for number in range(4):
        wrong, more = compare(f"records-{number}", 40)
        assert wrong == []
        counts += more
    assert 0 < counts["one by one"] < counts["patients"]


TRIAL = load_trial("NCT01681446")
DAY = "2026-11-24"
STAGES = TRIAL.edition(date(2026, 11, 24).toordinal()).protocol.stages
RECORDS = pl.DataFrame(
    [
        # The newest result decides, of any unit: 40 is not more than 40 (in 10*9/L).
        ("A", "platelets", 150.0, "10*9/L", date(2026, 10, 1)),
        ("A", "platelets", 40.0, "10*9/L", date(2026, 11, 20)),
        ("B", "platelets", 40.0, "10*9/L", date(2026, 10, 1)),
        ("B", "platelets", 150000.0, "/uL", date(2026, 11, 20)),
        # Two different results of one day are a conflict.
        ("C", "platelets", 30.0, "10*9/L", date(2026, 11, 20)),
        ("C", "platelets", 150.0, "10*9/L", date(2026, 11, 20)),
        # What is dated after the day of screening is not there yet.
        ("D", "platelets", 150.0, "10*9/L", date(2026, 11, 20)),
        ("D", "platelets", 30.0, "10*9/L", date(2026, 11, 25)),
    ],
    schema=["patient", "fact", "value", "unit", "date"],
    orient="row",
)
PEOPLE = pl.DataFrame(
    {"patient": ["D", "C", "B", "A", "E"], "sex": ["male", "female", None, "male", "female"]}
)


def screened(records: Any = RECORDS, patients: Any = PEOPLE, **words: Any) -> Any:
    return TRIAL.screen_records(records, patients, as_of=DAY, **words)


def refusal(records: pl.DataFrame = RECORDS, patients: Any = PEOPLE) -> str:
    with pytest.raises(ProfileError) as caught:
        screened(records, patients)
    return str(caught.value)


def said_of(patient: str) -> dict[str, object]:
    """The profile that says what the records and the row of a patient say."""
    sex = dict(PEOPLE.rows())[patient]
    rows = RECORDS.filter(pl.col("patient") == patient).rows(named=True)
    records = [
        {"value": str(row["value"]), "unit": row["unit"], "date": row["date"].isoformat()}
        for row in rows
    ]
    return {"patient": patient, "facts": {"sex": sex, "platelets": records or None}}


def test_records_and_patients_have_the_answers_of_their_profiles() -> None:
    found = screened()
    assert found["patient"].to_list() == PEOPLE["patient"].to_list()
    for answer in found.to_dicts():
        result = TRIAL.screen(said_of(answer["patient"]), as_of=DAY)
        outcomes = {one.id: one.outcome.value for one in result.criteria}
        words = {True: "pass", False: "fail", None: "unknown"}
        assert {name: words[answer[name]] for name in outcomes} == outcomes
        assert answer["verdict"] == result.verdict.value


def test_the_kind_of_table_is_kept() -> None:
    eager = screened()
    assert screened(RECORDS.lazy(), PEOPLE.lazy()).collect().equals(eager)
    in_arrow = screened(RECORDS.to_arrow(), PEOPLE.to_arrow())
    assert isinstance(in_arrow, pa.Table)
    assert pl.DataFrame(in_arrow).equals(eager)


def test_people_repeated_under_new_ids_are_counted_as_often() -> None:
    again = [
        [one.with_columns(pl.col("patient") + f"-{turn}") for turn in range(5)]
        for one in (RECORDS, PEOPLE)
    ]
    once, often = screened(), screened(*map(pl.concat, again))
    counts = [dict(one["verdict"].value_counts().rows()) for one in (once, often)]
    assert counts[1] == {verdict: 5 * count for verdict, count in counts[0].items()}


def test_days_as_texts_and_values_as_texts_say_the_same() -> None:
    texts = RECORDS.with_columns(pl.col("value", "date").cast(pl.String))
    assert screened(texts).equals(screened())


def test_nothing_recorded_is_nothing_known() -> None:
    blank = RECORDS.with_columns(pl.lit(float("nan")).alias("value"))
    assert screened(blank).equals(screened(RECORDS.head(0)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fact": pl.lit("platelet")}, "did you mean `platelets`"),
        ({"patient": pl.lit("Z")}, "1 have records and no row in the patients: `Z`"),
        ({"patient": pl.lit(None, pl.String)}, "rows that name no patient: 8"),
        ({"patient": pl.int_range(pl.len())}, "`patient` is Int64 in the records and String"),
        ({"value": pl.lit(True)}, "a column of the type Boolean, where texts or numbers"),
        ({"date": pl.lit(20261124)}, "a column of the type Int32, where days are expected"),
        ({"value": pl.lit(float("inf"))}, "D, column value: `inf` is not a number"),
        ({"unit": pl.lit("kg")}, "`kg` does not measure `platelets`"),
        ({"as_of": pl.lit(DAY)}, "the day of screening is said once, for all"),
        ({"vlaue": pl.lit(1)}, "did you mean `value`"),
        ({"patient": pl.lit(" ")}, "records, column patient: rows that name no patient: 8"),
        ({"patient": pl.lit(float("nan"))}, "is Float64 in the records and String in the patients"),
        ({"patient": pl.concat_list("patient")}, "is List(String) in the records and String"),
        ({"low": pl.concat_list("value")}, "column low: a column of the type List(Float64)"),
        ({"absent": pl.lit(b"x")}, "column absent: a column of the type Binary"),
        ({"low": pl.lit(1).cast(pl.Duration)}, "column low: a column of the type Duration"),
        ({"__word": pl.lit("9")}, "column __word: names that begin with `__` are taken"),
    ],
)
def test_what_cannot_be_meant_is_an_error(changed: dict[str, pl.Expr], message: str) -> None:
    assert message in refusal(RECORDS.with_columns(**changed))


@pytest.mark.parametrize("name", [float("nan"), float("inf"), None])
def test_a_record_of_nobody_is_an_error(name: float | None) -> None:
    numbers = pl.when(pl.col("patient") == "D").then(name).otherwise(1.0)
    with pytest.raises(ProfileError, match="records, column patient: rows that name no patient: "):
        TRIAL.screen_records(RECORDS.with_columns(patient=numbers), as_of=DAY)


def test_names_that_differ_in_white_space_are_no_two_patients() -> None:
    padded = pl.concat([RECORDS, RECORDS.with_columns(pl.col("patient") + " ")])
    with pytest.raises(ProfileError, match="another row: `A`"):
        TRIAL.screen_records(padded, as_of=DAY)
    assert "no row in the patients: " in refusal(padded)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "America/New_York"])
def test_midnights_and_codes_of_days_say_the_same(zone: str | None) -> None:
    texts = RECORDS.with_columns(pl.col("date").cast(pl.String))
    assert screened(texts.cast({"date": pl.Categorical})).equals(screened())
    midnights = (
        pl.col("date").cast(pl.String).str.to_datetime("%Y-%m-%d").dt.replace_time_zone(zone)
    )
    assert screened(RECORDS.with_columns(midnights)).equals(screened())


def test_a_patient_in_two_rows_is_an_error() -> None:
    assert "name a patient who has another row: `D`" in refusal(
        patients=pl.concat([PEOPLE, PEOPLE.head(1)])
    )


def test_a_fact_nobody_knows_and_an_unknown_column_are_left_aside() -> None:
    more = RECORDS.with_columns(fact=pl.lit("shoe_size_of_dog"))
    table = pl.concat([RECORDS, more]).with_columns(ward=pl.lit("7b"))
    assert screened(table).equals(screened())


def test_a_refused_patient_is_told_and_has_no_answers() -> None:
    told: list[ProfileError] = []
    wrong = pl.when(pl.col("patient") == "A").then(pl.lit("kg")).otherwise("unit")
    found = screened(RECORDS.with_columns(unit=wrong), refused=told.append)
    assert [one.patient for one in told] == ["A"]
    nulls = found.filter(pl.col("verdict").is_null())
    assert nulls["patient"].to_list() == ["A"]


@pytest.mark.parametrize("most", [4_000_000, 3], ids=["in memory", "in parts"])
def test_what_duckdb_holds_is_answered_there(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed, "ROWS", most)
    monkeypatch.setattr(parted, "ROWS", most)
    monkeypatch.setattr(relations, "_BATCH", 2)
    connection = duckdb.connect()
    records, people = (connection.from_arrow(one.to_arrow()) for one in (RECORDS, PEOPLE))
    found = TRIAL.screen_records(records, people, as_of=DAY)
    assert isinstance(found, duckdb.DuckDBPyRelation)
    answers = pl.DataFrame(found.to_arrow_table()).sort("patient")
    words = pl.col("verdict", "first_reason", *(one.id for one in STAGES)).cast(pl.String)
    assert answers.equals(screened().with_columns(words).sort("patient"))
    alone = TRIAL.screen_records(records.filter("patient = 'none'"), people, as_of=DAY)
    assert pl.DataFrame(alone.to_arrow_table())["verdict"].unique().to_list() == ["undetermined"]
    nobody = TRIAL.screen_records(records.filter("patient = 'none'"), as_of=DAY)
    assert pl.DataFrame(nobody.to_arrow_table()).is_empty()


def test_of_what_duckdb_holds_only_what_is_read_comes_here() -> None:
    # Neither an interval nor a union could.
    connection = duckdb.connect()
    records, people = (connection.from_arrow(one.to_arrow()) for one in (RECORDS, PEOPLE))
    odd = "*, interval 1 day as stay, union_value(x := 1) as note"
    found = TRIAL.screen_records(records.project(odd), people.project(odd), as_of=DAY)
    answers = pl.DataFrame(found.to_arrow_table()).sort("patient")
    assert answers["verdict"].to_list() == screened().sort("patient")["verdict"].to_list()
    with pytest.raises(ProfileError, match="column low: a column of the type Duration"):
        TRIAL.screen_records(records.project("*, interval 1 day as low"), people, as_of=DAY)
    with pytest.raises(ProfileError, match="column low: a column of a type that is not read"):
        TRIAL.screen_records(records.project("*, uuid() as low"), people, as_of=DAY)


def test_a_fault_in_what_duckdb_holds_is_the_same_error() -> None:
    connection = duckdb.connect()
    wrong = RECORDS.with_columns(fact=pl.lit("platelet"))
    records, people = (connection.from_arrow(one.to_arrow()) for one in (wrong, PEOPLE))
    with pytest.raises(ProfileError, match="did you mean `platelets`"):
        TRIAL.screen_records(records, people, as_of=DAY)
