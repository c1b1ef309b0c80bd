"""The form and the profile it stands for: nothing is lost, nothing preselected, all asked once."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from screener.catalog import Place, places, read
from screener.cli.cases import cases_of
from screener.needs import needs_of
from screener.rules.load import Case
from screener.trial import Trial
from screener.web.form import form_of, read_form, write_profile
from screener.web.layout import layout_of
from tests.web.support import ROOT, request

PLACES = [place for found in places([ROOT / "criteria"]).values() for place in found]
CASES = [(place, case) for place in PLACES for case in cases_of(place)]


class Controls(HTMLParser):
    """The controls of a page: their attributes, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str | None]]] = {}
        self.chosen: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("input", "select"):
            self.found.setdefault(str(said.get("name")), []).append(said)
        if "checked" in said or "selected" in said:
            self.chosen.append(str(said))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(
    ("place", "case"), CASES, ids=[f"{place.trial} {case.name}" for place, case in CASES]
)
def test_an_example_patient_through_the_form_gets_the_same_verdicts(
    place: Place, case: Case
) -> None:
    edition = read(place)
    layout = layout_of(edition)
    trial = Trial((edition,), pinned=True)
    sent = urlencode(list(form_of(case.profile, layout.facts).fields()))
    form = read_form(parse_qsl(sent))
    written = write_profile(form, layout.facts, layout.group_of, form.patient)
    # What the form does not ask about (source lists, complete sources) is no part of these cases.
    given = trial.screen(case.profile, as_of=case.as_of)
    typed = trial.screen(written.profile, as_of=case.as_of or form.as_of)
    assert [(one.id, one.outcome) for one in typed.criteria] == [
        (one.id, one.outcome) for one in given.criteria
    ]
    assert typed.verdict is given.verdict
    assert [(one.fact, one.cause) for one in typed.missing] == [
        (one.fact, one.cause) for one in given.missing
    ]


@pytest.mark.parametrize("place", PLACES, ids=[f"{one.trial}@{one.version}" for one in PLACES])
def test_every_fact_is_asked_once_with_nothing_preselected(port: int, place: Place) -> None:
    page = request(port, f"/t/{place.trial}/screen?v={place.version}")[2].decode()
    controls = Controls(page)
    assert controls.chosen == []
    edition = read(place)
    for need in needs_of(edition.protocol):
        named = controls.found[f"{need.fact}.0.value"]
        kinds = {one.get("type", "select") for one in named}
        ids = [one["id"] for one in named]
        assert len(ids) == len(set(ids))
        assert kinds == {"radio"} or len(named) == 1
        assert f"{need.fact}.1.value" not in controls.found
    every = [str(one["id"]) for named in controls.found.values() for one in named if "id" in one]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("place", PLACES, ids=[f"{one.trial}@{one.version}" for one in PLACES])
def test_every_criterion_is_a_row_of_its_own_with_one_verdict(port: int, place: Place) -> None:
    page = request(port, f"/t/{place.trial}/screen?v={place.version}")[2].decode()
    for criterion in read(place).protocol.criteria:
        assert page.count(f'id="c-{criterion.id}"') == 1
        card = page.partition(f'id="c-{criterion.id}"')[2].partition("</article>")[0]
        assert card.count('class="word"') == 1
        assert criterion.text.split()[0] in card


def test_an_exclusion_is_never_met_and_nobody_is_enrolled(port: int) -> None:
    for example in range(1, 10):
        page = request(port, f"/t/NCT01681446/examples/{example}")[2].decode()
        for part in page.split('<article class="card')[1:]:
            card = part.partition("</article>")[0]
            word = card.partition('class="word">')[2].partition("<")[0]
            exclusion = 'id="c-P-E' in card or 'id="c-B-E' in card
            assert (word in ("Not present", "Present: rules out")) is (
                exclusion and word not in ("Cannot tell yet", "Does not apply")
            )
            assert not exclusion or "Met" not in word
    for path in ("/", "/about", "/t/NCT01681446", "/t/NCT01681446/examples/1", "/match"):
        assert "enrol" not in request(port, path)[2].decode().lower()


def test_the_head_of_the_page_says_trial_version_hash_and_day(port: int) -> None:
    page = request(port, "/t/NCT01681446/screen")[2].decode()
    edition = read(PLACES[[one.version for one in PLACES].index("2018-05-30")])
    head = page.partition('id="verdict"')[0]
    for said in ("NCT01681446", "version 2018-05-30", edition.rules_sha256[:12], "2026-11-24"):
        assert said in head


