"""An answer as text that a study coordinator can read.

It chooses words and their order, never what is true: every line restates something of the result.
An exclusion criterion is never said to be "met" or "passed".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from screener.causes import Cause
from screener.result import (
    ArmResult,
    Because,
    CriterionResult,
    Missing,
    OpenWindow,
    Remedy,
    Result,
    SetAside,
    StageResult,
)
from screener.terminal.text import Ink, Paint, clean, plain, wrapped
from screener.truth import Outcome, Truth, Verdict

HEADLINE = {
    Verdict.ELIGIBLE: ("ELIGIBLE: meets all criteria on the data given", Ink.GOOD),
    Verdict.INELIGIBLE: ("INELIGIBLE: does not meet the criteria", Ink.BAD),
    Verdict.UNDETERMINED: ("UNDETERMINED: cannot tell yet", Ink.OPEN),
}
_VERDICT = {
    Verdict.ELIGIBLE: "eligible",
    Verdict.INELIGIBLE: "ineligible",
    Verdict.UNDETERMINED: "cannot tell yet",
}
OUTCOME_INK = {Outcome.PASS: Ink.GOOD, Outcome.FAIL: Ink.BAD, Outcome.UNKNOWN: Ink.OPEN}
#: What a criterion that ended so is said to be, by its side of the protocol.
OUTCOME_WORDS = {
    ("inclusion", Outcome.PASS): "meets",
    ("inclusion", Outcome.FAIL): "does not meet",
    ("inclusion", Outcome.UNKNOWN): "cannot tell yet",
    ("exclusion", Outcome.PASS): "not excluded",
    ("exclusion", Outcome.FAIL): "excluded",
    ("exclusion", Outcome.UNKNOWN): "cannot tell yet",
}
_WIDEST_WORD = max(len(word) for word in OUTCOME_WORDS.values())

_CAUSE = {
    Cause.CONFLICT: "the records disagree",
    Cause.IMPRECISE: "not known precisely enough",
    Cause.JUDGEMENT: "a person has to answer this",
    Cause.NO_RANGE: "the reference limit is not given",
    Cause.PENDING: "the result is pending",
    Cause.NOT_DONE: "not done",
    Cause.ASKED_UNKNOWN: "asked, and not known",
    Cause.NOT_IN_RECORD: "looked for, and not in the record",
    Cause.MASKED: "not available to you",
    Cause.NOT_APPLICABLE: "stated as not applicable",
    Cause.INCONCLUSIVE: "the result is inconclusive",
    Cause.UNDATED: "its date is not given",
    Cause.NOT_DUE: "not due yet",
    Cause.MISSED: "the time for it has passed",
    Cause.STALE: "what is recorded is too old",
    Cause.MISSING: "not recorded",
}
#: What it takes to get a fact, in words.
COST_WORDS = {
    "chart": "from the chart",
    "asked": "by asking",
    "blood_draw": "by a blood draw",
    "imaging": "by imaging",
    "biopsy": "by a biopsy",
}


def render(
    result: Result,
    width: int = 100,
    paint: Paint = plain,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The whole answer for one patient, ending with a line break; `titles` are those of stages."""
    parts = [
        _head(result, width, paint),
        _cohorts(result),
        *(
            _stage(stage, titles.get(stage.id, stage.id), result, width, paint)
            for stage in result.stages
        ),
        _strata(result),
        dose_lines(result.arms, width),
        _warnings(result, width),
        _not_encoded(result, width),
        _rests_on(result, width, paint),
    ]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


# --- the verdict ------------------------------------------------------------------------------


def _head(result: Result, width: int, paint: Paint) -> Iterator[str]:
    who = "Patient without a name" if result.patient is None else f"Patient {result.patient}"
    yield clean(f"{who}, {result.trial} version {result.version}, as of {result.as_of}")
    words, ink = HEADLINE[result.verdict]
    yield paint(words, ink)
    for sentence in summary_of(result):
        yield from wrapped(sentence, width)
    if result.missing:
        yield "What would help to settle it, cheapest first:"
        for one in result.missing:
            yield from wrapped(f"- {missing_words(one)}", width, "  ", "    ")


def summary_of(result: Result) -> Iterator[str]:
    """What a verdict rests on, in sentences."""
    failing = [one for one in result.criteria if one.outcome is Outcome.FAIL]
    unknown = [one for one in result.criteria if one.outcome is Outcome.UNKNOWN]
    if result.verdict is Verdict.ELIGIBLE:
        yield "An investigator must confirm eligibility."
    elif result.verdict is Verdict.INELIGIBLE:
        if failing:
            yield f"{_count(failing)} against it: {_ids(failing)}."
        if unknown:
            them = "it" if len(unknown) == 1 else "them"
            yield f"{_count(unknown)} open; settling {them} would not change the verdict."
        for one in failing:
            if one.remedy is not None and one.remedy.kind != "none":
                yield f"{one.id}: {remedy_words(one.remedy)}."
    else:
        if failing:
            yield f"{_count(failing)} against it, but not for every cohort: {_ids(failing)}."
        yield f"{'No criterion is against it; ' if not failing else ''}{_count(unknown)} open."
    if result.next_change is not None:
        yield f"With the same records the verdict could next change on {result.next_change}."


def _count(criteria: Sequence[CriterionResult]) -> str:
    return "1 criterion is" if len(criteria) == 1 else f"{len(criteria)} criteria are"


def _ids(criteria: Sequence[CriterionResult]) -> str:
    return ", ".join(one.id for one in criteria)


