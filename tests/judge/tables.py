"""Generates tables of a site's reference ranges, and results that need them.

It draws from a source of its own, so that the trials and patients beside it stay what they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from tests.judge.calendar import days_of, moved

Json = dict[str, Any]
Ward = list[tuple[Json, date]]

FACTS = ("alt", "ast")
LABORATORIES = ("Central", "West wing")
#: What of a table is cut where, so that no two rows are for one result.
_SEXES = ("male", "female")
_AGES = (["18 a"], ["40 a"], ["18 a", "40 a"], ["41 a", "75 a"], ["28 d", "18 a"], ["480 mo"])
_LIMITS = (
    ("10", "40"),
    ("10", "50"),
    ("", "40"),
    ("", "35"),
    ("30", "100"),
    ("10", ""),
    ("0", "0"),
)


def with_table(
    seed: str, trial: Json, vocabulary: Json, ward: Ward, share: float
) -> tuple[Json, Json, Ward]:
    """The same trial and patients, some with a table and with results that came without limits."""
    random = Random(f"{seed} table")
    if random.random() >= share:
        return trial, vocabulary, ward
    as_of = ward[0][1]
    rows = [row for fact in FACTS for row in _rows(random, fact, as_of)]
    years = [text for row in rows for text in row.get("age", {}).values() if text.endswith(" a")]
    patients = [(_bare(random, deepcopy(profile), years), day) for profile, day in ward]
    return trial, {**vocabulary, "ranges": rows}, patients


def _rows(random: Random, fact: str, as_of: date) -> Iterator[Json]:
    """Rows for every laboratory, sex, age and time, or for some of them."""
    whole: list[Json] = [{}]
    if random.random() < 0.5:
        whole = [{**row, "laboratory": one} for row in whole for one in LABORATORIES]
    if random.random() < 0.6:
        whole = [{**row, "sex": one} for row in whole for one in _SEXES]
    if random.random() < 0.6:
        ages = random.choice(_AGES)
        whole = [{**row, "age": one} for row in whole for one in _stretches(ages)]
    if random.random() < 0.4:
        turn = as_of - timedelta(random.choice([-3, 0, 1, 7, 14, 28]))
        before = {"to": (turn - timedelta(1)).isoformat()}
        after = {"from": turn.isoformat()}
        whole = [{**row, "valid": one} for row in whole for one in (before, after)]
    narrow = random.sample(_LIMITS, random.choice([1, 2, 2, 3]))
    for row in whole:
        if random.random() < 0.1:
            continue
        low, high = random.choice(narrow)
        limits = {side: text for side, text in (("low", low), ("high", high)) if text}
        bare = {word: said for word, said in row.items() if said}
        yield {"fact": fact, "unit": "U/L", **limits, **bare}


def _stretches(ages: list[str]) -> Iterator[Json]:
    ends = ["", *ages, ""]
    for low, high in pairwise(ends):
        words = {"at_least": low, "less_than": high}
        yield {word: age for word, age in words.items() if age}


def _bare(random: Random, profile: Json, years: list[str]) -> Json:
    """Results without limits of their own, and from a laboratory that is named or not.

    Some fall on a day about that on which the patient reaches one of these ages.
    """
    places = [profile["facts"], *(visit["facts"] for visit in profile.get("visits", []))]
    for facts in places:
        for name in FACTS:
            said = facts.get(name)
            entries = said if isinstance(said, list) else [said]
            for record in entries:
                if not isinstance(record, dict) or "absent" in record:
                    continue
                if random.random() < 0.7:
                    record.pop("reference_range", None)
                day = record.get("date", "")
                if years and len(day) == len("2026-01-31") and random.random() < 0.4:
                    number, _, unit = random.choice(years).partition(" ")
                    birth = moved(days_of(day)[0], -int(number), unit) + random.choice([-1, 0, 1])
                    profile["facts"]["birth"] = date.fromordinal(birth).isoformat()
                if random.random() < 0.5:
                    record["laboratory"] = random.choice([*LABORATORIES, *LABORATORIES, "Else"])
    if random.random() < 0.15:
        profile["facts"].pop("sex", None)
    if random.random() < 0.1:
        profile["facts"].pop("birth", None)
    return profile
