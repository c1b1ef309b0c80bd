"""The screening log in the browser: recording, corrections, rescreens, amendments and the flow."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from screener.log.append import append
from screener.log.entries import Evaluation, Identity, Screening, When, Who
from screener.log.read import Filter, lines
from screener.log.store import open_log
from screener.log.verify import verify
from screener.rules.load import read_cases
from screener.trial import load_trial
from tests.web.support import ROOT, request, running, settings

TRIAL = "NCT01681446"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the log of the server."""
    return str(tmp_path_factory.mktemp("log") / "log.db")


@pytest.fixture(scope="module")
def port(log: str) -> Iterator[int]:
    """A server that keeps a log."""
    with running(settings(screening_log=log)) as port:
        yield port


@pytest.fixture
def page(browser: Browser, port: int) -> Iterator[Page]:
    """A page on it."""
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


def check(page: Page, patient: str, example: int = 1) -> None:
    """The check page of an invented patient under that screening ID."""
    page.goto(f"/t/{TRIAL}/examples/{example}")
    page.locator("#patient").fill(patient)
    page.get_by_role("button", name="Check and print").click()


def record(page: Page, patient: str, example: int = 1) -> str:
    """Record an invented patient; the name of the record."""
    check(page, patient, example)
    page.locator("#recorded_by").fill("Site nurse")
    page.get_by_role("button", name="Record").click()
    page.wait_for_url("**/records/*")
    return page.url.rpartition("/")[2]


def accessible(page: Page) -> None:
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    found = Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()


def test_an_answer_is_recorded_from_the_check_page_under_a_typed_name(page: Page, log: str) -> None:
    name = record(page, "R-001")
    expect(page.get_by_role("heading", name="R-001, attempt 1")).to_be_visible()
    expect(page.locator(".verdict h2")).to_have_text("Meets the criteria")
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("Site nurse (as typed)")
    expect(history).to_contain_text("2026-11-24 10:30:00 UTC (+00:00)")
    with open_log(log) as opened:
        (line,) = lines(opened, Filter(record=name))
    assert (line.patient, line.verdict, line.identity) == ("R-001", "eligible", "typed")
    assert verify(log).bad is None
    accessible(page)


def test_nothing_is_recorded_without_a_name_and_nothing_typed_is_lost(page: Page, log: str) -> None:
    before = verify(log).entries
    check(page, "R-002")
    page.get_by_role("button", name="Record").click()
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Enter your name: it stands in the log as typed.")
    assert verify(log).entries == before
    accessible(page)
    page.locator("#recorded_by").fill("Site nurse")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("heading", name="R-002, attempt 1")).to_be_visible()


def test_the_same_page_sent_twice_is_recorded_once(page: Page, log: str) -> None:
    check(page, "R-003")
    page.locator("#recorded_by").fill("Site nurse")
    with page.expect_response("**/record") as first:
        page.get_by_role("button", name="Record").click()
    sent = first.value.request.post_data or ""
    page.wait_for_url("**/records/*")
    entries = verify(log).entries
    port = int(page.url.split(":")[2].partition("/")[0])
    status, headers, _ = request(port, f"/t/{TRIAL}/record", sent.encode())
    assert status == 303
    assert headers["location"].lower() in page.url.lower()
    assert verify(log).entries == entries


def test_a_form_of_somebody_else_records_nothing(port: int, log: str) -> None:
    before = verify(log).entries
    for token in ("", "0" * 64):
        body = urlencode({"token": token, "patient": "R-9", "recorded_by": "x"}).encode()
        assert request(port, f"/t/{TRIAL}/record", body)[0] == 403
    assert verify(log).entries == before


def test_a_correction_keeps_the_old_version_and_shows_what_differs(page: Page) -> None:
    name = record(page, "R-010")
    page.get_by_role("link", name="Correct").click()
    page.locator("[id='platelets.0.value']").fill("40")
    page.get_by_role("button", name="Check and print").click()
    page.locator("#recorded_by").fill("Data manager")
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#summary")).to_contain_text("Say what changed and why")
    page.locator("#recorded_by").fill("Data manager")
    page.locator("#reason").fill("112 was typed for 40")
    page.get_by_role("button", name="Record").click()
    page.wait_for_url("**/records/*")
    assert page.url.endswith(name)
    expect(page.locator(".verdict h2")).to_have_text("Does not meet the criteria")
    rows = page.get_by_role("region", name="History").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Meets the criteria")
    expect(rows.nth(1)).to_contain_text("112 was typed for 40")
    expect(rows.nth(1)).to_contain_text("verdict: eligible → ineligible")
    expect(rows.nth(1).locator(".changes")).to_contain_text("Platelets")
    accessible(page)


