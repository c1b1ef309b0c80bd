"""Puts the same trial and patients before the engine and the judge, and shrinks a disagreement.

The engine is asked through its public readers and `screen` only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from screener.diagnostics import ProfileError, RulesError
from tests.judge.engine import Answer, Engine, said_by
from tests.judge.generate import trial_with_patients
from tests.judge.judge import Judgement, judge
from tests.judge.tables import with_table

Json = dict[str, Any]


#: Shrinking is slow; the first disagreements of a trial tell the story.
MOST_SHRUNK = 3

#: Every so many patients the complete result is made too, and must say the same.
IN_FULL = 50


@dataclass
class Tally:
    """What was compared: how often each outcome, verdict, cause and word of the rules occurred."""

    pairs: int = 0
    patients: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)
    other_causes: list[str] = field(default_factory=list)

    def note(
        self, seed: str, difference: str, trial: Json, vocabulary: Json, profile: Json, as_of: date
    ) -> None:
        """Keep a disagreement; the first few come with a minimal reproduction."""
        shown = f"{seed}: {difference}"
        if len(self.disagreements) < MOST_SHRUNK:
            shown += "\n" + minimal(trial, vocabulary, profile, as_of, _kind(difference))
        self.disagreements.append(shown)

    def add(self, other: Tally) -> None:
        """Add what another run counted."""
        self.pairs += other.pairs
        self.patients += other.patients
        self.outcomes += other.outcomes
        self.verdicts += other.verdicts
        self.causes += other.causes
        self.words += other.words
        self.disagreements += other.disagreements
        self.other_causes += other.other_causes


def differences(said: dict[str, str], judged: Judgement) -> list[str]:
    """Where engine and judge give different outcomes or verdicts."""
    other = {f"criterion {name}": word for name, word in judged.criteria.items()}
    other |= {f"stage {name}": word for name, word in judged.stages.items()}
    other |= {f"cohort {name}": word for name, word in judged.cohorts.items()}
    other["trial"] = judged.verdict
    return [
        f"{name}: engine {said.get(name)}, judge {other.get(name)}"
        for name in {**said, **other}
        if said.get(name) != other.get(name)
    ]


def other_causes(answer: Answer, judged: Judgement) -> list[str]:
    """Where a leaf that the judge gives one cause has another one in the engine."""
    return [
        f"{name}: engine {answer.causes[name]}, judge {word}"
        for name, word in judged.causes.items()
        if answer.causes[name] != word
    ]


def compare(seed: str, criteria: int = 10, patients: int = 40, tables: float = 0.5) -> Tally:
    """Compare one generated trial over its patients; `tables`: how often a site has a table."""
    tally = Tally()
    trial, vocabulary, ward = with_table(
        seed, *trial_with_patients(seed, criteria, patients), share=tables
    )
    engine = Engine(trial, vocabulary)
    tally.words.update(words_of(trial))
    for number, (profile, as_of) in enumerate(ward):
        try:
            found = engine.answer(profile, as_of)
            if number % IN_FULL == 0 and said_by(engine.screen(profile, as_of)) != found.said:
                tally.note(seed, "result: not its findings", trial, vocabulary, profile, as_of)
        except Exception as error:
            tally.note(seed, _crash(error), trial, vocabulary, profile, as_of)
            continue
        judged = judge(trial, vocabulary, profile, as_of)
        tally.patients += 1
        tally.pairs += len(judged.criteria)
        tally.outcomes.update(judged.criteria.values())
        tally.verdicts[judged.verdict] += 1
        tally.causes.update(judged.causes.values())
        for difference in differences(found.said, judged):
            tally.note(seed, difference, trial, vocabulary, profile, as_of)
        tally.other_causes += [f"{seed}: {one}" for one in other_causes(found, judged)]
    return tally


def words_of(node: Any) -> Iterator[str]:
    """Every word that a rule file uses, and every value of `use`."""
    if isinstance(node, dict):
        for word, value in node.items():
            yield word
            if word == "use":
                yield f"use {value}"
            yield from words_of(value)
    elif isinstance(node, list):
        for one in node:
            yield from words_of(one)


# --- shrinking --------------------------------------------------------------------------------


def _kind(difference: str) -> str:
    """What must stay the same while a disagreement shrinks: the two answers, not the place."""
    return difference.partition(": ")[2]


def _crash(error: Exception) -> str:
    return f"crash: {type(error).__name__}: {error}"


def minimal(trial: Json, vocabulary: Json, profile: Json, as_of: date, kind: str) -> str:
    """The smallest trial and patient that still differ, found by leaving out what is not needed."""
    trial, profile = deepcopy(trial), deepcopy(profile)

    def differ(trial: Json, profile: Json) -> list[str]:
        try:
            judged = judge(trial, vocabulary, profile, as_of)
            return differences(Engine(trial, vocabulary).answer(profile, as_of).said, judged)
        except (RulesError, ProfileError):
            return []
        except Exception as error:
            return [] if "/judge/" in _place(error) else [_crash(error)]

    def same(trial: Json, profile: Json) -> bool:
        return kind in map(_kind, differ(trial, profile))

    trial = shrunk(trial, lambda smaller: same(smaller, profile))
    profile = shrunk(profile, lambda smaller: same(trial, smaller))
    trial = shrunk(trial, lambda smaller: same(smaller, profile))
    return "\n".join(
        [
            f"  as of {as_of}: " + "; ".join(differ(trial, profile)),
            "  rules: " + json.dumps({word: trial[word] for word in _SHOWN if word in trial}),
            "  profile: " + json.dumps(profile),
        ]
    )


_SHOWN = ("dates", "age_at", "define", "cohorts", "stages")


def _place(error: BaseException) -> str:
    """The file in which an error arose."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        place, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    return place


def shrunk(data: Json, still: Callable[[Json], bool]) -> Json:
    """Greedily leave out or lift parts of plain data while `still` holds."""
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(data):
            if still(smaller):
                data, changed = smaller, True
                break
    return data


def _smaller(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        for key in data:
            yield {one: value for one, value in data.items() if one != key}
        for key, value in data.items():
            if key in ("rule", "not"):
                yield from ({**data, key: inner} for inner in _rules_in(value))
            yield from ({**data, key: smaller} for smaller in _smaller(value))
    elif isinstance(data, list):
        for i in range(len(data)):
            yield data[:i] + data[i + 1 :]
        for i, value in enumerate(data):
            yield from ([*data[:i], smaller, *data[i + 1 :]] for smaller in _smaller(value))


def _rules_in(rule: Any) -> Iterator[Any]:
    """The rules directly inside a rule."""
    if not isinstance(rule, dict):
        return
    for word, body in rule.items():
        if word in ("all_of", "any_of", "none_of"):
            yield from body
        elif word == "not":
            yield body
        elif word == "at_least_of":
            yield from body["of"]
        elif word == "by":
            for cases in body.values():
                yield from cases.values()
