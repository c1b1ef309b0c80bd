"""The two answers of a trial, bare and complete: how they agree, are written, kept and shared."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from functools import cache

import pytest

import screener
from screener import ProfileError, Result, Trial, Verdict
from screener.catalog import places, read_file, shipped
from screener.rules.load import read_cases

#: Characters that JSON has to escape, and some that it need not.
TRICKY = 'S-1 "quoted" \\ and \u00fc\U0001f600'


@cache
def answered() -> tuple[tuple[Trial, str, str, Result], ...]:
    """Every example patient of the shipped trials: trial, profile, day, result."""
    found = []
    for versions in places([shipped("criteria")]).values():
        for place in versions:
            trial = screener.load_trial(place.rules)
            assert place.cases is not None
            file = read_file(place.cases)
            for case in read_cases(file.content, file.name):
                if case.as_of is None:
                    continue
                text = json.dumps(case.profile | {"patient": TRICKY}, default=str)
                try:
                    found.append((trial, text, case.as_of, trial.screen(text, as_of=case.as_of)))
                except ProfileError:
                    continue
    return tuple(found)


def test_the_bare_answer_is_that_of_the_complete_result() -> None:
    verdicts = set()
    for trial, text, day, result in answered():
        bare = trial.judge(text, as_of=day)
        assert bare.outcomes == tuple((one.id, one.outcome) for one in result.criteria)
        assert bare.verdict is result.verdict
        assert (bare.trial, bare.version, bare.patient, bare.as_of) == (
            result.trial,
            result.version,
            TRICKY,
            day,
        )
        said = json.loads(bare.to_json_text())
        assert said["verdict"] == result.verdict.value
        assert said["outcomes"] == {one.id: one.outcome.value for one in result.criteria}
        verdicts.add(bare.verdict)
    assert verdicts == set(Verdict)


def test_a_result_is_written_as_any_writer_of_json_would_write_it() -> None:
    for _, _, _, result in answered():
        assert json.dumps(result.to_json(), ensure_ascii=False) == result.to_json_text()
        assert result.to_json()["patient"] == TRICKY


def test_a_result_can_be_pickled_and_cannot_be_changed() -> None:
    for _, _, _, result in answered():
        assert pickle.loads(pickle.dumps(result)) == result
        with pytest.raises(FrozenInstanceError):
            result.patient = "somebody else"  # type: ignore[misc]
        with pytest.raises(AttributeError):
            result.criteria[0].sentence = "something else"  # type: ignore[misc]


def test_threads_give_the_answers_that_one_after_the_other_gives() -> None:
    asked = [(trial, text, day) for trial, text, day, _ in answered()][:40]
    expected = [result for _, _, _, result in answered()][:40]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: one[0].screen(one[1], as_of=one[2]), asked * 3))
    assert found == expected * 3


def test_a_bare_answer_is_no_yes_or_no_either() -> None:
    trial = screener.load_trial("NCT01681446", criteria=shipped("criteria"))
    with pytest.raises(TypeError):
        bool(trial.judge({"facts": {}}, as_of="2026-11-24"))


def test_the_bare_answer_refuses_what_the_complete_one_refuses() -> None:
    trial = screener.load_trial("NCT01681446", criteria=shipped("criteria"))
    for profile in ({"facts": {"birth_date": "2026-12-01"}}, {"facts": {"nonsense": 1}}):
        for ask in (trial.screen, trial.judge):
            with pytest.raises(ProfileError):
                ask(profile, as_of="2026-11-24")
