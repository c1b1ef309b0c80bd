"""The check on paper: every criterion whole on one page, pages counted, nothing of the screen."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page

from screener.catalog import find, read
from tests.web.support import ROOT

pytestmark = pytest.mark.browser


def printed(page: Page, example: str) -> list[str]:
    """The pages of the printed check of an example patient, as text without line breaks."""
    page.goto(example)
    page.get_by_role("button", name="Check and print").click()
    page.wait_for_url("**/check")
    content = page.pdf(prefer_css_page_size=True)
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    # Ligatures are one sign in the file and two letters to a reader.
    return [unicodedata.normalize("NFKC", " ".join(one.extract_text().split())) for one in pages]


@pytest.fixture(params=["/t/NCT01681446/examples/1", "/t/NCT01681446/examples/3"])
def pages(page: Page, request: pytest.FixtureRequest) -> list[str]:
    return printed(page, request.param)


def test_pages_are_counted(pages: list[str]) -> None:
    assert 2 <= len(pages) <= 6
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text


def test_every_criterion_is_there_and_none_is_split(pages: list[str]) -> None:
    protocol = read(find("NCT01681446@2018-05-30", [ROOT / "criteria"])[0]).protocol
    count = len(protocol.criteria)
    for number, criterion in enumerate(protocol.criteria, start=1):
        (place,) = [text for text in pages if f"{criterion.id} {number} of {count}" in text]
        # Columns are read side by side, so the first and the last word stand for the text.
        for word in (criterion.text.split()[0], criterion.text.split()[-1], criterion.source or ""):
            assert word.split()[0] in place


def test_the_first_page_says_who_when_by_what_and_what_came_out(page: Page) -> None:
    first, *_, last = printed(page, "/t/NCT01681446/examples/3")
    edition = read(find("NCT01681446@2018-05-30", [ROOT / "criteria"])[0])
    for said in (
        "EX-03",
        "NCT01681446",
        "2018-05-30",
        edition.rules_sha256,
        "As of 2026-11-24",
        "2026-11-24 10:30 UTC",
        "Does not meet the criteria",
        "1 criterion rules this out: B-I1.",
    ):
        assert said in first
    for said in ("Completed by", "Confirmed by investigator", "Signature", "Date and time"):
        assert said in last
    whole = first + last
    assert "Change" not in whole
    assert "Find a trial" not in whole


def test_the_page_stands_by_itself_without_colour(page: Page, tmp_path: Path) -> None:
    page.goto("/t/NCT01681446/examples/3")
    page.get_by_role("button", name="Check and print").click()
    page.emulate_media(media="print")
    colour = page.evaluate("getComputedStyle(document.querySelector('.tag.fail')).color")
    assert colour == "rgb(0, 0, 0)"
    assert page.locator("header.site").is_hidden()
