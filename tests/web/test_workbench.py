"""The workbench in the browser: what an edit of a rule file does, and that nothing comes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from screener.catalog import shipped

RULES = shipped("criteria") / "NCT01681446" / "2018-05-30.yaml"
LIMIT = "more_than: 40 10*9/L"


def edited(page: Page, old: str, new: str) -> None:
    page.set_default_timeout(90_000)
    page.goto("/t/NCT01681446/workbench")
    text = page.input_value("#rules")
    assert text.count(old) == 1
    page.fill("#rules", text.replace(old, new))


@pytest.mark.browser
def test_a_fault_is_told_with_its_line_and_caret_and_without_a_script(plain_page: Page) -> None:
    before = RULES.read_bytes()
    line = next(at for at, one in enumerate(before.decode().splitlines(), 1) if LIMIT in one)
    edited(plain_page, LIMIT, "more_than: 40 mg/dL")
    plain_page.get_by_role("button", name="Check", exact=True).last.click()
    summary = plain_page.locator("#summary")
    expect(summary).to_contain_text(f"Line {line}, column", timeout=90_000)
    expect(summary).to_contain_text("^^^^^^^^")
    assert "40 mg/dL" in plain_page.input_value("#rules")  # what was typed is still there
    assert RULES.read_bytes() == before


@pytest.mark.browser
def test_an_edit_is_compared_with_the_version_on_file(plain_page: Page) -> None:
    edited(plain_page, LIMIT, "more_than: 140 10*9/L")
    plain_page.get_by_role("button", name="Compare on patients").click()
    table = plain_page.get_by_role("region", name="Verdicts by both versions")
    expect(table).to_contain_text("lost", timeout=90_000)
    shown = plain_page.locator("main")
    # The woman of the first example has 112, which 40 lets in and 140 does not.
    expect(shown).to_contain_text("is below the limit of more than 140")
    expect(shown).to_contain_text("Meets all criteria")
