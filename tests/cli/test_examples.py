"""What `make run` shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MODULE = (sys.executable, "-m", "screener.cli.examples")


def test_the_shipped_examples_are_answered_and_the_last_line_names_the_next_step(
    tmp_path: Path,
) -> None:
    ended = subprocess.run([*MODULE, "NCT01681446"], cwd=tmp_path, capture_output=True, check=True)
    out = ended.stdout.decode()
    for word in ("ELIGIBLE: ", "INELIGIBLE: ", "UNDETERMINED: "):
        assert f"\n{word}" in out
    last = out.splitlines()[-1]
    assert "screener screen NCT01681446 FILE" in last
    assert "make test" in last
    assert ended.stderr == b""


def test_a_trial_without_examples_is_wrong_usage() -> None:
    ended = subprocess.run([*MODULE, "NCT0"], capture_output=True)
    assert ended.returncode == 2
    assert b"there is no trial `NCT0`" in ended.stderr
    assert b"Traceback" not in ended.stderr
