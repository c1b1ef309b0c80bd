"""What a faulty profile is told, as text; every id that reading a profile can give."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

from screener.diagnostics import ProfileError
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from tests.intake.vocabulary import VOCABULARY

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TEXT = HERE / "bad.txt"
BAD: list[dict[str, Any]] = yaml.safe_load((HERE / "bad.yaml").read_text("utf-8"))
#: The readers of one profile; tables and FHIR have accounts of their own.
READERS = sorted((ROOT / "screener" / "intake").glob("*.py"))


def told(case: dict[str, Any]) -> str:
    """Every fault of a profile: its pointer, its id, what is wrong, the hint."""
    try:
        read_profile(parse_json(case["profile"]), VOCABULARY)
    except ProfileError as error:
        return "".join(
            f"{fault.pointer or '/'}: [{fault.id}] {fault.message}\n"
            + (f"   hint: {fault.hint}\n" if fault.hint else "")
            for fault in error.faults
        )
    return ""


def everything_told() -> str:
    """The text of all faulty profiles."""
    return "\n".join(f"{case['name']}\n{told(case)}" for case in BAD)


def ids() -> set[str]:
    """Every id that stands in the source of the readers."""
    found: set[str] = set()
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found |= {str(one.value) for one in _given(node) if isinstance(one, ast.Constant)}
    return found


def _given(node: ast.AST) -> list[ast.expr]:
    """The expressions of a node that are ids."""
    match node:
        case ast.Call(ast.Attribute(_, "add"), [first, _, _, *_]):
            return [first]
        case ast.Call(ast.Name("Fault"), [_, _, _, last]):
            return [last]
        case ast.Call(ast.Name("_unreadable"), [_, _, last]):
            return [last]
        case ast.Call(ast.Name("_unreadable"), _, [ast.keyword("id", last)]):
            return [last]
        case ast.Assign([ast.Name("id")], value):
            return [value]
        case ast.Assign([ast.Tuple([ast.Name("id"), _])], ast.Tuple([value, _])):
            return [value]
        case ast.FunctionDef(args=ast.arguments(args=[*_, ast.arg("id")], defaults=[*_, last])):
            return [last]
    return []
