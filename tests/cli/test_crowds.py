"""Patients of a wide file compared in columns: the report is that of everybody judged by himself.

The two versions of the made-up trial differ in one limit: platelets of at least 100, then 150.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from screener.cli import crowds
from tests.cli.support import Command

OLD, NEW, DAY = "XMPL-001@1.0", "XMPL-001@2.0", ("--as-of", "2026-11-24")
#: Values at and beside the limits; days in the window, at its edge, before it and after the day.
_VALUES = ("99", "99.9", "100", "149", "150", "150.5", "2001", "<100", "")
_DAYS = ("2026-11-24", "2026-11-10", "2026-11-09", "2026-11", "2026", "2026-11-25", "")
_SMOKER = ("true", "false", "")


def rows(count: int) -> list[dict[str, str]]:
    """Made-up patients with gaps, partial dates, censored values, conflicts and two faults."""
    draw = random.Random(3)
    found = []
    for number in range(count):
        row = {
            "patient": f"P{number}",
            "smoker": draw.choice(_SMOKER),
            "platelets [10*9/L]": draw.choice(_VALUES),
            "platelets.date": draw.choice(_DAYS),
            "platelets#2 [10*9/L]": "",
            "platelets#2.date": "",
        }
        if number % 7 == 0:
            row |= {"platelets#2 [10*9/L]": draw.choice(_VALUES), "platelets#2.date": _DAYS[0]}
        found.append(row)
    found[5]["platelets [10*9/L]"] = "many"
    found[50]["smoker"] = "perhaps"
    return found


def written(folder: Path, form: str) -> Path:
    path = folder / f"crowd.{form}"
    given = rows(400)
    if form == "csv":
        pl.DataFrame(given).write_csv(path)
        return path
    plain = [one for one in given if one["platelets [10*9/L]"][:1] not in ("<", "m")]
    typed: list[dict[str, Any]] = [
        {
            "patient": one["patient"],
            "smoker": {"true": True, "false": False}.get(one["smoker"]),
            "platelets [10*9/L]": float(one["platelets [10*9/L]"] or "nan"),
            "platelets.date": one["platelets.date"],
        }
        for one in plain
    ]
    pl.DataFrame(typed, infer_schema_length=None).write_parquet(path)
    return path


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_columns_report_what_one_after_the_other_reports(
    form: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = written(tmp_path, form)
    asked = ("diff", OLD, NEW, "--json", "--patients", patients, *DAY)
    pages = tmp_path / "alone.html", tmp_path / "columns.html"
    alone = command(*asked, "--html", pages[0])
    monkeypatch.setattr(crowds, "WORTH", 0)
    judged: list[int] = []
    crowd = crowds._one_by_one

    def counting(*given: Any) -> Any:
        judged.append(len(given[4]))
        return crowd(*given)

    monkeypatch.setattr(crowds, "_one_by_one", counting)
    columns = command(*asked, "--html", pages[1])
    assert (columns.code, columns.out) == (alone.code, alone.out)
    assert pages[0].read_text("utf-8") == pages[1].read_text("utf-8")
    # Columns did most of it, and there was something to find.
    (answer,) = alone.lines()
    movers = len(answer["movers"])
    assert movers > 20
    assert movers <= judged[0] < 300
    if form == "csv":
        assert alone.code == 4
        assert all(
            "`P5` is not judged" in one.err and "`P50` is not judged" in one.err
            for one in (alone, columns)
        )


def test_only_as_many_movers_are_judged_alone_as_are_told(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = tmp_path / "crowd.csv"
    lines = [f"P{number},false,120,2026-11-24" for number in range(60)]
    head = "patient,smoker,platelets [10*9/L],platelets.date"
    patients.write_text("\n".join([head, *lines]) + "\n", "utf-8")
    asked = ("diff", OLD, NEW, "--patients", patients, *DAY)
    alone = command(*asked)
    monkeypatch.setattr(crowds, "WORTH", 0)
    monkeypatch.setattr(crowds, "_one_by_one", lambda *given: iter(given[4] and [1 / 0]))
    columns = command(*asked)
    assert (columns.code, columns.out) == (alone.code, alone.out)
    assert "60 of 60 patients move." in columns.out


@pytest.mark.parametrize(
    "content",
    [
        "patient,as_of,smoker\nA,2026-11-24,true\n",
        "patient,smoker\nA,true\nA,true\n",
        "patient,fact,value\nA,smoker,true\n",
        "patient,smokr\nA,true\n",
        "patient,smoker\nA,true,more\n",
        "patient\tsmoker\nA\ttrue\n",
        "",
    ],
    ids=["days of their own", "two rows", "long", "misspelt", "ragged", "tabs", "empty"],
)
def test_what_columns_cannot_say_is_left_to_the_reader_of_single_patients(
    content: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients = tmp_path / "crowd.csv"
    patients.write_text(content, "utf-8")
    asked = ("diff", OLD, NEW, "--json", "--patients", patients)
    days = () if "as_of" in content else DAY
    alone = command(*asked, *days)
    monkeypatch.setattr(crowds, "WORTH", 0)
    columns = command(*asked, *days)
    assert (columns.code, columns.out) == (alone.code, alone.out)
