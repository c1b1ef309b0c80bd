"""Inputs made to hang, overflow or fill a reader: each is answered in the time a person waits."""

from __future__ import annotations

import json

import pytest

from tests.cost import costs, too_dear
from tests.fuzz.hostile import READERS
from tests.fuzz.targets import TARGETS, answered

#: Seconds of processor time, and MiB of the whole process, its libraries included.
SECONDS, MEBIBYTES = 1.0, 400.0


@pytest.mark.parametrize("reader", READERS)
def test_a_hostile_file_is_answered_within_a_second_and_in_little_memory(reader: str) -> None:
    assert too_dear(costs("tests.fuzz.hostile", reader), SECONDS, MEBIBYTES) == []


#: Texts that break programs.
NAUGHTY = ["undefined", "null", "NaN", "-1e309", "0x0", "1/0", "${7*7}", "<script>", "'; --"]
NAUGHTY += ["../../etc", "%s%n", "\u202e", "\u2066", "\U0001f600", "\0", "\ufeff", "e\u0301" * 500]
NAUGHTY += ["\uff11", "\u0661", "\u2167", "\x1b[31m", "=1+1", "{{1}}", "&a", "*a", "!!python/x"]


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_a_naughty_text_is_a_text_or_a_fault(text: str) -> None:
    quoted = json.dumps(text)
    for shown in (text, quoted):
        for place in ("trial: %s\n", "facts:\n  %s: {type: event}\n", "cases: [{name: %s}]\n"):
            for target in ("rule_file", "vocabulary", "case_file", "mapping_file"):
                answered(TARGETS[target], (place % shown).encode())
    for place in ('{"patient": %s}', '{"facts": {%s: 1}}', '{"facts": {"inr": %s, "sex": %s}}'):
        answered(TARGETS["profile"], place.replace("%s", quoted).encode())
