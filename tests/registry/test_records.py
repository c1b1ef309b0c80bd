"""Records of both shapes and texts, and what is refused; drafts of them, and their comparison."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.catalog import shipped
from screener.registry.compare import compare
from screener.registry.draft import fingerprint
from screener.registry.lines import read_lines
from screener.registry.records import RecordError, read_record
from screener.rules.load import read_protocol
from tests.registry.generate import NAUGHTY
from tests.registry.support import criteria, document, draft_of, reading_of, vocabulary

#: Public records and seed texts, where there are any; our own below are always there.
_SHARED = Path(__file__).parents[2] / ".." / "shared"
_PUBLIC = [*sorted(_SHARED.glob("data/ctgov/NCT*")), *sorted(_SHARED.glob("seeds/*.txt"))]

JSON: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000099",
            "briefTitle": "A made-up trial: one of its kind",
            "officialTitle": "A Randomized Trial of Nothing",
        },
        "statusModule": {
            "lastUpdateSubmitDate": "2026-01-31",
            "studyFirstSubmitDate": "2025-11-02",
            "startDateStruct": {"date": "2026-03"},
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Platelets \u2265 100,000/mm3\n"
            "* Consent\n\nExclusion Criteria:\n\n* Child-Pugh class C\n* Pregnancy",
            "sex": "FEMALE",
            "healthyVolunteers": False,
            "minimumAge": "18 Years",
            "maximumAge": "75 Years",
        },
    }
}
XML = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study>
  <id_info><nct_id>NCT00000099</nct_id></id_info>
  <brief_title>A made-up trial: one of its kind</brief_title>
  <official_title>A Randomized Trial of Nothing</official_title>
  <start_date>March 2026</start_date>
  <eligibility>
    <criteria><textblock>
        Inclusion Criteria:

          -  Platelets \u2265 100,000/mm3

          -  Consent

        Exclusion Criteria:

          -  Child-Pugh class C

          -  Pregnancy
    </textblock></criteria>
    <gender>Female</gender>
    <minimum_age>18 Years</minimum_age>
    <maximum_age>75 Years</maximum_age>
    <healthy_volunteers>No</healthy_volunteers>
  </eligibility>
  <study_first_submitted>November 2, 2025</study_first_submitted>
  <last_update_submitted>January 31, 2026</last_update_submitted>
</clinical_study>
"""


def changed(**module: object) -> bytes:
    """The JSON record with other words in its eligibility module; None takes a word out."""
    data = json.loads(json.dumps(JSON))
    there = data["protocolSection"]["eligibilityModule"]
    there.update(module)
    data["protocolSection"]["eligibilityModule"] = {
        word: said for word, said in there.items() if said is not None
    }
    return json.dumps(data).encode()


# --- records --------------------------------------------------------------------------------------


def test_both_shapes_of_a_record_make_the_same_draft() -> None:
    from_json, from_xml = draft_of(json.dumps(JSON)), draft_of(XML)
    assert from_json.text.replace("Sex: FEMALE", "Sex: Female") == from_xml.text


def test_the_fields_of_a_record_are_encoded() -> None:
    made = draft_of(json.dumps(JSON))
    data = document(made.text)
    assert {word: data[word] for word in ("trial", "title", "version", "effective")} == {
        "trial": "NCT00000099",
        "title": "A made-up trial: one of its kind",
        "version": "2026-01-31",
        "effective": "2026-01-31",
    }
    assert {one["source"]: one.get("rule") for _, one in criteria(made.text)} == {
        "Minimum age": {"fact": "age", "at_least": "18 a"},
        "Maximum age": {"fact": "age", "at_most": "75 a"},
        "Sex": {"fact": "sex", "is": "female"},
        "Inclusion 1": {"fact": "platelets", "at_least": "100000 /mm3"},
        "Inclusion 2": None,
        "Exclusion 1": {"fact": "child_pugh_class", "is": "C"},
        "Exclusion 2": None,
    }
    assert [one["text"] for one in data["not_encoded"]] == [
        "Accepts healthy volunteers: No",
        "Inclusion Criteria:",
        "Exclusion Criteria:",
    ]
    assert "# Dates of the record: first submitted 2025-11-02; start 2026-03\n" in made.text
    assert "# Official title: A Randomized Trial of Nothing\n" in made.text


