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
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import rulesets
from benchmarks.baseline import ELIGIBLE, INELIGIBLE, UNDETERMINED, Flat
from screener.ir import AllOf, AnyOf, Ever, Fixed, Formula, Pick, Polarity, Protocol, Test

#: What is said where an engine gives no answer but an error.
RAISED = "raised"

Answer = Callable[[Flat], Any]


class Peer(NamedTuple):
    """An engine with the criteria loaded: `verdict` answers in words, `criteria` as it likes."""

    name: str
    verdict: Callable[[Flat], str]
    criteria: Answer


class Style(NamedTuple):
    """How an expression is written."""

    all_of: str
    any_of: str
    negated: str
    equal: str = "=="
    quote: str = '"'


_CEL = Style(" && ", " || ", "!({})")
_WORDS = Style(" and ", " or ", "not ({})")
_ZEN = Style(" and ", " or ", "(not ({}))")
_FHIRPATH = Style(" and ", " or ", "({}).not()", "=", "'")

Tree = tuple[Any, ...]


def peers(protocol: Protocol) -> tuple[list[Peer], list[str]]:
    """Every peer that is installed, and the names of those that are not."""
    os.environ.setdefault("RUST_BACKTRACE", "0")
    found, absent = [], []
    for name, module, load in _PEERS:
        try:
            engine = _beside(module) if name in _BESIDE else import_module(module)
        except ImportError:
            absent.append(name)
        else:
            found.append(load(name, engine, protocol))
    return found, absent


def _beside(module: str) -> Any:
    """An engine whose package has the name of another one's, from a folder of its own."""
    place = Path(sys.prefix) / "peers" / module / "__init__.py"
    if not place.exists():
        raise ImportError(module)
    spec = spec_from_file_location(f"{module}_beside", place)
    assert spec is not None, "INVARIANT: a file of Python"
    assert spec.loader is not None, "INVARIANT: a file of Python"
    engine = module_from_spec(spec)
    spec.loader.exec_module(engine)
    return engine


# --- the criteria as a neutral tree ---------------------------------------------------------------


def _tree(formula: Formula, protocol: Protocol) -> Tree:
    """`(operator, fact, constant)`, or `("all" | "any", tree, ...)`."""
    match formula:
        case AllOf(args=args):
            return ("all", *(_tree(one, protocol) for one in args))
        case AnyOf(args=args):
            return ("any", *(_tree(one, protocol) for one in args))
        case Test(slot=slot, condition=condition):
            selection = protocol.selections[slot]
            assert isinstance(selection, Pick | Fixed | Ever), "INVARIANT: the facts are flat"
            fact = selection.of.fact
            if isinstance(condition, frozenset):
                (code,) = condition
                return ("==", fact, code)
            if condition.low is not None:
                return (">" if condition.low_open else ">=", fact, float(condition.low))
            assert condition.high is not None, "INVARIANT: a limit has an end"
            return ("<" if condition.high_open else "<=", fact, float(condition.high))
        case _:
            raise NotImplementedError(f"no peer is given {type(formula).__name__}")


def _infix(tree: Tree, style: Style) -> str:
    match tree:
        case ("all", *parts):
            return f"({style.all_of.join(_infix(one, style) for one in parts)})"
        case ("any", *parts):
            return f"({style.any_of.join(_infix(one, style) for one in parts)})"
        case ("==", fact, bool(yes)):
            return str(fact) if yes else style.negated.format(fact)
        case (operator, fact, constant):
            sign = style.equal if operator == "==" else operator
            quote = style.quote if isinstance(constant, str) else ""
            return f"({fact} {sign} {quote}{constant}{quote})"
        case _:
            raise NotImplementedError(tree)


def _sides(protocol: Protocol) -> tuple[list[Tree], list[Tree]]:
    """The rules of the inclusion and of the exclusion criteria."""
    sides: tuple[list[Tree], list[Tree]] = ([], [])
    for one in protocol.criteria:
        sides[one.kind is Polarity.EXCLUSION].append(_tree(one.rule, protocol))
    return sides


def _whole(protocol: Protocol, style: Style) -> str:
    included, excluded = _sides(protocol)
    any_excluded = _infix(("any", *excluded), style)
    return f"{_infix(('all', *included), style)}{style.all_of}{style.negated.format(any_excluded)}"


def _each(protocol: Protocol, style: Style) -> list[str]:
    return [_infix(_tree(one.rule, protocol), style) for one in protocol.criteria]


def _word(answer: Any) -> str:
    if answer is None:
        return UNDETERMINED
    return ELIGIBLE if answer else INELIGIBLE


# --- the engines ----------------------------------------------------------------------------------


