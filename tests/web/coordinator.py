"""A person at the form: what she types, chooses and reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page


class Coordinator:
    """A person at the form; without a script every step needs the button."""

    def __init__(self, page: Page, *, script: bool) -> None:
        self.page = page
        self._script = script

    def type(self, field: str, text: str) -> None:
        """Type into a field and leave it."""
        with self._refreshed(field):
            self.page.locator(f"[id='{field}']").fill(text)

    def choose(self, field: str, value: str) -> None:
        """Choose an answer."""
        with self._refreshed(f"{field}.{value}"):
            self.page.locator(f"[id='{field}.{value}']").check()

    def pick(self, field: str, value: str) -> None:
        """Pick from a list."""
        with self._refreshed(field):
            self.page.locator(f"[id='{field}']").select_option(value)

    def card(self, criterion: str) -> str:
        """What stands on a criterion's card."""
        return self.page.locator(f"[id='c-{criterion}']").inner_text()

    @property
    def headline(self) -> str:
        """The verdict and everything in its box."""
        return self.page.locator("#verdict").inner_text()

    @contextmanager
    def _refreshed(self, field: str) -> Iterator[None]:
        """Leave the field after the change and wait for the new verdicts."""
        form = self.page.locator("form[data-form]")
        before = int(form.get_attribute("data-at") or 0)
        yield
        if self._script:
            self.page.locator(f"[id='{field}']").press("Tab")
            self.page.locator(f"form[data-at='{before + 1}']").wait_for()
        else:
            with self.page.expect_navigation(wait_until="load"):
                self.page.get_by_role("button", name="Update verdicts").last.click()
