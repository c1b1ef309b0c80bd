"""Small faults put into a function: which there are, and the code of the function with one of them.

A fault changes a comparison, a condition, an operation, a number, an end, a truth, a returned value
or leaves a statement out. Annotations, texts, `assert` and `assert_never` are left alone: they
decide no answer. What stands outside functions (tables, limits) is not touched either.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OPERATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_ENDS = {"first": "last", "last": "first", "low": "high", "high": "low", "start": "end",
         "end": "start", "TRUE": "UNKNOWN", "FALSE": "UNKNOWN", "UNKNOWN": "TRUE"}  # fmt: skip
_LEFT_ALONE = ("annotation", "returns", "decorator_list", "type_comment")

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: in which function, at which line, and what stands for what."""

    function: str
    line: int
    change: str
    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST

    @property
    def name(self) -> str:
        """The same for the same fault, wherever in the file the function stands."""
        return f"{self.function}: {self.change}"


def mutants(tree: ast.Module) -> list[Mutant]:
    """Every fault of a module, in the order of the file."""
    return [found for name, node in _functions(tree, "") for found in _of(name, node)]


def code_of(tree: ast.Module, mutant: Mutant, file: str) -> CodeType:
    """The code of the function with the fault in it."""
    _put(mutant, mutant.new)
    old = _OLD[id(mutant.new)]
    try:
        compiled = compile(ast.fix_missing_locations(tree), file, "exec")
    finally:
        _put(mutant, old)
    return next(code for code in _codes(compiled) if code.co_qualname == mutant.function)


#: What each new node stands for.
_OLD: dict[int, ast.AST] = {}


def _put(mutant: Mutant, node: ast.AST) -> None:
    if mutant.index is None:
        setattr(mutant.parent, mutant.field, node)
    else:
        getattr(mutant.parent, mutant.field)[mutant.index] = node


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions(node: ast.AST, above: str) -> Iterator[tuple[str, _Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            yield above + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{above}{child.name}.")


def _of(name: str, function: _Function) -> Iterator[Mutant]:
    waiting: list[ast.AST] = list(reversed(function.body))
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        waiting.pop()
    for index, statement in enumerate(function.body):
        yield from _variants(name, function, "body", index, statement)
    while waiting:
        node = waiting.pop()
        if _alone(node):
            continue
        children = []
        for field, value in ast.iter_fields(node):
            if field in _LEFT_ALONE:
                continue
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.AST):
                    at = index if isinstance(value, list) else None
                    yield from _variants(name, node, field, at, child)
                    children.append(child)
        waiting += reversed(children)


def _alone(node: ast.AST) -> bool:
    """Whether nothing in it decides an answer: invariants, and texts put together for people."""
    if isinstance(node, ast.Assert | ast.JoinedStr):
        return True
    return isinstance(node, ast.Expr) and "assert_never" in ast.unparse(node)


def _variants(
    name: str, parent: ast.AST, field: str, index: int | None, old: ast.AST
) -> Iterator[Mutant]:
    if _alone(old):
        return
    for new in _changed(old, parent, field):
        if hasattr(old, "lineno"):
            ast.copy_location(new, old)
        _OLD[id(new)] = old
        line = getattr(old, "lineno", getattr(parent, "lineno", 0))
        change = f"{_shown(new)} for {_shown(old)}"
        yield Mutant(name, line, change, parent, field, index, new)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return f"`{text if len(text) < 80 else text[:79] + '…'}`"


def _changed(old: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    match old:
        case ast.Compare(left, ops, comparators):
            for at, op in enumerate(ops):
                others = [*ops[:at], _COMPARED[type(op)](), *ops[at + 1 :]]
                yield ast.Compare(left, others, comparators)
        case ast.BoolOp(op, values):
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield (
                ast.copy_location(ast.UnaryOp(ast.UAdd(), operand), old)
                if isinstance(old.op, ast.USub)
                else ast.Call(ast.Name("bool", ast.Load()), [operand], [])
            )
        case ast.BinOp(left, op, right) if type(op) in _OPERATED:
            yield ast.BinOp(left, _OPERATED[type(op)](), right)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.IfExp(_, body, orelse):
            yield ast.IfExp(ast.Constant(True), body, orelse)
            yield ast.IfExp(ast.Constant(False), body, orelse)
        case ast.Name(id, context) if id in _NAMES:
            yield ast.Name(_NAMES[id], context)
        case ast.Attribute(value, attr, context) if attr in _ENDS:
            yield ast.Attribute(value, _ENDS[attr], context)
        case ast.Expr(ast.Call()) | ast.AugAssign() | ast.Raise():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Return(value) if value is not None and not _plain(value):
            yield ast.Return(ast.Constant(None))
    if field in ("test", "ifs") and not isinstance(old, ast.Compare | ast.BoolOp | ast.UnaryOp):
        assert isinstance(old, ast.expr)
        yield ast.UnaryOp(ast.Not(), old)


def _plain(node: ast.AST) -> bool:
    """Whether it is `None`, or a `True` or `False` that is turned round anyway."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))