@pytest.mark.parametrize(
    ("module", "source", "note"),
    [
        ({"minimumAge": "6 Months"}, "Minimum age", "not stated in years"),
        ({"sex": "FEMALE", "genderBased": True}, "Sex", "means gender"),
        ({"sex": "OTHER"}, "Sex", "no such `sex`"),
        ({"eligibilityCriteria": "Inclusion Criteria:\n* Age \u2265 20 years"}, "Minimum age",
         "a line of the criteria states another age"),
    ],
)  # fmt: skip
def test_a_field_that_is_not_certain_is_left_open_with_the_reason(
    module: dict[str, object], source: str, note: str
) -> None:
    (found,) = [
        one for _, one in criteria(draft_of(changed(**module)).text) if one["source"] == source
    ]
    assert "rule" not in found
    assert note in found["note"]


def test_ages_without_a_limit_and_both_sexes_ask_for_nothing() -> None:
    content = changed(minimumAge="N/A", maximumAge=None, sex="ALL", healthyVolunteers=None)
    left = {one["source"]: one["reason"] for one in document(draft_of(content).text)["not_encoded"]}
    assert left["Minimum age"] == "The record states no limit."
    assert left["Sex"] == "No limit."
    assert "Maximum age" not in left


def test_a_text_by_itself_takes_name_and_version_from_whoever_reads_it() -> None:
    made = draft_of("Inclusion Criteria:\n- Consent\n")
    assert (made.trial, made.version) == ("TEXT", "2026-11-28")
    assert draft_of("Study NCT00000099\nInclusion Criteria:\n- Consent").trial == "NCT00000099"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it has no eligibility criteria"),
        (b" \n\t\n", "it has no eligibility criteria"),
        (b"\xff\xfe", "line 1 is not UTF-8 text"),
        (b"Consent\n\xe9", "line 2 is not UTF-8 text"),
        (b'{"patient": "A", "facts": {}}', "this is no registry record"),
        (b"{", "not"),
        (b'{"studies": []}', "there are 0 studies in it"),
        (b'{"protocolSection": []}', "`/protocolSection` is not an object"),
        (b'{"protocolSection": {"eligibilityModule": {"sex": 1}}}', "Module/sex` is not a text"),
        (b"<html></html>", "this is no registry record"),
        (b"<clinical_study>", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><clinical_study>&b;</clinical_study>', "a document type"),
        (b"- Consent\n" * 4_001, "the criteria have more than 4,000 lines"),
        (b" " * (16 * 1024 * 1024 + 1), "the file is larger than 16 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_in_words(content: bytes, message: str) -> None:
    with pytest.raises(RecordError) as caught:
        draft_of(content)
    assert message in str(caught.value)
    assert not str(caught.value).endswith(".")


# --- drafts ---------------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("path", _PUBLIC, ids=lambda path: path.name)
def test_of_a_public_record_no_line_is_lost_and_the_draft_can_be_checked(path: Path) -> None:
    content = path.read_bytes()
    made = draft_of(content)
    assert {one.id for one in reading_of(made).warnings} == {"draft-open"}
    record = read_record(content)
    kept = [one["text"] for _, one in criteria(made.text)]
    kept += [one["text"] for one in document(made.text).get("not_encoded", [])]
    everything = {squeezed(one) for one in kept}
    for line in read_lines(record.criteria, wrapped=record.wrapped):
        assert squeezed(line.text) in everything
    # Against the text itself: every word is there, as often as it was.
    fields = ("Minimum age:", "Maximum age:", "Sex:", "Accepts healthy volunteers:")
    assert words(kept, without=fields) == words([record.criteria])


def words(texts: list[str], without: tuple[str, ...] = ()) -> Counter[str]:
    """How often each word of two letters or more is in the texts."""
    said = " ".join(one for one in texts if not one.startswith(without)) if without else texts[0]
    return Counter(re.findall(r"[^\W\d_]{2,}", said))


def test_naughty_texts_are_kept_as_they_are() -> None:
    lines = [*NAUGHTY, "a \x07 bell", "\U0001f3f4\U000e0067"]
    text = "Inclusion Criteria:\n" + "".join(f"* {one}\n" for one in lines)
    content = changed(eligibilityCriteria=text, briefTitle=None)
    data = json.loads(content)
    data["protocolSection"]["identificationModule"]["briefTitle"] = NAUGHTY[0]
    made = draft_of(json.dumps(data))
    assert document(made.text)["title"] == NAUGHTY[0]
    kept = [one["text"] for _, one in criteria(made.text) if one["source"].startswith("Inclusion")]
    assert kept == [one.strip() for one in lines]
    assert {one.id for one in reading_of(made).warnings} == {"draft-open"}


_PARTS = st.one_of(
    st.sampled_from(
        [
            "Inclusion Criteria:", "exclusion criteria", "Day 1 Inclusion Criteria:",
            "DAY 1 Exclusion Criteria:", "* ", "- ", "1. ", "a) ", "(iv) ", "  ", "\t", "\\>=", ":",
            "Age \u2265 18 years", "ECOG 0-1", "Platelets \u2265 100,000/mm3", " or ", " unless ",
            "\n", "\n\n", "\r\n", "\x85", "\u2028", "\x0b", "**", "Part A; B", "\ufeff", "\x1c",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
)  # fmt: skip


@given(st.lists(_PARTS, max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_becomes_a_draft_that_can_be_checked_with_every_word_in_it(
    parts: list[str],
) -> None:
    text = "".join(parts)
    content = changed(eligibilityCriteria=text, minimumAge=None, maximumAge=None)
    made = draft_of(content)
    assert {one.id for one in reading_of(made).warnings} == {"draft-open"}
    kept = [one["text"] for _, one in criteria(made.text)]
    kept += [one["text"] for one in document(made.text)["not_encoded"]]
    said = words(kept, without=("Sex:", "Accepts healthy volunteers:"))
    assert said - words([text]) == Counter()
    # A marker of two letters, such as `(iv)`, may say no more than the place in the list.
    assert all(_NUMERAL.fullmatch(word) for word in words([text]) - said)


_NUMERAL = re.compile("[ivxIVX]{2,4}")


# --- comparison -----------------------------------------------------------------------------------


def differences(record: bytes, made_from: bytes) -> list[tuple[str, str | None, str | None]]:
    protocol = reading_of(draft_of(made_from)).protocol
    return [
        (one.what, one.record, one.file)
        for one in compare(read_record(record), protocol).differences
    ]


def test_a_record_matches_the_draft_made_from_it_in_either_shape() -> None:
    assert differences(changed(), changed()) == []
    assert differences(XML.encode(), changed()) == []


def test_a_later_record_is_told_apart_in_each_thing_it_changes() -> None:
    text = JSON["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    later = json.loads(
        changed(
            eligibilityCriteria=text.replace("\u2265", "\u2264"), minimumAge="21 Years", sex="ALL"
        )
    )
    later["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2026-06-30"
    assert differences(json.dumps(later).encode(), changed()) == [
        ("day of the last update", "2026-06-30", "2026-01-31"),
        ("minimum age", "21 years", "18 years"),
        ("sex", "female, male", "female"),
        ("line", "Platelets \u2264 100,000/mm3", None),
        ("line", None, "Platelets \u2265 100,000/mm3"),
    ]


def test_a_file_in_words_of_its_own_is_compared_by_the_fingerprint_of_its_record() -> None:
    made = draft_of(changed())
    own = made.text.replace("Consent", "Consent is signed").replace("Pregnancy", "Is pregnant")
    own = own.replace('text: "Platelets \u2265 100,000/mm3"', "text: Enough platelets")
    own = own.replace("text: Child-Pugh class C", "text: A bad liver")
    protocol = read_protocol(own, "own.yaml", vocabulary()).protocol
    assert compare(read_record(changed()), protocol).matches
    other = compare(
        read_record(changed(eligibilityCriteria="Inclusion Criteria:\n* Consent")), protocol
    )
    assert [one.what for one in other.differences] == ["criteria text"]


def test_a_fingerprint_tells_a_changed_comparison_but_not_another_layout() -> None:
    lines = read_lines("Inclusion Criteria:\n* Platelets > 100\n* Consent")
    assert fingerprint(lines) == fingerprint(
        read_lines("Inclusion Criteria:\n\n   1. Platelets  > 100\n   2. Consent")
    )
    assert fingerprint(lines) != fingerprint(
        read_lines("Inclusion Criteria:\n* Platelets < 100\n* Consent")
    )


def test_a_shipped_file_says_what_of_it_cannot_be_compared() -> None:
    path = shipped("criteria") / "NCT01681446" / "2018-05-30.yaml"
    protocol = read_protocol(path.read_bytes(), path.name, vocabulary()).protocol
    record = json.loads(changed(sex="ALL"))
    record["protocolSection"]["identificationModule"]["nctId"] = "NCT01681446"
    record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2018-05-30"
    found = compare(read_record(json.dumps(record).encode()), protocol)
    assert found.matches
    assert found.not_compared == (
        "criteria text: the file has words of its own and no fingerprint of the record",
    )
