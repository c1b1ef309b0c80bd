"""Words for what is recorded: a record with its day, silence, and why something is open."""

from __future__ import annotations

from collections.abc import Sequence

from screener.causes import Cause
from screener.facts import FromTable
from screener.interpreters.prose.amounts import code_words
from screener.interpreters.prose.days import date_words, dated_words
from screener.selection.selected import Used

#: Why something is open.
CAUSE_WORDS = {
    Cause.CONFLICT: "the records disagree",
    Cause.IMPRECISE: "what is recorded is not exact enough to decide",
    Cause.JUDGEMENT: "has to be judged and has not been answered yet",
    Cause.NO_RANGE: "the reference limit of the result is not known",
    Cause.PENDING: "the result is pending",
    Cause.NOT_DONE: "it was not done",
    Cause.ASKED_UNKNOWN: "it was asked and is not known",
    Cause.NOT_IN_RECORD: "the record was searched and does not say",
    Cause.MASKED: "it is masked",
    Cause.NOT_APPLICABLE: "it is recorded as not applicable",
    Cause.INCONCLUSIVE: "the result is inconclusive",
    Cause.UNDATED: "it has no date, and the date matters",
    Cause.NOT_DUE: "its window has not opened yet",
    Cause.MISSED: "its window closed without a record",
    Cause.STALE: "what is recorded is too old for the window",
    Cause.MISSING: "nothing is recorded",
}

_YES_OR_NO = {True: "yes", False: "no", None: ""}


def silence(entries: Sequence[Used]) -> str:
    """Where nothing is recorded: a source that is declared complete is named (semantics 12.3)."""
    for entry in entries:
        shown = entry.shown
        if entry.assumed and shown.source and shown.date:
            return f"nothing recorded in {shown.source}, complete to {date_words(shown.date)}"
    return "nothing recorded"


def records_words(entries: Sequence[Used]) -> str:
    """Records, each once."""
    if len(entries) == 1:
        return shown_words(entries[0])
    return "; ".join(dict.fromkeys(shown_words(entry) for entry in entries))


def table_words(entries: Sequence[Used]) -> str:
    """Which limits out of the site's table stand beside these records, in brackets."""
    found = list(dict.fromkeys(one for entry in entries for one in entry.shown.limits))
    ways = [f"{_limits(one)} by {one.row}" for one in found if one.row is not None]
    if not ways:
        return ""
    open_ = ", or no row applies" if len(ways) < len(found) else ""
    return f" (limits from the site's table: {' or '.join(ways)}{open_})"


def _limits(one: FromTable) -> str:
    if one.low is not None and one.high is not None:
        return f"{one.low} to {one.high}"
    return f"up to {one.high}" if one.low is None else f"from {one.low}"


def shown_words(entry: Used) -> str:
    """A record: its value, how it was written where that differs, and its day."""
    shown = entry.shown
    value = shown.value
    words = value if isinstance(value, str) else _YES_OR_NO[value]
    if isinstance(entry.value, frozenset):
        words = code_words(words)
    if shown.unit and shown.unit != "1":
        words += f" {'years' if shown.unit == 'a' else shown.unit}"
    if shown.original_unit and shown.original_unit != shown.unit and shown.original_value:
        words += f" (recorded as {shown.original_value} {shown.original_unit})"
    if entry.assumed:
        return f"{words} (assumed)".strip()
    if shown.date:
        return f"{words} {dated_words(shown.date)}".strip()
    return words or "recorded without a date"
