"""The files of `deploy`: run as a person would on a new machine, in a namespace of its own."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
#: Where the programs that these tests need come from.
_PACKAGES = {"nginx": "nginx-light", "systemd-analyze": "systemd"}
SEEN = [
    "installed, twice",
    "runs as its own user",
    "health check",
    "writes its own data alone",
    "nobody else reads it",
    "plain http leads to https",
    "nobody enters without signing in",
    "told to stay on https",
    "a name from outside is not believed",
    "figures stay inside",
    "nothing below TLS 1.2",
    "a stream through TLS with a key",
    "the log of the proxy names no address",
    "rules read anew",
    "ended with 0",
    "the health check tells",
]


def require(program: str) -> None:
    """Install it where that is allowed; else say how."""
    command = f"apt-get install -y --no-install-recommends {_PACKAGES[program]}"
    with (Path(tempfile.gettempdir()) / "screener-tests-deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for each in ("apt-get update", command):
                subprocess.run(each.split(), capture_output=True, env=quiet)
    if shutil.which(program) is None:
        pytest.fail(f"the tests of deploy need {program}: {command} (or TEST_WITHOUT=deploy)")


@pytest.mark.deploy
def test_a_new_machine_is_set_up_serves_over_tls_and_ends_in_good_order(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.fail("the tests of deploy need root for a namespace (or TEST_WITHOUT=deploy)")
    require("nginx")
    call = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*call, "--wheel-dir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packages = sysconfig.get_paths()["purelib"]
    script = ROOT / "tests" / "deploy" / "inside.sh"
    inside = ["sh", str(script), str(ROOT), str(wheel), packages]
    ended = subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", *inside],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable, "LC_ALL": "C.UTF-8"},
    )
    seen = re.findall(r"^ok (.*)$", ended.stdout, re.MULTILINE)
    assert seen == SEEN, ended.stdout + ended.stderr
    assert ended.returncode == 0


def test_the_container_is_made_of_what_was_tried(tmp_path: Path) -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line and line[0] not in "# "]
    said = [(word, rest) for word, rest in lines]
    assert [rest for word, rest in said if word == "FROM"][-1] == "python:3.11-slim-bookworm"
    # The last word on who runs comes after the last command that builds.
    order = [word for word, _ in said]
    assert order[-7:] == [
        "USER",
        "WORKDIR",
        "VOLUME",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    ]
    assert ("USER", "screener") in said
    install = (DEPLOY / "install.sh").read_text(encoding="utf-8")
    health = "screener.web.health"
    assert health in text
    for both in ("useradd", "--no-create-home", "-m 0700 /var/lib/screener", "/opt/screener"):
        assert both in text, both
        assert both in install.replace("\\\n", " "), both
    for copied in ("pyproject.toml", "screener", "criteria", "templates", "README.md"):
        assert f"!{copied}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_the_container_does_not_start_open_to_everybody() -> None:
    """With the address of the image and nothing else it says what is missing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCREENER_")}
    ended = subprocess.run(
        [sys.executable, "-m", "screener", "serve"],
        env=kept | {"SCREENER_HOST": "0.0.0.0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "people have to sign in" in ended.stderr


@pytest.mark.deploy
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    require("systemd-analyze")
    text = (DEPLOY / "screener.service").read_text(encoding="utf-8")
    unit = tmp_path / "screener.service"
    unit.write_text(text.replace("/opt/screener/bin/screener", shutil.which("true") or "/bin/true"))
    ended = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_settings_of_the_service_are_settings() -> None:
    from screener.web.configuration import variables

    known = {name for name, _, _ in variables()}
    said = (DEPLOY / "screener.env").read_text(encoding="utf-8")
    named = re.findall(r"^(\w+)=", said, re.MULTILINE)
    assert named
    assert set(named) <= known
