"""The pictures of the documentation are there, small and described, and their pages are found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.docs.pictures import FOLDER, LARGEST, SIZE, walk
from tests.docs.readme import ROOT
from tests.web.support import running, settings

COORDINATOR = ROOT / "docs" / "coordinator.md"


def shown() -> dict[Path, str]:
    """Every picture that a page shows, with the words for who cannot see it."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return {
        (page.parent / target).resolve(): words
        for page in pages
        for words, target in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text("utf-8"))
    }


def test_each_picture_is_there_small_shown_and_described() -> None:
    pictures = shown()
    drawn = {path for path in pictures if path.suffix == ".svg"}
    assert set(pictures) - drawn == set(FOLDER.iterdir())
    assert drawn == set((ROOT / "docs" / "evidence").glob("*.svg"))
    assert all(len(words) > 30 for words in pictures.values())
    for path in pictures:
        assert path.read_bytes().startswith(b"<svg" if path in drawn else b"\x89PNG")
        assert path.stat().st_size < LARGEST


@pytest.mark.browser
def test_the_way_of_the_coordinator_is_as_its_page_says(browser: Browser, tmp_path: Path) -> None:
    names: list[str] = []
    texts: list[str] = []

    def seen(name: str, page: Page) -> None:
        names.append(name)
        texts.append(" ".join(page.locator("body").inner_text().split()))

    with running(settings(screening_log=str(tmp_path / "log.db"))) as port:
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport=SIZE)  # type: ignore[arg-type]
        page.set_default_timeout(60_000)
        walk(page, seen)
        page.close()
    assert {f"{name}.png" for name in names if name} == {one.name for one in FOLDER.iterdir()}
    said = re.findall(r"\*\*([^*]+)\*\*", COORDINATOR.read_text("utf-8"))
    quoted = [" ".join(one.split()) for one in said if not re.match(r"[0-9]+\. ", one)]
    assert len(quoted) > 20
    assert [one for one in quoted if not any(one in text for text in texts)] == []
