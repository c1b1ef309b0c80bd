"""`screener cases`: example patients found for a version, as a case file."""

from __future__ import annotations

from pathlib import Path

from tests.cli.support import CRITERIA, Command


def test_the_command_writes_a_file_that_test_accepts(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "criteria" / "XMPL-001"
    folder.mkdir(parents=True)
    for name in ("2.0.yaml", "../vocabulary.yaml"):
        (folder / name).write_bytes((CRITERIA / "XMPL-001" / name).read_bytes())
    env = {"SCREENER_CRITERIA": str(folder.parent)}
    out = folder / "2.0.cases.yaml"
    assert command("cases", "XMPL-001", "-o", out, env=env).code == 0
    assert command("test", "XMPL-001", "--coverage", "100", env=env).code == 0
    again = command("cases", "XMPL-001", "-o", out, env=env)
    assert (again.code, "is there already" in again.err) == (2, True)
