"""The coordinator's first ten minutes, with and without a script, in a real browser."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.web.coordinator import Coordinator

pytestmark = pytest.mark.browser

SCREEN = "/t/NCT00234182/screen"


@pytest.fixture(params=["with a script", "without a script"])
def coordinator(request: pytest.FixtureRequest) -> Coordinator:
    script = request.param == "with a script"
    return Coordinator(request.getfixturevalue("page" if script else "plain_page"), script=script)


def test_the_story_from_the_list_of_trials_to_the_printed_check(
    coordinator: Coordinator, tmp_path: Path
) -> None:
    page, she = coordinator.page, coordinator
    page.goto("/")
    page.get_by_role("link", name="Screen a patient in NCT00234182").click()
    assert "Nothing entered yet" in she.headline

    # Out of habit she types initials and a birth date; the field says why not.
    she.type("patient", "J.D. 02/04/61")
    assert "This looks like a date or a medical record number." in page.content()
    assert page.title().startswith("Error: ")
    she.type("patient", "S-012-0044")
    assert not page.title().startswith("Error: ")

    # The chart: age instead of a birth date, days, diagnosis.
    she.type("age.0.value", "61")
    assert "Not present" in she.card("E-ii")
    she.type("resection.0.value", "2026-10-20")
    she.choose("diagnosis.0.value", "hepatocellular_carcinoma")
    she.choose("complete_removal_on_ultrasound.0.value", "true")
    assert "Met" in she.card("I-i")
    before = she.headline
    she.choose("resection_margin.0.value", "clear")
    assert "Met" in she.card("I-ii")
    assert "items would settle it" in before
    assert she.headline != before

    # Creatinine: a number without a unit, then the wrong unit, then the right one.
    she.type("creatinine.0.value", "97")
    assert "97 has no unit. Choose µmol/L or mg/dL." in page.content()
    she.choose("creatinine.0.unit", "mg/dL")
    notes = page.locator("[id='creatinine.notes']")
    expect(notes).to_contain_text("Did you mean µmol/L? We used 97 mg/dL.")
    # 97 mg/dL are 97 x 88.4 = 8574.8 umol/L.
    expect(notes).to_contain_text("97 mg/dL = 8574.8 µmol/L (\u00d7 88.4)")
    she.choose("creatinine.0.unit", "umol/L")
    expect(notes).not_to_contain_text("Did you mean")
    assert "Not present" in she.card("E-vi")

    # Variceal bleeding of 2 November: 3 months after it is 2 February, and that day still counts.
    she.choose("variceal_bleeding.0.value", "true")
    she.type("variceal_bleeding.0.start", "2026-11-02")
    she.type("variceal_bleeding.0.end", "2026-11-02")
    assert "Present: rules out" in she.card("E-v.3")
    assert "Does not meet the criteria" in she.headline
    assert "Adding the missing items cannot change this" in she.headline
    assert "Earliest date it could pass: 3 Feb 2027." in she.headline

    # It was somebody else's chart; she takes it back.
    she.type("variceal_bleeding.0.start", "")
    she.type("variceal_bleeding.0.end", "")
    she.choose("variceal_bleeding.0.value", "false")
    assert "Cannot tell yet" in she.headline
    assert "Not present" in she.card("E-v.3")

    # The CT is still to come.
    she.pick("residual_disease_on_ct.0.absent", "pending")
    assert "the result is pending" in she.headline.lower()

    # Check and print, with a source; back for a change with everything kept.
    page.get_by_role("button", name="Check and print").click()
    assert page.title() == "Check and print \u2013 NCT00234182 \u2013 screener"
    page.locator("[id='creatinine.0.source']").fill("lab report 4711")
    page.get_by_role("button", name="Change Creatinine").click()
    assert page.url.endswith("/t/NCT00234182/screen#q.creatinine")
    assert page.locator("#patient").input_value() == "S-012-0044"
    assert page.locator("[id='creatinine.0.value']").input_value() == "97"
    page.locator("[id='creatinine.0.value']").fill("98")
    page.get_by_role("button", name="Check and print").click()
    assert page.locator("[id='creatinine.0.source']").input_value() == "lab report 4711"
    text = page.locator("main").inner_text()
    for said in ("S-012-0044", "98 µmol/L", "No result: Pending", "Cannot tell yet"):
        assert said in text
    with page.expect_download() as download:
        page.get_by_role("button", name="Download answers (JSON)").click()
    kept = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert kept["facts"]["creatinine"] == [
        {"value": "98", "unit": "umol/L", "source": "lab report 4711"}
    ]
    assert "S-012" not in page.url + download.value.suggested_filename


def test_each_link_of_what_is_missing_leads_to_its_field(page: Page) -> None:
    page.goto("/t/NCT00234182/examples/3")
    links = page.locator("#verdict .needs a")
    assert links.count() >= 2
    for number in range(links.count()):
        target = (links.nth(number).get_attribute("href") or "")[1:]
        links.nth(number).click()
        focused = page.evaluate("document.activeElement.id")
        assert focused == target
        assert page.locator(f"[id='{target}']").is_visible()


def test_answering_all_that_is_missing_settles_it(page: Page) -> None:
    # The example's CT and prothrombin time are to come; both are given now.
    page.goto("/t/NCT00234182/examples/3")
    she = Coordinator(page, script=True)
    she.pick("residual_disease_on_ct.0.absent", "")
    she.choose("residual_disease_on_ct.0.value", "false")
    she.type("residual_disease_on_ct.0.date", "2026-11-23")
    she.pick("prothrombin_time.0.absent", "")
    she.type("prothrombin_time.0.value", "15")
    she.type("prothrombin_time.0.high", "13")
    she.type("prothrombin_time.0.date", "2026-11-23")
    assert "Meets all criteria on the data entered" in she.headline


#: Notes how long it took from leaving a field until the new verdicts were drawn.
_STOPWATCH = """() => {
  const form = document.querySelector("form[data-form]");
  let left = 0;
  window.took = [];
  form.addEventListener("change", () => { left = performance.now(); }, true);
  const drawn = () => requestAnimationFrame(() => window.took.push(performance.now() - left));
  new MutationObserver(drawn).observe(form, { attributes: true, attributeFilter: ["data-at"] });
}"""
_TOP = "document.getElementById('platelets.0.value').getBoundingClientRect().top"
#: The script waits so long for a second change.
_PAUSE = 0.04


class Refresh(NamedTuple):
    """What one refresh took: seconds by the clock, and of the processor for server and page."""

    clock: float
    processor: float


def _refreshed(page: Page, session: CDPSession, value: str) -> Refresh:
    """Type a value and leave the field, until the verdicts are drawn."""
    field = page.locator("[id='platelets.0.value']")
    field.fill(value)
    place, before = page.evaluate(_TOP), page.evaluate("window.took.length")
    begun = _processor(session)
    field.press("Tab")
    page.wait_for_function("count => window.took.length > count", arg=before)
    spent = _processor(session) - begun
    assert page.evaluate("document.activeElement.name") == "platelets.0.unit"
    assert abs(page.evaluate(_TOP) - place) <= 1
    return Refresh(page.evaluate("window.took.at(-1)") / 1000, spent)


def _processor(session: CDPSession) -> float:
    """Seconds of the processor so far: of this process, where the server is, and of the page."""
    told = session.send("Performance.getMetrics")["metrics"]
    (page,) = [one["value"] for one in told if one["name"] == "TaskDuration"]
    return time.process_time() + float(page)


def test_verdicts_come_within_300_ms_with_focus_and_scroll_kept(page: Page) -> None:
    page.goto("/t/NCT01681446/examples/1")
    page.locator("[id='platelets.0.value']").scroll_into_view_if_needed()
    page.evaluate(_STOPWATCH)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    values = ("39", "112", "40", "113", "41", "114", "38")
    refreshes = [_refreshed(page, session, one) for one in values]
    # Other tests run beside this one, which the clock counts and the processor does not.
    assert _PAUSE + median(one.processor for one in refreshes) < 0.3
    assert min(one.clock for one in refreshes) < 0.3
    assert "Not met" in page.locator("[id='c-B-I1']").inner_text()


def test_only_the_headline_is_told_to_a_screen_reader(page: Page) -> None:
    page.goto(SCREEN)
    she = Coordinator(page, script=True)
    she.choose("diagnosis.0.value", "other")
    told = page.locator("#told")
    assert told.get_attribute("role") == "status"
    assert told.inner_text() == "Does not meet the criteria. 0 satisfied, 1 against, 16 open."


def test_a_question_that_no_longer_matters_is_folded_and_can_be_reached(page: Page) -> None:
    page.goto("/t/NCT01681446/screen")
    she = Coordinator(page, script=True)
    she.choose("sex.0.value", "male")
    asked = page.locator("[id='q.pregnant']")
    assert not page.locator("[id='pregnant.0.value.true']").is_visible()
    assert "no longer matters" in asked.inner_text()
    asked.locator("summary").first.press("Enter")
    assert page.locator("[id='pregnant.0.value.true']").is_visible()
    she.choose("sex.0.value", "female")
    assert page.locator("[id='pregnant.0.value.true']").is_visible()


def test_a_chosen_answer_can_be_taken_back(page: Page) -> None:
    page.goto(SCREEN)
    yes = page.locator("[id='death_in_hospital.0.value.true']")
    yes.click()
    page.locator("form[data-at='1']").wait_for()
    assert "Present: rules out" in page.locator("[id='c-E-iii']").inner_text()
    yes.click()
    page.locator("form[data-at='2']").wait_for()
    assert "Cannot tell yet" in page.locator("[id='c-E-iii']").inner_text()
    yes.check()
    yes.press("Delete")
    assert not yes.is_checked()


def test_enter_updates_and_never_prints(page: Page) -> None:
    page.goto(SCREEN)
    page.locator("[id='age.0.value']").fill("80")
    page.locator("[id='age.0.value']").press("Enter")
    page.wait_for_url("**/screen")
    assert "Does not meet the criteria" in page.locator("#verdict").inner_text()
    assert page.evaluate("document.activeElement.id") == "verdict"


def test_errors_are_summed_up_with_focus_and_the_same_words(page: Page) -> None:
    page.goto(SCREEN)
    page.locator("[id='bilirubin.0.value']").fill("abc")
    page.locator("[id='bilirubin.0.value']").press("Enter")
    expect(page.locator("#summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    link = page.locator("#summary a")
    said = link.inner_text()
    assert said.startswith("Total bilirubin: ")
    assert (
        said.removeprefix("Total bilirubin: ")
        in page.locator("[id='bilirubin.notes']").inner_text()
    )
    link.click()
    expect(page.locator("[id='bilirubin.0.value']")).to_be_focused()
    assert "Cannot tell yet" in page.locator("[id='c-E-v.4']").inner_text()


def test_another_day_may_bring_another_version_with_its_own_questions(page: Page) -> None:
    page.goto("/t/NCT01681446/screen")
    assert "version 2018-05-30" in page.locator("main").inner_text()
    page.locator("#as_of").fill("2015-01-01")
    page.locator("#as_of").press("Tab")
    page.get_by_text("version 2012-08-23").wait_for()


def test_no_page_asks_anybody_else(page: Page, port: int) -> None:
    asked: set[str] = set()
    page.on("request", lambda one: asked.add(one.url.split("/")[2]))
    for path in ("/", "/about", "/t/NCT01681446", "/t/NCT01681446/examples/1", "/match"):
        page.goto(path)
    assert asked == {f"127.0.0.1:{port}"}


def test_one_patient_is_held_against_every_trial_and_opened_in_one(page: Page) -> None:
    page.goto("/match")
    she = Coordinator(page, script=True)
    she.choose("diagnosis.0.value", "colorectal_liver_metastasis")
    she.choose("curative_resection.0.value", "true")
    text = page.locator("#verdict").inner_text()
    # OKUNO-1998 asks for these two only; three trials ask for a hepatocellular carcinoma.
    assert text.startswith("1 meets all criteria, ")
    assert text.index("OKUNO-1998") < text.index("NCT01681446")
    page.get_by_role("button", name="Open in this trial OKUNO-1998").click()
    assert "Meets all criteria on the data entered" in page.locator("#verdict").inner_text()


def test_a_list_is_previewed_screened_and_taken_away(
    coordinator: Coordinator, tmp_path: Path
) -> None:
    page = coordinator.page
    table = tmp_path / "Doe_John.csv"
    table.write_text(
        "patient,as_of,sex,diagnosis,curative_resection,shoe_size\n"
        "S-1,2026-11-24,male,colorectal_liver_metastasis,true,9\n"
        "S-2,24/11/2026,male,colorectal_liver_metastasis,true,9\n"
        "John Doe,2026-11-24,male,hepatocellular_carcinoma,true,9\n",
        "utf-8",
    )
    page.goto("/t/OKUNO-1998/upload")
    page.locator("#file").set_input_files(table)
    page.get_by_role("button", name="Preview").click()
    text = page.locator("main").inner_text()
    assert "2 patients can be screened" in text
    assert "Nothing has been screened yet." in text
    assert "“shoe_size” is not a known column" in text
    assert "1 identifier looks like a name" in text
    assert "“24/11/2026” is not written year-month-day" in text
    assert "Meets all criteria" not in text
    page.get_by_role("button", name="Screen 2 patients").click()
    rows = page.locator("tbody tr").all_inner_texts()
    assert "Meets all criteria" in rows[0]
    assert "Not judged" in rows[1]
    assert "Does not meet the criteria" in rows[2]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download list (CSV)").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("S-1,2026-11-24,eligible,2,0,0,")
    assert download.value.suggested_filename == "OKUNO-1998-results.csv"


def _resources() -> list[dict[str, Any]]:
    """Two made-up patients, one of them a child, with a result each and one that nobody knows."""
    units = "http://unitsofmeasure.org"
    born = {"S-1": "1964-05-02", "S-2": "2015-05-02"}
    people = [
        {"resourceType": "Patient", "id": name, "gender": "female", "birthDate": day}
        for name, day in born.items()
    ]
    results = [
        {
            "resourceType": "Observation",
            "id": f"{name}-{code}",
            "status": "final",
            "code": {"coding": [{"system": system, "code": code}]},
            "subject": {"reference": f"Patient/{name}"},
            "effectiveDateTime": "2026-11-20",
            "valueQuantity": {"value": 150, "unit": "10*9/L", "system": units, "code": "10*9/L"},
        }
        for name in born
        for system, code in (("http://loinc.org", "777-3"), ("http://site.example", "mood"))
    ]
    return people + results


@pytest.mark.parametrize("form", ["bundle.json", "export.ndjson"])
def test_patients_in_fhir_are_previewed_screened_and_taken_away(
    coordinator: Coordinator, form: str, tmp_path: Path
) -> None:
    page = coordinator.page
    entries = [{"resource": one} for one in _resources()]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    lines = "".join(json.dumps(one) + "\n" for one in _resources())
    file = tmp_path / form
    file.write_text(json.dumps(bundle) if form.endswith(".json") else lines, "utf-8")
    page.goto("/t/NCT01681446/upload")
    page.locator("#file").set_input_files(file)
    page.locator("#as_of").fill("2026-11-24")
    page.get_by_role("button", name="Preview").click()
    text = page.locator("main").inner_text()
    assert "2 patients can be screened" in text
    assert "FHIR" in text
    assert "Nothing has been screened yet." in text
    assert "6 mapped, 0 ignored, 2 unknown, 0 rejected." in text
    assert "“http://site.example|mood” stands for no fact" in text
    # Sex, date of birth and platelets.
    assert [one.split()[-1] for one in page.locator("tbody tr").all_inner_texts()] == ["3", "3"]
    page.get_by_role("button", name="Screen 2 patients").click()
    rows = page.locator("tbody tr").all_inner_texts()
    assert len(rows) == 2
    assert "S-1" in rows[0]
    assert "Cannot tell yet" in rows[0]
    assert "S-2" in rows[1]
    assert "Does not meet the criteria" in rows[1]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download list (CSV)").click()
    listed = Path(download.value.path()).read_text("utf-8").splitlines()
    assert [one.split(",")[:3] for one in listed[1:]] == [
        ["S-1", "2026-11-24", "undetermined"],
        ["S-2", "2026-11-24", "ineligible"],
    ]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download results (JSON)").click()
    results = [
        json.loads(one) for one in Path(download.value.path()).read_text("utf-8").splitlines()
    ]
    assert [(one["patient"], one["verdict"]) for one in results] == [
        ("S-1", "undetermined"),
        ("S-2", "ineligible"),
    ]
