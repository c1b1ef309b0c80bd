"""What a faulty file is told, as text; and every diagnostic id that reading can give."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from screener.diagnostics import RulesError, render
from screener.rules.load import read_cases, read_mapping, read_protocol, read_vocabulary
from screener.vocabulary import Vocabulary

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@cache
def vocabulary() -> Vocabulary:
    """The facts of the made-up trials of these tests."""
    return read_vocabulary((HERE / "good" / "vocabulary.yaml").read_bytes(), "vocabulary.yaml")


def told(path: Path) -> str:
    """Every fault and warning of a file, rendered."""
    data = path.read_bytes()
    try:
        if path.name.endswith(".vocabulary.yaml"):
            read_vocabulary(data, path.name)
        elif path.name.endswith(".cases.yaml"):
            read_cases(data, path.name)
        elif path.name.endswith(".mapping.yaml"):
            read_mapping(data, path.name, vocabulary())
        else:
            reading = read_protocol(data, path.name, vocabulary())
            source = {path.name: data.decode()}
            return "".join(render(one, source) + "\n" for one in reading.warnings)
    except RulesError as error:
        return f"{error}\n"
    return ""


def ids() -> set[str]:
    """The ids in the first argument of every call that makes a diagnostic."""
    found: set[str] = set()
    for path in (ROOT / "screener" / "rules").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in (
                "error",
                "warning",
                "Diagnostic",
            ):
                texts = (one for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant))
                found.update(one.value for one in texts if isinstance(one.value, str))
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
