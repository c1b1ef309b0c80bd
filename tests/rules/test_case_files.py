"""What an example patient becomes: `like` and `change` worked in, values as a profile has them."""

from __future__ import annotations

from screener.rules.load import read_cases

TEXT = """\
cases:
  - name: A woman
    as_of: 2026-11-24
    profile:
      patient: EX-01
      facts: {sex: female, pregnant: false, note: "false", age: 50, inr: 1.10, sign: null}
      visits:
        - date: 2026-11-20
          facts: {alt: 61 U/L, pregnant: true}
    expect: {verdict: eligible, stages: {s: undetermined}, criteria: {I1: pass, E1: unknown}}
    missing: [alt, platelets]
  - name: A man
    like: A woman
    patient: EX-02
    change: {sex: male, pregnant: null, alt: [{value: 3, unit: U/L}]}
    expect: {verdict: ineligible}
    missing: []
  - name: A man a day later
    like: A man
    as_of: 2026-11-25
    expect: {}
"""


def test_values_are_text_but_for_yes_no_and_nothing() -> None:
    woman = read_cases(TEXT, "f.cases.yaml")[0]
    assert woman.profile == {
        "patient": "EX-01",
        "facts": {
            "sex": "female",
            "pregnant": False,
            "note": "false",
            "age": "50",
            "inr": "1.10",
            "sign": None,
        },
        "visits": [{"date": "2026-11-20", "facts": {"alt": "61 U/L", "pregnant": True}}],
    }


def test_what_is_expected_is_what_is_said() -> None:
    woman, man, later = read_cases(TEXT, "f.cases.yaml")
    assert woman.verdict == "eligible"
    assert woman.stages == {"s": "undetermined"}
    assert woman.criteria == {"I1": "pass", "E1": "unknown"}
    assert woman.missing == ("alt", "platelets")
    assert (man.verdict, man.missing) == ("ineligible", ())
    assert (later.verdict, later.stages, later.criteria, later.missing) == (None, {}, {}, None)


def test_a_change_replaces_a_fact_wherever_it_stands() -> None:
    man = read_cases(TEXT, "f.cases.yaml")[1]
    assert man.profile == {
        "patient": "EX-02",
        "facts": {
            "sex": "male",
            "note": "false",
            "age": "50",
            "inr": "1.10",
            "sign": None,
            "alt": [{"value": "3", "unit": "U/L"}],
        },
        "visits": [{"date": "2026-11-20", "facts": {}}],
    }


def test_a_case_keeps_the_day_and_patient_of_the_one_it_is_like() -> None:
    woman, man, later = read_cases(TEXT, "f.cases.yaml")
    assert (woman.as_of, man.as_of, later.as_of) == ("2026-11-24", "2026-11-24", "2026-11-25")
    assert later.profile == man.profile
    # Each has its own copy: changing one leaves the others alone.
    later.profile["facts"]["sex"] = "other"
    assert man.profile["facts"]["sex"] == "male"


def test_a_case_may_be_like_one_further_down() -> None:
    text = (
        "cases:\n  - {name: b, like: a, change: {x: 2}, expect: {}}\n"
        "  - {name: a, profile: {facts: {x: 1}}, expect: {}}\n"
    )
    assert [case.profile for case in read_cases(text, "f.cases.yaml")] == [
        {"facts": {"x": "2"}},
        {"facts": {"x": "1"}},
    ]
