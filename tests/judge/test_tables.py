"""Engine and judge find the same limits in a site's table, for generated tables and results."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients
from tests.judge.patient import Patient
from tests.judge.tables import FACTS, with_table

#: Files with 50 patients each.
FILES = 12
Limits = Counter[frozenset[tuple[Any, Any]]]


def by_engine(engine: Engine, profile: dict[str, Any], as_of: date) -> Limits:
    """For each result of these facts, every pair of limits it may have."""
    sheet = engine.sheet(profile, as_of)
    return Counter(
        frozenset(one.open_limits.ways if one.open_limits else [(one.low, one.high)])
        for fact in FACTS
        for one in sheet.records.get(fact, ())
        if one.value is not None and one.start is not None
        if one.start.first <= as_of.toordinal()
    )


def by_judge(patient: Patient) -> Limits:
    return Counter(
        frozenset(one.ways or [(one.low, one.high)])
        for fact in FACTS
        for one in patient.chart(fact).records
        if one.values is not None
    )


def test_every_result_has_the_same_limits() -> None:
    several = single = 0
    for number in range(FILES):
        seed = f"limits-{number}"
        trial, vocabulary, ward = with_table(seed, *trial_with_patients(seed, 1, 50), share=1.0)
        engine = Engine(trial, vocabulary)
        for profile, as_of in ward:
            facts, ranges = vocabulary["facts"], vocabulary["ranges"]
            patient = Patient(trial, facts, profile, as_of.toordinal(), ranges)
            found = by_engine(engine, profile, as_of)
            assert found == by_judge(patient), (seed, profile)
            several += sum(count for pairs, count in found.items() if len(pairs) > 1)
            single += sum(count for pairs, count in found.items() if len(pairs) == 1)
    assert several > 200
    assert single > 500
