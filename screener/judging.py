"""A whole protocol judged on one day: what is selected, and the findings of every formula.

The bare answer, with its reasons but without words, remedies or what comes later; `screening`
makes a result of it. Decides nothing of its own. Source: semantics section 2.
"""

from __future__ import annotations

from collections.abc import Sequence

from screener.facts import FactSheet
from screener.finding import Bare, Finding, leaves_of, named
from screener.interpreters.evaluate import evaluate_each
from screener.ir import Cohort, Protocol, Stage
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.selected import Selected
from screener.truth import UNKNOWN, Truth
from screener.vocabulary import Vocabulary


class Judged:
    """The findings for one patient on one day; criteria, stages and cohorts in protocol order."""

    __slots__ = ("_criteria", "_verdict", "protocol", "selected")

    def __init__(
        self,
        protocol: Protocol,
        selected: Sequence[Selected],
        criteria: Sequence[Bare],
        verdict: Bare,
    ) -> None:
        self.protocol = protocol
        self.selected = selected
        self._criteria = criteria
        self._verdict = verdict

    @property
    def truths(self) -> tuple[Truth, ...]:
        """Whether each criterion passes."""
        return tuple([one[1] for one in self._criteria])

    @property
    def truth(self) -> Truth:
        """Whether the trial takes the patient."""
        return self._verdict[1]

    def leaves(self, index: int) -> list[Finding]:
        """What the finding of a criterion rests on."""
        return leaves_of(self._criteria[index])

    def criterion(self, index: int) -> Finding:
        """Whether a criterion passes, and what that rests on."""
        return named(self._criteria[index])

    @property
    def criteria(self) -> tuple[Finding, ...]:
        """Whether each criterion passes, and what that rests on."""
        return tuple([named(one) for one in self._criteria])

    @property
    def stages(self) -> tuple[Finding, ...]:
        """The verdict of each stage."""
        return tuple(map(named, self._combined(self.protocol.stages)))

    @property
    def cohorts(self) -> tuple[Finding, ...]:
        """The verdict of each cohort."""
        return tuple(map(named, self._combined(self.protocol.cohorts)))

    @property
    def verdict(self) -> Finding:
        """The verdict of the trial."""
        return named(self._verdict)

    @property
    def waiting(self) -> tuple[int, ...]:
        """The criteria reached from an undecided verdict through unknown parts only, by index."""
        if self.truth is not UNKNOWN:
            return ()
        places = {id(finding): index for index, finding in enumerate(self._criteria)}
        reached: set[int] = set()
        parts = [self._verdict]
        while parts:
            part = parts.pop()
            if part[1] is not UNKNOWN:
                continue
            if id(part) in places:
                reached.add(places[id(part)])
            else:
                parts += part[3]
        return tuple(sorted(reached))

    def truths_of(self, heads: Sequence[Stage | Cohort]) -> list[Truth]:
        """The verdicts of stages or cohorts of the protocol."""
        if len(heads) == 1 and heads[0].verdict is self.protocol.verdict:
            return [self.truth]
        return [one[1] for one in self._combined(heads)]

    def _combined(self, heads: Sequence[Stage | Cohort]) -> list[Bare]:
        formulas = [one.verdict for one in heads]
        return evaluate_each(formulas, self.selected, self._criteria)


def judge_patient(
    protocol: Protocol, vocabulary: Vocabulary, sheet: FactSheet, as_of: int
) -> Judged:
    """Select and judge; `as_of` is a day ordinal."""
    frame = Frame(sheet, vocabulary, dict(protocol.dates), as_of)
    return judge(protocol, [select(frame, selection) for selection in protocol.selections])


def judge(protocol: Protocol, selected: Sequence[Selected]) -> Judged:
    """Judge every formula of the protocol over what is selected, one value per slot."""
    criteria = evaluate_each([one.passes for one in protocol.criteria], selected)
    (verdict,) = evaluate_each((protocol.verdict,), selected, criteria)
    return Judged(protocol, selected, criteria, verdict)


def judge_anew(
    before: Judged, selected: Sequence[Selected], slots: Sequence[Sequence[int]]
) -> Judged:
    """As `judge`, of a patient of whom little else is selected than `before`.

    `slots`: what each criterion rests on. Where all of that is the same, its finding is.
    """
    protocol, then = before.protocol, before.selected
    moved = {slot for slot, one in enumerate(selected) if one is not then[slot]}
    anew = [index for index, own in enumerate(slots) if not moved.isdisjoint(own)]
    criteria = list(before._criteria)
    formulas = [protocol.criteria[index].passes for index in anew]
    for index, found in zip(anew, evaluate_each(formulas, selected), strict=True):
        criteria[index] = found
    (verdict,) = evaluate_each((protocol.verdict,), selected, criteria)
    return Judged(protocol, selected, criteria, verdict)