def test_a_rescreen_is_filled_in_linked_and_says_what_is_too_old(page: Page, log: str) -> None:
    trial = load_trial(TRIAL, criteria=ROOT / "criteria")
    edition = trial.newest
    profile = {
        "patient": "R-020",
        # Baseline is from the 4th to the 6th week after the resection: from 17 November on.
        "facts": {
            "resection": "2026-10-20",
            "platelets": {"value": 150, "unit": "10*9/L", "date": "2026-10-29"},
        },
    }
    answer = Evaluation(
        inputs=profile,
        result=trial.screen(profile, as_of="2026-10-30"),
        rules=edition.rules_text,
        vocabulary=edition.vocabulary_text,
    )
    when, who = When("2026-10-30T09:00:00.000000Z", "+01:00"), Who("A", Identity.TYPED)
    with open_log(log) as opened:
        first = append(opened, Screening(evaluation=answer, who=who, when=when))
    page.goto(f"/t/{TRIAL}/records/{first.record}")
    page.get_by_role("link", name="Screen again").click()
    expect(page.locator(".notice")).to_contain_text("Attempt 2")
    expect(page.locator(".notice")).to_contain_text("Too old by now: Platelets")
    expect(page.locator("[id='platelets.0.value']")).to_have_value("150")
    expect(page.locator("#as_of")).to_have_value("2026-11-24")
    page.get_by_role("button", name="Check and print").click()
    expect(page.locator("#record")).to_contain_text("This will be attempt 2.")
    page.locator("#recorded_by").fill("Site nurse")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("heading", name="R-020, attempt 2")).to_be_visible()
    page.get_by_role("link", name="Attempt 1, as of 2026-10-30").click()
    expect(page.get_by_role("heading", name="R-020, attempt 1")).to_be_visible()


def test_after_an_amendment_the_old_answer_stands_and_a_new_one_is_offered(
    page: Page, log: str
) -> None:
    old, new = (
        load_trial(f"{TRIAL}@{version}", criteria=ROOT / "criteria").newest
        for version in ("2012-08-23", "2018-05-30")
    )
    profile = {"patient": "R-030", "facts": {"sex": "female"}}
    answer = Evaluation(
        inputs=profile,
        result=load_trial(f"{TRIAL}@2012-08-23", criteria=ROOT / "criteria").screen(
            profile, as_of="2016-01-24"
        ),
        rules=old.rules_text,
        vocabulary=old.vocabulary_text,
    )
    when, who = When("2016-01-24T09:00:00.000000Z", "+01:00"), Who("A", Identity.TYPED)
    with open_log(log) as opened:
        first = append(opened, Screening(evaluation=answer, who=who, when=when))
    page.goto(f"/t/{TRIAL}/records/{first.record}")
    banner = page.get_by_role("region", name="The rules have changed since")
    expect(banner).to_contain_text("Screened under version 2012-08-23.")
    expect(banner).to_contain_text("Version 2018-05-30 has applied since 2018-05-30.")
    expect(banner).to_contain_text("This result has not changed.")
    accessible(page)
    banner.get_by_role("link", name="Evaluate again under 2018-05-30").click()
    page.get_by_role("button", name="Check and print").click()
    page.locator("#recorded_by").fill("Site nurse")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("heading", name="R-030, attempt 2")).to_be_visible()
    with open_log(log) as opened:
        kept = list(lines(opened, Filter(patient="R-030")))
    assert [(one.protocol_version, one.hash == first.hash) for one in kept] == [
        ("2012-08-23", True),
        ("2018-05-30", False),
    ]
    assert new.rules_sha256 == kept[1].rules_sha256


def test_what_became_of_a_person_is_recorded_and_a_change_needs_a_reason(page: Page) -> None:
    record(page, "R-040", example=3)
    form = page.get_by_role("region", name="Record what became of the person")
    form.get_by_label("What became of the person").select_option("declined")
    form.get_by_label("Your name, as typed").fill("Site nurse")
    form.get_by_role("button", name="Record").click()
    expect(page.locator(".side")).to_contain_text("Declined")
    form.get_by_label("What became of the person").select_option("not_eligible")
    form.get_by_label("Your name, as typed").fill("Site nurse")
    form.get_by_role("button", name="Record").click()
    expect(page.locator(".side")).to_contain_text("Declined")
    form.get_by_label("Why it is changed").fill("was noted wrongly")
    form.get_by_role("button", name="Record").click()
    expect(page.locator(".side")).to_contain_text("Not eligible")
    expect(page.get_by_role("region", name="History")).to_contain_text("was noted wrongly")


