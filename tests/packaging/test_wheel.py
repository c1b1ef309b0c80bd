"""What is shipped works away from the checkout: sdist, wheel from it, empty venv, command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(*call: str | Path, cwd: Path) -> bytes:
    outside = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "SCREENER", "COVERAGE", "COV_"))
    }
    ended = subprocess.run([str(one) for one in call], cwd=cwd, env=outside, capture_output=True)
    assert ended.returncode == 0, ended.stdout.decode() + ended.stderr.decode()
    return ended.stdout


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that is built from it."""
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


def test_the_wheel_carries_the_package_its_types_and_the_shipped_folders(
    shipped: tuple[Path, Path],
) -> None:
    names = set(zipfile.ZipFile(shipped[1]).namelist())
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "screener").rglob("*.py")}
    criteria = {
        f"screener/_shipped/{path.relative_to(ROOT)}"
        for path in (ROOT / "criteria").rglob("*.yaml")
    }
    data = {"screener/py.typed", "screener/units.toml", "screener/registry/names.toml"}
    assert data | ours | criteria <= names
    assert any(name.startswith("screener/_shipped/templates/") for name in names)
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"screener"}


def test_the_sdist_carries_the_tests_and_the_terms(shipped: tuple[Path, Path]) -> None:
    with tarfile.open(shipped[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "NOTICE", "README.md", "Makefile", "pyproject.toml"} <= names
    assert {"criteria/vocabulary.yaml", "tests/packaging/test_wheel.py"} <= names


def test_the_wheel_screens_in_an_empty_environment(
    shipped: tuple[Path, Path], tmp_path: Path
) -> None:
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", shipped[1], cwd=tmp_path)
    where = _run(python, "-c", "import screener; print(screener.__file__)", cwd=tmp_path).decode()
    assert Path(where.strip()).is_relative_to(tmp_path)
    profile = tmp_path / "patient.json"
    profile.write_text('{"patient": "A", "facts": {"birth_date": "1930-01-01"}}', encoding="utf-8")
    command = python.with_name("screener")
    call = (command, "screen", "NCT01681446", profile, "--as-of=2026-11-24", "--json")
    answer = json.loads(_run(*call, cwd=tmp_path))
    # 96 years old, and the trial takes nobody after the 76th birthday (P-I2).
    assert answer["verdict"] == "ineligible"
    assert answer["version"] == "2018-05-30"
    listed = [
        json.loads(line) for line in _run(command, "trials", "--json", cwd=tmp_path).splitlines()
    ]
    assert "NCT01681446" in [one["trial"] for one in listed]


def test_the_lowest_versions_are_those_that_are_declared() -> None:
    """What the campaign `versions` installs is what pyproject.toml names, each with a bound."""
    from tests.packaging.versions import lowest

    wanted = lowest()
    assert "pydantic==2.7" in wanted
    assert all(one.count("==") == 1 for one in wanted)
