"""The log as tables: their columns, dates as days, cells no spreadsheet runs, and the flow."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.cells import Cell, csv_row, safe
from screener.log.entries import Fate
from screener.log.flow import BOXES, flows
from screener.log.read import Filter
from screener.log.store import Log
from screener.log.tables import CRITERIA, LOG, criteria_rows, log_rows
from tests.log.support import correct, dispose, evaluation, everything, redact, screen, void


def test_a_row_says_who_was_screened_how_it_ended_and_what_became_of_him(log: Log) -> None:
    first = screen(log, "S-001", 90)
    dispose(log, first.record, Fate.NOT_ELIGIBLE, criterion="I1", on="2026-11-25")
    screen(log, "S-001", None)
    one, two = log_rows(log, Filter())
    assert tuple(one) == tuple(two) == LOG
    assert {key: one[key] for key in LOG[1:22]} == {
        "record_id": first.record,
        "version_no": 1,
        "trial_id": "XMPL-002",
        "screening_id": "S-001",
        "attempt_no": 1,
        "previous_record_id": None,
        "as_of": "2026-11-24",
        "verdict": "ineligible",
        "n_pass": 1,
        "n_fail": 1,
        "n_undetermined": 0,
        "failed_criteria": "I1",
        "undetermined_criteria": "",
        "missing_items": "",
        "primary_reason": "I1",
        "primary_reason_from": "person",
        # Platelets of 20 November count to 4 December; from the 5th the answer is another.
        "valid_until": "2026-12-04",
        "disposition": "not_eligible",
        "disposition_on": "2026-11-25",
        "disposition_reason": None,
        "protocol_version": "1.0",
    }
    assert (two["attempt_no"], two["previous_record_id"]) == (2, first.record)
    assert (two["verdict"], two["undetermined_criteria"]) == ("undetermined", "I1")
    assert (two["missing_items"], two["disposition"]) == ("platelets", "pending")
    assert (one["completed_by"], one["identity_source"]) == ("Site nurse", "typed")
    assert (one["evaluated_at_utc"], one["utc_offset"]) == ("2026-11-24T09:30:00.000000Z", "+01:00")


def test_the_first_failing_criterion_is_the_main_reason_only_by_default(log: Log) -> None:
    screen(log, "S-001", 90, infection=True)
    (row,) = log_rows(log, Filter())
    assert (row["failed_criteria"], row["primary_reason"]) == ("I1;E1", "I1")
    assert row["primary_reason_from"] == "default"


def test_relative_dates_are_days_from_the_screening_and_no_text_is_left(log: Log) -> None:
    one = screen(log, "S-001", 90)
    dispose(log, one.record, Fate.DECLINED, "moved away on 1 December", on="2026-12-01")
    (row,) = log_rows(log, Filter(), relative=True)
    # From 24 November: the 25th would be 1; 1 December is 7, 4 December 10.
    assert (row["as_of"], row["disposition_on"], row["valid_until"]) == (0, 7, 10)
    assert (row["evaluated_at_utc"], row["utc_offset"]) == (0, None)
    assert row["disposition_reason"] is None
    platelets, infection = criteria_rows(log, Filter(), relative=True)
    assert platelets["items_used"] == "platelets=90 10*9/L@-4"
    assert (platelets["observed_on"], platelets["age_days"]) == (-4, 4)
    assert platelets["reason_text"] is infection["reason_text"] is None


@pytest.mark.parametrize(
    ("platelets", "infection", "answers"),
    [
        (150, False, ["Y", "N"]),
        (90, True, ["N", "Y"]),
        (None, None, [None, None]),
    ],
)
def test_criteria_are_answered_in_the_polarity_of_cdisc(
    log: Log, platelets: int | None, infection: bool | None, answers: list[str | None]
) -> None:
    screen(log, "S-001", platelets, infection)
    rows = list(criteria_rows(log, Filter()))
    assert all(tuple(row) == CRITERIA for row in rows)
    assert [row["ieorres"] for row in rows] == answers
    assert [(row["criterion_id"], row["iecat"]) for row in rows] == [
        ("I1", "INCLUSION"),
        ("E1", "EXCLUSION"),
    ]


def test_a_redacted_answer_keeps_its_row_and_says_nothing_of_the_patient(log: Log) -> None:
    one = screen(log, "Jane Doe")
    redact(log, one.record)
    (row,) = log_rows(log, Filter())
    assert row["status"] == "redacted"
    assert (row["screening_id"], row["verdict"], row["n_pass"]) == (None, None, None)
    assert list(criteria_rows(log, Filter())) == []


# --- cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_a_text_that_begins_like_a_formula_is_written_as_text(sign: str) -> None:
    assert safe(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"


def test_numbers_stay_numbers() -> None:
    assert (safe(-4), safe(0), safe(None)) == ("-4", "0", "")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_cells_read_back_as_they_were(texts: list[str]) -> None:
    row: dict[str, Cell] = {str(number): text for number, text in enumerate(texts)}
    (cells,) = csv.reader(io.StringIO(csv_row(row), newline=""))
    assert [cell[1:] if cell.startswith("'") else cell for cell in cells] == texts
    numbers = [cell for cell in cells if re.fullmatch(r"-[0-9.]+", cell, re.ASCII)]
    begin = ("=", "+", "-", "@", "\t", "\r")
    assert not any(cell.startswith(begin) for cell in cells if cell not in numbers)


# --- the flow ---------------------------------------------------------------------------------


def test_every_person_stands_in_one_box_by_what_was_said_of_the_last_answer(log: Log) -> None:
    fates = {
        "not eligible": Fate.NOT_ELIGIBLE,
        "declined": Fate.DECLINED,
        "not approached": Fate.NOT_APPROACHED,
        "withdrew": Fate.WITHDREW,
        "other": Fate.OTHER,
        "consented": Fate.CONSENTED,
        "enrolled": Fate.ENROLLED,
        "randomised": Fate.RANDOMISED,
    }
    for name, fate in fates.items():
        dispose(log, screen(log, name, 90).record, fate)
        # A second attempt of the same person, which is the one that counts.
        platelets = 90 if fate is Fate.NOT_ELIGIBLE else 150
        dispose(log, screen(log, name, platelets).record, fate)
    screen(log, "nothing said", None)
    void(log, screen(log, "void", 150).record)
    (flow,) = flows(log)
    assert (flow.assessed, flow.attempts) == (9, 17)
    assert flow.boxes == {
        "not_eligible": 1,
        "declined": 1,
        "other": 3,
        "pending": 2,
        "enrolled": 2,
    }
    assert sum(flow.boxes.values()) == sum(flow.dispositions.values()) == flow.assessed
    assert flow.to_explain == {}


def test_reasons_count_persons_once_and_failed_criteria_overlap(log: Log) -> None:
    for name, criterion in (("A", "E1"), ("B", None), ("C", "I1")):
        record = screen(log, name, 90, infection=True).record
        dispose(log, record, Fate.NOT_ELIGIBLE, criterion=criterion)
    (flow,) = flows(log)
    assert flow.reasons == {"E1": 1, "I1": 2}
    assert flow.defaults == 1
    assert flow.criteria == {"I1": 3, "E1": 3}
    assert sum(flow.reasons.values()) == flow.boxes["not_eligible"] == 3


def test_verdict_and_disposition_that_do_not_go_together_are_listed(log: Log) -> None:
    dispose(log, screen(log, "A", 90).record, Fate.ENROLLED)
    dispose(log, screen(log, "B", 150).record, Fate.NOT_ELIGIBLE)
    dispose(log, screen(log, "C", 150).record, Fate.ENROLLED)
    (flow,) = flows(log)
    assert flow.to_explain == {
        ("ineligible", "enrolled"): 1,
        ("eligible", "not_eligible"): 1,
    }


def test_a_corrected_answer_is_counted_once_with_its_last_version(log: Log) -> None:
    one = screen(log, "A", 90)
    dispose(log, one.record, Fate.NOT_ELIGIBLE)
    correct(log, one.record, evaluation("A", 90, infection=True))
    (flow,) = flows(log)
    assert (flow.assessed, flow.attempts) == (1, 1)
    assert flow.criteria == {"I1": 1, "E1": 1}


def test_a_late_correction_of_an_earlier_attempt_does_not_stand_for_the_last_one(log: Log) -> None:
    first = screen(log, "A", 90)
    dispose(log, first.record, Fate.NOT_ELIGIBLE)
    dispose(log, screen(log, "A", 150).record, Fate.ENROLLED)
    correct(log, first.record, evaluation("A", 91))
    (flow,) = flows(log)
    assert (flow.assessed, flow.attempts) == (1, 2)
    assert flow.boxes["enrolled"] == 1
    assert flow.to_explain == {}


def test_an_empty_log_has_no_flow_and_a_trial_has_its_own(log: Log) -> None:
    assert flows(log) == []
    everything(log)
    assert [flow.trial for flow in flows(log)] == ["XMPL-002"]
    assert flows(log, "XMPL-003") == []
    assert set(flows(log, "XMPL-002")[0].boxes) == set(BOXES)
