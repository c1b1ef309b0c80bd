"""What the tests of the web form share: a server, a browser, and who installs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.chromium import MISSING, chromium
from tests.web.support import running


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """A server with the shipped trials."""
    with running() as port:
        yield port


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, once for all tests of a process."""
    found = chromium()
    if found is None:
        pytest.fail(MISSING)
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=found, args=["--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """A page of a browser of its own, on the server; nothing may go wrong in its script."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 720}
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
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
    page.set_default_timeout(30_000)
    yield page
    context.close()
