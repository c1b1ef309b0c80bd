"""Example patients judged by a version, and where the answers are not the expected ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from screener.catalog import Edition
from screener.diagnostics import Fault, ProfileError
from screener.result import Result
from screener.rules.load import Case
from screener.trial import Trial

EXPECTED_BUT_ABSENT = "nothing"


class Difference(NamedTuple):
    """One expectation that the answer does not meet."""

    what: str
    expected: str
    got: str


def answer(edition: Edition, case: Case) -> Result:
    """Screen one example patient on its own day.

    Raises:
        ProfileError: with all faults of the patient.
    """
    return Trial((edition,), pinned=True).screen(case.profile, as_of=case.as_of)


def answer_or_fault(edition: Edition, case: Case) -> Result | ProfileError:
    """The same, a patient that cannot be read being an answer too."""
    try:
        return answer(edition, case)
    except ProfileError as error:
        return error


def differences(result: Result | ProfileError, case: Case) -> Iterator[Difference]:
    """What of the expectations of a case its answer does not meet."""
    if isinstance(result, ProfileError):
        for fault in result.faults:
            yield Difference("profile", "a patient that can be read", _said(fault))
        return
    if case.verdict is not None:
        yield from _unequal("verdict", case.verdict, result.verdict.value)
    stages = {one.id: one.verdict.value for one in result.stages}
    for id_, expected in case.stages.items():
        yield from _unequal(f"stage {id_}", expected, stages.get(id_, EXPECTED_BUT_ABSENT))
    criteria = {one.id: one.outcome.value for one in result.criteria}
    for id_, expected in case.criteria.items():
        yield from _unequal(id_, expected, criteria.get(id_, EXPECTED_BUT_ABSENT))
    if case.missing is not None:
        needed = sorted({one.fact for one in result.missing})
        yield from _unequal("missing", _listed(sorted(set(case.missing))), _listed(needed))


def _unequal(what: str, expected: str, got: str) -> Iterator[Difference]:
    if expected != got:
        yield Difference(what, expected, got)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or EXPECTED_BUT_ABSENT


def _said(fault: Fault) -> str:
    return f"{fault.pointer or '/'}: {fault.message}"
