"""Runs the quick tests against one faulty function at a time, in a process of its own.

The tests are collected once; each fault then runs, in a fork, the tests that reach its line until
one fails: first those that noticed earlier faults of the function, then of the module, then the
quickest. A fault that no test notices has survived. A fork that hangs or grows without bound is
stopped and counts as noticed.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.campaign.paths import ROOT
from tests.mutation.mutants import Mutant, code_of, mutants

#: A test that takes longer than this, in seconds of processor time, is not quick.
SLOW = 1.0
#: A fork may take so much memory, and so many times the processor time of its tests, plus seconds.
MOST_MEMORY, TIMES, MORE = 4 * 1024**3, 4, 5


def tree_of(module: str) -> ast.Module:
    """The parsed source of a module; its faults are numbered in the order of `mutants`."""
    return ast.parse(_path(module).read_text("utf-8"))


def survivors(module: str, tests: Sequence[str], count: int) -> list[str]:
    """Those of the first `count` faults of a module that none of some files of tests notices."""
    loop = _Loop(module, count)
    options = ["-q", "-s", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        pytest.main([*options, *(str(ROOT / one) for one in tests)], plugins=[loop])
    if not loop.finished:
        raise RuntimeError(f"the tests could not be run:\n{told.getvalue()}")
    return loop.survived


class _Loop:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, module: str, count: int) -> None:
        self.module, self.count = module, count
        self.survived: list[str] = []
        self.finished = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        items = {item.nodeid: item for item in session.items}
        reach = _reach(self.module, items)
        tree = tree_of(self.module)
        noticed: Counter[tuple[str, str]] = Counter()
        for mutant in mutants(tree)[: self.count]:
            lines = _lines(tree, mutant)
            chosen = [name for name, (_, ran) in reach.items() if not lines.isdisjoint(ran)]
            chosen.sort(key=lambda name: (-noticed[mutant.function, name], -noticed["", name]))
            most = TIMES * sum(reach[name][0] for name in chosen) + MORE
            code = code_of(tree, mutant, str(_path(self.module)))
            by = _noticed(self.module, mutant, code, [items[name] for name in chosen], most)
            if by is None:
                self.survived.append(f"{self.module}:{mutant.line} {mutant.name}")
            noticed.update([(mutant.function, by or ""), ("", by or "")])
        self.finished = True
        return True


def _lines(tree: ast.Module, mutant: Mutant) -> set[int]:
    """The lines of the statement in which the fault is: a statement over lines reports few."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Match | ast.Try):
            lines = range(node.lineno, (node.end_lineno or 0) + 1)
            if mutant.line in lines and not hasattr(node, "body"):
                return set(lines)
    return {mutant.line}


def _noticed(
    module: str, mutant: Mutant, code: CodeType, items: list[pytest.Item], most: float
) -> str | None:
    """The name of the first test that fails, `stopped` where none came to its end; or None."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        ended = 1
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (int(most), int(most)))
            signal.alarm(int(most) * 10)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            _forget()
            _function(module, mutant.function).__code__ = code
            by = next((item.nodeid for item in items if _fails(item)), "")
            os.write(told, by.encode())
            ended = 1 if by else 0
        os._exit(ended)
    os.close(told)
    with os.fdopen(heard, "rb") as pipe:
        by = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return (by or "stopped") if status else None


def _forget() -> None:
    """Empty what was worked out before: it would hide a fault, or that a test reaches a line."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("screener.", "tests.")):
            for found in list(vars(module).values()):
                if hasattr(found, "cache_clear"):
                    found.cache_clear()


def _fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _function(module: str, qualname: str) -> FunctionType:
    """The function itself beneath decorators, so that whoever imported it runs the new code."""
    found: Any = import_module(module)
    for name in qualname.split("."):
        found = vars(found)[name]
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        if isinstance(found, property):
            found = found.fget
        elif isinstance(found, functools.cached_property):
            found = found.func
        else:
            found = found.__wrapped__
    return found


def _path(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


# --- which test reaches which line --------------------------------------------------------------


def _reach(module: str, items: dict[str, pytest.Item]) -> dict[str, tuple[float, set[int]]]:
    """The tests that run lines of a module, the quickest first: seconds and lines."""
    file = str(_path(module))
    traced = coverage.Coverage(data_file=None, include=[file], config_file=False)
    took: dict[str, float] = {}
    traced.start()
    try:
        for name, item in items.items():
            _forget()
            traced.switch_context(name)
            began = time.process_time()
            failed = _fails(item)
            took[name] = time.process_time() - began
            # What is slow is not asked; it may even fail, for being traced.
            if failed and took[name] <= SLOW:
                raise RuntimeError(f"{name} fails without any fault")
    finally:
        traced.stop()
    reach: dict[str, tuple[float, set[int]]] = {}
    lines = traced.get_data().contexts_by_lineno(file)
    for name in sorted(took, key=lambda name: took[name]):
        if took[name] <= SLOW:
            ran = {line for line, names in lines.items() if name in names}
            if ran:
                reach[name] = took[name], ran
    return reach