def test_a_void_record_stays_readable_and_takes_no_more(page: Page) -> None:
    record(page, "R-050")
    form = page.get_by_role("region", name="Make the record void")
    form.get_by_label("Why?").fill("wrong patient")
    form.get_by_label("Your name, as typed").fill("Site nurse")
    form.get_by_role("button", name="Make void").click()
    expect(page.locator(".notice")).to_contain_text("This record is void")
    expect(page.locator(".verdict h2")).to_have_text("Meets the criteria")
    expect(page.get_by_role("button", name="Make void")).to_have_count(0)
    accessible(page)


def test_the_log_is_filtered_by_its_address_and_its_twins_have_the_same_rows(
    page: Page, port: int
) -> None:
    record(page, "R-060", example=1)
    record(page, "R-061", example=3)
    page.goto(f"/t/{TRIAL}/log")
    accessible(page)
    page.get_by_label("Verdict").select_option("ineligible")
    page.get_by_role("button", name="Show").click()
    assert "verdict=ineligible" in page.url
    table = page.get_by_role("region", name="Recorded answers").locator("tbody tr")
    ids = [one.inner_text() for one in table.locator("th").all()]
    assert "R-061" in ids
    assert "R-060" not in ids
    body = request(port, f"/t/{TRIAL}/log.csv?verdict=ineligible")[2].decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [row["screening_id"] for row in reversed(rows)] == ids
    data = json.loads(request(port, f"/t/{TRIAL}/log.json?verdict=ineligible")[2])
    assert [row["screening_id"] for row in reversed(data)] == ids
    criteria = request(port, f"/t/{TRIAL}/log-criteria.csv?verdict=ineligible")[2].decode()
    assert {row["record_id"] for row in csv.DictReader(io.StringIO(criteria))} == {
        row["record_id"] for row in rows
    }
    page.get_by_label("Screening ID").fill("R-060")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Attempts of R-060")).to_be_visible()
    assert "R-060" not in page.url
    assert request(port, f"/t/{TRIAL}/log?verdict=perhaps")[0] == 404


def test_the_boxes_of_the_flow_add_up_and_stand_in_the_table_too(page: Page) -> None:
    record(page, "R-070", example=3)
    page.goto(f"/t/{TRIAL}/flow")
    boxes = ("not_eligible", "declined", "other", "pending", "enrolled")
    counts = {box: int(page.locator(f"#box-{box}").inner_text()) for box in boxes}
    assert sum(counts.values()) == int(page.locator("#box-assessed").inner_text()) > 0
    drawn = " ".join(page.locator("figure svg text").all_text_contents())
    said = {one[0]: int(one[1]) for one in re.findall(r"([A-Z][a-z ]+): (\d+)", drawn)}
    assert said["Pending"] == counts["pending"]
    assert said["Excluded"] == counts["not_eligible"] + counts["declined"] + counts["other"]
    assert said["Declined"] == counts["declined"]
    assert said["Enrolled or randomised"] == counts["enrolled"]
    accessible(page)


def test_no_address_of_the_log_names_a_patient_and_no_title(page: Page, port: int) -> None:
    name = record(page, "R-080")
    for path in (f"/t/{TRIAL}/log", f"/t/{TRIAL}/records/{name}", f"/t/{TRIAL}/flow"):
        text = request(port, path)[2].decode()
        addresses = re.findall(r'(?:href|src|action|formaction)="([^"]*)"', text)
        assert addresses
        assert not any("R-080" in one for one in addresses)
        assert "R-080" not in text.partition("<title>")[2].partition("</title>")[0]


def test_a_record_that_is_not_there_and_one_of_another_trial_are_the_same(
    page: Page, port: int
) -> None:
    name = record(page, "R-090")
    missing = request(port, f"/t/{TRIAL}/records/{'0' * 32}")
    other = request(port, f"/t/NCT00234182/records/{name}")
    odd = request(port, f"/t/{TRIAL}/records/..%2f..")
    assert missing[0] == other[0] == odd[0] == 404


def test_without_a_log_there_are_no_such_pages(tmp_path: Path) -> None:
    with running() as port:
        for path in ("log", "flow", "log.csv", f"records/{'0' * 32}"):
            assert request(port, f"/t/{TRIAL}/{path}")[0] == 404
        assert "Screening log" not in request(port, f"/t/{TRIAL}")[2].decode()