def post(port: int, **fields: str) -> str:
    said = {name.replace("__", "."): value for name, value in fields.items()}
    return request(port, "/t/NCT00234182/screen", urlencode(said).encode())[2].decode()


def test_what_meets_all_says_until_when_it_holds_and_why(port: int) -> None:
    # "No other study drug" was said on 24 November, and the last 4 weeks end with the day of
    # screening while nobody is randomized: on the 25th nobody has said it for that day.
    page = request(port, "/t/NCT01681446/examples/1")[2].decode()
    assert "Holds through 24 Nov 2026 on the same entries; after that look again at B-E2." in page


def test_an_empty_answer_decides_nothing(port: int) -> None:
    page = post(port, death_in_hospital__0__value="", age__0__value=" ")
    assert "Nothing entered yet" in page
    assert page.count('class="card open"') == 17


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("bilirubin.0.value", "1,5", "write a point for decimals"),
        ("age.0.value", "old", "is not a number"),
        ("birth_date.0.value", "24.12.1960", "is not a date"),
        ("age.0.absent", "because", "is not a reason of absence"),
        ("as_of", "tomorrow", "Write the day as year-month-day"),
        ("as_of", "2005-11-28", "no version of NCT00234182 is in force"),
        ("variceal_bleeding.0.start", "2026-13", "is not in the calendar"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field_and_never_decides(
    port: int, field: str, value: str, said: str
) -> None:
    sent = urlencode({field: value}).encode()
    page = request(port, "/t/NCT00234182/screen", sent)[2].decode()
    assert "There is a problem" in page
    assert said.lower() in page.lower()
    assert 'aria-invalid="true"' in page
    assert 'class="card pass"' not in page
    assert 'class="card fail"' not in page
    assert request(port, "/t/NCT00234182/check", sent)[0] == 422


def test_a_value_and_a_reason_why_there_is_none_contradict_each_other(port: int) -> None:
    page = post(port, age__0__value="61", age__0__absent="pending")
    assert "a reason why there is none" in page
    assert 'class="card pass"' not in page


def test_the_date_of_a_group_counts_for_entries_without_one(port: int) -> None:
    common: dict[str, Any] = {"platelets__0__value": "80", "platelets__0__unit": "10*9/L"}
    page = post(port, **common, day__blood_draw="2026-11-20")
    assert "20 Nov 2026, 4 days before" in page


def test_an_entry_may_be_added_and_a_fact_cleared_without_a_script(port: int) -> None:
    page = post(port, platelets__0__value="80", more="platelets")
    assert 'name="platelets.1.value"' in page
    assert 'value="80"' in page
    page = post(port, platelets__0__value="80", clear="platelets")
    assert 'value="80"' not in page


def test_answers_that_another_trial_asked_for_come_along_unseen(port: int) -> None:
    page = post(port, mir26_expression__0__value="low")
    assert '<input type="hidden" name="mir26_expression.0.value" value="low">' in page


def test_markup_that_is_typed_stays_text(port: int) -> None:
    payloads = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'{{7*7}}'"]
    fields = ["patient", "as_of", "creatinine.0.value", "creatinine.0.source", "v", "day.imaging"]
    fields += ["ptnm_stage.0.a.edition", "age.0.absent", "mir26_assay.0.value", "more"]
    for payload in payloads:
        for field in fields:
            for path in ("/t/NCT00234182/screen", "/t/NCT00234182/check", "/match"):
                page = request(port, path, urlencode({field: payload}).encode())[2].decode()
                assert "<script>alert" not in page
                assert "<img" not in page
                assert "49" not in page.partition("<title>")[2].partition("</title>")[0]


def test_the_doses_of_the_arms_are_shown_where_they_are_read(port: int) -> None:
    said = "the source names no formula for body surface, so no amount is worked out"
    assert said in request(port, "/t/NCT00234182")[2].decode()
    page = request(port, "/t/NCT00234182/examples/1")[2].decode()
    assert "Not a prescription." in page
    assert said in page
    (place,) = [one for one in PLACES if one.trial == "NCT00234182"]
    case = cases_of(place)[0]
    fields = form_of(case.profile, layout_of(read(place)).facts).fields()
    token = re.search(r'name="token" value="([^"]*)"', page)
    assert token is not None
    body = urlencode([("token", token[1]), ("as_of", case.as_of or ""), *fields]).encode()
    status, _, checked = request(port, "/t/NCT00234182/check", body)
    assert status == 200, checked
    assert said in checked.decode()