def missing_words(one: Missing) -> str:
    """A fact that would help: why it is not known, when it counts, what it takes, who waits."""
    parts = [f"{one.label}: {_CAUSE[one.cause]}"]
    days = days_words(one.window)
    if days:
        parts.append(f"counts if dated {days}")
    parts.append(COST_WORDS.get(one.cost, one.cost))
    return f"{'; '.join(parts)} (for {', '.join(one.needed_by)})"


def days_words(window: OpenWindow | None) -> str:
    """The days of a window, ISO; empty where neither end is known."""
    if window is None or (window.opens is None and window.closes is None):
        return ""
    if window.closes is None:
        return f"{window.opens} or later"
    return (
        f"{window.closes} or earlier"
        if window.opens is None
        else f"{window.opens} to {window.closes}"
    )


def remedy_words(remedy: Remedy) -> str:
    """What a remedy says to a person."""
    if remedy.kind == "wait":
        return f"with the same records this no longer stands in the way from {remedy.date}"
    if remedy.kind == "new_result":
        return "a new result could change this"
    return "nothing further can change this"


# --- criteria ---------------------------------------------------------------------------------


def _cohorts(result: Result) -> list[str]:
    if not result.cohorts:
        return []
    shown = (f"{one.id} {_VERDICT[one.verdict]}" for one in result.cohorts)
    return [clean(f"Cohorts: {', '.join(shown)}")]


def _stage(
    stage: StageResult, title: str, result: Result, width: int, paint: Paint
) -> Iterator[str]:
    days = days_words(stage.window)
    head = f"{title}{f', {days}' if days else ''}: {_VERDICT[stage.verdict]}"
    yield paint(clean(head), Ink.STRONG)
    widest = max((len(one.id) for one in result.criteria), default=0)
    for one in result.criteria:
        if one.stage == stage.id:
            yield from _criterion(one, widest, width, paint)


def _criterion(one: CriterionResult, widest: int, width: int, paint: Paint) -> Iterator[str]:
    word = OUTCOME_WORDS[one.kind, one.outcome]
    if one.applies is Truth.FALSE:
        word = "does not apply"
    gap = " " * (2 + _WIDEST_WORD + 2 + widest + 2)
    text = wrapped(one.text, width, gap, gap)
    first = text[0][len(gap) :] if text else ""
    ended = paint(f"{word:<{_WIDEST_WORD}}", OUTCOME_INK[one.outcome])
    yield f"  {ended}  {one.id:<{widest}}  {first}"
    yield from text[1:]
    inner = gap + "  "
    yield from wrapped(f"> {one.sentence}", width, gap, inner)
    for aside in one.set_aside:
        yield from wrapped(f"set aside: {aside_words(aside)}", width, inner, inner + "  ")
    if one.outcome is Outcome.FAIL and one.remedy is not None:
        yield from wrapped(remedy_words(one.remedy), width, inner, inner)
    if one.valid_until is not None:
        yield f"{inner}stands until {one.valid_until}"


def aside_words(aside: SetAside) -> str:
    """A record that was not used, and why."""
    return f"{record_words(aside.record)}: {aside.reason}"


def record_words(entry: Because) -> str:
    """A record on one line, as it was given."""
    parts = [entry.fact]
    shown = entry.original if entry.original is not None else entry
    if shown.value is not None:
        value = shown.value if isinstance(shown.value, str) else ("no", "yes")[shown.value]
        parts.append(f"{value} {shown.unit}" if shown.unit not in (None, "1") else value)
    if entry.date is not None:
        parts.append(f"of {entry.date}")
    if entry.source is not None:
        parts.append(f"({entry.source})")
    return " ".join(parts)


# --- the rest ---------------------------------------------------------------------------------


def _strata(result: Result) -> list[str]:
    if not result.strata:
        return []
    shown = (f"{factor} {level or 'not known yet'}" for factor, level in result.strata)
    return [clean(f"Strata: {', '.join(shown)}")]


def dose_lines(arms: Sequence[ArmResult], width: int) -> Iterator[str]:
    """What the arms give an eligible patient; nothing where no dose is stated at all."""
    if any(one.doses for one in arms):
        yield "Doses of the protocol; arithmetic, not a prescription:"
        yield from arm_lines([(one.title, [d.sentence for d in one.doses]) for one in arms], width)


def arm_lines(arms: Iterable[tuple[str, Sequence[str]]], width: int) -> Iterator[str]:
    """The arms by their titles, with what each gives."""
    for title, doses in arms:
        yield from wrapped(title if doses else f"{title}: no dose stated", width, "  ", "    ")
        for sentence in doses:
            yield from wrapped(f"- {sentence}", width, "    ", "      ")


def _warnings(result: Result, width: int) -> Iterator[str]:
    for one in result.warnings:
        yield from wrapped(f"warning: {one.message}", width, "", "  ")


def _not_encoded(result: Result, width: int) -> Iterator[str]:
    if result.not_encoded:
        yield "Not judged here:"
    for one in result.not_encoded:
        source = f" ({one.source})" if one.source else ""
        yield from wrapped(f"- {one.text}{source}: {one.reason}", width, "  ", "    ")


def _rests_on(result: Result, width: int, paint: Paint) -> Iterator[str]:
    hashes = [
        f"{name} {digest[:12]}"
        for name, digest in (
            ("rules", result.rules_sha256),
            ("vocabulary", result.vocabulary_sha256),
        )
        if digest
    ]
    engine = f"engine {result.engine}, semantics {result.semantics}"
    text = f"Rests on {', '.join([*hashes, engine])}. Decision support, not a medical decision."
    for line in wrapped(text, width):
        yield paint(line, Ink.FAINT)
