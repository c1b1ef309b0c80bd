"""The same files and day give the same bytes in every time zone, locale and hash order."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.properties.patients import Trial, as_json

ROOT = Path(__file__).parents[2]
SETTINGS = [
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/Los_Angeles", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "4242"},
]


def digest() -> str:
    """The answers for a fixed set of generated patients, as one hash of their bytes."""
    found = hashlib.sha256()
    for number in range(4):
        trial = Trial(f"environment-{number}", 8, 20)
        for profile, as_of in trial.patients:
            found.update(as_json(trial.screen(profile, as_of)).encode())
    return found.hexdigest()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting["TZ"])
def test_the_bytes_are_the_same_in_every_environment(setting: dict[str, str]) -> None:
    code = "from tests.properties.test_environment import digest; print(digest())"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **setting},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == digest()
