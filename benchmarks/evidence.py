"""Where figures go: printed as soon as they are known, kept in docs/evidence where asked for."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "evidence"


def publish(name: str, title: str, lines: Iterable[str], *, record: bool) -> None:
    """Print the lines as they come; `record`: and write them to `name` in docs/evidence."""
    print(f"# {title}\n", flush=True)
    told = [*machine(), ""]
    for line in told:
        print(line)
    for line in lines:
        print(line, flush=True)
        told.append(line)
    print(flush=True)
    if record:
        FOLDER.mkdir(parents=True, exist_ok=True)
        head = [
            f"# {title}",
            "",
            "Written by `make bench`: one run, which the next may differ from by a tenth.",
            "",
        ]
        (FOLDER / name).write_text("\n".join([*head, *told]) + "\n", encoding="utf-8")


def machine() -> Iterator[str]:
    """What was measured, and on what."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER.parent, capture_output=True, text=True
    )
    yield f"Commit {commit.stdout.strip() or 'unknown'}, {date.today().isoformat()}."
    yield (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {_processor()}."
    )
    if hasattr(os, "getloadavg"):
        yield f"Processes at work when it began: {os.getloadavg()[0]:.0f}, on average of a minute."


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line]
    return f"{len(names)} x {names[0]}" if names else "unknown processor"
