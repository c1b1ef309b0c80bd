"""A made-up trial in two versions, and the command line called without a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner

from screener.cli.app import app

CRITERIA = Path(__file__).parent / "criteria"


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """Standard output as NDJSON; fails if anything else is on it."""
        return [json.loads(line) for line in self.out.splitlines()]


class Command:
    """`screener` in this process, with the made-up trial unless the test names other folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Ended:
        variables = {"SCREENER_CRITERIA": str(CRITERIA), "NO_COLOR": None, **(env or {})}
        result = CliRunner().invoke(
            app, [str(one) for one in arguments], input=stdin, env=variables, prog_name="screener"
        )
        return Ended(result.exit_code, result.stdout, result.stderr)

    def write(self, name: str, *patients: object) -> Path:
        """A file with one patient a line."""
        path = self.folder / name
        path.write_text("".join(json.dumps(one) + "\n" for one in patients), encoding="utf-8")
        return path


def patient(
    name: str, platelets: int | None = 150, *, date: str = "2026-11-24", smoker: bool = False
) -> dict[str, Any]:
    """On 2026-11-24, under version 2.0: eligible unless told otherwise."""
    facts: dict[str, Any] = {"smoker": smoker}
    if platelets is not None:
        facts["platelets"] = {"value": platelets, "unit": "10*9/L", "date": date}
    return {"patient": name, "facts": facts}
