"""What recurs among patients is judged once, and everybody ends as if judged by himself.

Generated trials, every word of the language; patients put together out of the facts of two, and
with numbers that differ by a little, so that nearly everything recurs.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from screener.diagnostics import ProfileError, RulesError
from screener.intake import plain
from screener.intake.profile import read_profile
from screener.judging import judge_patient
from screener.plan import plan_of
from screener.quantities import Range, point
from screener.truth import Truth
from screener.workbench import recurring
from screener.workbench.recurring import Recurring, cell
from tests.judge.engine import Engine
from tests.judge.generate import Json, trial_with_patients
from tests.workbench.made import HEAD, stage

CRITERIA, PATIENTS, CHILDREN = 12, 6, 30


def children(seed: str, ward: list[tuple[Json, date]]) -> Iterator[tuple[Json, date]]:
    """Each fact and the visits are those of one of two patients, some numbers moved a little."""
    draw = random.Random(seed)
    for _ in range(CHILDREN):
        (one, as_of), (other, _) = draw.choice(ward), draw.choice(ward)
        facts = {
            name: copy.deepcopy(draw.choice((one, other))["facts"].get(name))
            for name in {**one["facts"], **other["facts"]}
        }
        _nudge(facts, draw)
        given = {name: said for name, said in facts.items() if said is not None}
        visits = draw.choice((one, other)).get("visits", [])
        yield {**one, "facts": given, "visits": visits}, as_of


def _nudge(node: Any, draw: random.Random) -> None:
    for part in node.values() if isinstance(node, dict) else node:
        if isinstance(part, dict):
            if "unit" in part and "value" in part and draw.random() < 0.5:
                part["value"] = str(round(float(part["value"]) * draw.uniform(0.9, 1.1), 2))
            part.setdefault("source", f"lab {draw.randrange(9)}") if "date" in part else None
        if isinstance(part, dict | list):
            _nudge(part, draw)


def check(seed: str) -> tuple[int, list[str]]:
    """How many patients were compared, and who ends otherwise than by himself."""
    trial, vocabulary, ward = trial_with_patients(seed, CRITERIA, PATIENTS)
    try:
        engine = Engine(trial, vocabulary)
    except RulesError:
        return 0, []
    crowd = Recurring([plan_of(engine.protocol, engine.vocabulary)])
    tried, wrong = 0, []
    for number, (profile, as_of) in enumerate((*ward, *children(seed, ward))):
        day = as_of.toordinal()
        try:
            sheet = read_profile(profile, engine.vocabulary, as_of=day)
        except ProfileError:
            continue
        alone = judge_patient(engine.protocol, engine.vocabulary, sheet, day)
        (ends,) = crowd.judge(sheet, day)
        tried += 1
        if (ends.verdict, ends.criteria) != (alone.truth, alone.truths):
            wrong.append(f"{seed}, patient {number}: {ends.criteria} for {alone.truths}")
    return tried, wrong


@pytest.mark.parametrize("block", range(3))
def test_everybody_ends_as_if_he_were_judged_alone(block: int) -> None:
    tried = 0
    for number in range(6):
        found, wrong = check(f"crowd-{block}-{number}")
        assert wrong == []
        tried += found
    assert tried > 100


def test_so_it_is_where_little_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "_MOST", 5)
    tried, wrong = check("crowd-0-0")
    assert (tried > 20, wrong) == (True, [])


WORDS = {
    "facts": {
        "x": {"type": "number", "kind": "observation"},
        "y": {"type": "number", "kind": "observation"},
        "drug": {"type": "event", "kind": "event"},
        "a": {"type": "boolean", "kind": "fixed"},
    }
}
DAY = date(2026, 11, 24)


def on(value: str, day: str = "2026-11-20") -> Json:
    return {"value": value, "date": day}


#: A rule, and what is recorded of two who look alike: the first meets it, the second does not.
ALIKE: dict[str, tuple[Json, Json, Json]] = {
    "a mean depends on more than the limits": (
        {"fact": "x", "use": "mean", "at_least": "10", "within": "30 d before as_of"},
        {"x": [on("9"), on("12", "2026-11-21")]},
        {"x": [on("9"), on("10.5", "2026-11-21")]},
    ),
    "a value is held against another": (
        {"fact": "x", "more_than": "1 x y"},
        {"x": on("3"), "y": on("2")},
        {"x": on("1"), "y": on("2")},
    ),
    "events that began on one day ended on others": (
        {"fact": "drug", "within": "4 wk before as_of"},
        {"drug": {"start": "2026-01-01", "end": "2026-11-20"}},
        {"drug": {"start": "2026-01-01", "end": "2026-01-10"}},
    ),
    "a month is no day of it": (
        {"fact": "x", "at_least": "1", "within": "4 d before as_of"},
        {"x": on("1", "2026-11-20")},
        {"x": on("1", "2026-11")},
    ),
}


def ends_of(crowd: Recurring, engine: Engine, facts: Json, day: date = DAY) -> Truth:
    sheet = read_profile({"patient": "P", "facts": facts}, engine.vocabulary)
    (ends,) = crowd.judge(sheet, day.toordinal())
    return ends.verdict


def crowd_of(rule: Json) -> tuple[Recurring, Engine]:
    engine = Engine(HEAD | stage({"K": rule}), WORDS)
    return Recurring([plan_of(engine.protocol, engine.vocabulary)]), engine


@pytest.mark.parametrize(("rule", "met", "unmet"), ALIKE.values(), ids=ALIKE)
def test_what_makes_a_difference_is_told_apart(rule: Json, met: Json, unmet: Json) -> None:
    for first, second in ((met, unmet), (unmet, met)):
        crowd, engine = crowd_of(rule)
        for facts in (first, second):
            assert (ends_of(crowd, engine, facts) is Truth.TRUE) is (facts is met)


def test_an_answer_whose_place_another_takes_is_still_the_other() -> None:
    """Answers are known by where they lie; where nobody else keeps them, the next may lie there."""
    crowd, engine = crowd_of({"fact": "a", "is": True})
    for number in range(60):
        plain._record.cache_clear()
        plain._answers.cache_clear()
        said = number % 3 == 0
        assert (ends_of(crowd, engine, {"a": said}) is Truth.TRUE) is said


def test_numbers_between_the_same_limits_are_one() -> None:
    limits = [40, 100]
    assert [cell(point(one), limits) for one in (39, 40, 41, 99, 100, 101)] == [
        (0, False),
        (0, True),
        (1, False),
        (1, False),
        (1, True),
        (2, False),
    ]
    assert cell(Range(41, 99), limits) == Range(41, 99)  # what is inexact stays what it is
    assert cell(frozenset({"A"}), limits) == frozenset({"A"})