def test_a_name_from_a_trusted_proxy_is_not_typed(tmp_path: Path) -> None:
    log = str(tmp_path / "log.db")
    given = settings(screening_log=log, user_header="X-Remote-User", proxies=("127.0.0.1",))
    with running(given) as port:
        who = {"X-Remote-User": "dr.roe"}
        form = urlencode({"patient": "R-1", "sex.0.value": "male"}).encode()
        shown = request(port, f"/t/{TRIAL}/check", form, headers=who)
        token = re.search(r'name="token" value="([0-9a-f]+)"', shown[2].decode())
        assert token is None or "Your name" not in shown[2].decode()
        page = request(port, f"/t/{TRIAL}/screen", headers=who)[2].decode()
        token = re.search(r'name="token" value="([0-9a-f]+)"', page)
        assert token is not None
        sent = {"token": token[1], "patient": "R-1", "sex.0.value": "male", "recorded_by": "Me"}
        answer = request(port, f"/t/{TRIAL}/record", urlencode(sent).encode(), headers=who)
        assert answer[0] == 303
    with open_log(log) as opened:
        (line,) = lines(opened, Filter())
    assert (line.actor, line.identity) == ("dr.roe", "proxy")


def test_what_cannot_be_recorded_is_marked_and_stays_on_the_page(page: Page, log: str) -> None:
    import sqlite3

    check(page, "R-100")
    page.locator("#recorded_by").fill("Site nurse")
    with sqlite3.connect(log) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    try:
        page.get_by_role("button", name="Record").click()
        expect(page.locator("#summary")).to_contain_text("NOT RECORDED")
        expect(page.locator("body")).to_contain_text("R-100")
    finally:
        with sqlite3.connect(log) as connection:
            connection.execute("DROP TRIGGER full")
    page.locator("#recorded_by").fill("Site nurse")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("heading", name="R-100, attempt 1")).to_be_visible()


# --- for programs -----------------------------------------------------------------------------

_BODY = {"trial": TRIAL, "as_of": "2026-11-24", "profile": {"patient": "P-1", "facts": {}}}


def _post(port: int, body: object) -> tuple[int, dict[str, object]]:
    sent = json.dumps(body).encode()
    status, _, answer = request(port, "/api/v1/records", sent, media="application/json")
    return status, json.loads(answer)


def test_a_program_records_an_answer_and_may_send_it_twice(port: int, log: str) -> None:
    body = {**_BODY, "by": "intake job", "record": "ab" * 16}
    status, first = _post(port, body)
    assert status == 201
    recorded, result = first["recorded"], first["result"]
    assert isinstance(recorded, dict)
    assert isinstance(result, dict)
    assert (recorded["record"], recorded["attempt"]) == ("ab" * 16, 1)
    assert result["verdict"] == "undetermined"
    entries = verify(log).entries
    assert _post(port, body) == (201, first)
    other = {**body, "profile": {"patient": "P-1", "facts": {"sex": "male"}}}
    assert _post(port, other)[0] == 422
    assert verify(log).entries == entries


def test_the_page_of_a_record_tells_the_doses_as_they_were_told(port: int) -> None:
    cases = read_cases((ROOT / "criteria" / "KUBO-2001" / "2001.cases.yaml").read_bytes(), "cases")
    eligible = next(one for one in cases if one.verdict == "eligible")
    body = {"trial": "KUBO-2001", "as_of": eligible.as_of, "by": "intake job"}
    status, answer = _post(port, {**body, "profile": {**eligible.profile, "patient": "P-31"}})
    assert status == 201
    recorded, result = answer["recorded"], answer["result"]
    assert isinstance(recorded, dict)
    assert isinstance(result, dict)
    told = [dose["stated"] for arm in result["arms"] for dose in arm["doses"]]
    assert told
    _, _, page = request(port, f"/t/KUBO-2001/records/{recorded['record']}")
    section = page.decode().partition("Doses of the protocol")[2].partition("</section>")[0]
    assert all(dose.split()[0] in section for dose in told)


def test_a_program_has_to_say_who_records(port: int, log: str) -> None:
    entries = verify(log).entries
    status, problem = _post(port, _BODY)
    assert status == 422
    assert problem["errors"] == [{"pointer": "/by", "message": "the name of who records is needed"}]
    assert _post(port, {**_BODY, "by": "x", "record": "P-1"})[0] == 422
    assert verify(log).entries == entries


def test_without_a_log_a_program_cannot_record() -> None:
    with running() as port:
        assert _post(port, {**_BODY, "by": "x"})[0] == 404
