"""Peers that take criteria as rules which fire, not as one expression; each gives two functions.

The first answers whether the patient meets all criteria, the second which criteria hold. Both take
flat facts. The bare translation is used here too: nothing guards against a fact that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import count
from types import SimpleNamespace
from typing import Any, TypeAlias

from benchmarks.translation import Said, Tree, leaves

Flat: TypeAlias = Mapping[str, object]
Judge: TypeAlias = Callable[[Flat], Any]
Pair: TypeAlias = tuple[Judge, Judge]

_CONTRARY = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class NoAnswer(Exception):
    """The engine gives an error instead of an answer."""


# --- business-rules ---------------------------------------------------------------------------


def business_rules(engine: Any, included: list[Tree], excluded: list[Tree]) -> Pair:
    """Variables with a type each; a rule fires an action, here one that notes its number."""
    variables = import_module("business_rules.variables")
    actions = import_module("business_rules.actions")
    trees = [*included, *excluded]
    patient_class = _patient_class(variables, trees)

    class Noting(actions.BaseActions):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.held: list[int] = []

        @actions.rule_action(params={"number": "numeric"})  # type: ignore[untyped-decorator]
        def note(self, number: int) -> None:
            self.held.append(number)

    def rule(condition: dict[str, Any], number: int) -> dict[str, Any]:
        whole = condition if "all" in condition or "any" in condition else {"all": [condition]}
        return {"conditions": whole, "actions": [{"name": "note", "params": {"number": number}}]}

    needed = [_condition(one, True) for one in included]
    needed += [_condition(one, False) for one in excluded]
    whole = [rule({"all": needed}, 0)]
    each = [rule(_condition(one, True), number) for number, one in enumerate(trees)]

    def run(rules: list[dict[str, Any]], patient: Flat) -> list[int]:
        noting = Noting()
        try:
            engine.run_all(rules, patient_class(patient), noting)
        except AssertionError as error:  # what it says of a value that is not of its type
            raise NoAnswer from error
        return noting.held

    return (lambda patient: bool(run(whole, patient))), (lambda patient: run(each, patient))


def _patient_class(variables: Any, trees: list[Tree]) -> Any:
    """The variables of a patient, typed by what they are compared with."""
    kinds = {
        bool: variables.boolean_rule_variable,
        float: variables.numeric_rule_variable,
        str: variables.string_rule_variable,
    }
    members: dict[str, Any] = {}
    for tree in trees:
        for _, fact, constant in leaves(tree):

            def value(self: Any, fact: str = fact) -> Any:
                return self.patient[fact]

            value.__name__ = fact
            members[fact] = kinds[type(constant)]()(value)

    def begin(self: Any, patient: Flat) -> None:
        self.patient = patient

    return type("Patient", (variables.BaseVariables,), {**members, "__init__": begin})


_NAMED = {
    "<": "less_than",
    "<=": "less_than_or_equal_to",
    ">": "greater_than",
    ">=": "greater_than_or_equal_to",
}


def _condition(tree: Tree, wanted: bool) -> dict[str, Any]:
    """A condition, or its contrary: there is no word for "not"."""
    match tree:
        case ("all" | "any" as word, *parts):
            return {
                "all" if (word == "all") is wanted else "any": [
                    _condition(one, wanted) for one in parts
                ]
            }
        case ("==", fact, bool(yes)):
            operator = "is_true" if yes is wanted else "is_false"
            return {"name": fact, "operator": operator, "value": ""}
        case ("==", fact, code) if wanted:
            return {"name": fact, "operator": "equal_to", "value": code}
        case ("==", fact, code):
            other = f"^(?!{re.escape(code)}$)"
            return {"name": fact, "operator": "matches_regex", "value": other}
        case (operator, fact, limit):
            operator = operator if wanted else _CONTRARY[operator]
            return {"name": fact, "operator": _NAMED[operator], "value": limit}
        case _:
            raise NotImplementedError(tree)


# --- durable-rules ----------------------------------------------------------------------------


_SETS = count()


def durable_rules(engine: Any, included: list[Tree], excluded: list[Tree]) -> Pair:
    """One set of rules, each of which fires where its criterion holds of the asserted patient."""
    held: list[int] = []
    numbers = count()
    # No two sets of rules have the same name.
    name = f"trial {next(_SETS)}"

    def firing(number: int) -> Callable[[Any], None]:
        # With one argument: a second one would be taken for the callback of a rule that waits.
        def fire(_: Any) -> None:
            held.append(number)

        return fire

    with engine.ruleset(name):
        for number, tree in enumerate([*included, *excluded]):
            engine.when_all(_event(engine.m, tree))(firing(number))
        # A message that no rule takes is an error; this one takes every patient.
        engine.when_all(engine.m.patient > 0)(firing(-1))

    def each(patient: Flat) -> list[int]:
        held.clear()
        number = next(numbers) + 1
        fact = {**patient, "id": number, "sid": "one", "patient": number}
        engine.assert_fact(name, fact)
        engine.retract_fact(name, fact)
        return [one for one in held if one >= 0]

    def whole(patient: Flat) -> bool:
        return sorted(each(patient)) == list(range(len(included)))

    return whole, each


def _event(message: Any, tree: Tree) -> Any:
    match tree:
        case ("all" | "any" as word, first, *rest):
            joined = _event(message, first)
            for one in rest:
                other = _event(message, one)
                joined = joined & other if word == "all" else joined | other
            return joined
        case (operator, fact, constant):
            value = getattr(message, fact)
            compared = {
                "==": value.__eq__, "<": value.__lt__, "<=": value.__le__,
                ">": value.__gt__, ">=": value.__ge__,
            }  # fmt: skip
            return compared[operator](constant)
        case _:
            raise NotImplementedError(tree)


# --- a decision of ZEN ------------------------------------------------------------------------


def zen_decision(engine: Any, models: Said) -> Pair:
    """A decision model of one node of expressions, which also gives a trace."""
    zen = engine.ZenEngine()
    verdict, criteria = (zen.create_decision(one) for one in models)

    def evaluate(model: Any, patient: Flat, **how: Any) -> Any:
        try:
            return model.evaluate(patient, how)["result"]
        except RuntimeError as error:
            raise NoAnswer from error

    return (
        lambda patient: evaluate(verdict, patient).get("answer"),
        lambda patient: evaluate(criteria, patient, trace=True),
    )


# --- traumatrial-match ------------------------------------------------------------------------


def traumatrial(engine: Any, included: list[Tree], excluded: list[Tree]) -> Pair:
    """Lists of rules on single fields, all of which come back with whether each is met.

    Its records and rules know the fields of injured patients only and neither "and" nor "or": they
    are made without its checks, an exclusion of several is several, and of the women who are
    pregnant, lactating or tested positive the sex is left out.
    """
    schema = import_module("traumatrial_match.schema")

    def rules(trees: list[Tree]) -> list[Any]:
        return [
            schema.Rule.model_construct(field=fact, op=_SHORT[operator], value=value, hard=True)
            for operator, fact, value in leaves(("all", *trees))
            if fact != "sex"
        ]

    trial = schema.Trial.model_construct(
        trial_id="trial", inclusion=rules(included), exclusion=rules(excluded)
    )

    def match(patient: Flat) -> Any:
        return engine.match(SimpleNamespace(patient_id="one", **patient), trial)

    return (lambda patient: match(patient).eligible), match


_SHORT = {"==": "eq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
