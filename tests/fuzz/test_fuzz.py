"""Whatever bytes a reader is given, it answers: 20,000 inputs here, two million in a campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.campaign import fuzz
from tests.fuzz.corpus import CRASHES, seeds
from tests.fuzz.targets import TARGETS, answered

INPUTS = {
    "rule_file": 7_000,
    "profile": 8_000,
    "vocabulary": 2_000,
    "case_file": 1_500,
    "mapping_file": 1_500,
}


@pytest.mark.fuzz
@pytest.mark.parametrize("target", INPUTS)
def test_fuzzed_bytes_give_a_reading_or_faults(target: str, tmp_path: Path) -> None:
    crashed = fuzz(tmp_path, target, "tests", INPUTS[target])
    assert [path.read_bytes() for path in crashed] == []


def test_the_tests_try_20_000_inputs_over_every_target() -> None:
    assert sum(INPUTS.values()) == 20_000
    assert INPUTS.keys() == TARGETS.keys()


@pytest.mark.parametrize("target", TARGETS)
def test_what_fuzzing_begins_with_and_what_once_crashed_is_answered(target: str) -> None:
    tried = list(seeds(target))
    assert len(tried) >= (1 if target == "mapping_file" else 2)
    for data in tried:
        answered(TARGETS[target], data)


def test_every_kept_crash_names_its_target() -> None:
    assert all(path.name.split("-")[0] in TARGETS for path in CRASHES.glob("*"))


def test_a_reader_that_raises_anything_else_is_a_crash() -> None:
    def broken(data: bytes) -> None:
        raise KeyError(data)

    with pytest.raises(KeyError):
        answered(broken, b"x")
