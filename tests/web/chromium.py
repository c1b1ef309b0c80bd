"""The system's Chromium for the browser tests: `python -m tests.web.chromium` looks after it.

It is installed from the system's packages where that is allowed; else one command is named.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_COMMAND = "apt-get install -y chromium"
MISSING = f"the browser tests need Chromium: {_COMMAND} (or TEST_WITHOUT=browser)"


def chromium() -> str | None:
    """Where it is, installed if need be; None where it is not and may not be installed."""
    # Two test processes may look at the same moment; only one of them installs.
    with (Path(tempfile.gettempdir()) / "screener-tests-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which("chromium") is None and os.geteuid() == 0 and shutil.which("apt-get"):
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for command in ("apt-get update", _COMMAND):
                subprocess.run(command.split(), capture_output=True, env=quiet)
    return shutil.which("chromium")


if __name__ == "__main__":
    sys.exit(None if chromium() else MISSING)
