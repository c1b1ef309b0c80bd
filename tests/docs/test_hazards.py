"""Every hazard has tests that are there and run: a row without one fails the build."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.docs.readme import ROOT

PAGE = ROOT / "docs" / "hazards.md"
_LEFT_OUT = {"skip", "skipif", "xfail"}


@cache
def running() -> frozenset[str]:
    """The names of all tests that nothing leaves out."""
    found = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = {
                    part.attr
                    for mark in node.decorator_list
                    for part in ast.walk(mark)
                    if isinstance(part, ast.Attribute)
                }
                if not marks & _LEFT_OUT:
                    found.add(node.name)
    return frozenset(found)


def rows(text: str) -> dict[str, list[str]]:
    """The tests that each hazard names."""
    lines = re.findall(r"^\| (H[0-9]{2}) \|.*\|([^|]*)\|$", text, re.MULTILINE)
    return {id: re.findall(r"`([^`]+)`", tests) for id, tests in lines}


def lacking(named: list[str]) -> list[str]:
    """Of what a hazard names, what is not there; everything, where it names nothing."""
    if not named:
        return ["no test at all"]
    return [
        one
        for one in named
        if not (one in running() or (one.endswith(".yaml") and (ROOT / one).is_file()))
    ]


ROWS = rows(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("id", ROWS)
def test_a_hazard_has_its_tests(id: str) -> None:
    assert lacking(ROWS[id]) == []


def test_the_hazards_are_numbered_without_a_gap() -> None:
    assert list(ROWS) == [f"H{number:02}" for number in range(1, len(ROWS) + 1)]
    assert len(ROWS) == len(re.findall(r"^\| H", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_a_row_without_a_test_or_with_one_that_is_not_there_is_found() -> None:
    said = rows("| H01 | x | 4 | y |  |\n| H02 | x | 4 | y | `test_that_nobody_wrote` |\n")
    assert [lacking(one) for one in said.values()] == [
        ["no test at all"],
        ["test_that_nobody_wrote"],
    ]
