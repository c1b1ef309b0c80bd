"""The system's Chromium for the browser tests: `python -m tests.web.chromium` looks after it.

It is installed from the system's packages where that is allowed; else one command is named.
"""

from __future__ import annotations

import sys

from tests.programs import by_hand, installed

_PROGRAM = "chromium"
MISSING = f"the browser tests need Chromium: {by_hand(_PROGRAM)} (or TEST_WITHOUT=browser)"


def chromium() -> str | None:
    """Where it is, installed if need be; None where it is not and may not be installed."""
    return installed(_PROGRAM, _PROGRAM)


if __name__ == "__main__":
    sys.exit(None if chromium() else MISSING)
