"""The pages of the documentation's pictures, walked through as a coordinator would.

`python -m tests.docs.pictures` (`make pictures`) takes the pictures anew. A test walks the same way
and compares what the pages say with what docs/coordinator.md says they say.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.docs.readme import ROOT
from tests.web.chromium import MISSING, chromium
from tests.web.coordinator import Coordinator
from tests.web.support import running, settings

FOLDER = ROOT / "docs" / "pictures"
#: A picture is at most so many bytes.
LARGEST = 150_000
SIZE = {"width": 1080, "height": 720}
TRIAL = "/t/NCT00234182"
#: Told of each page that has a picture, by its name.
Seen = Callable[[str, Page], None]


def walk(page: Page, seen: Seen) -> None:
    """Screen a patient, record the answer, add a result; then the workbench and the door."""
    _screen(page, seen)
    _record(page, seen)
    _others(page, seen)


def _screen(page: Page, seen: Seen) -> None:
    page.goto("/")
    seen("trials", page)
    page.get_by_role("link", name="Screen a patient in NCT00234182").click()
    she = Coordinator(page, script=True)
    seen("", page)
    she.type("patient", "J.D. 02/04/61")
    seen("", page)
    she.type("patient", "S-012-0044")
    she.type("age.0.value", "61")
    she.type("resection.0.value", "2026-10-20")
    she.choose("diagnosis.0.value", "hepatocellular_carcinoma")
    she.choose("complete_removal_on_ultrasound.0.value", "true")
    seen("screening", page)
    she.type("creatinine.0.value", "97")
    she.choose("creatinine.0.unit", "mg/dL")
    page.locator("[id='creatinine.notes']").scroll_into_view_if_needed()
    seen("unit", page)
    she.choose("creatinine.0.unit", "umol/L")
    she.choose("variceal_bleeding.0.value", "true")
    she.type("variceal_bleeding.0.start", "2026-11-02")
    she.type("variceal_bleeding.0.end", "2026-11-02")
    _top(page)
    seen("against", page)
    she.type("variceal_bleeding.0.start", "")
    she.type("variceal_bleeding.0.end", "")
    she.choose("variceal_bleeding.0.value", "false")
    she.pick("residual_disease_on_ct.0.absent", "pending")
    seen("", page)


def _record(page: Page, seen: Seen) -> None:
    page.get_by_role("button", name="Check and print").click()
    page.locator("[id='creatinine.0.source']").fill("lab report 4711")
    _top(page)
    seen("check", page)
    page.locator("#recorded_by").fill("Site nurse")
    page.get_by_role("button", name="Record").click()
    page.wait_for_url("**/records/*")
    seen("", page)
    page.goto(f"{TRIAL}/log")
    page.get_by_role("link", name="S-012-0044").click()
    page.get_by_role("link", name="Correct").click()
    she = Coordinator(page, script=True)
    she.pick("residual_disease_on_ct.0.absent", "")
    she.choose("residual_disease_on_ct.0.value", "false")
    she.type("residual_disease_on_ct.0.date", "2026-11-23")
    page.get_by_role("button", name="Check and print").click()
    seen("", page)
    page.locator("#recorded_by").fill("Site nurse")
    page.locator("#reason").fill("the result of the CT came")
    page.get_by_role("button", name="Record").click()
    page.wait_for_url("**/records/*")
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("the result of the CT came")
    history.scroll_into_view_if_needed()
    seen("record", page)
    page.goto(f"{TRIAL}/log")
    seen("log", page)


def _others(page: Page, seen: Seen) -> None:
    page.goto("/t/NCT02576509/workbench")
    text = page.input_value("#rules")
    page.fill("#rules", text.replace("fact: ecog, at_most: 1", "fact: ecgo, at_most: 2"))
    page.get_by_role("button", name="Check", exact=True).last.click()
    expect(page.locator("#summary")).to_contain_text("^^^^", timeout=60_000)
    seen("workbench", page)
    page.goto("/docs")
    seen("programs", page)


def _top(page: Page) -> None:
    page.evaluate("window.scrollTo(0, 0)")


def main() -> None:
    """Take every picture anew."""
    found = chromium()
    if found is None:
        sys.exit(MISSING)
    FOLDER.mkdir(exist_ok=True)

    def keep(name: str, page: Page) -> None:
        if name:
            page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        given = settings(screening_log=str(Path(folder) / "log.db"))
        with running(given) as port, play.chromium.launch(executable_path=found) as browser:
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport=SIZE)  # type: ignore[arg-type]
            page.set_default_timeout(120_000)
            walk(page, keep)
    large = [one.name for one in FOLDER.iterdir() if one.stat().st_size > LARGEST]
    if large:
        sys.exit(f"larger than {LARGEST} bytes: {', '.join(large)}")


if __name__ == "__main__":
    main()
