"""Inputs made to hang, overflow or fill a reader, and every reader that is given them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import partial

from screener.diagnostics import ProfileError
from screener.intake.fhir.reader import read_fhir
from screener.intake.profiles import read_profiles
from tests.fuzz.targets import TARGETS, answered, facts
from tests.intake.tables.support import Intake

MIB = 1024 * 1024

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


def _stream(data: bytes) -> None:
    found = list(read_profiles(io.BytesIO(data)))
    assert found
    assert all(isinstance(one, ProfileError | dict) for _, one in found)


def _bundle(data: bytes) -> Iterable[object]:
    return list(read_fhir([("a.json", io.BytesIO(data))], facts()))


READERS: dict[str, Callable[[bytes], object]] = {
    **{name: partial(answered, target) for name, target in TARGETS.items()},
    "profiles": _stream,
    "bundle": _bundle,
    "table": Intake,
}
#: Read line by line, each a patient who is told of: as many answers, and each of them soon.
_LINES = ("profiles", "bundle")


def pieces(reader: str) -> dict[str, Callable[[], object]]:
    """Every input for a reader, by its name."""
    facts()
    read = READERS[reader]
    left = "three hundred thousand keys" if reader in _LINES else ""
    return {name: partial(read, data) for name, data in INPUTS.items() if name != left}
