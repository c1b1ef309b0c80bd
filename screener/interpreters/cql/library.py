"""A protocol as one CQL library: its codes, records, criteria and verdicts, and what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

from screener.interpreters.cql.formula import expression
from screener.interpreters.cql.records import Records
from screener.interpreters.cql.selections import Leaves
from screener.interpreters.cql.text import (
    UNKNOWN,
    Definitions,
    Unsaid,
    comment,
    named,
    quoted,
)
from screener.ir import Criterion, Formula, Protocol, Test
from screener.selection.uses import facts_of
from screener.site import Site
from screener.vocabulary import Vocabulary

#: The FHIR model that the functions are written for.
FHIR = "4.0.1"


class Gap(NamedTuple):
    """A part of a criterion that the library says only as null, and why."""

    criterion: str
    fact: str | None
    reason: str

    def __str__(self) -> str:
        about = f"`{self.fact}`: " if self.fact else ""
        return f"{self.criterion}: {about}{self.reason}"


class Written(NamedTuple):
    """A library, and what in it is null whatever the patient is like.

    `whole`: the criteria that are said completely. `parameters`: per event the name of the date up
    to which all records of it are there.
    """

    text: str
    gaps: tuple[Gap, ...]
    whole: tuple[str, ...]
    parameters: dict[str, str]


def written(protocol: Protocol, vocabulary: Vocabulary, site: Site | None = None) -> Written:
    """The protocol as a library in which true is pass, false is fail and null is unknown.

    Args:
        protocol: a checked protocol.
        vocabulary: its facts, with their codes.
        site: further codes, of the data that the library will be run on.
    """
    draft = _Draft(protocol, vocabulary, site or Site())
    names = draft.criteria()
    draft.verdicts(names)
    gaps = tuple(dict.fromkeys(draft.gaps))
    partial = {one.criterion for one in gaps}
    whole = tuple(one.id for one in protocol.criteria if one.id not in partial)
    parameters = {fact: f"{fact} complete to" for fact in draft.records.complete}
    text = "\n\n".join(
        [*_head(protocol, gaps, whole, draft.records, parameters), draft.definitions.text()]
    )
    return Written(text + "\n", gaps, whole, parameters)


class _Draft:
    """A library while it is written."""

    def __init__(self, protocol: Protocol, vocabulary: Vocabulary, site: Site) -> None:
        self._protocol = protocol
        self.definitions = Definitions()
        self.records = Records(vocabulary, site, self.definitions)
        self._leaves = Leaves(self.records, dict(protocol.dates))
        self.gaps: list[Gap] = []

    def criteria(self) -> list[str]:
        """Define each criterion; gives their names."""
        return [self._criterion(one) for one in self._protocol.criteria]

    def _criterion(self, criterion: Criterion) -> str:
        before = len(self.gaps)
        text = self._formula(criterion.passes, criterion.id, [])
        if criterion.defect is not None and criterion.defect.resolved_by is None:
            self.gaps.append(Gap(criterion.id, None, "misprinted in its source, and not resolved"))
        lines = [f"{criterion.kind.value} {criterion.id}: {criterion.text}"]
        lines += [f"null here: {one}" for one in dict.fromkeys(map(str, self.gaps[before:]))]
        return self.definitions.add(criterion.id, text, comment("\n".join(lines)))

    def verdicts(self, names: list[str]) -> None:
        """Define the verdict of each stage, of each cohort and of the trial."""
        for stage in self._protocol.stages:
            title = f"{stage.id} (stage): {stage.title}"
            text = self._formula(stage.verdict, stage.id, names)
            self.definitions.add(f"Stage {stage.id}", text, comment(title))
        for cohort in self._protocol.cohorts:
            title = f"{cohort.id} (cohort): {cohort.title}"
            text = self._formula(cohort.verdict, cohort.id, names)
            self.definitions.add(f"Cohort {cohort.id}", text, comment(title))
        text = self._formula(self._protocol.verdict, "the verdict", names)
        about = "The trial: true is eligible, false is ineligible, null is undetermined"
        self.definitions.add("Eligible", text, comment(about))

    def _formula(self, formula: Formula, owner: str, names: list[str]) -> str:
        def leaf(test: Test) -> str:
            selection = self._protocol.selections[test.slot]
            try:
                return self._leaves.truth(selection, test.condition)
            except Unsaid as unsaid:
                self.gaps.append(Gap(owner, next(iter(facts_of(selection)), None), str(unsaid)))
                return UNKNOWN

        def left_out(reason: str) -> None:
            self.gaps.append(Gap(owner, None, reason))

        return expression(formula, leaf, names, left_out)


def _system(url: str) -> str:
    """What a code system is called: not its address, which would look like a String."""
    return f"code system {url}"


def _head(
    protocol: Protocol,
    gaps: tuple[Gap, ...],
    whole: tuple[str, ...],
    records: Records,
    parameters: dict[str, str],
) -> Iterator[str]:
    name = re.sub(r"[^A-Za-z0-9_]", "_", protocol.trial)
    said = f"{len(whole)} of {len(protocol.criteria)} criteria are said completely."
    about = [f"{protocol.trial}: {protocol.title}", "", said]
    about += [f"null here: {one}" for one in gaps]
    about += [f"No rule stands for: {one.text} ({one.reason})" for one in protocol.not_encoded]
    yield comment("\n".join(about))
    yield f"library {named(name)} version {quoted(protocol.version)}"
    yield f"using FHIR version {quoted(FHIR)}"
    systems = dict.fromkeys(system for system, _ in records.codes)
    yield "\n".join(f"codesystem {named(_system(one))}: {quoted(one)}" for one in systems)
    yield "\n".join(
        f"code {named(title)}: {quoted(code)} from {named(_system(system))}"
        for (system, code), title in records.codes.items()
    )
    yield '// The day of screening; today where it is not given.\nparameter "as of" System.Date'
    for fact, title in parameters.items():
        about_it = f"// Every `{fact}` up to this day is on record; null: nobody says so."
        yield f"{about_it}\nparameter {named(title)} System.Date"
    yield "context Patient"
    yield (files(__package__) / "functions.cql").read_text(encoding="utf-8").rstrip()
