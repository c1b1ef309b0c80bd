"""The criteria of the benchmark in the languages of other engines.

All come from one neutral tree of the formula, translated bare: nothing guards against a fact that
is missing, since that is what is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from screener.ir import AllOf, AnyOf, Ever, Fixed, Formula, Pick, Polarity, Protocol, Test

#: `(operator, fact, constant)`, or `("all" | "any", tree, ...)`.
Tree: TypeAlias = tuple[Any, ...]


class Said(NamedTuple):
    """The criteria in a language: all in one, whether the patient is eligible; and each itself."""

    whole: Any
    each: Any


class Style(NamedTuple):
    """How an expression is written."""

    all_of: str
    any_of: str
    negated: str
    equal: str = "=="
    quote: str = '"'
    fact: str = "{}"


CEL = Style(" && ", " || ", "!({})")
WORDS = Style(" and ", " or ", "not ({})")
ZEN = Style(" and ", " or ", "(not ({}))")
FHIRPATH = Style(" and ", " or ", "({}).not()", "=", "'")
CQL = Style(" and ", " or ", "(not ({}))", "=", "'", "P.{}")


def sides(protocol: Protocol) -> tuple[list[Tree], list[Tree]]:
    """The rules of the inclusion and of the exclusion criteria, as trees."""
    found: tuple[list[Tree], list[Tree]] = ([], [])
    for one in protocol.criteria:
        found[one.kind is Polarity.EXCLUSION].append(_tree(one.rule, protocol))
    return found


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


# --- expressions ----------------------------------------------------------------------------------


def expressions(protocol: Protocol, style: Style) -> Said:
    """One line of text each."""
    included, excluded = sides(protocol)
    needed, refused = _infix(("all", *included), style), _infix(("any", *excluded), style)
    whole = f"{needed}{style.all_of}{style.negated.format(refused)}"
    return Said(whole, [_infix(one, style) for one in (*included, *excluded)])


def _infix(tree: Tree, style: Style) -> str:
    match tree:
        case ("all", *parts):
            return f"({style.all_of.join(_infix(one, style) for one in parts)})"
        case ("any", *parts):
            return f"({style.any_of.join(_infix(one, style) for one in parts)})"
        case ("==", fact, bool(yes)):
            named = style.fact.format(fact)
            return named if yes else style.negated.format(named)
        case (operator, fact, constant):
            sign = style.equal if operator == "==" else operator
            quote = style.quote if isinstance(constant, str) else ""
            return f"({style.fact.format(fact)} {sign} {quote}{constant}{quote})"
        case _:
            raise NotImplementedError(tree)


def cql(protocol: Protocol) -> Said:
    """Two libraries over one parameter with the facts: `Eligible`, and `C0`, `C1` and so on."""
    said = expressions(protocol, CQL)
    kinds = {bool: "Boolean", float: "Decimal", str: "String"}
    included, excluded = sides(protocol)
    facts = {fact: kinds[type(one)] for _, fact, one in leaves(("all", *included, *excluded))}
    fields = ", ".join(f"{name} {kind}" for name, kind in facts.items())
    head = f"library Trial version '1'\nparameter P Tuple {{ {fields} }}\n"
    each = "".join(f"define C{number}: {one}\n" for number, one in enumerate(said.each))
    return Said(f"{head}define Eligible: {said.whole}\n", head + each)


def leaves(tree: Tree) -> Iterator[Tree]:
    """The comparisons of a tree, in their order."""
    if tree[0] in ("all", "any"):
        for part in tree[1:]:
            yield from leaves(part)
    else:
        yield tree


# --- rules as JSON --------------------------------------------------------------------------------


def json_logic(protocol: Protocol) -> Said:
    """As JsonLogic."""
    included, excluded = sides(protocol)
    whole = _json_logic(("all", *included))
    whole["and"].append({"!": [_json_logic(("any", *excluded))]})
    return Said(whole, [_json_logic(one) for one in (*included, *excluded)])


def _json_logic(tree: Tree) -> dict[str, Any]:
    match tree:
        case ("all" | "any" as word, *parts):
            return {"and" if word == "all" else "or": [_json_logic(one) for one in parts]}
        case ("==", fact, bool(yes)):
            return {"var": fact} if yes else {"!": [{"var": fact}]}
        case (operator, fact, constant):
            return {"===" if operator == "==" else operator: [{"var": fact}, constant]}
        case _:
            raise NotImplementedError(tree)


def json_rules(protocol: Protocol) -> Said:
    """As the conditions of json-rules-engine; the outermost is never a comparison."""
    included, excluded = sides(protocol)
    refused = {"not": _json_rules(("any", *excluded))}
    whole = {"all": [*(_json_rules(one) for one in included), refused]}
    return Said(whole, [{"all": [_json_rules(one)]} for one in (*included, *excluded)])


_OPERATORS = {
    "==": "equal",
    "<": "lessThan",
    "<=": "lessThanInclusive",
    ">": "greaterThan",
    ">=": "greaterThanInclusive",
}


def _json_rules(tree: Tree) -> dict[str, Any]:
    match tree:
        case ("all" | "any" as word, *parts):
            return {word: [_json_rules(one) for one in parts]}
        case (operator, fact, constant):
            return {"fact": fact, "operator": _OPERATORS[operator], "value": constant}
        case _:
            raise NotImplementedError(tree)


def zen_decision(protocol: Protocol) -> Said:
    """Two decision models, as JSON: one answers `answer`, one `c0`, `c1` and so on."""
    said = expressions(protocol, ZEN)
    each = {f"c{number}": one for number, one in enumerate(said.each)}
    return Said(_zen_model({"answer": said.whole}), _zen_model(each))


def _zen_model(expressions: dict[str, str]) -> str:
    """The JSON of a decision model: the input, one node of expressions, the output."""
    kinds = {"in": "inputNode", "rules": "expressionNode", "out": "outputNode"}
    said = [{"id": key, "key": key, "value": value} for key, value in expressions.items()]
    nodes = [
        {
            "id": id_, "name": id_, "type": kind, "position": {"x": 0, "y": 0},
            "content": {"expressions": said} if id_ == "rules" else {},
        }
        for id_, kind in kinds.items()
    ]  # fmt: skip
    edges = [
        {"id": f"{one}-{other}", "sourceId": one, "targetId": other, "type": "edge"}
        for one, other in (("in", "rules"), ("rules", "out"))
    ]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes,
                       "edges": edges})  # fmt: skip
