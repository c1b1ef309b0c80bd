"""A finding as a sentence that a coordinator can read aloud.

Says what was recorded, when, and how it stands to the limit; decides nothing. Dates are written
`24 Nov 2026`, whatever the locale.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.causes import Cause
from screener.days import iso_or_none
from screener.finding import Finding, leaves
from screener.ir import (
    Age,
    AssumeNo,
    Available,
    Calculation,
    Criterion,
    Either,
    Fixed,
    Grade,
    Limit,
    Pick,
    Polarity,
    Protocol,
    Score,
    Selection,
    Tally,
    Test,
)
from screener.quantities import Condition, Number, Range, decimal_text
from screener.selection.selected import Lack, Reach, Selected, Used, single
from screener.truth import OUTCOME, Outcome, Truth
from screener.vocabulary import Type, Vocabulary

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_OPENING = {
    (Polarity.INCLUSION, Outcome.PASS): "Met",
    (Polarity.INCLUSION, Outcome.FAIL): "Not met",
    (Polarity.EXCLUSION, Outcome.PASS): "Not excluded",
    (Polarity.EXCLUSION, Outcome.FAIL): "Excluded",
}

_CAUSE = {
    Cause.CONFLICT: "the records disagree",
    Cause.IMPRECISE: "what is recorded is not exact enough to decide",
    Cause.JUDGEMENT: "has to be judged and has not been answered yet",
    Cause.NO_RANGE: "the laboratory's reference limit did not come with the result",
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


def date_words(text: str) -> str:
    """An ISO date, partial or a stretch of time, as words: `24 Nov 2026`, `Oct 2026`."""
    if "/" in text:
        start, end = text.split("/", 1)
        return (
            f"{date_words(start)} to {date_words(end)}"
            if end not in ("", "..")
            else (f"{date_words(start)}, " + ("going on" if end == ".." else "end not recorded"))
        )
    parts = text.split("-")
    if len(parts) > 1:
        parts[1] = _MONTHS[int(parts[1]) - 1]
    if len(parts) > 2:
        parts[2] = str(int(parts[2]))
    return " ".join(reversed(parts))


def window_words(reach: Reach) -> str:
    """The days of a window as words; empty where neither is known."""
    opens = None if reach.opens is None else iso_or_none(reach.opens)
    closes = None if reach.closes is None else iso_or_none(reach.closes)
    if opens and closes:
        return f"{date_words(opens)} to {date_words(closes)}"
    if opens:
        return f"from {date_words(opens)}"
    return f"up to {date_words(closes)}" if closes else ""


def criterion_sentence(
    criterion: Criterion,
    finding: Finding,
    applies: Truth,
    protocol: Protocol,
    vocabulary: Vocabulary,
    selected: Sequence[Selected],
) -> str:
    """How a criterion ended, and what that rests on."""
    outcome = OUTCOME[finding.truth]
    opening = _OPENING.get((criterion.kind, outcome), "Cannot tell yet")
    if applies is Truth.FALSE:
        opening = "Does not apply"
    told = leaves(finding)
    if outcome is Outcome.UNKNOWN:
        told = (leaf for leaf in leaves(finding) if leaf.truth is Truth.UNKNOWN)
    if criterion.defect is not None and criterion.defect.resolved_by is None:
        printed = criterion.defect.as_printed
        return f"{opening}: the source is misprinted (“{printed}”) and nobody has resolved it."
    said = dict.fromkeys(
        leaf_clause(leaf, protocol, vocabulary, selected)
        for leaf in told
        if isinstance(leaf.formula, Test)
    )
    return f"{opening}: {'; '.join(said)}." if said else f"{opening}."


def leaf_clause(
    leaf: Finding, protocol: Protocol, vocabulary: Vocabulary, selected: Sequence[Selected]
) -> str:
    """One leaf: the fact, its value and date, and how it stands to the limit."""
    assert isinstance(leaf.formula, Test), "INVARIANT: only leaves are told"
    selection = _bare(protocol.selections[leaf.formula.slot])
    found = selected[leaf.formula.slot]
    fact = fact_of(selection)
    label = vocabulary[fact].label
    if leaf.truth is Truth.UNKNOWN:
        return _open_clause(leaf, selection, found, label, vocabulary)
    silent = [entry for entry in found.used if entry.fact == fact]
    if any(entry.assumed for entry in silent):
        return f"{label}: {_silence(silent)}, read as no"
    match selection:
        case Tally():
            return _count_clause(leaf, selection, found, label)
        case Available():
            return f"{label}: {'a' if leaf.truth is Truth.TRUE else 'no'} result is recorded"
        case Score() | Calculation() | Grade() | Either():
            return _derived_clause(leaf, selection, found, vocabulary)
        case _:
            records = [entry for entry in found.used if entry.fact == fact]
            if isinstance(selection, Age) and not records:
                years = _values(found)
                return f"{label} {years}{_limit_clause(leaf, selection, found, vocabulary)}"
            return _record_clause(leaf, selection, found, records, vocabulary)


def _silence(entries: Sequence[Used]) -> str:
    """Where nothing is recorded: a source that is declared complete is named (semantics 12.3)."""
    for entry in entries:
        shown = entry.shown
        if entry.assumed and shown.source and shown.date:
            return f"nothing recorded in {shown.source}, complete to {date_words(shown.date)}"
    return "nothing recorded"


def fact_of(selection: Selection) -> str:
    """The fact a selection is about."""
    match selection:
        case Age():
            return selection.given
        case AssumeNo() | Grade():
            return fact_of(selection.of)
        case Either():
            return fact_of(selection.given)
        case Score():
            return fact_of(selection.parts[0].value)
        case Calculation():
            return fact_of(selection.operands[0].value)
        case _:
            return selection.of.fact


def _bare(selection: Selection) -> Selection:
    return selection.of if isinstance(selection, AssumeNo) else selection


def _open_clause(
    leaf: Finding, selection: Selection, found: Selected, label: str, vocabulary: Vocabulary
) -> str:
    if found.unplaced and found.lacks:
        names = _names(found.lacks, vocabulary)
        return f"{label}: its window depends on {names}, which is not known"
    cause = leaf.cause or Cause.MISSING
    clause = f"{label}: {_CAUSE[cause]}"
    if isinstance(selection, Score | Calculation | Grade | Either):
        others = [lack for lack in found.lacks if lack.fact != fact_of(selection)]
        if others:
            parts = "; ".join(
                f"{vocabulary[lack.fact].label}: {_CAUSE[lack.cause or cause]}" for lack in others
            )
            return f"{label} may be {_values(found)}: {parts}"
    if found.values and isinstance(selection, Pick | Fixed | Age):
        shown = "; ".join(_shown(entry) for entry in found.used if entry.value is not None)
        limit = limit_words(leaf.formula, selection, vocabulary)
        clause = f"{label} {shown or _values(found)}: {_CAUSE[cause]} (limit: {limit})"
    window = next((lack.window for lack in found.lacks if lack.window is not None), None)
    if window is not None and (days := window_words(window)):
        clause += f" (window {days})"
    return clause


def _record_clause(
    leaf: Finding,
    selection: Selection,
    found: Selected,
    records: list[Used],
    vocabulary: Vocabulary,
) -> str:
    label = vocabulary[fact_of(selection)].label
    kind = vocabulary[fact_of(selection)].shape.type
    shown = "; ".join(dict.fromkeys(_shown(entry) for entry in records))
    if kind in (Type.BOOLEAN, Type.CODE, Type.ORDINAL):
        return f"{label}: {shown}"
    return f"{label} {shown}{_limit_clause(leaf, selection, found, vocabulary)}"


def _derived_clause(
    leaf: Finding, selection: Selection, found: Selected, vocabulary: Vocabulary
) -> str:
    """A score or grade, and the parts it is made of."""
    fact = vocabulary[fact_of(selection)]
    if fact.shape.type in (Type.CODE, Type.ORDINAL):
        clause = f"{fact.label}: {_values(found)}"
    else:
        limit = _limit_clause(leaf, selection, found, vocabulary)
        clause = f"{fact.label} {_values(found)}{limit}"
    parts = dict.fromkeys(
        f"{vocabulary[entry.fact].label} {_shown(entry)}"
        for entry in found.used
        if entry.fact != fact.name and entry.value is not None
    )
    return f"{clause} ({', '.join(parts)})" if parts else clause


def _count_clause(leaf: Finding, selection: Tally, found: Selected, label: str) -> str:
    days = next((window_words(one.window) for one in found.lacks if one.window), "")
    where = f" in the window {days}" if days else ""
    count = found.values[0]
    assert isinstance(count, Range), "INVARIANT: a count is a range"
    records = [
        _shown(entry) for entry in found.used if entry.fact == selection.of.fact and not entry.said
    ]
    if count.high == 0:
        return f"{label}: none{where}"
    if leaf.truth is Truth.TRUE and records:
        return f"{label}: {'; '.join(dict.fromkeys(records))}{where}"
    return f"{label}: {_range_words(count)} recorded{where}"


def _shown(entry: Used) -> str:
    shown = entry.shown
    value = shown.value
    words = value if isinstance(value, str) else {True: "yes", False: "no", None: ""}[value]
    if isinstance(entry.value, frozenset):
        words = words.replace("_", " ")
    if shown.unit and shown.unit != "1":
        words += f" {shown.unit}"
    if shown.original_unit and shown.original_unit != shown.unit and shown.original_value:
        words += f" (recorded as {shown.original_value} {shown.original_unit})"
    if entry.assumed:
        return f"{words} (assumed)".strip()
    if shown.date:
        on = "" if "/" in shown.date else "on "
        return f"{words} {on}{date_words(shown.date)}".strip()
    return words or "recorded without a date"


def _limit_clause(
    leaf: Finding, selection: Selection, found: Selected, vocabulary: Vocabulary
) -> str:
    """How the value stands to the limit, and how far it is from one that it misses."""
    limit = limit_words(leaf.formula, selection, vocabulary)
    if leaf.truth is Truth.TRUE:
        return f" is {limit}"
    side, gap = _distance(leaf.formula, found)
    if side is None:
        return f" is not {limit}"
    if gap == 0:
        return f" is at the limit, not {limit}"
    far = "" if getattr(selection, "times", None) is not None else f" (by {decimal_text(gap)})"
    return f" is {side} the limit of {limit}{far}"


def limit_words(formula: object, selection: Selection, vocabulary: Vocabulary) -> str:
    """A condition as words with its unit: `more than 40 10*9/L`, `between 3 and 8 cm`."""
    assert isinstance(formula, Test), "INVARIANT: only leaves have a limit"
    condition = formula.condition
    shape = vocabulary[fact_of(selection)].shape
    times = getattr(selection, "times", None)
    unit = "" if shape.unit == "1" else f" {'years' if shape.unit == 'a' else shape.unit}"
    if isinstance(times, Limit):
        unit = f" x {times.value}"
    if not isinstance(condition, Range):
        return " or ".join(sorted(str(code) for code in condition))
    if shape.type is Type.DATE:
        return _date_limit(condition)
    return _range_words(condition) + unit


def _date_limit(condition: Range) -> str:
    low = None if condition.low is None else iso_or_none(int(condition.low))
    high = None if condition.high is None else iso_or_none(int(condition.high))
    if low and high:
        return f"between {date_words(low)} and {date_words(high)}"
    return f"on or after {date_words(low)}" if low else f"on or before {date_words(high or '')}"


def _range_words(range_: Range) -> str:
    low, high = range_.low, range_.high
    if low is not None and low == high:
        return decimal_text(low)
    if low is not None and high is not None:
        return f"between {decimal_text(low)} and {decimal_text(high)}"
    if low is not None:
        return f"{'more than' if range_.low_open else 'at least'} {decimal_text(low)}"
    if high is not None:
        return f"{'less than' if range_.high_open else 'at most'} {decimal_text(high)}"
    return "any number"


def _distance(formula: object, found: Selected) -> tuple[str | None, Number]:
    """On which side of the condition a single number lies, and how far from it."""
    assert isinstance(formula, Test), "INVARIANT: only leaves have a limit"
    condition: Condition = formula.condition
    value = found.values[0]
    if not isinstance(condition, Range) or not isinstance(value, Range) or not single(found):
        return None, 0
    number = value.low
    assert number is not None, "INVARIANT: a single number has both ends"
    if condition.low is not None and number <= condition.low:
        return "below", condition.low - number  # type: ignore[operator]
    if condition.high is not None and number >= condition.high:
        return "above", number - condition.high  # type: ignore[operator]
    return None, 0


def _values(found: Selected) -> str:
    words = []
    for value in found.values:
        if isinstance(value, Range):
            closed = value.low is not None and value.high is not None and value.low != value.high
            words.append(
                f"{decimal_text(value.low or 0)} to {decimal_text(value.high or 0)}"
                if closed
                else _range_words(value)
            )
        else:
            words.append("/".join(sorted(str(code) for code in value)).replace("_", " "))
    return " or ".join(dict.fromkeys(words))


def _names(lacks: Sequence[Lack], vocabulary: Vocabulary) -> str:
    return " and ".join(dict.fromkeys(vocabulary[lack.fact].label for lack in lacks))
