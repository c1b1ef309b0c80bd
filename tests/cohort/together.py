"""Data cases in few trials: those that differ in nothing but their rule become criteria of one.

Each patient is one case, of whose answers only the criterion of that case is looked at. For an
engine to which a trial is dear, whatever it asks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from screener.cohort.screening import Screening
from tests.cohort.tables import Row, frame_of
from tests.cohort.test_cases import groups, screening_of
from tests.spec.cases import SUBJECT, Case

#: So many rules are put into one trial.
_MOST = 30
_LISTS = ("inclusion", "exclusion")


class Together(NamedTuple):
    """A trial, and a frame whose rows are cases of it."""

    screening: Screening
    frame: pl.DataFrame
    cases: list[Case]


def together() -> Iterator[Together]:
    """The cases that a wide table can say."""
    alike: dict[tuple[str, str, str], list[tuple[Any, list[tuple[Case, Row]]]]] = defaultdict(list)
    for group in groups():
        case = group[0][0]
        trial = json.loads(case.trial)
        taken = _taken(trial) if all({*one.criteria} == {SUBJECT} for one, _ in group) else None
        if taken is None:
            yield _of(group)
        else:
            alike[json.dumps(trial), case.vocabulary, case.as_of].append((taken, group))
    for (head, _, _), several in alike.items():
        for start in range(0, len(several), _MOST):
            some = several[start : start + _MOST]
            yield _of(list(_joined(head, some)), alone=False)


def _taken(trial: Any) -> tuple[str, Any] | None:
    """The only criterion of the trial, taken out of it, and the list it stood in."""
    found = [
        (kind, one) for stage in trial["stages"] for kind in _LISTS for one in stage.get(kind, ())
    ]
    if len(trial["stages"]) > 1 or len(found) > 1:
        return None
    for kind in _LISTS:
        trial["stages"][0].pop(kind, None)
    trial["title"] = "Together"
    return found[0]


def _joined(
    head: str, several: list[tuple[Any, list[tuple[Case, Row]]]]
) -> Iterator[tuple[Case, Row]]:
    """The cases of several trials as those of one, in which every rule has a name of its own."""
    trial = json.loads(head)
    for number, ((kind, criterion), _) in enumerate(several):
        trial["stages"][0].setdefault(kind, []).append({**criterion, "id": f"C{number}"})
    text = json.dumps(trial)
    for number, (_, group) in enumerate(several):
        for case, row in group:
            outcomes = {f"C{number}": case.criteria[SUBJECT]}
            alone: dict[str, Any] = {"verdict": None, "stages": {}, "cohorts": {}}
            yield replace(case, trial=text, criteria=outcomes, **alone), row


def _of(group: list[tuple[Case, Row]], *, alone: bool = True) -> Together:
    # Of rules put together the verdict is that of all, and nobody's expectation.
    wanted = None if alone else sorted({name for case, _ in group for name in case.criteria})
    frame = frame_of([row for _, row in group], typed=False)
    return Together(screening_of(group[0][0], wanted), frame, [case for case, _ in group])
