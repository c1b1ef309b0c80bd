"""Whatever stands in a resource, it is read or refused, and always accounted for."""

from __future__ import annotations

import copy
import io
import json
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screener.intake.fhir.absence import REASONS
from screener.intake.fhir.reader import read_fhir
from screener.intake.report import Fate
from tests.intake.fhir.support import (
    ATC,
    LOINC,
    bundle,
    concept,
    condition,
    observation,
    patient,
    quantity,
    resource,
    vocabulary,
)

_DOCS = Path(__file__).parents[3] / "docs" / "intake.md"
_DRUG: dict[str, Any] = {"medicationCodeableConcept": concept((ATC, "J01CA04"))}
_RESOURCES = (
    patient(birthDate="1964-05-02", gender="female"),
    observation(
        (LOINC, "1742-6"),
        valueQuantity=quantity(5, "U/L", comparator="<"),
        referenceRange=[{"low": quantity(1, "U/L"), "high": quantity(40, "U/L")}],
        component=[{"code": concept((LOINC, "8480-6")), "valueInteger": 5}],
        effectivePeriod={"start": "2026-10-01", "end": "2026-10-02"},
    ),
    condition(("http://hl7.org/fhir/sid/icd-10", "I63.9"), onsetAge=quantity(52, "a")),
    resource("AllergyIntolerance", code=concept((ATC, "J01")), recordedDate="2020"),
    resource("Procedure", status="completed", code=concept(), performedDateTime="2026"),
    resource("MedicationStatement", status="active", **_DRUG, effectiveDateTime="2026-10"),
    resource("MedicationRequest", status="active", intent="order", **_DRUG, authoredOn="2026-10"),
    resource("MedicationAdministration", status="completed", **_DRUG),
    resource("Consent", status="active", category=[concept()], provision={"type": "deny"}),
)
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT | st.sampled_from(
        ["2026-13", "9999-12-31", "0001", "unknown", "Patient/p", "1e400", "urn:x", "%", "#p"]
    )
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(float),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()  # fmt: skip
    return [at] * bool(at) + [one for key, inner in steps for one in paths(inner, (*at, key))]


@st.composite
def broken(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Resources, of which some elements are something else."""
    found = copy.deepcopy(list(_RESOURCES))
    for _ in range(draw(st.integers(1, 3))):
        one = draw(st.sampled_from(found))
        path = draw(st.sampled_from(paths(one)))
        inner: Any = one
        for key in path[:-1]:
            inner = inner[key]
            if not isinstance(inner, dict | list):
                break
        else:
            if isinstance(inner, dict) or (isinstance(inner, list) and path[-1] < len(inner)):
                inner[path[-1]] = draw(_JSON)
    return found


@settings(max_examples=150, deadline=None)
@given(broken())
def test_whatever_stands_in_a_resource_is_accounted_for(resources: list[dict[str, Any]]) -> None:
    text = json.dumps(bundle(*resources))
    found = list(read_fhir([("a.json", io.BytesIO(text.encode()))], vocabulary()))
    entries = [one for taken in found for one in taken.entries]
    assert len(entries) >= len(resources)
    for one in entries:
        assert one.reason or one.kind is Fate.MAPPED
        json.dumps(one.to_json())


def test_the_table_of_the_documentation_is_the_one_that_is_used() -> None:
    table = _DOCS.read_text(encoding="utf-8").partition("| `dataAbsentReason` | cause |")[2]
    rows = re.findall(r"^\| (.+) \| `(\w+)` \|$", table.partition("###")[0], re.MULTILINE)
    written = {code: cause for codes, cause in rows for code in re.findall(r"`([a-z-]+)`", codes)}
    assert written == {code: cause.value for code, cause in REASONS.items()}
