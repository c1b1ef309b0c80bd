"""Programs that some tests need, installed from the system's packages where that is allowed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def installed(program: str, package: str) -> str | None:
    """Where a program is, installed if need be; None where it is not and may not be installed."""
    # Two test processes may look at the same moment; only one of them installs.
    with (Path(tempfile.gettempdir()) / f"screener-tests-{package}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for command in ("apt-get update", by_hand(package)):
                subprocess.run(command.split(), capture_output=True, env=quiet)
    return shutil.which(program)


def by_hand(package: str) -> str:
    """The command that installs the package."""
    return f"apt-get install -y {package}"
