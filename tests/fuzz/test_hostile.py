"""Inputs made to hang, overflow or fill a reader: each is answered in the time a person waits."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable

import pytest

from screener.diagnostics import ProfileError
from screener.intake.fhir.reader import read_fhir
from screener.intake.profiles import read_profiles
from tests.fuzz.targets import TARGETS, answered, facts
from tests.intake.tables.support import Intake

MIB = 1024 * 1024
#: Seconds of processor time: one is promised; coverage is traced on the way, on a busy machine.
MOST = 4.0

BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 200)
)
INPUTS = {
    "a bomb of aliases": BOMB.encode(),
    "50 kB of brackets": b"[" * 50_000,
    "50 kB of braces": b'{"a":' * 10_000,
    "a list of two million numbers": b"[" + b"1," * (2 * MIB - 2) + b"1]",
    "one name six hundred thousand times": b"{" + b",".join([b'"k":1'] * 600_000) + b"}",
    "three hundred thousand keys": b"".join(b"k%d: v\n" % n for n in range(300_000)),
    "4 MiB of one letter": b"a" * (4 * MIB),
    "more than 4 MiB": b"a" * (5 * MIB),
    "4 MiB of NUL": bytes(4 * MIB),
    "a number of 5,000 digits": b'{"facts": {"inr": ' + b"9" * 5_000 + b"}}",
    "backslashes in a text": b'"' + b"\\" * (MIB - 2) + b'"',
    "bytes that are no text": bytes(range(256)) * 1_000,
}


def within(what: Callable[[], object]) -> None:
    began = time.process_time()
    what()
    assert time.process_time() - began < MOST


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", INPUTS)
def test_a_hostile_file_is_answered_soon(name: str, target: str) -> None:
    within(lambda: answered(TARGETS[target], INPUTS[name]))


@pytest.mark.parametrize("name", INPUTS)
def test_a_hostile_stream_of_profiles_yields_a_fault_in_its_place(name: str) -> None:
    def read() -> None:
        found = list(read_profiles(io.BytesIO(INPUTS[name])))
        assert found
        assert all(isinstance(one, ProfileError | dict) for _, one in found)

    if name != "three hundred thousand keys":  # as many lines, each a patient that is told of
        within(read)


@pytest.mark.parametrize("name", ["50 kB of brackets", "50 kB of braces", "4 MiB of NUL"])
def test_a_hostile_table_or_bundle_is_answered_soon(name: str) -> None:
    within(lambda: list(read_fhir([("a.json", io.BytesIO(INPUTS[name]))], facts())))
    within(lambda: Intake(INPUTS[name]))


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
