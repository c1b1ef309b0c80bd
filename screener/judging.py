"""A whole protocol judged on one day: what is selected, and the findings of every formula.

The bare answer, with its reasons but without words, remedies or what comes later; `screening`
makes a result of it. Decides nothing of its own. Source: semantics section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from screener.facts import FactSheet
from screener.finding import Finding
from screener.interpreters.evaluate import evaluate
from screener.ir import Protocol
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.selected import Selected
from screener.vocabulary import Vocabulary


class Judged(NamedTuple):
    """The findings for one patient on one day; criteria, stages and cohorts in protocol order."""

    selected: Sequence[Selected]
    criteria: tuple[Finding, ...]
    stages: tuple[Finding, ...]
    cohorts: tuple[Finding, ...]
    verdict: Finding


def judge_patient(
    protocol: Protocol, vocabulary: Vocabulary, sheet: FactSheet, as_of: int
) -> Judged:
    """Select and judge; `as_of` is a day ordinal."""
    frame = Frame(sheet, vocabulary, dict(protocol.dates), as_of)
    return judge(protocol, [select(frame, selection) for selection in protocol.selections])


def judge(protocol: Protocol, selected: Sequence[Selected]) -> Judged:
    """Judge every formula of the protocol over what is selected, one value per slot."""
    criteria = tuple([evaluate(one.passes, selected) for one in protocol.criteria])
    return Judged(
        selected,
        criteria,
        tuple([evaluate(one.verdict, selected, criteria) for one in protocol.stages]),
        tuple([evaluate(one.verdict, selected, criteria) for one in protocol.cohorts]),
        evaluate(protocol.verdict, selected, criteria),
    )
