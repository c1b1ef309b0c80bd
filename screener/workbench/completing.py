"""Whether what a patient's profile leaves open can be filled in so that he is eligible.

What the profile settles stays as it is: a value that decides is not measured again. What it leaves
open may turn out in any way, a new result of any day by `as_of` included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from screener.catalog import Edition
from screener.days import iso
from screener.facts import FactSheet
from screener.interpreters.smt.pairs import Claim, Pair, conjunction
from screener.interpreters.smt.solver import Impossible
from screener.judging import Judged, judge_patient
from screener.selection.frame import Frame
from screener.selection.select import select
from screener.selection.uses import facts_of
from screener.truth import VERDICT, Truth
from screener.workbench.finder import Finder, Found
from screener.workbench.profiles import Given
from screener.workbench.witness import Witness

_FACT = "fact "


class Completion(NamedTuple):
    """Whether a profile can be completed to one of somebody eligible.

    `can_be_eligible` None: undecided, for the `reason`. `witness`: a completed profile, screened.
    `added`: the facts of it that are made up. Where there is none, `clash` is a smallest set of
    criteria that cannot pass together with what the profile settles of `facts`.
    """

    trial: str
    version: str
    patient: str | None
    as_of: str
    verdict: str
    can_be_eligible: bool | None
    witness: Witness | None = None
    added: tuple[str, ...] = ()
    clash: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the answer of `screener prove --patient --json`."""
        return {
            **self._asdict(),
            "witness": None if self.witness is None else self.witness.to_json(),
            "added": list(self.added),
            "clash": list(self.clash),
            "facts": list(self.facts),
        }


def complete(
    edition: Edition,
    profile: Mapping[str, Any],
    sheet: FactSheet,
    as_of: int,
    timeout_ms: int = 10_000,
) -> Completion:
    """Whether any completion of a profile is eligible.

    Args:
        edition: the version of the trial.
        profile: the patient as parsed JSON.
        sheet: the same, read.
        as_of: the day of screening.
        timeout_ms: how long one question may take.
    """
    given = {name: said for name, said in profile.items() if name != "as_of"}
    judged = judge_patient(edition.protocol, edition.vocabulary, sheet, as_of)
    finder = Finder([edition], timeout_ms, Given(given), as_of)
    day = Witness(dict(given), iso(as_of))
    begun = Completion(
        edition.protocol.trial,
        edition.protocol.version,
        sheet.patient,
        iso(as_of),
        VERDICT[judged.verdict.truth].value,
        None,
    )
    if _eligible((judged,)):
        return begun._replace(can_be_eligible=True, witness=day)
    verdict, bound = finder.space.loose_verdict(0)
    criteria = edition.protocol.criteria
    tracked = {criteria[index].id: claim for index, claim in bound.items()}
    frame = Frame(sheet, edition.vocabulary, dict(edition.protocol.dates), as_of)
    tracked |= dict(_settled(finder, frame))
    circumstances = finder.selections.circumstances(lambda one: select(frame, one))
    answer = finder.find(verdict, circumstances, shown=_eligible, tracked=tracked)
    match answer:
        case Found():
            return begun._replace(
                can_be_eligible=True,
                witness=answer.witness,
                added=tuple(_added(answer.witness.profile, given)),
            )
        case Impossible():
            return begun._replace(
                can_be_eligible=False,
                clash=tuple(one for one in answer.clash if not one.startswith(_FACT)),
                facts=tuple(
                    one.removeprefix(_FACT) for one in answer.clash if one.startswith(_FACT)
                ),
            )
        case _:
            return begun._replace(reason=answer.reason)


def _settled(finder: Finder, frame: Frame) -> Iterator[tuple[str, Claim]]:
    """Per fact what the profile settles: each selection lies where it may lie, and stays there."""
    claims: dict[str, list[Claim]] = {}
    for selection in finder.selections.with_variables():
        found = select(frame, selection)
        if not found.values or found.short:
            continue
        claim = finder.settle(selection, found)
        for fact in list(dict.fromkeys(facts_of(selection)))[:1]:
            claims.setdefault(fact, []).append(claim)
    for fact, all_of_it in claims.items():
        yield _FACT + fact, conjunction([Pair(one, one) for one in all_of_it]).true


def _added(profile: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    before = given.get("facts") or {}
    for fact, said in profile["facts"].items():
        if said != before.get(fact):
            yield fact


def _eligible(judged: tuple[Judged, ...]) -> bool:
    return judged[0].verdict.truth is Truth.TRUE
