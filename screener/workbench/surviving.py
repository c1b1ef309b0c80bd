"""Whether example patients notice small mistakes in a version, and who would notice the others.

A mistake is noticed if an example that answers as expected would not any more. One that is not
noticed either changes nothing for anybody (proved), or a patient is found to whom it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from screener.catalog import Edition
from screener.interpreters.smt.pairs import differ
from screener.interpreters.smt.solver import Impossible
from screener.judging import Judged, judge_patient
from screener.truth import OUTCOME, VERDICT
from screener.workbench.expected import Expected
from screener.workbench.finder import Finder, Found
from screener.workbench.mutants import Mutant, mutants
from screener.workbench.witness import Witness


class Survivor(NamedTuple):
    """A mistake that no example notices, and a patient to whom it matters.

    `witness` None: none was found, though it is not proved that there is none.
    """

    mutant: Mutant
    witness: Witness | None


class Survival(NamedTuple):
    """How many mistakes were tried and noticed; those that change nothing; the survivors."""

    tried: int
    noticed: int
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]

    @property
    def percent(self) -> float:
        """The share noticed of the mistakes that change something."""
        matter = self.tried - len(self.equivalent)
        return 100.0 if not matter else 100 * self.noticed / matter


#: Hands on the mistakes to be tried, and may tell how far it is.
Progress: TypeAlias = Callable[[Sequence[Mutant]], AbstractContextManager[Iterable[Mutant]]]


def survival(
    edition: Edition,
    examples: Sequence[Expected],
    timeout_ms: int = 10_000,
    progress: Progress = nullcontext,
) -> Survival:
    """Try every small mistake on the examples."""
    every = tuple(mutants(edition.protocol, edition.vocabulary))
    noticed = 0
    equivalent: list[Mutant] = []
    survivors: list[Survivor] = []
    with progress(every) as trying:
        for mutant in trying:
            if any(_notices(edition, mutant, one) for one in examples):
                noticed += 1
                continue
            answer = _to_whom_it_matters(edition, mutant, timeout_ms)
            if answer is _NOBODY:
                equivalent.append(mutant)
            else:
                survivors.append(Survivor(mutant, answer))
    return Survival(len(every), noticed, tuple(equivalent), tuple(survivors))


def _notices(edition: Edition, mutant: Mutant, one: Expected) -> bool:
    judged = judge_patient(mutant.protocol, edition.vocabulary, one.sheet, one.as_of)
    if one.verdict is not None and VERDICT[judged.verdict.truth].value != one.verdict:
        return True
    for criterion, finding in zip(mutant.protocol.criteria, judged.criteria, strict=True):
        if (
            one.criteria.get(criterion.id, OUTCOME[finding.truth].value)
            != OUTCOME[finding.truth].value
        ):
            return True
    return any(
        one.stages.get(stage.id, VERDICT[finding.truth].value) != VERDICT[finding.truth].value
        for stage, finding in zip(mutant.protocol.stages, judged.stages, strict=True)
    )


_NOBODY = Witness({}, "")


def _to_whom_it_matters(edition: Edition, mutant: Mutant, timeout_ms: int) -> Witness | None:
    """A patient whose criterion ends otherwise; `_NOBODY` if it is proved that there is none."""
    finder = Finder([edition, replace(edition, protocol=mutant.protocol)], timeout_ms)
    (index,) = [
        at for at, one in enumerate(edition.protocol.criteria) if one.id == mutant.criterion
    ]

    def ends_otherwise(judged: tuple[Judged, ...]) -> bool:
        return judged[0].criteria[index].truth is not judged[1].criteria[index].truth

    answer = finder.find(
        differ(finder.criterion(index, 0), finder.criterion(index, 1)), shown=ends_otherwise
    )
    if isinstance(answer, Found):
        return answer.witness
    return _NOBODY if isinstance(answer, Impossible) else None
