"""Who moves from one verdict to another between two versions, and because of which criteria.

Both versions judge the same facts on the same day, whichever is in force. What each criterion does
is the bare finding; sentences are made for the movers only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.days import iso
from screener.facts import FactSheet
from screener.judging import Judged, judge_patient
from screener.truth import OUTCOME, VERDICT, Outcome, Truth, Verdict

_RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}


class Cause(NamedTuple):
    """A criterion that ends otherwise; None where a version does not have it."""

    id: str
    old: Outcome | None
    new: Outcome | None


class Mover(NamedTuple):
    """A patient whose verdict changes, and the criteria that end otherwise."""

    patient: str | None
    as_of: int
    old: Verdict
    new: Verdict
    because: tuple[Cause, ...]


class Moves(NamedTuple):
    """The 3 by 3 table of verdicts (old, new), and the movers, loss of eligibility first."""

    table: dict[tuple[Verdict, Verdict], int]
    movers: tuple[Mover, ...]

    def to_json(self) -> dict[str, Any]:
        """The table as `{old: {new: count}}` and every mover."""
        return {
            "table": {
                old.value: {new.value: self.table.get((old, new), 0) for new in Verdict}
                for old in Verdict
            },
            "movers": [
                {
                    "patient": one.patient,
                    "as_of": iso(one.as_of),
                    "old": one.old.value,
                    "new": one.new.value,
                    "because": [
                        {
                            "id": cause.id,
                            "old": None if cause.old is None else cause.old.value,
                            "new": None if cause.new is None else cause.new.value,
                        }
                        for cause in one.because
                    ],
                }
                for one in self.movers
            ],
        }


def moves(old: Edition, new: Edition, patients: Iterable[tuple[FactSheet, int]]) -> Moves:
    """Judge every patient by both versions.

    Args:
        old: the version before.
        new: the version after.
        patients: the facts, which both vocabularies read alike, and the day of screening.
    """
    table: Counter[tuple[Verdict, Verdict]] = Counter()
    movers: list[tuple[int, Mover]] = []
    for sheet, as_of in patients:
        first = judge_patient(old.protocol, old.vocabulary, sheet, as_of)
        second = judge_patient(new.protocol, new.vocabulary, sheet, as_of)
        verdicts = VERDICT[first.verdict.truth], VERDICT[second.verdict.truth]
        table[verdicts] += 1
        if verdicts[0] is not verdicts[1]:
            because = tuple(_causes(old, new, first, second))
            mover = Mover(sheet.patient, as_of, *verdicts, because)
            movers.append((_loss(first.verdict.truth, second.verdict.truth), mover))
    # Python's sort is stable: patients stay in the order of the file within each kind of move.
    movers.sort(key=lambda one: one[0])
    return Moves(dict(table), tuple(mover for _, mover in movers))


def _causes(old: Edition, new: Edition, first: Judged, second: Judged) -> Iterator[Cause]:
    before = _outcomes(old, first)
    after = _outcomes(new, second)
    for id in dict.fromkeys((*after, *before)):
        # A criterion that one version does not have passes there.
        if before.get(id, Outcome.PASS) is not after.get(id, Outcome.PASS):
            yield Cause(id, before.get(id), after.get(id))


def _outcomes(edition: Edition, judged: Judged) -> dict[str, Outcome]:
    return {
        criterion.id: OUTCOME[finding.truth]
        for criterion, finding in zip(edition.protocol.criteria, judged.criteria, strict=True)
    }


def _loss(old: Truth, new: Truth) -> int:
    """Eligible to ineligible first, then other losses, then gains."""
    if old is Truth.TRUE:
        return 0 if new is Truth.FALSE else 1
    return 2 if _RANK[new] < _RANK[old] else 3
