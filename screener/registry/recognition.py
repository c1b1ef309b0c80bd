"""What one line of criteria asks for, where that is certain.

A line is understood whole or not at all: its every word has a place in one of the closed patterns,
so that no exception, negation or alternative is passed over. A wrong proposal is worse than none.
What the lines around it do to a line is not asked here.
"""

from __future__ import annotations

import re
from functools import cache

from screener.registry import ages, grades, laboratory, washouts
from screener.registry.lines import Side
from screener.registry.proposals import RANDOMIZATION, Known, Proposal, Read, Rule
from screener.registry.wording import Unclear, plain
from screener.vocabulary import Type

_AND = re.compile(r"\s*(?:;|,)\s+(?:and\s+)?|\s+and\s+", re.IGNORECASE)


def proposal_for(text: str, known: Known) -> Proposal | Unclear | None:
    """The rule that a line stands for, or why it has none where it speaks of such a thing."""
    line = plain(text).rstrip(".;, ")
    unsaid = known.side is Side.UNSAID
    if unsaid:
        known = known._replace(side=Side.INCLUSION)
    found = _whole(line, known)
    if not isinstance(found, Proposal) and known.side is Side.INCLUSION:
        found = _several(line, known) or found
    if isinstance(found, Proposal) and unsaid:
        return Unclear("no heading says whether this includes or excludes")
    if isinstance(found, Proposal) and "within" in found.rule:
        day = known.vocabulary.get(RANDOMIZATION)
        if day is None or day.shape.type is not Type.DATE:
            return Unclear(f"the vocabulary has no date `{RANDOMIZATION}`")
    return _why_not(line) if found is None else found


def _whole(line: str, known: Known) -> Proposal | Unclear | None:
    for pattern, read in _patterns():
        match = pattern.fullmatch(line)
        found = None if match is None else read(match, known)
        if found is not None:
            return found
    return None


def _several(line: str, known: Known) -> Proposal | Unclear | None:
    """Limits joined by `and`, of which each is understood."""
    parts = _AND.split(line)
    if len(parts) < 2:
        return None
    rules: list[Rule] = []
    about = frozenset[str]()
    for part in parts:
        one = _whole(part, known)
        if not isinstance(one, Proposal):
            return one
        if about & one.about or one.reading is not None or "within" in one.rule:
            return None
        rules.append(one.rule)
        about |= one.about
    return Proposal({"all_of": rules}, about)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Read], ...]:
    written = [
        *laboratory.patterns(), *grades.patterns(), *ages.patterns(), *washouts.patterns()
    ]  # fmt: skip
    return tuple((re.compile(one, re.IGNORECASE), read) for one, read in written)


_HINTS_OF_OTHERS = {
    fact: re.compile(hint, re.IGNORECASE)
    for fact, hint in {
        "ecog": r"\becog\b|performance status|karnofsky|zubrod|\bwho ps\b",
        "child_pugh": r"child[- ](?:turcotte[- ])?pugh|\bcp[- ]class\b|\bctp\b",
        "investigational_drug": r"investigational|experimental|study drug|study medication",
        "antibiotic": r"antibiotic|antimicrobial|rifaximin",
        "variceal_bleeding": r"varice|variceal",
    }.items()
}
_AGE_HINT = re.compile(
    r"\bage[ds]?\b|years? old|years of age|(?:older|younger) than|\b(?:elderly|adolescent|child)",
    re.IGNORECASE,
)
_NO_LIMIT_OF_AGE = re.compile(
    r"(?:child-?\s?bearing|reproductive|fertile) age|age-?\s?(?:appropriate|matched|adjusted)"
    r"|child-?\s?bearing|child[- ](?:turcotte[- ])?pugh",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"[<>\u2264\u2265]=?\s*\d|\buln\b|\blln\b", re.IGNORECASE)
_REASONS = (
    (
        r"\b(?:unless|except\w*|exclud\w+|other than|apart from|however|but)\b",
        "it has an exception",
    ),
    (r"\b(?:or|either)\b|and/or", "it leaves an alternative"),
    (
        r"\b(?:if|when|where|provided|in case of|for (?:patients|subjects|participants|those))\b",
        "it holds under a condition",
    ),
    (r"\b(?:no|not|without|absence|never|nor|neither|non)\b", "it denies something"),
    (r"\bwithin\b", "which days `within` means is not certain"),
    (r"[(\[]", "it says something in brackets"),
)


def hinted(text: str) -> frozenset[str]:
    """The facts that a line may speak of, whether it is understood or not."""
    line = plain(text)
    found = {fact for fact, said in laboratory.names().items() if said.hints.search(line)}
    found |= {fact for fact, hint in _HINTS_OF_OTHERS.items() if hint.search(line)}
    if re.search(r"\d", line) and _AGE_HINT.search(_NO_LIMIT_OF_AGE.sub("", line)):
        found.add("age")
    if re.search(r"\buln\b|upper limits? of", line, re.IGNORECASE) and not found:
        found.add("uln")
    return frozenset(found)


def _why_not(line: str) -> Unclear | None:
    """Why a line that speaks of a limit has no proposal."""
    if not hinted(line):
        return Unclear("limits of this are not recognised") if _LIMIT.search(line) else None
    if re.search(r"\d|class|\buln\b", line, re.IGNORECASE) is None:
        return None
    for hint, reason in _REASONS:
        if re.search(hint, line, re.IGNORECASE):
            return Unclear(reason)
    return Unclear("it says more than one limit, or says it in words not known for certain")