def _zen(name: str, zen: Any, protocol: Protocol) -> Peer:
    whole = zen.compile_expression(_whole(protocol, _ZEN))
    each = [zen.compile_expression(one) for one in _each(protocol, _ZEN)]

    def answer(patient: Flat) -> str:
        try:
            return _word(whole.evaluate(patient))
        except RuntimeError:
            return RAISED

    def answers(patient: Flat) -> list[Any]:
        return [_or_none(one.evaluate, patient, RuntimeError) for one in each]

    return Peer(name, answer, answers)


def _json_logic(name: str, engine: Any, protocol: Protocol) -> Peer:
    included, excluded = _sides(protocol)
    whole = _as_json_logic(("all", *included))
    whole["and"].append({"!": [_as_json_logic(("any", *excluded))]})
    each = [_as_json_logic(_tree(one.rule, protocol)) for one in protocol.criteria]
    judge = engine.jsonLogic

    def answer(patient: Flat) -> str:
        try:
            return _word(bool(judge(whole, patient)))
        except TypeError:
            return RAISED

    def answers(patient: Flat) -> list[Any]:
        return [_or_none(partial(judge, one), patient, TypeError) for one in each]

    return Peer(name, answer, answers)


def _as_json_logic(tree: Tree) -> dict[str, Any]:
    match tree:
        case ("all" | "any" as word, *parts):
            return {"and" if word == "all" else "or": [_as_json_logic(one) for one in parts]}
        case ("==", fact, bool(yes)):
            return {"var": fact} if yes else {"!": [{"var": fact}]}
        case (operator, fact, constant):
            return {"===" if operator == "==" else operator: [{"var": fact}, constant]}
        case _:
            raise NotImplementedError(tree)


def _rule_engine(name: str, engine: Any, protocol: Protocol) -> Peer:
    context = engine.Context(default_value=None)
    whole = engine.Rule(_whole(protocol, _WORDS), context=context)
    each = [engine.Rule(one, context=context) for one in _each(protocol, _WORDS)]

    def answer(patient: Flat) -> str:
        try:
            return _word(whole.matches(patient))
        except engine.EngineError:
            return RAISED

    def answers(patient: Flat) -> list[Any]:
        return [_or_none(one.matches, patient, engine.EngineError) for one in each]

    return Peer(name, answer, answers)


def _cel(name: str, cel: Any, protocol: Protocol) -> Peer:
    whole = cel.compile(_whole(protocol, _CEL))
    each = [cel.compile(one) for one in _each(protocol, _CEL)]
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

    whole = program(_whole(protocol, _CEL))
    each = [program(one) for one in _each(protocol, _CEL)]

    def answer(patient: Flat) -> str:
        given = celpy.json_to_cel(patient)
        return _word(_or_none(whole.evaluate, given, celpy.CELEvalError))

    def answers(patient: Flat) -> list[Any]:
        given = celpy.json_to_cel(patient)
        return [_or_none(one.evaluate, given, celpy.CELEvalError) for one in each]

    return Peer(name, answer, answers)


def _fhirpath(name: str, fhirpathpy: Any, protocol: Protocol) -> Peer:
    whole = fhirpathpy.compile(_whole(protocol, _FHIRPATH))
    each = [fhirpathpy.compile(one) for one in _each(protocol, _FHIRPATH)]

    def answer(patient: Flat) -> str:
        found = whole(patient)
        return _word(found[0] if found else None)

    def answers(patient: Flat) -> list[Any]:
        return [one(patient) for one in each]

    return Peer(name, answer, answers)


def _business_rules(name: str, engine: Any, protocol: Protocol) -> Peer:
    return _firing(name, rulesets.business_rules(engine, *_sides(protocol)))


def _durable_rules(name: str, engine: Any, protocol: Protocol) -> Peer:
    return _firing(name, rulesets.durable_rules(engine, *_sides(protocol)))


def _zen_decision(name: str, zen: Any, protocol: Protocol) -> Peer:
    whole, each = _whole(protocol, _ZEN), _each(protocol, _ZEN)
    return _firing(name, rulesets.zen_decision(zen, whole, each))


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
#: Those whose package has the name of another's.
_BESIDE = ("json-logic-qubit",)
_PEERS: tuple[tuple[str, str, Load], ...] = (
    ("zen-engine", "zen", _zen),
    ("zen-engine, a decision with its trace", "zen", _zen_decision),
    ("common-expression-language", "cel", _cel),
    ("panzi-json-logic", "json_logic", _json_logic),
    ("json-logic-qubit", "json_logic", _json_logic),
    ("rule-engine", "rule_engine", _rule_engine),
    ("business-rules", "business_rules", _business_rules),
    ("durable-rules", "durable.lang", _durable_rules),
    ("fhirpathpy", "fhirpathpy", _fhirpath),
    ("cel-python", "celpy", _cel_python),
)
