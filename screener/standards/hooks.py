"""CDS Hooks 2.0: the service that is offered, and a card for each trial.

It decides what is worth a card: nothing is shown of a trial that the patient is ineligible for,
unless that is wanted; nothing is ever more urgent than information.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from screener.causes import Cause
from screener.intake.fhir.prefetch import templates
from screener.intake.fhir.reader import may_hold
from screener.matching import Match
from screener.result import Missing, Result
from screener.terminal import missing_words, summary_of
from screener.truth import Outcome, Verdict
from screener.vocabulary import Vocabulary

Json = dict[str, Any]

HOOK, SERVICE = "patient-view", "trials"
#: A summary has fewer characters than this.
_LONGEST = 140
_HEADLINE = {
    Verdict.ELIGIBLE: "meets all criteria on the data sent",
    Verdict.UNDETERMINED: "cannot tell yet",
    Verdict.INELIGIBLE: "does not meet the criteria",
}
_MARKS = re.compile(r"([\\`*_\[\]<>|~#&])")
_BREAKS = re.compile(r"\s+")


def services(vocabulary: Vocabulary) -> Json:
    """The answer of the discovery endpoint."""
    about = (
        "Says for each clinical trial on file whether the patient meets its criteria, does not, or "
        "nobody can tell yet, and what is missing. Decision support, not a medical decision."
    )
    service = {
        "hook": HOOK,
        "title": "Clinical trial eligibility",
        "description": about,
        "id": SERVICE,
        "prefetch": templates(vocabulary),
        "usageRequirements": "Judges what is prefetched and calls no FHIR server: what is not "
        "prefetched is unknown. At least the patient and one of the searches are needed.",
    }
    return {"services": [service]}


def cards(
    matches: Iterable[Match],
    vocabulary: Vocabulary,
    unfetched: Collection[str],
    instance: str,
    *,
    ineligible: bool,
) -> list[Json]:
    """A card for each trial that judged the patient, in the order of the matches."""
    return [
        _card(one.result, vocabulary, unfetched, instance)
        for one in matches
        if one.result is not None and (ineligible or one.result.verdict is not Verdict.INELIGIBLE)
    ]


def _card(
    result: Result, vocabulary: Vocabulary, unfetched: Collection[str], instance: str
) -> Json:
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"{instance} {result.trial} {result.rules_sha256}")),
        "summary": _summary(result),
        "detail": "\n".join(_detail(result, vocabulary, unfetched)),
        "indicator": "info",
        "source": {"label": f"{result.trial}, version {result.version}"},
    }


def _summary(result: Result) -> str:
    """The verdict, and as many names of missing facts as fit."""
    said = f"{result.trial}: {_HEADLINE[result.verdict]}"
    labels = list(dict.fromkeys(one.label for one in result.missing))
    for count in range(len(labels), 0, -1):
        left = len(labels) - count
        more = f" and {left} more" if left else ""
        whole = f"{said}; would help: {', '.join(labels[:count])}{more}"
        if len(whole) < _LONGEST:
            return whole
    return said if len(said) < _LONGEST else f"{said[: _LONGEST - 4]}..."


def _detail(result: Result, vocabulary: Vocabulary, unfetched: Collection[str]) -> Iterator[str]:
    sentences = " ".join(summary_of(result))
    yield f"**{_marked(_HEADLINE[result.verdict]).capitalize()}.** {_marked(sentences)}"
    if result.missing:
        yield "\nWhat would help to settle it, cheapest first:\n"
        for one in result.missing:
            yield f"- {_marked(missing_words(one) + _where(one, vocabulary, unfetched))}"
    for title, outcome in (("Against it", Outcome.FAIL), ("Open", Outcome.UNKNOWN)):
        listed = [one for one in result.criteria if one.outcome is outcome]
        if listed:
            yield f"\n{title}:\n"
            for criterion in listed:
                yield f"- **{_marked(criterion.id)}** {_marked(criterion.text)}"
                yield f"  - {_marked(criterion.sentence)}"
    if unfetched:
        yield f"\nNot fetched, so not known: {_marked(', '.join(unfetched))}."
    if result.warnings:
        yield "\nNote:\n"
        yield from (f"- {_marked(one.message)}" for one in result.warnings)
    yield f"\n_{_marked(_rests_on(result))}_"


def _where(one: Missing, vocabulary: Vocabulary, unfetched: Collection[str]) -> str:
    """Whether anybody has looked for a fact of which nothing is recorded."""
    if one.cause is not Cause.MISSING or one.fact not in vocabulary:
        return ""
    held: Sequence[str] = [kind for kind in unfetched if may_hold(kind, vocabulary[one.fact])]
    return f"; not fetched: {', '.join(held)}" if held else "; looked for, nothing found"


def _rests_on(result: Result) -> str:
    return (
        f"As of {result.as_of}, rules {result.rules_sha256[:12]}, engine {result.engine}. Decision "
        "support, not a medical decision: an investigator confirms eligibility."
    )


def _marked(text: str) -> str:
    """A text of which nothing is taken for Markdown."""
    return _MARKS.sub(r"\\\1", _BREAKS.sub(" ", text).strip())
