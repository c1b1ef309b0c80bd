"""The workbench in the browser: what an edit of a rule file does, and that nothing comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from screener.catalog import shipped
from tests.web.test_access import TAGS

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


# --- one edit of a small trial, walked through in one page ------------------------------------

SMALL = shipped("criteria") / "KUBO-2001"
SCRIPT = "<script>window.stolen = 1</script>"
#: Who passes on file is a man; under the text, whoever has platelets of at least 100.
ON_FILE, EDITED = "{fact: sex, is: male}", "{fact: platelets, at_least: 100 10*9/L}"
PATIENTS = "\n".join(
    [
        "patient,diagnosis,chronic_hepatitis_c,resection,sex,platelets [10*9/L],platelets.date",
        f"{SCRIPT},hepatocellular_carcinoma,true,2026-10-20,male,90,2026-11-20",
        "B,hepatocellular_carcinoma,true,2026-10-20,male,120,2026-11-20",
        "C,hepatocellular_carcinoma,true,2026-10-20,female,150,2026-11-20",
    ]
)


@pytest.fixture(scope="module")
def bench(browser: Browser, port: int) -> Iterator[Page]:
    """The small trial with the edit typed in and three patients sent along."""
    address = f"http://127.0.0.1:{port}"
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto("/t/KUBO-2001/workbench")
    text = page.input_value("#rules")
    assert text.count(ON_FILE) == 1
    page.fill("#rules", text.replace(ON_FILE, EDITED) + f"# </textarea>{SCRIPT}\n")
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": PATIENTS.encode()}
    page.locator("#patients").set_input_files(file)  # type: ignore[arg-type]
    yield page
    context.close()


def press(page: Page, name: str) -> None:
    """Ask for something, and see that the page that comes is one for everybody."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()
    assert page.evaluate("window.stolen") is None
    assert SCRIPT in page.input_value("#rules")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert found.violations_count == 0, found.generate_report()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 1280, "height": 900})


def rows(page: Page, name: str) -> list[list[str]]:
    """The cells of the body of a table, row by row."""
    table = page.get_by_role("region", name=name, exact=True)
    return [one.locator("th, td").all_inner_texts() for one in table.locator("tbody tr").all()]


@pytest.mark.browser
def test_patients_that_were_sent_are_compared_and_whoever_they_are_nothing_runs(
    bench: Page,
) -> None:
    press(bench, "Compare on patients")
    main = bench.locator("main")
    expect(main).to_contain_text("2 of 3 patients change their verdict.")
    expect(main).to_contain_text("The patients of the list that was sent")
    ((who, why),) = rows(bench, "Eligible to Ineligible")
    assert SCRIPT in who
    assert "I-3" in why
    assert "Platelets 90 10⁹/L on 20 Nov 2026 is below the limit" in why
    ((who, _),) = rows(bench, "Ineligible to Eligible")
    assert who.split()[0] == "C"
    assert bench.url.endswith("#result")


#: Whether every text of a picture lies within it.
INSIDE = """svg => {
  const all = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('text')].every(one => {
    const box = one.getBoundingClientRect()
    return box.left >= all.left && box.right <= all.right
  })
}"""


def said(picture: Locator) -> str:
    """The words of a picture, which is no text of a page to a browser."""
    return "; ".join(one.text_content() or "" for one in picture.locator("text").all())


@pytest.mark.browser
def test_a_funnel_and_a_sweep_are_pictures_with_the_same_numbers_beside_them(bench: Page) -> None:
    """Of 90, 120 and 150 two are at least 100; the list that was sent before is still used."""
    press(bench, "Funnel")
    assert [(id, sure) for id, sure, *_ in rows(bench, "The same as a table")] == [
        ("I-1", "3"),
        ("I-2", "3"),
        ("I-3", "2"),
    ]
    picture = bench.get_by_role("region", name="Picture").locator("svg")
    assert "2 sure, 2 possible" in said(picture)
    assert picture.evaluate(INSIDE)
    bench.locator("summary", has_text="Vary").click()
    bench.fill("#vary", "I-3/platelets/low=80..140:20")
    press(bench, "Vary")
    assert [row[:2] for row in rows(bench, "The same as a table")] == [
        ["80", "3"],
        ["100", "2"],
        ["120", "2"],
        ["140", "1"],
    ]
    assert picture.evaluate(INSIDE)
    assert "I-3, platelets, low" in said(picture)


@pytest.mark.browser
def test_a_proof_shows_somebody_each_way(bench: Page) -> None:
    press(bench, "Compare by proof")
    main = bench.locator("main")
    expect(main).to_contain_text("is both: it lets some in and keeps others out")
    assert {one.split(":")[0] for one in main.locator(".witnesses li").all_inner_texts()} == {
        "Gains",
        "Loses",
    }
    expect(main).to_contain_text("The rule changed, but the text of the protocol did not.")


@pytest.mark.browser
def test_what_is_printed_is_what_was_found_and_nothing_of_it_is_folded_away(bench: Page) -> None:
    press(bench, "Compare on patients")
    bench.emulate_media(media="print")
    shown = bench.locator("main")
    expect(shown.locator(".bench")).to_be_hidden()
    folded = shown.get_by_role("region", name="How each criterion ends")
    expect(folded.locator("table")).to_be_visible()
    bench.emulate_media(media="screen")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"\x00\x01", ""),
        ("a.ndjson", b"nonsense\n", "not valid JSON"),
        ("a.csv", b"patient,sex\nA,man\n", "is not a value of"),
    ],
)
def test_a_list_in_which_nobody_can_be_read_says_so(
    plain_page: Page, name: str, content: bytes, why: str
) -> None:
    plain_page.goto("/t/KUBO-2001/workbench")
    file = {"name": name, "mimeType": "text/plain", "buffer": content}
    plain_page.locator("#patients").set_input_files(file)  # type: ignore[arg-type]
    plain_page.get_by_role("button", name="Compare on patients").click()
    summary = plain_page.locator("#summary")
    expect(summary).to_contain_text("Nobody in the list can be read", timeout=90_000)
    expect(summary).to_contain_text(why)


@pytest.mark.browser
def test_the_text_is_given_back_as_a_file_and_no_rule_file_is_written(
    bench: Page, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in sorted(SMALL.iterdir())}
    with bench.expect_download() as given:
        bench.get_by_role("button", name="Download").click()
    assert given.value.suggested_filename == "KUBO-2001-edited.yaml"
    given.value.save_as(tmp_path / "edited.yaml")
    text = (tmp_path / "edited.yaml").read_text("utf-8")
    on_file = before[SMALL / "2001.yaml"].decode()
    assert text.strip() == f"{on_file.replace(ON_FILE, EDITED)}# </textarea>{SCRIPT}"
    assert {path: path.read_bytes() for path in sorted(SMALL.iterdir())} == before
