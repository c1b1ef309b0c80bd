"""TI: what the tabulation of a trial's criteria holds, by the rules of the SDTM guide."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest

from screener.catalog import folders, places
from screener.standards.cdisc import export_ti
from screener.trial import load_trial
from tests.cli.support import Command

DAY = date(2026, 11, 24).toordinal()
_HEAD = """
trial: CODES-1
title: Names of criteria
version: "{version}"
effective: {version}
source: Made up
outline: ["1"]
cohorts: [{{id: A, title: Arm A, open: true}}]
facts:
  f: {{type: boolean, kind: fixed, label: F}}
stages:
  - id: s
    title: S
    inclusion:
"""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def written(folder: Path, version: str, *criteria: tuple[str, str]) -> None:
    where = folder / "CODES-1"
    where.mkdir(exist_ok=True)
    text = _HEAD.format(version=version) + "".join(
        f"      - {{id: {id}, text: {words!r}, source: '1', rule: {{fact: f, is: true}}}}\n"
        for id, words in criteria
    )
    (where / f"{version}.yaml").write_text(text, encoding="utf-8")
    (folder / "vocabulary.yaml").write_text("facts: {}\n", encoding="utf-8")


def codes(folder: Path) -> list[tuple[str, str]]:
    found = rows(export_ti(load_trial("CODES-1", criteria=folder), DAY).text)
    return [(one["TIVERS"], one["IETESTCD"]) for one in found]


def test_ti_is_one_row_a_criterion_and_version_and_says_what_it_lacks(command: Command) -> None:
    ended = command("export", "XMPL-001", "--to", "cdisc", "--as-of=2026-11-24")
    assert ended.code == 0
    # SDTM IG 3.4: an amended text has another short name, `INCL02A` in its example.
    assert ended.out.splitlines() == [
        "STUDYID,DOMAIN,IETESTCD,IETEST,IECAT,TIVERS",
        "XMPL-001,TI,I1,Platelets of at least 100 x 10^9/L within 14 days before screening.,"
        "INCLUSION,1.0",
        "XMPL-001,TI,E1,Smoker.,EXCLUSION,1.0",
        "XMPL-001,TI,I1A,Platelets of at least 150 x 10^9/L within 14 days before screening.,"
        "INCLUSION,2.0",
        "XMPL-001,TI,E1,Smoker.,EXCLUSION,2.0",
    ]
    assert ended.err == (
        "note: TI lacks an item that no rule stands for: Fit for the study in the investigator's "
        "opinion. (3)\n"
    )


def test_an_amendment_that_is_not_in_force_yet_is_not_in_ti(command: Command) -> None:
    ended = command("export", "XMPL-001", "--to=cdisc", "--as-of=2025-12-31")
    assert {one["TIVERS"] for one in rows(ended.out)} == {"1.0"}
    ended = command("export", "XMPL-001@2.0", "--to=cdisc")
    assert [one["IETESTCD"] for one in rows(ended.out)] == ["I1", "E1"]


def test_a_file_is_written_whole_and_never_over_another(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "ti.csv"
    assert command("export", "XMPL-001", "--to=cdisc", "-o", out).code == 0
    assert out.read_text(encoding="utf-8").startswith("STUDYID,")
    ended = command("export", "XMPL-001", "--to=cdisc", "-o", out)
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["I1", "I8.1"], ["I1", "I8_1"]),
        (["P-I4.1", "p-i4.1"], ["P_I4_1", "INC002"]),
        (["inclusion-1", "1a", "I1"], ["INC001", "INC002", "I1"]),
        (["INC002", "very-long-id"], ["INC002", "INC003"]),
    ],
)
def test_a_short_name_is_the_id_where_sdtm_takes_it(
    ids: list[str], expected: list[str], tmp_path: Path
) -> None:
    written(tmp_path, "2026-01-01", *((id, "Text.") for id in ids))
    assert [code for _, code in codes(tmp_path)] == expected


def test_a_text_that_comes_back_has_its_old_short_name(tmp_path: Path) -> None:
    for version, text in (("2026-01-01", "Old."), ("2026-02-01", "New."), ("2026-03-01", "Old.")):
        written(tmp_path, version, ("I1", text))
    assert [code for _, code in codes(tmp_path)] == ["I1", "I1A", "I1"]


def test_a_criterion_amended_more_often_than_there_are_letters_has_a_number(tmp_path: Path) -> None:
    versions = [f"2020-01-{day:02}" for day in range(1, 30)]
    for number, version in enumerate(versions):
        written(tmp_path, version, ("I1", f"Text {number}."))
    # 26 letters behind `I1`, and then the first free numbers of the inclusion criteria.
    assert [code for _, code in codes(tmp_path)][-3:] == ["I1Z", "INC001", "INC002"]


def test_a_long_text_is_cut_between_words_and_told_of(tmp_path: Path) -> None:
    written(tmp_path, "2026-01-01", ("I1", "word " * 40 + "end"), ("I2", "x" * 200))
    exported = export_ti(load_trial("CODES-1", criteria=tmp_path), DAY)
    first, second = (one["IETEST"] for one in rows(exported.text))
    assert first == "word " * 38 + "word..."
    assert second == "x" * 200
    assert [one for one in exported.notes if "I1" in one and "203 characters" in one]
    assert not [one for one in exported.notes if "I2" in one]


SHIPPED = [place.trial for versions in places(folders([])).values() for place in versions]


@pytest.mark.parametrize("name", sorted(set(SHIPPED)))
def test_every_shipped_trial_keeps_the_rules_of_ti(name: str) -> None:
    trial = load_trial(name)
    found = rows(export_ti(trial, DAY).text)
    assert len(found) == sum(len(one.protocol.criteria) for one in trial.editions)
    for one in found:
        assert one["STUDYID"] == trial.id
        assert one["DOMAIN"] == "TI"
        assert re.fullmatch(r"[A-Z_][A-Z0-9_]{0,7}", one["IETESTCD"])
        assert 0 < len(one["IETEST"]) <= 200
        assert one["IECAT"] in ("INCLUSION", "EXCLUSION")
    names = {(one["TIVERS"], one["IETESTCD"]) for one in found}
    assert len(names) == len(found)
    texts = {(one["IETESTCD"], one["IETEST"], one["IECAT"]) for one in found}
    assert len(texts) == len({one["IETESTCD"] for one in found})
