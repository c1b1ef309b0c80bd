"""The tree says what the engine decides: of every example patient and of generated trials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from screener.catalog import folders, places, read
from screener.cli.cases import cases_of
from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.result import CriterionResult, Result
from screener.screening import screen
from screener.trace import CriterionTrace, Kind, Node, Trace
from screener.tracing import trace_patient, trace_rules
from screener.trial import Trial
from screener.truth import Outcome, Truth
from tests.judge import kleene
from tests.judge.engine import Engine
from tests.judge.generate import trial_with_patients

SHIPPED = Path(__file__).parents[2] / "criteria"
GENERATED = range(30)
OUTCOME = {True: Outcome.PASS, False: Outcome.FAIL, None: Outcome.UNKNOWN}
KLEENE = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


class Answer(NamedTuple):
    """One patient's result and its trace."""

    name: str
    result: Result
    trace: Trace


@cache
def answers() -> tuple[Answer, ...]:
    return (*_shipped(), *_generated())


def _shipped() -> Iterator[Answer]:
    for versions in places(folders([SHIPPED])).values():
        for place in versions:
            trial = Trial((read(place),), pinned=True)
            for case in cases_of(place)[::3]:
                try:
                    result = trial.screen(case.profile, as_of=case.as_of)
                except ProfileError:
                    continue
                trace = trial.explain(case.profile, as_of=case.as_of)
                yield Answer(f"{place.trial} {case.name}", result, trace)


def _generated() -> Iterator[Answer]:
    for seed in GENERATED:
        rules, vocabulary, patients = trial_with_patients(f"tree {seed}", 6, 3)
        engine = Engine(rules, vocabulary)
        for profile, as_of in patients:
            sheet = read_profile(profile, engine.vocabulary)
            day = as_of.toordinal()
            result = screen(engine.protocol, engine.vocabulary, sheet, day)
            trace = trace_patient(engine.protocol, engine.vocabulary, sheet, day)
            yield Answer(f"generated {seed} {date.isoformat(as_of)}", result, trace)


def criteria() -> Iterator[tuple[Answer, CriterionResult, CriterionTrace]]:
    for answer in answers():
        for result, trace in zip(answer.result.criteria, answer.trace.criteria, strict=True):
            yield answer, result, trace


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from nodes(part)


def combined(node: Node) -> kleene.Truth:
    """The truth of a combination from those of its parts, by the tables of semantics section 1."""
    truths = [KLEENE[part.truth] for part in node.parts if part.truth is not None]
    match node.kind:
        case Kind.ALL_OF:
            return kleene.all_of(truths)
        case Kind.ANY_OF:
            return kleene.any_of(truths)
        case Kind.NONE_OF:
            return kleene.negated(kleene.any_of(truths))
        case Kind.NOT:
            return kleene.negated(truths[0])
        case Kind.BY:
            possible = [one for one in node.parts if one.truth is not Truth.FALSE]
            shown = [one.parts[0].truth for one in possible]
            return kleene.shared([KLEENE[one] for one in shown if one is not None])
        case _:
            raise AssertionError(node.kind)


def test_there_are_trees_of_every_kind() -> None:
    kinds = {node.kind for _, _, trace in criteria() for node in nodes(trace.rule)}
    assert kinds == set(Kind) - {Kind.MISPRINT}


def test_a_criterion_without_a_rule_is_a_misprint() -> None:
    defect = {"as_printed": "above 100 /L", "kind": "unit"}
    engine = Engine(_trial([{"id": "I1", "text": "Text.", "defect": defect}]), {"facts": {}})
    (one,) = trace_rules(engine.protocol, engine.vocabulary).criteria
    assert one.rule.kind is Kind.MISPRINT


def test_each_combination_follows_from_its_parts() -> None:
    for answer, _, trace in criteria():
        for node in nodes(trace.rule):
            if node.kind in (Kind.FACT, Kind.CASE, Kind.PART, Kind.MISPRINT, Kind.AT_LEAST_OF):
                continue
            assert node.truth is not None
            assert combined(node) is KLEENE[node.truth], (answer.name, trace.id)


def test_the_root_of_the_tree_gives_the_outcome() -> None:
    for answer, result, trace in criteria():
        assert trace.rule.truth is not None
        met = KLEENE[trace.rule.truth]
        passes = kleene.negated(met) if trace.kind == "exclusion" else met
        if trace.applies_when is not None:
            assert trace.applies_when.truth is not None
            beside = kleene.negated(KLEENE[trace.applies_when.truth])
            passes = kleene.any_of([beside, passes])
        expected = {OUTCOME[passes]}
        if passes is None:
            # A missed window may fail a criterion (2.6); nothing else changes what is open.
            expected.add(Outcome.FAIL)
        unresolved = trace.says.startswith("Nobody can tell")
        expected = {Outcome.UNKNOWN} if unresolved else expected
        assert result.outcome in expected, (answer.name, trace.id)
        assert result.outcome is trace.outcome


def test_what_decides_is_what_the_result_rests_on() -> None:
    for answer, result, trace in criteria():
        roots = [one for one in (trace.rule, trace.applies_when) if one is not None]
        if not any(root.decides and root.truth is not Truth.UNKNOWN for root in roots):
            continue  # what is open, or failed for a missed window, rests on all its parts
        told = {
            entry
            for root in roots
            for node in nodes(root)
            if node.decides
            for entry in node.because
        }
        assert set(result.because) <= told, (answer.name, trace.id)


def test_every_node_that_is_open_names_a_cause_or_has_an_open_part() -> None:
    for answer, _, trace in criteria():
        for node in nodes(trace.rule):
            if node.truth is Truth.UNKNOWN and node.kind not in (Kind.MISPRINT, Kind.BY):
                named = node.cause is not None
                beneath = any(part.truth is Truth.UNKNOWN for part in node.parts)
                assert named or beneath, (answer.name, trace.id)


def test_the_rules_read_the_same_with_and_without_a_patient() -> None:
    for versions in places(folders([SHIPPED])).values():
        edition = read(versions[-1])
        protocol, vocabulary = edition.protocol, edition.vocabulary
        nobody = trace_rules(protocol, vocabulary)
        sheet = read_profile({"patient": "P", "facts": {}}, vocabulary)
        somebody = trace_patient(protocol, vocabulary, sheet, date(2026, 11, 24).toordinal())
        for bare, told in zip(nobody.criteria, somebody.criteria, strict=True):
            assert bare.says == told.says
            pairs = zip(nodes(bare.rule), nodes(told.rule), strict=True)
            assert [(one.kind, one.says) for one, _ in pairs] == [
                (one.kind, one.says) for one in nodes(told.rule)
            ]
            assert {node.truth for node in nodes(bare.rule)} == {None}


@pytest.mark.parametrize("id", ["I1", "I2"])
def test_only_the_criteria_asked_for_are_traced(id: str) -> None:
    leaf = {"text": "Text.", "rule": {"fact": "a", "is": True}}
    facts = {"a": {"type": "boolean", "kind": "fixed"}}
    engine = Engine(_trial([{"id": "I1", **leaf}, {"id": "I2", **leaf}]), {"facts": facts})
    traced = trace_rules(engine.protocol, engine.vocabulary, only=[id])
    assert [one.id for one in traced.criteria] == [id]


def _trial(inclusion: list[dict[str, Any]]) -> dict[str, Any]:
    head = {"trial": "T", "title": "Title", "version": "1", "effective": "2026-01-01"}
    return {**head, "stages": [{"id": "S", "title": "Stage", "inclusion": inclusion}]}
