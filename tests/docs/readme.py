"""README and other pages as blocks: files shown, commands with their printed answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGE_NAMES = (
    "answers.md",
    "amending.md",
    "amendment-nct01681446.md",
    "workbench.md",
    "standards.md",
    "cql.md",
)
#: Pages, beside README, of which every command has been run.
PAGES = tuple(ROOT / "docs" / name for name in PAGE_NAMES)
#: Pages whose commands go on from one another, in a folder of their own.
GOING_ON = tuple(ROOT / "docs" / name for name in ("editing.md", "cohorts.md"))
SHOWN = {"yaml": "docs/example/XMPL-001.yaml", "json": "docs/example/patient.json"}


def blocks(kind: str, page: Path = README) -> list[str]:
    """The contents of the fenced blocks of one kind."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def command(block: str) -> str:
    """The command that a console block begins with."""
    return block.splitlines()[0].removeprefix("$ ")


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder to write in, where the criteria and examples are those of the project."""
    with tempfile.TemporaryDirectory() as made:
        for name in ("criteria", "docs"):
            (Path(made) / name).symlink_to(ROOT / name)
        yield Path(made)


def answered(line: str, where: Path = ROOT) -> str:
    """The block as it should be: the command and all it prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    call = subprocess.run(
        line,
        shell=True,
        cwd=where,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return f"$ {line}\n{call.stdout.decode()}"
