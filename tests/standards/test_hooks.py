"""CDS Hooks 2.0 from outside: a client over HTTP, a running server, charts as prefetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from screener.web.accounts import Accounts
from screener.web.keys import Key, Scope
from tests.web.support import limits, running, settings

Json = dict[str, Any]
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
ORIGIN = "https://ehr.example.org"
UCUM = "http://unitsofmeasure.org"
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
RULES = """
trial: HOOK-1
title: A made-up trial
version: "1"
effective: 2026-01-01
source: Made up
outline: ["1", "2", "3"]
stages:
  - id: s
    title: S
    inclusion:
      - {id: I1, text: Adults., source: "1", rule: {fact: age, at_least: 18 a}}
      - id: I2
        text: "Platelets of at least 100 x 10^9/L *within* 14 days."
        source: "2"
        rule: {fact: platelets, at_least: 100 10*9/L, within: 14 d before as_of}
    exclusion:
      - {id: E1, text: Diabetes., source: "3", rule: {fact: diabetes, is: true}}
"""
VOCABULARY = """
vocabulary: Three facts
facts:
  birth_date: {type: date, kind: fixed, label: Date of birth}
  age: {type: quantity, kind: observation, unit: a, label: Age, derived: {age_of: birth_date}}
  platelets:
    type: quantity
    kind: observation
    unit: 10*9/L
    label: Platelets
    cost: blood_draw
    codes: [{system: "http://loinc.org", code: 26515-7}]
  diabetes:
    type: boolean
    kind: cumulative
    label: Diabetes
    codes: [{system: "http://snomed.info/sct", code: "73211009"}]
"""
MAPPING = """
mapping: A hospital
complete:
  diabetes: {source: problem list, to: 2026-11-24}
