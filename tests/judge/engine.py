"""The engine behind its public readers: the only way in which generated tests reach it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from screener.facts import FactSheet
from screener.finding import Finding
from screener.intake.profile import read_profile
from screener.intake.ranges import with_ranges
from screener.judging import judge_patient
from screener.result import Result
from screener.rules.load import read_mapping, read_protocol, read_vocabulary
from screener.screening import screen
from screener.truth import OUTCOME, VERDICT
from tests.judge.kleene import CAUSES

Json = dict[str, Any]


class Answer(NamedTuple):
    """What the engine says: every outcome and verdict by name, and the cause of each criterion."""

    said: dict[str, str]
    causes: dict[str, str | None]


class Engine:
    """The engine with one vocabulary and rule file."""

    def __init__(self, trial: Json, vocabulary: Json) -> None:
        declared = {word: said for word, said in vocabulary.items() if word != "ranges"}
        words = read_vocabulary(json.dumps(declared, indent=1), "vocabulary.yaml")
        reading = read_protocol(json.dumps(trial, indent=1), "trial.yaml", words)
        self.protocol = reading.protocol
        self.vocabulary = reading.vocabulary
        table = {"mapping": "A site", "ranges": vocabulary.get("ranges", [])}
        self.site = read_mapping(json.dumps(table, indent=1), "site.yaml", self.vocabulary)

    def answer(self, profile: Json, as_of: date) -> Answer:
        """The bare outcomes for one patient, as every result is made of them."""
        sheet = self.sheet(profile, as_of)
        judged = judge_patient(self.protocol, self.vocabulary, sheet, as_of.toordinal())
        said: dict[str, str] = {}
        causes: dict[str, str | None] = {}
        for criterion, finding in zip(self.protocol.criteria, judged.criteria, strict=True):
            said[f"criterion {criterion.id}"] = OUTCOME[finding.truth].value
            named = {leaf.cause.value for leaf in leaves(finding) if leaf.cause is not None}
            causes[criterion.id] = min(named, key=CAUSES.index, default=None)
        for stage, finding in zip(self.protocol.stages, judged.stages, strict=True):
            said[f"stage {stage.id}"] = VERDICT[finding.truth].value
        for cohort, finding in zip(self.protocol.cohorts, judged.cohorts, strict=True):
            said[f"cohort {cohort.id}"] = VERDICT[finding.truth].value
        said["trial"] = VERDICT[judged.verdict.truth].value
        return Answer(said, causes)

    def sheet(self, profile: Json, as_of: date) -> FactSheet:
        """The facts of one patient, with the limits of the site's table."""
        sheet = read_profile(profile, self.vocabulary)
        return with_ranges(sheet, self.site, self.vocabulary, as_of.toordinal())

    def screen(self, profile: Json, as_of: date) -> Result:
        """The result for one patient."""
        sheet = self.sheet(profile, as_of)
        return screen(self.protocol, self.vocabulary, sheet, as_of.toordinal())


def said_by(result: Result) -> dict[str, str]:
    """Every outcome and verdict of a result by name."""
    said = {f"criterion {one.id}": one.outcome.value for one in result.criteria}
    said |= {f"stage {one.id}": one.verdict.value for one in result.stages}
    said |= {f"cohort {one.id}": one.verdict.value for one in result.cohorts}
    return said | {"trial": result.verdict.value}


def leaves(finding: Finding) -> Iterator[Finding]:
    """The leaves that a finding rests on."""
    if not finding.parts:
        yield finding
    for part in finding.parts:
        yield from leaves(part)
