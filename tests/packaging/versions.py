"""The wheel with the lowest and with the newest versions of what it depends on, as a campaign.

Each goes into an empty environment of its own and there screens a patient, serves the form and the
door for programs, records an answer and is told to end. It takes minutes and downloads, so `make
test` does not do it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.parts import Outcome

COUNT = 2
ROOT = Path(__file__).resolve().parents[2]
_EXTRAS = ("web", "postgres", "prove")
#: In seconds; on a machine that does nothing else it is a few.
_LONGEST = 1800
_TRY = Path(__file__).with_name("tried.py")


def units(count: int, seed: str) -> Iterator[str]:
    """Both ends of what pyproject.toml allows."""
    yield from ("lowest", "newest")[:count]


def work(unit: str) -> Outcome:
    """Install and try."""
    with tempfile.TemporaryDirectory() as folder:
        problems = list(_tried(unit, Path(folder)))
    return Outcome(f"the wheel with the {unit} versions", 1, problems)


def lowest() -> list[str]:
    """What pyproject.toml names, at the least version it names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"]]
    for extra in _EXTRAS:
        named += project["optional-dependencies"][extra]
    return [re.sub(r">=\s*", "==", one.partition(";")[0]).strip() for one in named]


def _tried(unit: str, folder: Path) -> Iterator[str]:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "empty", with_pip=True)
    python = folder / "empty" / "bin" / "python"
    wanted = [f"{wheel}[{','.join(_EXTRAS)}]", *(lowest() if unit == "lowest" else [])]
    call = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    installed = subprocess.run(call, capture_output=True, text=True)
    if installed.returncode:
        said = [one for one in installed.stderr.splitlines() if not one.startswith("WARNING")]
        yield f"{unit}: not installed: {' '.join(said)[:2000]}"
        return
    try:
        tried = subprocess.run(
            [python, _TRY], cwd=folder, capture_output=True, text=True, timeout=_LONGEST
        )
    except subprocess.TimeoutExpired:
        yield f"{unit}: not done within {_LONGEST} s"
        return
    if tried.returncode or json.loads(tried.stdout or "null") != "everything answered":
        yield f"{unit}: {tried.stdout[-500:]} {tried.stderr[-3000:]}"