"""


@pytest.fixture(scope="module")
def criteria(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("criteria")
    (folder / "HOOK-1").mkdir()
    (folder / "HOOK-1" / "1.yaml").write_text(RULES, encoding="utf-8")
    (folder / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (folder.parent / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def client(criteria: Path) -> Iterator[httpx.Client]:
    """A browser-based client of a server whose problem list is declared complete."""
    given = settings(
        criteria=(criteria,), cds_hooks=True, cds_mapping=criteria.parent / "mapping.yaml",
        cds_origins=(ORIGIN,), limits=limits(prefetch=20_000),
    )  # fmt: skip
    with running(given) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as found:
        yield found


PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1970-05-02"}


def bundle(*resources: Json) -> Json:
    """What a search gives."""
    entries = [{"fullUrl": f"https://ehr/fhir/{one['resourceType']}/{number}", "resource": one}
               for number, one in enumerate(resources)]  # fmt: skip
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def platelets(value: float, day: str = "2026-11-20") -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "26515-7"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "system": UCUM, "code": "10*9/L"},
    }


DIABETES = {
    "resourceType": "Condition",
    "clinicalStatus": {"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
    "verificationStatus": {"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        "code": "confirmed"}]},
    "code": {"coding": [{"system": SNOMED, "code": "73211009"}]},
    "subject": {"reference": "Patient/p1"},
    "recordedDate": "2020-01-01",
}  # fmt: skip
FAILED = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "timeout"}],
}
#: Everything was looked for; nothing was found but the patient and his platelets.
EMPTY: Json = {
    "patient": PATIENT, "observations": bundle(platelets(150)), "conditions": bundle(),
    "procedures": bundle(), "allergies": bundle(), "statements": bundle(), "requests": bundle(),
    "administrations": bundle(), "consents": bundle(),
}  # fmt: skip


def view(prefetch: Json | None, **words: Any) -> Json:
    body = {
        "hook": "patient-view",
        "hookInstance": INSTANCE,
        "context": {"userId": "Practitioner/7", "patientId": "p1"},
        "prefetch": prefetch,
        **words,
    }
    return {name: said for name, said in body.items() if said is not None}


def cards(client: httpx.Client, prefetch: Json, **words: Any) -> list[Json]:
    answer = client.post("/cds-services/trials", json=view(prefetch, **words))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["cards"]
    return found


# --- discovery ----------------------------------------------------------------------------------


def test_discovery_names_the_hook_and_what_is_to_be_prefetched(client: httpx.Client) -> None:
    answer = client.get("/cds-services")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (
        200,
        "application/json",
    )
    (service,) = answer.json()["services"]
    assert (service["hook"], service["id"]) == ("patient-view", "trials")
    assert service["prefetch"]["patient"] == "Patient/{{context.patientId}}"
    assert service["prefetch"]["conditions"] == "Condition?patient={{context.patientId}}"
    # The minimum that is necessary: results that some fact is about.
    assert service["prefetch"]["observations"].startswith(
        "Observation?patient={{context.patientId}}&code=http://loinc.org|26515-7"
    )


def test_without_the_setting_there_is_no_such_door(criteria: Path) -> None:
    with running(settings(criteria=(criteria,))) as port:
        base = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{base}/cds-services").status_code == 404
        assert "/cds-services" not in httpx.get(f"{base}/openapi.json").json()["paths"]


def test_the_document_describes_it_where_it_is(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operation = paths["/cds-services/{service}"]["post"]
    assert "412" in operation["responses"]
    assert client.get("/docs").status_code == 200


# --- cards --------------------------------------------------------------------------------------


def test_a_patient_who_meets_the_criteria_has_a_card(client: httpx.Client) -> None:
    """No diabetes among the conditions, and the problem list is declared complete."""
    (card,) = cards(client, EMPTY)
    assert card["summary"] == "HOOK-1: meets all criteria on the data sent"
    assert (card["indicator"], card["source"]["label"]) == ("info", "HOOK-1, version 1")
    assert "An investigator must confirm eligibility" in card["detail"]


def test_fetched_and_empty_is_null_too(client: httpx.Client) -> None:
    """CDS Hooks 2.0: a key without data has the value null."""
    nothing = {key: None for key in EMPTY if key not in ("patient", "observations")}
    (card,) = cards(client, {**EMPTY, **nothing})
    assert "meets all criteria" in card["summary"]


@pytest.mark.parametrize(
    "conditions",
    [
        pytest.param({}, id="the key is not there"),
        pytest.param({"conditions": FAILED}, id="the query failed"),
        pytest.param({"conditions": bundle(FAILED)}, id="a part of the query failed"),
        pytest.param(
            {"conditions": {**bundle(), "link": [{"relation": "next", "url": "https://ehr/2"}]}},
            id="a page is missing",
        ),
    ],
)
def test_what_was_not_fetched_is_unknown_though_the_source_is_complete(
    conditions: Json, client: httpx.Client
) -> None:
    rest = {key: said for key, said in EMPTY.items() if key != "conditions"}
    (card,) = cards(client, {**rest, **conditions})
    assert card["summary"] == "HOOK-1: cannot tell yet; would help: Diabetes"
    if "link" not in conditions.get("conditions", {}):
        assert (
            "Diabetes: not recorded; from the chart (for E1); not fetched: Condition"
            in (card["detail"])
        )
        assert "Not fetched, so not known: Condition." in card["detail"]


def test_fetched_and_empty_without_a_declaration_is_unknown_and_says_that_it_was_looked_for(
    client: httpx.Client,
) -> None:
    """Platelets are declared by nobody: an empty search says that none is recorded."""
    (card,) = cards(client, {**EMPTY, "observations": bundle()})
    assert card["summary"] == "HOOK-1: cannot tell yet; would help: Platelets"
    detail = card["detail"]
    assert "Platelets: not recorded; counts if dated 2026-11-10 to 2026-11-24" in detail
    assert "looked for, nothing found" in detail
    assert "ot fetched" not in detail


def test_a_stale_result_says_what_to_repeat(client: httpx.Client) -> None:
    (card,) = cards(client, {**EMPTY, "observations": bundle(platelets(150, "2026-11-01"))})
    assert "what is recorded is too old" in card["detail"]


def test_who_is_ineligible_has_no_card(client: httpx.Client) -> None:
    assert cards(client, {**EMPTY, "conditions": bundle(DIABETES)}) == []


def test_a_setting_shows_the_ineligible_with_the_reason(criteria: Path) -> None:
    given = settings(criteria=(criteria,), cds_hooks=True, cds_ineligible=True)
    with running(given) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        (card,) = cards(client, {**EMPTY, "conditions": bundle(DIABETES)})
    assert card["summary"] == "HOOK-1: does not meet the criteria"
    assert "Against it:\n\n- **E1** Diabetes." in card["detail"]
    assert card["indicator"] == "info"


def test_a_setting_names_the_trials_that_are_shown(criteria: Path) -> None:
    given = settings(criteria=(criteria,), cds_hooks=True, cds_trials=("HOOK-2",))
    with running(given) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert cards(client, EMPTY) == []


def test_the_words_of_a_protocol_are_not_markdown(client: httpx.Client) -> None:
    (card,) = cards(client, {**EMPTY, "observations": bundle()})
    assert r"Platelets of at least 100 x 10^9/L \*within\* 14 days." in card["detail"]


def test_every_card_of_the_shipped_trials_keeps_to_the_specification() -> None:
    given = settings(cds_hooks=True, cds_ineligible=True)
    with running(given) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        found = cards(client, EMPTY)
    assert len(found) > 5
    for card in found:
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] == "info"
        assert card["source"]["label"]
        assert card["detail"]
    assert len({card["uuid"] for card in found}) == len(found)


# --- what cannot be judged ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefetch", "why"),
    [
        (None, "The patient was not fetched"),
        ({**EMPTY, "patient": None}, "The patient was not fetched"),
        ({**EMPTY, "patient": FAILED}, "The patient was not fetched"),
        ({**EMPTY, "patient": {**PATIENT, "id": "p2"}}, "not the one in the context"),
        ({"patient": PATIENT}, "Nothing but the patient"),
        ({**EMPTY, "patient": {**PATIENT, "birthDate": "2030-01-01"}}, "cannot be used"),
        ({**EMPTY, "patient": {**PATIENT, "gender": 7}}, "cannot be used"),
    ],
)
def test_412_where_nobody_can_be_judged(
    prefetch: Json | None, why: str, client: httpx.Client
) -> None:
    answer = client.post("/cds-services/trials", json=view(prefetch))
    assert answer.status_code == 412
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert why in answer.json()["detail"]
    assert "2030" not in answer.text


@pytest.mark.parametrize(
    "words",
    [
        {"hook": "order-sign"},
        {"hook": None},
        {"hookInstance": "7"},
        {"context": {"userId": "Practitioner/7"}},
        {"context": []},
        {"prefetch": []},
    ],
)
def test_422_where_it_is_no_request_of_the_hook(words: Json, client: httpx.Client) -> None:
    answer = client.post("/cds-services/trials", json={**view(EMPTY), **words})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_other_services_and_larger_charts_are_refused(client: httpx.Client) -> None:
    assert client.post("/cds-services/others", json=view(EMPTY)).status_code == 404
    large = {**EMPTY, "observations": bundle(*[platelets(150)] * 200)}
    assert client.post("/cds-services/trials", json=view(large)).status_code == 413


# --- who may call -------------------------------------------------------------------------------


def test_a_key_is_needed_where_there_are_accounts(criteria: Path, tmp_path: Path) -> None:
    file = Accounts(tmp_path / "users.db", make=True)
    screens = file.add_key(Key("ehr", frozenset({Scope.SCREEN}), None))
    reads = file.add_key(Key("other", frozenset({Scope.READ}), None))
    given = settings(criteria=(criteria,), cds_hooks=True, accounts=tmp_path / "users.db")
    with running(given) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        for key, expected in ((None, 401), (reads, 403), (screens, 200)):
            headers = {} if key is None else {"Authorization": f"Bearer {key}"}
            answer = client.post("/cds-services/trials", json=view(EMPTY), headers=headers)
            assert answer.status_code == expected


def test_only_the_pages_of_known_origins_may_call(client: httpx.Client) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    for origin, allowed in ((ORIGIN, True), ("https://elsewhere.example.org", False)):
        before = client.options("/cds-services/trials", headers={"Origin": origin, **asks})
        sent = client.post(
            "/cds-services/trials", json=view(EMPTY),
            headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"},
        )  # fmt: skip
        said = [one.headers.get("access-control-allow-origin") for one in (before, sent)]
        assert said == ([ORIGIN] * 2 if allowed else [None] * 2)
        assert sent.status_code == (200 if allowed else 403)
        assert "access-control-allow-credentials" not in sent.headers
    other = client.post("/api/v1/screen", json={}, headers={"Origin": ORIGIN})
    assert other.status_code == 403
