"""A small expression in the languages of engines of bare values.

It is written with Python's operators; names are facts. What a language has no word for is None.
"""

from __future__ import annotations

import ast
from typing import Any

from benchmarks.translation import Tree

_SIGNS: dict[type[ast.AST], str] = {
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.Gt: ">",
    ast.Mult: "*",
    ast.Div: "/",
}
_RULES = {
    "<=": "lessThanInclusive",
    "<": "lessThan",
    ">=": "greaterThanInclusive",
    ">": "greaterThan",
}
#: How and, or, not and a whole number beside a fraction are written.
_STYLES = {
    "cel": (" && ", " || ", "!({})"),
    "zen": (" and ", " or ", "(not ({}))"),
    "words": (" and ", " or ", "not ({})"),
    "fhirpath": (" and ", " or ", "({}).not()"),
}


def infix(plain: str, style: str) -> str:
    """As one line of text."""
    return _infix(ast.parse(plain, mode="eval").body, _STYLES[style])


def _infix(node: ast.expr, style: tuple[str, str, str]) -> str:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return f"({style[0].join(_infix(one, style) for one in values)})"
        case ast.BoolOp(values=values):
            return f"({style[1].join(_infix(one, style) for one in values)})"
        case ast.UnaryOp(operand=operand):
            return style[2].format(_infix(operand, style))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"({_infix(left, style)} {_SIGNS[type(op)]} {_infix(right, style)})"
        case ast.BinOp(left=left, op=op, right=right):
            return f"({_infix(left, style)} {_SIGNS[type(op)]} {_infix(right, style)})"
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return str(value)
        case _:
            raise NotImplementedError(ast.dump(node))


def json_logic(plain: str) -> Any:
    """As JsonLogic."""
    return _json_logic(ast.parse(plain, mode="eval").body)


def _json_logic(node: ast.expr) -> Any:
    match node:
        case ast.BoolOp(op=op, values=values):
            word = "and" if isinstance(op, ast.And) else "or"
            return {word: [_json_logic(one) for one in values]}
        case ast.UnaryOp(operand=operand):
            return {"!": [_json_logic(operand)]}
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return {_SIGNS[type(op)]: [_json_logic(left), _json_logic(right)]}
        case ast.BinOp(left=left, op=op, right=right):
            return {_SIGNS[type(op)]: [_json_logic(left), _json_logic(right)]}
        case ast.Name(id=name):
            return {"var": name}
        case ast.Constant(value=value):
            return value
        case _:
            raise NotImplementedError(ast.dump(node))


def json_rules(plain: str) -> Any:
    """As conditions of json-rules-engine, which compares a fact with a constant."""
    try:
        found = _json_rules(ast.parse(plain, mode="eval").body)
    except NotImplementedError:
        return None
    return found if set(found) & {"all", "any", "not"} else {"all": [found]}


def _json_rules(node: ast.expr) -> dict[str, Any]:
    match node:
        case ast.BoolOp(op=op, values=values):
            word = "all" if isinstance(op, ast.And) else "any"
            return {word: [_json_rules(one) for one in values]}
        case ast.UnaryOp(operand=operand):
            return {"not": _json_rules(operand)}
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=value)]):
            return {"fact": name, "operator": _RULES[_SIGNS[type(op)]], "value": value}
        case ast.Name(id=name):
            return {"fact": name, "operator": "equal", "value": True}
        case _:
            raise NotImplementedError(ast.dump(node))


_CONTRARY = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}


def tree(plain: str) -> Tree | None:
    """As the neutral tree for engines of rules that fire; they have no "not", so it is moved in."""
    try:
        return _tree(ast.parse(plain, mode="eval").body, True)
    except NotImplementedError:
        return None


def _tree(node: ast.expr, wanted: bool) -> Tree:
    match node:
        case ast.BoolOp(op=op, values=values):
            word = "all" if isinstance(op, ast.And) is wanted else "any"
            return (word, *(_tree(one, wanted) for one in values))
        case ast.UnaryOp(operand=operand):
            return _tree(operand, not wanted)
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=value)]):
            sign = _SIGNS[type(op)]
            return (sign if wanted else _CONTRARY[sign], name, float(str(value)))
        case ast.Name(id=name):
            return ("==", name, wanted)
        case _:
            raise NotImplementedError(ast.dump(node))
