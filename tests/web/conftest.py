"""What the tests of the web form share: a server, a browser, and who installs it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.support import running

_COMMAND = "apt-get install -y chromium"


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """A server with the shipped trials."""
    with running() as port:
        yield port


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium, installed from the system's packages where that is allowed."""
    # Two test processes may look at the same moment; only one of them installs.
    with (Path(tempfile.gettempdir()) / "screener-tests-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which("chromium") is None and os.geteuid() == 0 and shutil.which("apt-get"):
            quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
            subprocess.run(["apt-get", "update"], capture_output=True, **quiet)  # type: ignore[call-overload]
            subprocess.run(_COMMAND.split(), capture_output=True, **quiet)  # type: ignore[call-overload]
    found = shutil.which("chromium")
    if found is None:
        pytest.fail(f"the browser tests need Chromium: {_COMMAND} (TEST_WITHOUT=browser: without)")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The browser, once for all tests of a process."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=["--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """A page of a browser of its own, on the server; nothing may go wrong in its script."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 720}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert not wrong


@pytest.fixture
def plain_page(browser: Browser, port: int) -> Iterator[Page]:
    """The same without a script."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{port}",
        viewport={"width": 1280, "height": 720},
        java_script_enabled=False,
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
