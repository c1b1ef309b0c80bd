"""What `Trial.screen_frame` takes, gives back and refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from benchmarks import baseline
from benchmarks.patients import AS_OF, flat_patients
from screener import ProfileError, load_trial
from screener.vocabulary import Type

TRIAL = load_trial(Path(baseline.__file__).with_name("trial.yaml"))
VOCABULARY = TRIAL.newest.vocabulary
FRAME = pl.DataFrame(
    {
        "patient": ["A", "B", "C"],
        "age [a]": [18.0, 75.5, None],
        "sex": ["female", "male", None],
        "platelets": [41, 40, None],
        "platelets.unit": ["10*9/L", "10*9/L", None],
    }
)
PATIENTS = 200_000


def screened(frame: Any, **words: Any) -> Any:
    return TRIAL.screen_frame(frame, as_of=AS_OF, **words)


def refusal(frame: pl.DataFrame, **words: Any) -> str:
    with pytest.raises(ProfileError) as caught:
        screened(frame, **words)
    return str(caught.value)


def test_a_row_is_answered_by_verdict_reason_stage_and_criteria() -> None:
    found = screened(FRAME)
    assert found.columns[:4] == ["patient", "verdict", "first_reason", "all"]
    first = found.row(0, named=True)
    assert (first["verdict"], first["first_reason"]) == ("undetermined", "I01")
    assert [first[name] for name in ("I01", "I02", "I03", "I16")] == [None, True, True, True]
    # 75.5 is more than 75: this fact is a plain quantity, not completed years.
    second = found.row(1, named=True)
    assert (second["verdict"], second["first_reason"], second["I16"]) == (
        "ineligible",
        "I03",
        False,
    )


def test_the_kind_of_frame_is_kept() -> None:
    eager = screened(FRAME)
    lazy = screened(FRAME.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect_schema() == eager.schema
    assert lazy.collect().equals(eager)
    assert lazy.collect(engine="streaming").equals(eager)
    relation = screened(duckdb.connect().from_arrow(FRAME.to_arrow()))
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    words = [name for name, type in eager.schema.items() if isinstance(type, pl.Enum)]
    in_texts = eager.with_columns(pl.col(words).cast(pl.String))
    assert pl.DataFrame(relation.to_arrow_table()).sort("patient").equals(in_texts)
    pandas = screened(FRAME.to_pandas().set_index(pd.Index([7, 8, 9])))
    assert isinstance(pandas, pd.DataFrame)
    assert pandas.index.to_list() == [7, 8, 9]
    assert pl.from_pandas(pandas).with_columns(pl.col(words).cast(pl.String)).equals(in_texts)
    table = screened(FRAME.to_arrow())
    assert isinstance(table, pa.Table)
    assert pl.DataFrame(table).equals(eager)


def test_only_the_columns_asked_for_are_given() -> None:
    assert screened(FRAME, columns=["verdict"]).columns == ["patient", "verdict"]
    assert screened(FRAME, columns=["I02"])["I02"].to_list() == [True, True, None]
    assert "`I99` is not an answer" in refusal(FRAME, columns=["I99"])


def test_texts_say_what_types_say() -> None:
    texts = FRAME.with_columns(pl.all().cast(pl.String))
    assert screened(texts).equals(screened(FRAME))


@pytest.mark.parametrize("value", [float("nan"), None])
def test_nan_is_not_given(value: float | None) -> None:
    frame = FRAME.with_columns(pl.Series("age [a]", [value, 20.0, 20.0]))
    for found in (screened(frame), *collected(screened(frame.lazy()))):
        assert found["I02"].to_list() == [None, True, True]
        assert found["patient"].to_list() == ["A", "B", "C"]


def collected(lazy: pl.LazyFrame) -> list[pl.DataFrame]:
    """By both engines of polars."""
    return [lazy.collect(engine="in-memory"), lazy.collect(engine="streaming")]


def test_answers_from_a_file_are_those_of_memory(tmp_path: Path) -> None:
    ages = pl.Series("age [a]", [17.0, float("nan"), 20.0, None, 75.5] * 10_000)
    frame = pl.DataFrame({"patient": range(len(ages)), "age [a]": ages})
    frame.write_parquet(tmp_path / "patients.parquet", row_group_size=7_000)
    expected = [False, None, True, None, True] * 10_000
    for found in collected(screened(pl.scan_parquet(tmp_path / "patients.parquet"))):
        assert found["patient"].to_list() == frame["patient"].to_list()
        assert found["I02"].to_list() == expected


@pytest.mark.parametrize("units", [["10*9/L", "/uL"], ["/uL", "10*9/L", ""], ["/uL", "furlong"]])
def test_units_may_be_codes_of_words(units: list[str]) -> None:
    frame = pl.DataFrame(
        {"patient": range(len(units)), "platelets": [41.0] * len(units), "platelets.unit": units}
    )
    told: list[ProfileError] = []
    texts = screened(frame, refused=told.append)
    codes = screened(frame.cast({"platelets.unit": pl.Enum(units)}), refused=told.append)
    assert codes.equals(texts)
    # More than 40 in 10*9/L; 41 in a microlitre are hardly any.
    passes = {"10*9/L": True, "/uL": False, "": None, "furlong": None}
    assert codes["I16"].to_list() == [passes[one] for one in units]
    # Neither without a unit nor in an unknown one is a platelet count readable, in both frames.
    assert len(told) == 2 * len({"", "furlong"} & {*units})


def test_frames_of_one_trial_side_by_side() -> None:
    lazies = [screened(FRAME.lazy()) for _ in range(8)]
    for found in pl.collect_all([pl.concat(lazies), *lazies]):
        assert found.head(3).equals(screened(FRAME))


def test_an_infinite_number_is_refused() -> None:
    frame = FRAME.with_columns(pl.Series("age [a]", [float("inf"), 20.0, 20.0]))
    assert "A, column age [a]: `inf` is not a number" in refusal(frame)
    told: list[ProfileError] = []
    found = screened(frame, refused=told.append)
    assert [one.patient for one in told] == ["A"]
    # The others are answered; of this one there is no answer, not even an open one.
    assert found["verdict"].to_list() == [None, "ineligible", "undetermined"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pl.Series("sex", [True, False, None]), "column sex: a column of the type Boolean"),
        (pl.Series("age [a]", [[1], [2], [3]]), "column age [a]: a column of the type List"),
        (pl.Series("informed_consent", [1, 0, 1]), "`informed_consent` is yes or no"),
        (pl.Series("age.date", [20260101, 20260102, 1]), "where a date is expected"),
        (pl.Series("tumor_diameter", [3.0, 4.0, 5.0]), "in which unit `tumor_diameter` is"),
        (pl.Series("tumor_diameter [kg]", [3.0, 4.0, 5.0]), "`kg` is not a unit"),
        (pl.Series("platelets.dat", ["x", "y", "z"]), "`platelets.dat` is not a known column"),
        (pl.Series("tumor_cuont", [1, 1, 1]), "did you mean `tumor_count`"),
        (pl.Series("fact", ["a", "b", "c"]), "a wide frame has a column for each fact"),
        (pl.Series("patient", ["A", "A", "B"]), "name a patient who has another row: `A`"),
        (pl.Series("patient", ["A", None, "B"]), "rows that name no patient: 1"),
    ],
)
def test_a_column_that_cannot_be_meant_is_an_error(column: pl.Series, message: str) -> None:
    assert message in refusal(FRAME.with_columns(column))


def test_a_column_that_is_no_fact_is_left_aside() -> None:
    frame = FRAME.with_columns(site=pl.lit("0012"), note=pl.lit("seen"))
    assert screened(frame).equals(screened(FRAME))


def test_a_value_nobody_can_read_is_an_error_of_its_row() -> None:
    frame = FRAME.with_columns(pl.Series("sex", ["female", "f", None]))
    assert "B, column sex: `f` is not a value of `sex`" in refusal(frame)
    frame = FRAME.with_columns(pl.Series("platelets.unit", ["10*9/L", "kg", None]))
    assert "B, column platelets: `kg` does not measure `platelets`" in refusal(frame)


def test_dates_as_texts_and_as_midnights_are_days() -> None:
    days = ["2026-11-24", "2026-11-25", "2026-11"]
    texts = FRAME.with_columns(pl.Series("platelets.date", days))
    # The day after the day of screening is not reached yet; the month may have been before it.
    assert screened(texts)["I16"].to_list() == [True, None, None]
    midnights = [datetime(2026, 11, 24), datetime(2026, 11, 25), None]
    frame = FRAME.with_columns(pl.Series("platelets.date", midnights))
    assert screened(frame)["I16"].to_list() == [True, None, None]
    dates = [date(2026, 11, 24), date(2026, 11, 25), None]
    frame = FRAME.with_columns(pl.Series("platelets.date", dates))
    assert screened(frame)["I16"].to_list() == [True, None, None]
    noon = FRAME.with_columns(pl.Series("platelets.date", [datetime(2026, 11, 24, 12)] * 3))
    assert "has a time of day" in refusal(noon)


def test_a_limit_is_met_as_it_is_written() -> None:
    # 0.1 + 0.2 is not the float that 0.3 is written as.
    values = [3.0, 0.1 + 0.2 + 2.7, 2.9999999999999996, 8.0, 8.000000000000002]
    frame = pl.DataFrame({"tumor_diameter [cm]": values})
    found = screened(frame, columns=["I07", "I08"])
    assert found["I07"].to_list() == [value >= 3 for value in values]
    assert found["I08"].to_list() == [value <= 8 for value in values]


def test_people_repeated_under_new_ids_are_counted_as_often() -> None:
    again = pl.concat([FRAME.with_columns(pl.col("patient") + f"-{turn}") for turn in range(7)])
    once, often = (screened(one)["verdict"].value_counts(sort=True) for one in (FRAME, again))
    assert dict(often.rows()) == {verdict: 7 * count for verdict, count in once.rows()}


def flat_frame(patients: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Flat facts as a frame; quantities have their unit in the heading."""
    columns = {}
    for name, fact in VOCABULARY.items():
        heading = f"{name} [{fact.shape.unit}]" if fact.shape.type is Type.QUANTITY else name
        columns[heading] = [patient[name] for patient in patients]
    return pl.DataFrame(columns, infer_schema_length=None)


def test_200_000_patients_have_the_verdicts_of_a_function_written_by_hand() -> None:
    patients = flat_patients(VOCABULARY, PATIENTS, 0.05, seed=20261124)
    expected = pl.Series("verdict", [baseline.verdict(one) for one in patients])
    frame = flat_frame(patients).with_row_index("patient")
    found = screened(frame, columns=["verdict"])
    assert (found["verdict"].cast(pl.String) == expected).all()
    relation = screened(duckdb.connect().from_arrow(frame.to_arrow()), columns=["verdict"])
    found = pl.DataFrame(relation.to_arrow_table()).sort("patient")
    assert (found["verdict"] == expected).all()
    assert set(expected) == {"eligible", "undetermined", "ineligible"}
