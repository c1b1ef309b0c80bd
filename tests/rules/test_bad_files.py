"""Each faulty file in `bad` is told exactly what stands in the text beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rules.recorded import HERE, ROOT, ids, told

FILES = sorted((HERE / "bad").glob("*.yaml"))

# Too large or too strange to lie in a folder: tested in test_hostile_input.
ELSEWHERE = {"file-too-large", "too-deep", "too-many-faults", "rules-too-large", "not-utf-8"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_faulty_file_is_told_all_its_faults(path: Path) -> None:
    assert told(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_messages_are_lower_case_without_full_stop_or_python_types(path: Path) -> None:
    for line in told(path).splitlines():
        if ": error[" in line or ": warning[" in line:
            message = line.split("]: ", 1)[1]
            assert not message.endswith(".")
            assert message[0] in "`0123456789" or message[0].islower()
            said = re.sub(r"`[^`]*`", "", message)
            assert re.search(r"\b(None|NoneType|str|dict|tuple|int|Decimal)\b", said) is None


def test_every_diagnostic_id_has_a_faulty_file_that_shows_it() -> None:
    texts = "".join(path.with_suffix(".txt").read_text(encoding="utf-8") for path in FILES)
    assert {one for one in ids() if f"[{one}]" not in texts} == ELSEWHERE


def test_every_diagnostic_id_is_documented() -> None:
    page = (ROOT / "docs" / "rule-files.md").read_text(encoding="utf-8")
    assert [one for one in sorted(ids()) if f"| `{one}` |" not in page] == []


def test_the_faults_of_a_file_stand_in_its_order() -> None:
    for path in FILES:
        places = [
            tuple(int(part) for part in line.split(":")[1:3])
            for line in told(path).splitlines()
            if line.startswith(path.name + ":")
        ]
        assert places == sorted(places)
