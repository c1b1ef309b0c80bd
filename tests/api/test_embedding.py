"""A program that embeds the engine: its types, its threads, its event loop, and what it needs."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import screener
from screener import ProfileError, RulesError, Trial, UnknownTrial, Verdict, load_trial
from screener.catalog import places, read_file
from screener.rules.load import read_cases
from tests.api import consumer
from tests.cli.support import CRITERIA, patient
from tests.web.support import ROOT

DAY = date(2026, 11, 24)
#: What an author may get wrong, and the rule of the type checker that says so.
WRONG = {
    "result.verdict = Verdict.ELIGIBLE": "misc",
    "trial.screen(profile, '2026-11-24')": "call-arg",
    "trial.screen(7, as_of='2026-11-24')": "arg-type",
    "eligible: bool = result.verdict": "assignment",
}


def test_a_strict_consumer_type_checks_and_its_mistakes_do_not(tmp_path: Path) -> None:
    (tmp_path / "intake.py").write_bytes((ROOT / "tests" / "api" / "consumer.py").read_bytes())
    lines = "".join(f"    {line}  # type: ignore[{rule}]\n" for line, rule in WRONG.items())
    head = "from screener import Result, Trial, Verdict\n\n\n"
    said = "def wrong(trial: Trial, result: Result, profile: dict[str, object]) -> None:\n"
    # Strict: an `ignore` that nothing needs is an error of its own.
    (tmp_path / "wrong.py").write_text(head + said + lines, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n", encoding="utf-8")
    call = [sys.executable, "-m", "mypy", "--follow-imports=silent", "intake.py", "wrong.py"]
    cache = ROOT / ".mypy_cache" / "consumer"
    ended = subprocess.run(
        [*call, "--cache-dir", cache], cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (ROOT / "screener" / "py.typed").is_file()


def test_the_consumer_says_what_is_wrong_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCREENER_CRITERIA", "")
    monkeypatch.chdir(ROOT)
    said = consumer.loaded("NCT0168144")
    assert isinstance(said, str)
    assert "did you mean `NCT01681446`" in said
    trial = consumer.loaded("docs/example/XMPL-001.yaml")
    assert isinstance(trial, Trial)
    platelets = {"value": 112, "unit": "10*9/L", "date": DAY}
    good: dict[str, object] = {"facts": {"platelets": platelets}}
    old: dict[str, object] = {"facts": {"platelets": {**platelets, "date": "2026-11-09"}}}
    assert consumer.judged(trial, good, DAY) == "meets all criteria"
    assert consumer.judged(trial, old, DAY) == "Platelets"
    assert "/facts/platelets" in consumer.judged(trial, {"facts": {"platelets": 112}}, DAY)
    assert consumer.stale(trial.screen(old, as_of=DAY)) == {"platelets"}
    # In a thread of its own, where no browser of another test keeps an event loop running.
    with ThreadPoolExecutor(1) as apart:
        found = apart.submit(
            asyncio.run, consumer.sorted_out(trial, [good, old, good], DAY)
        ).result()
    assert [one.verdict for one in found] == [
        Verdict.ELIGIBLE,
        Verdict.UNDETERMINED,
        Verdict.ELIGIBLE,
    ]


def test_twenty_threads_give_the_same_bytes_as_one() -> None:
    asked: list[tuple[Trial, Any, str]] = []
    for versions in places([ROOT / "criteria"]).values():
        for place in versions:
            trial = screener.load_trial(place.rules)
            assert place.cases is not None
            file = read_file(place.cases)
            cases = [one for one in read_cases(file.content, file.name) if one.as_of]
            asked += [(trial, one.profile, one.as_of or "") for one in cases[:4]]

    def answer(one: tuple[Trial, Any, str]) -> str:
        try:
            return one[0].screen(one[1], as_of=one[2]).to_json_text()
        except screener.ProfileError as error:
            return str(error)

    one_by_one = [answer(each) for each in asked]
    # Each thread takes any of them, so that all share the trials and what these remember.
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(answer, asked * 20))
    assert together == one_by_one * 20


def test_a_trial_is_read_once_and_needs_its_files_no_more(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_bytes((CRITERIA / "XMPL-001" / "2.0.yaml").read_bytes())
    words = tmp_path / "vocabulary.yaml"
    words.write_bytes((CRITERIA / "vocabulary.yaml").read_bytes())
    trial = screener.load_trial(rules)
    before = trial.screen(patient("A"), as_of=DAY)
    rules.unlink()
    words.unlink()
    assert trial.screen(patient("A"), as_of=DAY) == before


def test_answers_and_trials_are_frozen() -> None:
    trial = screener.load_trial("XMPL-001", criteria=CRITERIA)
    with pytest.raises(FrozenInstanceError):
        trial.pinned = True  # type: ignore[misc]
    result = trial.screen(patient("A"), as_of=DAY)
    with pytest.raises(FrozenInstanceError):
        result.verdict = Verdict.INELIGIBLE  # type: ignore[misc]


def test_what_goes_wrong_comes_over_from_another_process_whole(tmp_path: Path) -> None:
    wrong = tmp_path / "X" / "1.yaml"
    wrong.parent.mkdir()
    wrong.write_text("trial: X\n", encoding="utf-8")
    trial = load_trial("NCT01681446")
    for ask in (
        lambda: load_trial(str(wrong)),
        lambda: load_trial("NCT0168144"),
        lambda: trial.screen({"patient": "A", "facts": {"plateletz": 1}}, as_of=DAY),
    ):
        with pytest.raises((RulesError, ProfileError, UnknownTrial)) as raised:
            ask()
        there = pickle.loads(pickle.dumps(raised.value))
        assert type(there) is type(raised.value)
        assert str(there) == str(raised.value)
        assert vars(there) == vars(raised.value)


def test_everything_offered_is_there_and_says_what_it_is() -> None:
    for name in screener.__all__:
        offered = getattr(screener, name)
        assert name == "__version__" or (offered.__doc__ or "").strip(), name
    with pytest.raises(AttributeError, match="no attribute `eligible`"):
        _ = screener.eligible


def test_without_the_web_the_rest_is_there_and_the_hint_says_what_to_install() -> None:
    code = (
        "import sys\n"
        "sys.modules['fastapi'] = None\n"
        "import screener\n"
        "screener.load_trial\n"
        "try:\n"
        "    screener.create_app\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "pip install 'screener[web]'" in ended.stdout, ended.stderr
