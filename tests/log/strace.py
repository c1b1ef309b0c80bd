"""The system's `strace`: watches the system calls of a program, and makes chosen ones fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_INSTALL = ["apt-get", "install", "--yes", "--no-install-recommends", "strace"]


@cache
def strace() -> str:
    """Where `strace` is; it is installed if it is missing and that may be done here."""
    found = shutil.which("strace")
    if found is None and shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        subprocess.run(_INSTALL, capture_output=True, check=False)
        found = shutil.which("strace")
    assert found is not None, f"strace is missing; install it: {' '.join(_INSTALL)}"
    return found


def watched(module: str, *arguments: str, options: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a module of these tests under `strace`."""
    command = [strace(), *options, sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert "ptrace" not in done.stderr, done.stderr
    return done
