"""For everybody: axe on every page in every verdict, small screens, large text, no colour, keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def opened(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


def checked(example: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(example)
        page.get_by_role("button", name="Check and print").click()

    return go


def matched(page: Page) -> None:
    page.goto("/t/NCT00234182/examples/2")
    page.get_by_role("button", name="Against all trials").click()


def wrong(page: Page) -> None:
    page.goto("/t/NCT00234182/screen")
    page.locator("#patient").fill("Jane Roe")
    page.locator("[id='creatinine.0.value']").fill("97")
    page.locator("[id='bilirubin.0.value']").fill("abc")
    page.locator("[id='bilirubin.0.value']").press("Enter")


def listed(page: Page, *, screened: bool) -> None:
    table = "patient,as_of,diagnosis,curative_resection,x\nS-1,2026-11-24,other,true,1\n"
    table += "S-2,2026-11-24,colorectal_liver_metastasis,true,1\nS-3,2026-11-24,,,\nS-4,x,,,\n"
    page.goto("/t/OKUNO-1998/upload")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Preview").click()
    if screened:
        page.get_by_role("button", name="Screen 3 patients").click()


def open_everything(page: Page) -> None:
    page.goto("/t/NCT00234182/examples/2")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


#: Every page, the screening and the check in each verdict.
PAGES: dict[str, Callable[[Page], None]] = {
    "trials": opened("/"),
    "a trial": opened("/t/NCT00234182"),
    "about": opened("/about"),
    "for programs": opened("/docs"),
    "nothing there": opened("/nothing"),
    "screening, nothing entered": opened("/t/OKUNO-1998/screen"),
    "screening, meets all": opened("/t/NCT00234182/examples/1"),
    "screening, does not meet": opened("/t/NCT00234182/examples/2"),
    "screening, cannot tell": opened("/t/NCT00234182/examples/3"),
    "screening, everything open": open_everything,
    "screening, with errors": wrong,
    "check, meets all": checked("/t/NCT00234182/examples/1"),
    "check, does not meet": checked("/t/NCT00234182/examples/2"),
    "check, cannot tell": checked("/t/NCT00234182/examples/3"),
    "match": matched,
    "upload": opened("/t/OKUNO-1998/upload"),
    "preview": lambda page: listed(page, screened=False),
    "results": lambda page: listed(page, screened=True),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(page: Page, name: str) -> None:
    PAGES[name](page)
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    # The questions are those of the screening pages; of all trials together they are many.
    context = {"exclude": [[".group"]]} if name == "match" else None
    found = Axe().run(page, context=context, options=options)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, ...[...document.querySelectorAll('main *')]"
        ".filter(one => !one.closest('.scroll, .unseen, .strip') && one.getBoundingClientRect()"
        ".right > 321).map(one => one.tagName + '.' + one.className)]"
    )
    assert wide == [320]


def test_large_text_is_not_cut_off(page: Page) -> None:
    page.goto("/t/NCT01681446/examples/3")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.locator("#verdict-title").is_visible()


@pytest.mark.parametrize("example", [1, 3, 5])
def test_states_differ_in_words_signs_and_borders_not_in_colour_alone(
    browser: Browser, port: int, example: int
) -> None:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{port}", forced_colors="active", color_scheme="dark"
    )
    page = context.new_page()
    page.goto(f"/t/NCT01681446/examples/{example}")
    looks = {}
    for state in ("pass", "fail", "open"):
        cards = page.locator(f".card.{state}")
        if cards.count():
            one = cards.first
            style = one.evaluate(
                "one => { const s = getComputedStyle(one);"
                " return s.borderLeftStyle + ' ' + s.borderLeftWidth }"
            )
            sign = one.locator("svg").first.inner_html()
            looks[state] = (style, sign, one.locator(".word").inner_text())
    for part in range(3):
        assert len({look[part] for look in looks.values()}) == len(looks)
    context.close()


def test_the_whole_form_can_be_walked_by_keyboard_with_focus_in_sight(page: Page) -> None:
    page.goto("/t/OKUNO-1998/screen")
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        where = page.evaluate(
            "(() => { const one = document.activeElement, box = one.getBoundingClientRect();"
            " const outline = getComputedStyle(one).outlineStyle;"
            " const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];"
            " const at = document.elementFromPoint(x, y);"
            " return [one.id || one.textContent.trim(), outline !== 'none',"
            " !!at && (one.contains(at) || at.contains(one))]; })()"
        )
        if where[0] == "":
            break
        seen.append(where[0])
        assert where[1], f"no focus to be seen at {where[0]}"
        assert where[2], f"{where[0]} is covered"
        if where[0] == "Clear form":
            break
    order = ["Skip to the verdict", "patient", "as_of", "Check and print"]
    places = [seen.index(one) for one in order]
    assert places == sorted(places)
    page.locator("[id='curative_resection.0.value.true']").focus()
    page.keyboard.press("Space")
    assert page.locator("[id='curative_resection.0.value.true']").is_checked()


def test_every_control_has_a_name_with_its_unit(page: Page) -> None:
    page.goto("/t/NCT00234182/screen")
    assert page.get_by_role("textbox", name="Result, s").count() == 1
    group = page.get_by_role("group", name="Creatinine")
    assert group.get_by_role("radio", name="µmol/L").count() == 1
    assert group.get_by_role("radio", name="mg/dL").count() == 1
