"""The Java that Spark runs on, for its tests: `python -m tests.cohort.java` looks after it.

It is installed from the system's packages where that is allowed; else one command is named.
"""

from __future__ import annotations

import sys

from tests.programs import by_hand, installed

_PACKAGE = "default-jre-headless"
MISSING = f"the tests of Spark need Java: {by_hand(_PACKAGE)} (or TEST_WITHOUT=spark)"


def java() -> str | None:
    """Where it is, installed if need be; None where it is not and may not be installed."""
    return installed("java", _PACKAGE)


if __name__ == "__main__":
    sys.exit(None if java() else MISSING)
