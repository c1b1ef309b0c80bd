"""Any JSON is read or refused, and the order in a file never matters."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from screener.diagnostics import Fault, ProfileError
from screener.facts import FactSheet, Record
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from screener.quantities import Range
from screener.vocabulary import Fact, Kind, Shape, Type
from tests.intake.vocabulary import VOCABULARY

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
WORDS = st.sampled_from(
    [
        *("patient", "as_of", "facts", "visits", "value", "unit", "comparator", "date", "start"),
        *("end", "ongoing", "reference_range", "low", "high", "absent", "status", "source", "by"),
        *("records", "complete_to", "drug", "route", "dose", "diameter", "seen", *VOCABULARY),
    ]
)
TOKENS = st.sampled_from(
    [
        *("2026-11-24", "2026-10", "2026", "2026-02-30", "06/01/2026", "true", "false", "yes"),
        *("4.1 10*9/L", "<5 ng/mL", "1,500", "1.1", ">=2 a", "NaN", "pending", "not_done", ""),
        *("male", "female", "hcc", "carcinoma", "oral", "10*9/L", "mg/dL", "K/uL", "<", ">="),
        *("final", "cancelled", "entered-in-error", "1e999", "-0", "target", "2 cm", "\0", "\x1b"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | TOKENS | TEXT
ANYTHING = st.recursive(
    SCALARS,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(WORDS | TEXT, part, max_size=5),
    max_leaves=12,
)
FACTS = st.dictionaries(st.sampled_from([*VOCABULARY]) | TEXT, ANYTHING, max_size=4)
NEAR_PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "patient": TEXT | ANYTHING,
        "as_of": TOKENS | ANYTHING,
        "facts": FACTS | ANYTHING,
        "visits": st.lists(
            st.fixed_dictionaries({}, optional={"date": TOKENS, "facts": FACTS}) | ANYTHING,
            max_size=3,
        )
        | ANYTHING,
    },
)


def sound(sheet: FactSheet) -> None:
    """What every reader of a fact sheet relies on."""
    for name, records in sheet.records.items():
        fact = VOCABULARY[name]
        assert records
        for record in records:
            _sound_record(fact, record)
    for name, statements in sheet.statements.items():
        assert VOCABULARY[name].kind is Kind.EVENT
        assert statements


def _sound_record(fact: Fact, record: Record) -> None:
    assert (record.value is None) == (fact.kind is Kind.EVENT or record.absence is not None)
    if record.value is not None:
        _sound_value(fact.shape, record.value)
    assert record.attributes.keys() == fact.attributes.keys()
    for attribute, value in record.attributes.items():
        if value is not None:
            _sound_value(fact.attributes[attribute], value)
    for days in (record.start, record.end):
        assert days is None or days.first <= days.last
    assert record.end is None or fact.kind is Kind.EVENT
    assert record.start is not None or fact.kind is Kind.CUMULATIVE or fact.derived is not None


def _sound_value(shape: Shape, value: object) -> None:
    if shape.type in (Type.QUANTITY, Type.NUMBER, Type.DATE):
        assert isinstance(value, Range)
    else:
        assert isinstance(value, frozenset)
        assert value


@settings(max_examples=400)
@given(NEAR_PROFILES | ANYTHING)
def test_any_data_become_a_sound_fact_sheet_or_a_refusal(data: object) -> None:
    found = outcome(data)
    if isinstance(found, FactSheet):
        sound(found)
        return
    assert found
    for fault in found:
        assert fault.pointer == "" or fault.pointer.startswith("/")
        assert fault.message
        assert str(fault).encode()


@given(NEAR_PROFILES)
def test_reading_twice_gives_the_same(data: object) -> None:
    assert outcome(data) == outcome(data)


def outcome(data: object) -> FactSheet | list[Fault]:
    """The fact sheet, or what is wrong; whatever else is raised fails the test."""
    try:
        return read_profile(data, VOCABULARY)
    except ProfileError as error:
        return sorted(error.faults)


# --- order --------------------------------------------------------------------------------------

DATES = st.sampled_from(["2026-11-24", "2026-11", "2025", "2026-10-31"])
DATED = st.fixed_dictionaries({}, optional={"date": DATES, "source": st.sampled_from("ab")})


def record_of(**words: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.tuples(st.fixed_dictionaries(dict(words)), DATED).map(lambda two: two[0] | two[1])


GOOD: Mapping[str, st.SearchStrategy[object]] = {
    "inr": record_of(value=st.sampled_from(["1.1", "1.10", 2, "<3"])) | st.just("1.1"),
    "stroke": record_of(value=st.booleans()) | st.booleans(),
    "sex": st.sampled_from(["male", "female"]),
    "platelets": record_of(value=st.sampled_from(["90 10*9/L", "90 K/uL", "99999 10*9/L"])),
    "able": st.booleans() | record_of(value=st.booleans(), by=st.just("Dr Example")),
    "antibiotic": st.booleans()
    | record_of(drug=st.sampled_from("ab"))
    | st.fixed_dictionaries({"start": DATES, "drug": st.sampled_from("ab")}),
}


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[str, str]:
    """The same profile, written in two orders."""
    names = draw(st.lists(st.sampled_from([*GOOD]), unique=True, max_size=4))
    facts = {name: draw(st.lists(GOOD[name], min_size=1, max_size=4)) for name in names}
    visits = draw(st.lists(st.tuples(DATES, st.sampled_from([*GOOD])), max_size=3))
    visited = [{"date": on, "facts": {name: draw(GOOD[name])}} for on, name in visits]
    one = {"facts": facts, "visits": visited}
    other = {
        "visits": draw(st.permutations(visited)),
        "facts": {
            name: [
                dict(draw(st.permutations([*said.items()]))) if isinstance(said, dict) else said
                for said in draw(st.permutations(facts[name]))
            ]
            for name in draw(st.permutations(names))
        },
    }
    return json.dumps(one), json.dumps(other)


@settings(max_examples=200)
@given(two_orders())
def test_the_order_in_a_file_never_matters(orders: tuple[str, str]) -> None:
    one, other = (read_profile(parse_json(text), VOCABULARY) for text in orders)
    sound(one)
    assert one == other
    assert repr(plain(one)) == repr(plain(other))


def plain(sheet: FactSheet) -> list[object]:
    """A sheet with its order, but without that of sets."""
    return [
        [
            (name, [(one.start, one.end, one.shown) for one in found])
            for name, found in sheet.records.items()
        ],
        [(name, found) for name, found in sheet.statements.items()],
        sheet.warnings,
    ]
