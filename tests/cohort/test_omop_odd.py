"""Odd cells in the tables of OMOP: days of other zones and in other texts, names alike."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from screener import ProfileError
from screener.cohort.omop.translate import as_records
from tests.cohort.omop import tables_of
from tests.cohort.test_omop import FACTS, ON, PERSON


def test_a_midnight_is_a_day_where_the_column_is_at_home() -> None:
    """In Greenwich it is still the day before: of age a day too early."""
    born = pl.Series([datetime(2008, 11, 25)], dtype=pl.Datetime("us")).dt.replace_time_zone(
        "Europe/Berlin"
    )
    person = pl.LazyFrame({"person_id": [1], "gender_concept_id": [8532], "birth_datetime": born})
    found = as_records({"person": person}, FACTS).patients
    assert found is not None
    assert found.collect()["birth_date"].to_list() == ["2008-11-25"]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("2026-11-20", True),
        ("2026-11-20 23:59:59", True),
        ("2026-11-20T00:00:00Z", True),
        ("2026-11-2012", False),
        ("2026-11", False),
        ("20.11.2026", False),
        ("2026-02-30", False),
    ],
)
def test_a_text_is_a_day_with_or_without_a_time(text: str, taken: bool) -> None:
    row = {"measurement_concept_id": 1, "unit_concept_id": 20, "value_as_number": 90.0}
    tables = tables_of({**PERSON, "measurement": [{"person_id": 1, **row, "measurement_date": ON}]})
    tables["measurement"] = tables["measurement"].with_columns(measurement_date=pl.lit(text))
    if not taken:
        with pytest.raises(ProfileError, match="days \\(YYYY-MM-DD\\) are expected"):
            as_records(tables, FACTS)
        return
    records = as_records(tables, FACTS).records.collect()
    assert records["date"].cast(pl.String).to_list() == ["2026-11-20"]


def test_two_columns_alike_but_for_capitals_are_an_error() -> None:
    person = pl.LazyFrame({"person_id": [1], "PERSON_ID": [2], "year_of_birth": [1960]})
    with pytest.raises(ProfileError, match="two columns are called so"):
        as_records({"person": person}, FACTS)
