"""The log and its criteria as tables: what each column says of a recorded answer.

`LOG` has a row for every recorded answer, `CRITERIA` one for each criterion of it. With relative
dates every date is a number of days from the day of screening, and what a person wrote is left out,
because dates may stand in it. Columns are only ever added, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, TypeAlias

from screener.cells import Cell
from screener.days import parse_days
from screener.log.read import Filter, Line, Texts, answer_of, lines
from screener.log.store import Log

Row: TypeAlias = dict[str, Cell]

#: Raised when a column is added.
SHAPE = "1"
LOG = (
    "schema_version",
    "record_id",
    "version_no",
    "trial_id",
    "screening_id",
    "attempt_no",
    "previous_record_id",
    "as_of",
    "verdict",
    "n_pass",
    "n_fail",
    "n_undetermined",
    "failed_criteria",
    "undetermined_criteria",
    "missing_items",
    "primary_reason",
    "primary_reason_from",
    "valid_until",
    "disposition",
    "disposition_on",
    "disposition_reason",
    "protocol_version",
    "rules_sha256",
    "vocabulary_sha256",
    "engine_version",
    "semantics_version",
    "evaluated_at_utc",
    "utc_offset",
    "completed_by",
    "identity_source",
    "status",
    "change_reason",
    "entry",
    "entry_hash",
    "prev_hash",
)
CRITERIA = (
    "record_id",
    "version_no",
    "trial_id",
    "screening_id",
    "attempt_no",
    "status",
    "criterion_id",
    "iecat",
    "ietestcd",
    "ietest",
    "ieorres",
    "verdict",
    "reason_code",
    "reason_text",
    "items_used",
    "converted",
    "observed_on",
    "age_days",
    "valid_until",
    "source_ref",
)
#: The longest that the fields of an inclusion or exclusion record may be (CDISC SDTM, IE).
_LONGEST_CODE, _LONGEST_TEST = 8, 200


def log_rows(log: Log, wanted: Filter, *, relative: bool = False) -> Iterator[Row]:
    """A row for every recorded answer, oldest first."""
    known = Texts(log)
    for line in lines(log, wanted):
        answer = answer_of(line, known)
        yield log_row(line, None if answer is None else answer.result, relative=relative)


def criteria_rows(log: Log, wanted: Filter, *, relative: bool = False) -> Iterator[Row]:
    """A row for every criterion of every recorded answer that is not redacted, oldest first."""
    known = Texts(log)
    for line in lines(log, wanted):
        answer = answer_of(line, known)
        if answer is not None:
            dates = _Dates(line.as_of, relative=relative)
            for one in answer.result["criteria"]:
                yield _criterion(line, one, dates)


def log_row(line: Line, result: dict[str, Any] | None, *, relative: bool = False) -> Row:
    """One recorded answer; `result` None: it is redacted."""
    dates = _Dates(line.as_of, relative=relative)
    reason, chosen = primary_reason(line)
    passed = 0 if result is None else _count(result, "pass")
    held = result is not None
    cells: tuple[Cell, ...] = (
        SHAPE,
        line.record,
        line.version,
        line.trial,
        line.patient,
        line.attempt,
        line.previous,
        dates.of(line.as_of),
        line.verdict,
        passed if held else None,
        len(line.fails) if held else None,
        len(line.unknowns) if held else None,
        ";".join(line.fails),
        ";".join(line.unknowns),
        None if result is None else ";".join(one["fact"] for one in result["missing"]),
        reason,
        chosen,
        None if result is None else dates.of(_day_before(result["next_change"])),
        line.disposition or "pending",
        dates.of(line.disposed_on),
        dates.written(line.disposition_reason),
        line.protocol_version,
        line.rules_sha256,
        line.vocabulary_sha256,
        line.engine,
        line.semantics,
        dates.of(line.at_utc[:10]) if relative else line.at_utc,
        None if relative else line.utc_offset,
        line.actor,
        line.identity,
        line.status.value,
        dates.written(line.reason),
        line.seq,
        line.hash,
        line.prev,
    )
    return dict(zip(LOG, cells, strict=True))


def primary_reason(line: Line) -> tuple[str | None, str | None]:
    """The main reason against, and whether a person chose it or it is the first that fails."""
    if line.criterion is not None:
        return line.criterion, "person"
    return (line.fails[0], "default") if line.fails else (None, None)


def _count(result: dict[str, Any], outcome: str) -> int:
    return sum(one["outcome"] == outcome for one in result["criteria"])


def _criterion(line: Line, one: dict[str, Any], dates: _Dates) -> Row:
    newest = max((_last(entry["date"]) for entry in one["because"]), default=None)
    code = one["id"] if len(one["id"]) <= _LONGEST_CODE else None
    causes = dict.fromkeys(entry["cause"] for entry in one["because"] if entry["cause"])
    applies = one["applies"] != "false"
    cells: tuple[Cell, ...] = (
        line.record,
        line.version,
        line.trial,
        line.patient,
        line.attempt,
        line.status.value,
        one["id"],
        one["kind"].upper(),
        code,
        one["text"][:_LONGEST_TEST],
        _answer(one["kind"], one["outcome"]) if applies else None,
        one["outcome"],
        ";".join(causes) if applies else "does_not_apply",
        dates.written(one["sentence"]),
        "; ".join(_item(entry, dates) for entry in one["because"]),
        "; ".join(_converted(entry, dates) for entry in one["because"] if _differs(entry)),
        dates.of(newest),
        dates.age(newest),
        dates.of(one["valid_until"]),
        dates.written("; ".join(filter(None, (entry["source"] for entry in one["because"])))),
    )
    return dict(zip(CRITERIA, cells, strict=True))


def _answer(kind: str, outcome: str) -> str | None:
    """In the words of CDISC: an inclusion that is met, or an exclusion that is present, is Y."""
    if outcome == "unknown":
        return None
    return "Y" if (outcome == "pass") == (kind == "inclusion") else "N"


def _item(entry: dict[str, Any], dates: _Dates) -> str:
    said = _value(entry, dates) or entry["cause"] or ""
    dated = dates.of(entry["date"])
    return f"{entry['fact']}={said}" + ("" if dated is None else f"@{dated}")


def _value(entry: dict[str, Any], dates: _Dates) -> str:
    value = entry["value"]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = str(dates.of(value)) if _ISO.fullmatch(value) else value
    return shown if entry["unit"] in (None, "1") else f"{shown} {entry['unit']}"


def _differs(entry: dict[str, Any]) -> bool:
    """Whether a value was given in another unit than the one it is judged in."""
    given = entry["original"]
    return given is not None and given["unit"] != entry["unit"]


def _converted(entry: dict[str, Any], dates: _Dates) -> str:
    return f"{entry['fact']} given as {_value(entry['original'], dates)}"


_ISO = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)


def _last(dated: str | None) -> str:
    """The last day in a date as it is shown: `2026-08-01/2026-09` ends in `2026-09`."""
    return (dated or "").split("/")[-1]


def _day_before(day: str | None) -> str | None:
    return None if day is None else (date.fromisoformat(day) - timedelta(days=1)).isoformat()


class _Dates:
    """Dates as they are, or as days from the day of screening."""

    def __init__(self, as_of: str | None, *, relative: bool) -> None:
        days = parse_days(as_of or "")
        self._zero = None if days is None else days.first
        self._relative = relative

    def of(self, dated: str | None) -> Cell:
        if not dated or not self._relative:
            return dated or None
        parts = [self._days(part) for part in dated.split("/")]
        return parts[0] if len(parts) == 1 else "/".join(map(str, parts))

    def age(self, dated: str | None) -> int | None:
        """How many days before the screening, for a whole date."""
        days = parse_days(dated or "")
        if days is None or not days.exact or self._zero is None:
            return None
        return self._zero - days.first

    def written(self, text: str | None) -> str | None:
        """What a person wrote, or a sentence: not with relative dates, for it may name days."""
        return None if self._relative else text

    def _days(self, part: str) -> int | str:
        days = parse_days(part)
        if days is None or self._zero is None:
            return ""
        first, last = days.first - self._zero, days.last - self._zero
        return first if first == last else f"{first}..{last}"
