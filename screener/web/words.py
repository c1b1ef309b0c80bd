"""The words of the web form: verdicts, causes, units and days as a coordinator reads them.

It says again what a result says and decides nothing. An exclusion is never "met", and nobody is
told to put a patient into a trial.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from screener.causes import Cause
from screener.diagnostics import Fault
from screener.interpreters.prose import date_words
from screener.result import OpenWindow
from screener.truth import Outcome, Verdict
from screener.vocabulary import Fact, Shape

HEADLINE = {
    Verdict.ELIGIBLE: "Meets all criteria on the data entered",
    Verdict.INELIGIBLE: "Does not meet the criteria",
    Verdict.UNDETERMINED: "Cannot tell yet",
}
NOTHING_YET = "Nothing entered yet"
#: The same in a list of stages, cohorts, trials or patients.
SHORT = {
    Verdict.ELIGIBLE: "Meets all criteria",
    Verdict.INELIGIBLE: "Does not meet the criteria",
    Verdict.UNDETERMINED: "Cannot tell yet",
}
#: How a state is called in style sheets, which never carries a meaning of its own.
STATE = {Verdict.ELIGIBLE: "pass", Verdict.INELIGIBLE: "fail", Verdict.UNDETERMINED: "open"}
TONE = {Outcome.PASS: "pass", Outcome.FAIL: "fail", Outcome.UNKNOWN: "open"}
OUTCOME = {
    ("inclusion", Outcome.PASS): "Met",
    ("inclusion", Outcome.FAIL): "Not met",
    ("inclusion", Outcome.UNKNOWN): "Cannot tell yet",
    ("exclusion", Outcome.PASS): "Not present",
    ("exclusion", Outcome.FAIL): "Present: rules out",
    ("exclusion", Outcome.UNKNOWN): "Cannot tell yet",
}
DOES_NOT_APPLY = "Does not apply"

#: What keeps a fact open, and what to do about it.
CAUSE = {
    Cause.CONFLICT: "the entries disagree; find out which is right",
    Cause.IMPRECISE: "what is known is not exact enough to decide",
    Cause.JUDGEMENT: "only a person can answer this",
    Cause.NO_RANGE: "the laboratory's reference limit is needed with it",
    Cause.PENDING: "the result is pending; come back when it is reported",
    Cause.NOT_DONE: "not done; the criterion needs it",
    Cause.ASKED_UNKNOWN: "the patient was asked and does not know",
    Cause.NOT_IN_RECORD: "looked for and not found in the record",
    Cause.MASKED: "not available to you",
    Cause.NOT_APPLICABLE: "stated as not applicable, but the criterion needs it",
    Cause.INCONCLUSIVE: "the result is inconclusive",
    Cause.UNDATED: "its date is missing",
    Cause.NOT_DUE: "not due yet; its window has not opened",
    Cause.MISSED: "its window closed without a record",
    Cause.STALE: "what is entered is too old; a newer one is needed",
    Cause.MISSING: "not entered",
}
#: The stated reasons why there is no value, as the form offers them.
ABSENCES = (
    ("pending", "Pending"),
    ("not_done", "Not done"),
    ("asked_unknown", "Asked, patient does not know"),
    ("not_in_record", "Not in the record"),
    ("masked", "Not available to me"),
    ("not_applicable", "Not applicable"),
    ("inconclusive", "Inconclusive"),
)

#: Units that laboratories report beside the one a fact is kept in; any other may be typed.
_ALSO = {
    "umol/L": ("mg/dL",),
    "mmol/L": ("mg/dL",),
    "10*9/L": ("10*3/uL",),
    "10*12/L": ("10*6/uL",),
    "g/L": ("g/dL",),
    "ng/mL": ("ug/L",),
    "cm": ("mm",),
    "kg": ("[lb_av]",),
}
_SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"10\*([0-9]+)")
_MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:mol|L|g|kat)\b)")
_QUOTED = re.compile("`([^`]*)`")


def units_of(shape: Shape) -> tuple[str, ...]:
    """The units the form offers for a fact, the one it is kept in first; none for plain numbers."""
    if shape.unit == "1":
        return ()
    return (shape.unit, *(one for one in _ALSO.get(shape.unit, ()) if one in shape.accepted))


def pretty(text: str) -> str:
    """UCUM codes in a text as they are written by hand: `10*9/L` as 10⁹/L, `umol/L` as µmol/L."""
    text = _POWER.sub(lambda match: "10" + match[1].translate(_SMALL), text)
    return _MICRO.sub("µ", text)


def unit_words(code: str) -> str:
    """A unit as people write it."""
    if code == "a":
        return "years"
    return pretty(code).replace("[lb_av]", "lb").replace("{1.73_m2}", "1.73 m²")


def value_words(value: str | bool | None) -> str:
    """A coded value or a yes or no in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = (value or "").replace("_", " ")
    return text[:1].upper() + text[1:] if text.islower() else text


def window_words(window: OpenWindow | None) -> str:
    """The days on which a record counts; empty where there is no limit."""
    if window is None or (window.opens is None and window.closes is None):
        return ""
    if window.closes is None:
        return f"from {date_words(window.opens or '')}"
    if window.opens is None:
        return f"up to {date_words(window.closes)}"
    return f"{date_words(window.opens)} to {date_words(window.closes)}"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 item`, `2 items`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """The text with a capital at its beginning, unless its first word has capitals of its own."""
    if any(sign.isupper() for sign in text.partition(" ")[0][1:]):
        return text
    return text[:1].upper() + text[1:]


def remainder(sentence: str) -> str:
    """What a criterion's sentence says behind its opening, which stands there as a tag."""
    _, colon, rest = sentence.partition(": ")
    return pretty(capital(rest)) if colon else ""


def fault_words(fault: Fault, fact: Fact | None) -> str:
    """A fault of a profile as a sentence for the person who filled in the form."""
    said = fault.message if fault.hint is None else f"{fault.message}; {fault.hint}"
    text = _spoken(said, fact)
    return capital(text) + ("" if text.endswith("?") else ".")


def plainly(text: str) -> str:
    """A message of the intake without the marks of a terminal."""
    return pretty(_spoken(text, None)).strip()


def _spoken(text: str, fact: Fact | None) -> str:
    """A message with the names of facts as labels, and everything else it quotes in quotes."""

    def spoken(match: re.Match[str]) -> str:
        return fact.label if fact and match[1] == fact.name else f"“{pretty(match[1])}”"

    return _QUOTED.sub(spoken, text)


def notice_words(message: str, fact: Fact | None) -> str:
    """A warning of a result as a sentence."""
    return capital(pretty(_spoken(message, fact))) + "."


def ends_the_day_before(text: str) -> str:
    """The last day that an answer holds, given the first day on which it may change."""
    return date_words((date.fromisoformat(text) - timedelta(days=1)).isoformat())


def when_shown(said: str | None, day: date) -> str:
    """The date of a record, and how long before the day of screening that is."""
    if said is None:
        return ""
    try:
        days = (day - date.fromisoformat(said)).days
    except ValueError:
        return date_words(said)
    if days == 0:
        return f"{date_words(said)}, the day of screening"
    if days < 0:
        return f"{date_words(said)}, {counted(-days, 'day')} later"
    return f"{date_words(said)}, {counted(days, 'day')} before"
