"""Other rule engines at the same criteria: those that are installed, each with two questions.

They get the criteria translated straight from the formula, without guards against what is missing,
and flat facts; they give a bare answer and, asked criterion by criterion, 27 bare answers. None of
them reads units, dates or records, or says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module, metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import rulesets
from benchmarks.baseline import ELIGIBLE, INELIGIBLE, UNDETERMINED, Flat
from benchmarks.translation import (
    CEL,
    FHIRPATH,
    WORDS,
    ZEN,
    expressions,
    json_logic,
    sides,
    zen_decision,
)
from screener.ir import Protocol

#: What is said where an engine gives no answer but an error.
RAISED = "raised"
#: Those whose package has the name of another's, and where they are.
_BESIDE = ("json-logic-qubit",)
_FOLDER = Path(sys.prefix) / "peers"

Answer = Callable[[Flat], Any]


class Peer(NamedTuple):
    """An engine with the criteria loaded: `verdict` answers in words, `criteria` as it likes."""

    name: str
    verdict: Callable[[Flat], str]
    criteria: Answer


def peers(protocol: Protocol) -> tuple[list[Peer], list[str]]:
    """Every peer that is installed, and the names of those that are not, with the reason."""
    os.environ.setdefault("RUST_BACKTRACE", "0")
    found, absent = [], []
    for name, module, load in _PEERS:
        try:
            engine = installed(name, module)
        except ImportError as error:
            absent.append(f"{name} ({error})")
        else:
            found.append(load(name, engine, protocol))
    return found, absent


def installed(name: str, module: str) -> Any:
    """The module of an engine, by the name of its package.

    Raises:
        ImportError: it is not installed.
    """
    if name not in _BESIDE:
        return import_module(module)
    # Its package has the name of another one's, so it lies in a folder of its own.
    place = _FOLDER / module / "__init__.py"
    if not place.exists():
        raise ImportError(f"no folder of {name}")
    spec = spec_from_file_location(f"{module}_beside", place)
    assert spec is not None, "INVARIANT: a file of Python"
    assert spec.loader is not None, "INVARIANT: a file of Python"
    engine = module_from_spec(spec)
    spec.loader.exec_module(engine)
    return engine


def version(name: str) -> str:
    """The version of an installed engine."""
    if name not in _BESIDE:
        return metadata.version(name)
    (found,) = metadata.distributions(name=name, path=[str(_FOLDER)])
    return found.version


def _word(answer: Any) -> str:
    if answer is None:
        return UNDETERMINED
    return ELIGIBLE if answer else INELIGIBLE


# --- the engines ----------------------------------------------------------------------------------


def _zen(name: str, zen: Any, protocol: Protocol) -> Peer:
    said = expressions(protocol, ZEN)
    whole = zen.compile_expression(said.whole)
    each = [zen.compile_expression(one) for one in said.each]

    def answer(patient: Flat) -> str:
        try:
            return _word(whole.evaluate(patient))
        except RuntimeError:
            return RAISED

    def answers(patient: Flat) -> list[Any]:
        return [_or_none(one.evaluate, patient, RuntimeError) for one in each]

    return Peer(name, answer, answers)


def _json_logic(name: str, engine: Any, protocol: Protocol) -> Peer:
    whole, each = json_logic(protocol)
    judge = engine.jsonLogic

    def answer(patient: Flat) -> str:
        try:
            return _word(bool(judge(whole, patient)))
        except TypeError:
            return RAISED

    def answers(patient: Flat) -> list[Any]:
        return [_or_none(partial(judge, one), patient, TypeError) for one in each]

    return Peer(name, answer, answers)


def _rule_engine(name: str, engine: Any, protocol: Protocol) -> Peer:
    context = engine.Context(default_value=None)
    said = expressions(protocol, WORDS)
    whole = engine.Rule(said.whole, context=context)
    each = [engine.Rule(one, context=context) for one in said.each]

    def answer(patient: Flat) -> str:
        try:
            return _word(whole.matches(patient))
        except engine.EngineError:
            return RAISED

    def answers(patient: Flat) -> list[Any]:
        return [_or_none(one.matches, patient, engine.EngineError) for one in each]

    return Peer(name, answer, answers)


def _cel(name: str, cel: Any, protocol: Protocol) -> Peer:
    said = expressions(protocol, CEL)
    whole = cel.compile(said.whole)
    each = [cel.compile(one) for one in said.each]
    errors = (TypeError, RuntimeError, ValueError, KeyError)

    def answer(patient: Flat) -> str:
        return _word(_or_none(whole.execute, patient, errors))

    def answers(patient: Flat) -> list[Any]:
        context = cel.Context(variables=patient)
        return [_or_none(one.execute, context, errors) for one in each]

    return Peer(name, answer, answers)


def _cel_python(name: str, celpy: Any, protocol: Protocol) -> Peer:
    environment = celpy.Environment()

    def program(text: str) -> Any:
        return environment.program(environment.compile(text))

    said = expressions(protocol, CEL)
    whole = program(said.whole)
    each = [program(one) for one in said.each]

    def taken(patient: Flat) -> Any:
        # It compares no whole number with a fraction, and the limits are fractions.
        return celpy.json_to_cel(
            {name: float(one) if type(one) is int else one for name, one in patient.items()}
        )

    def answer(patient: Flat) -> str:
        given = taken(patient)
        return _word(_or_none(whole.evaluate, given, celpy.CELEvalError))

    def answers(patient: Flat) -> list[Any]:
        given = taken(patient)
        return [_or_none(one.evaluate, given, celpy.CELEvalError) for one in each]

    return Peer(name, answer, answers)


def _fhirpath(name: str, fhirpathpy: Any, protocol: Protocol) -> Peer:
    said = expressions(protocol, FHIRPATH)
    whole = fhirpathpy.compile(said.whole)
    each = [fhirpathpy.compile(one) for one in said.each]

    def answer(patient: Flat) -> str:
        found = whole(patient)
        return _word(found[0] if found else None)

    def answers(patient: Flat) -> list[Any]:
        return [one(patient) for one in each]

    return Peer(name, answer, answers)


def _business_rules(name: str, engine: Any, protocol: Protocol) -> Peer:
    return _firing(name, rulesets.business_rules(engine, *sides(protocol)))


def _durable_rules(name: str, engine: Any, protocol: Protocol) -> Peer:
    return _firing(name, rulesets.durable_rules(engine, *sides(protocol)))


def _zen_decision(name: str, zen: Any, protocol: Protocol) -> Peer:
    return _firing(name, rulesets.zen_decision(zen, zen_decision(protocol)))


def _traumatrial(name: str, engine: Any, protocol: Protocol) -> Peer:
    return _firing(name, rulesets.traumatrial(engine, *sides(protocol)))


def _firing(name: str, judges: rulesets.Pair) -> Peer:
    whole, each = judges

    def answer(patient: Flat) -> str:
        try:
            return _word(whole(patient))
        except rulesets.NoAnswer:
            return RAISED

    return Peer(name, answer, lambda patient: _or_none(each, patient, rulesets.NoAnswer))


def _or_none(
    judge: Answer, given: Any, errors: type[Exception] | tuple[type[Exception], ...]
) -> Any:
    """An error is taken as "unknown", in the engine's favour."""
    try:
        return judge(given)
    except errors:
        return None


Load = Callable[[str, Any, Protocol], Peer]
_PEERS: tuple[tuple[str, str, Load], ...] = (
    ("zen-engine", "zen", _zen),
    ("zen-engine, a decision with its trace", "zen", _zen_decision),
    ("common-expression-language", "cel", _cel),
    ("panzi-json-logic", "json_logic", _json_logic),
    ("json-logic-qubit", "json_logic", _json_logic),
    ("rule-engine", "rule_engine", _rule_engine),
    ("business-rules", "business_rules", _business_rules),
    ("durable-rules", "durable.lang", _durable_rules),
    ("traumatrial-match", "traumatrial_match.match", _traumatrial),
    ("fhirpathpy", "fhirpathpy", _fhirpath),
    ("cel-python", "celpy", _cel_python),
)
