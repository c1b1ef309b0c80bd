"""Reads a criterion, and combines its rule, its scope and its polarity into `passes`.

The only place where a rule becomes a pass. Source: semantics section 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from screener.diagnostics import Span
from screener.ir import AnyOf, Criterion, Defect, Formula, MissedFails, Not, Polarity, Unclear
from screener.rules.faults import Faults, nearest, one_of, quoted
from screener.rules.formula import read_rule
from screener.rules.scope import Scope, Setting
from screener.rules.source import Node, Text
from screener.rules.words import Words, entries_of

#: Several items of the outline in one source.
SEPARATOR = "; "

_WORDS = (
    "id", "text", "source", "rule", "applies_when", "only_for", "reading", "rationale",
    "if_missing", "defect", "note", "carried_over", "draft",
)  # fmt: skip
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Side:
    """Where a criterion stands: its stage and polarity, and what the stage adds to its rules."""

    stage: str
    kind: Polarity
    setting: Setting
    missed_fails: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A criterion with the places that whole-file checks point at."""

    criterion: Criterion
    id: Span
    sources: tuple[Text, ...]


def read_criterion(
    node: Node, side: Side, cohorts: Mapping[str, Span], scope: Scope
) -> Written | None:
    """One criterion; None, with the fault noted, where it is none at all."""
    faults = scope.faults
    entries = entries_of(node, faults, "a criterion")
    if entries is None:
        return None
    words = Words(entries, faults, _WORDS, "a criterion")
    defect = _defect(words, faults)
    unresolved = defect is not None and defect.resolved_by is None
    setting = Setting(side.setting.window, _if_missing_no(words, faults))
    draft = _draft(words, faults)
    # A rule may wait until its misprint is resolved, or its draft is settled; every other has one.
    waits = (unresolved or draft) and "rule" not in words
    rule: Formula = (
        Unclear(span=words.span) if waits else read_rule(words.need("rule"), scope, setting)
    )
    applies = words.get("applies_when")
    condition = None if applies is None else read_rule(applies, scope, setting)
    passes = _passes(side.kind, rule, condition, words.key("rule"))
    if unresolved:
        passes = Unclear(span=words.key("defect"))
    if side.missed_fails:
        passes = MissedFails(passes, span=words.key("rule"))
    sources = words.texts("source")
    _sources_are_whole(words, sources, faults)
    criterion = Criterion(
        id=read_id(words, "id", faults),
        stage=side.stage,
        kind=side.kind,
        text=words.needed_prose("text"),
        source=SEPARATOR.join(one.value for one in sources) or None,
        rule=rule,
        applies=condition,
        passes=passes,
        only_for=_only_for(words, cohorts, faults),
        reading=words.prose("reading"),
        rationale=words.prose("rationale"),
        note=words.prose("note"),
        defect=defect,
        carried_over=words.text("carried_over"),
        draft=draft,
        span=words.span,
    )
    return Written(criterion, words.value("id"), sources)


def _passes(kind: Polarity, rule: Formula, applies: Formula | None, span: Span) -> Formula:
    met = rule if kind is Polarity.INCLUSION else Not(rule, span=span)
    # Where it is unknown whether it applies, a rule that is met passes and one that is not is
    # unknown: the "or" says both, and never fails (semantics 2.2).
    return met if applies is None else AnyOf((Not(applies, span=applies.span), met), span=span)


def read_id(words: Words, word: str, faults: Faults) -> str:
    """An id: short, and fit to name a column or a file."""
    text = words.needed_text(word)
    if text and _ID.fullmatch(text) is None:
        faults.error(
            "bad-id",
            words.need(word).span,
            f"{quoted(text)} cannot be {quoted(word)}",
            expected="up to 64 letters, digits, `.`, `-` and `_`, the first a letter or digit",
        )
    return text


def _sources_are_whole(words: Words, sources: tuple[Text, ...], faults: Faults) -> None:
    for one in sources:
        if one.cut:
            faults.warning(
                "text-cut",
                one.span,
                "what follows ` #` is not part of `source`",
                hint="put the text in quotes if it belongs to it",
            )


def _draft(words: Words, faults: Faults) -> bool:
    """Whether a person has still to settle it (semantics 2.7)."""
    draft = words.flag("draft", False)
    if draft:
        faults.warning(
            "draft-open",
            words.value("draft"),
            "nobody has confirmed this criterion yet",
            hint="read it against its source, then take `draft` out; what no rule can say goes to "
            "`not_encoded`",
        )
    return draft


def _defect(words: Words, faults: Faults) -> Defect | None:
    node = words.get("defect")
    entries = None if node is None else entries_of(node, faults, "`defect`")
    if entries is None:
        return None
    inner = Words(entries, faults, ("as_printed", "kind", "resolved_by"), "`defect`")
    return Defect(
        inner.needed_prose("as_printed"), inner.needed_text("kind"), inner.prose("resolved_by")
    )


def _if_missing_no(words: Words, faults: Faults) -> bool:
    said = words.choice("if_missing", ("no",)) is not None
    if said and "reading" not in words:
        faults.error(
            "reading-missing",
            words.key("if_missing"),
            "`if_missing: no` needs a `reading`",
            hint="say there why nothing recorded may be read as no",
        )
    return said


def _only_for(words: Words, cohorts: Mapping[str, Span], faults: Faults) -> tuple[str, ...]:
    named = words.texts("only_for")
    for one in named:
        if one.value not in cohorts:
            faults.error(
                "unknown-cohort",
                one.span,
                f"{quoted(one.value)} is not a cohort",
                expected=one_of(cohorts) if cohorts else None,
                hint=nearest(one.value, cohorts) or "declare it under `cohorts`",
            )
    return tuple(one.value for one in named)
