"""Runs the quick tests against one faulty function at a time, in a process of its own.

The tests are collected once; each fault then runs, in a fork, the tests that reach its line until
one fails: first those that noticed earlier faults of the function, then of the module, then the
quickest. A fault that no test notices has survived. A fork that hangs or grows without bound is
stopped and counts as noticed.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import functools
import hashlib
import io
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.campaign.paths import KEPT, ROOT
from tests.mutation.mutants import Mutant, code_of, mutants

TESTS = (
    "tests/spec/test_cases.py",
    "tests/core",
    "tests/test_units.py",
    "tests/rules/test_bad_files.py",
    "tests/rules/test_lowering.py",
    "tests/rules/test_declarations.py",
    "tests/rules/test_case_files.py",
    "tests/intake/test_bad_profiles.py",
    "tests/intake/test_records.py",
    "tests/intake/test_profiles.py",
    "tests/intake/test_strict_json.py",
)
#: A test that takes longer than this, in seconds of processor time, is not quick.
SLOW = 1.0
#: A fork may take so much memory, and so many times the processor time of its tests, plus seconds.
MOST_MEMORY, TIMES, MORE = 4 * 1024**3, 4, 5


def tree_of(module: str) -> ast.Module:
    """The parsed source of a module; its faults are numbered in the order of `mutants`."""
    return ast.parse(_path(module).read_text("utf-8"))


def survivors(module: str, first: int, count: int) -> list[str]:
    """Those of some faults of a module that no test notices."""
    loop = _Loop(module, first, count)
    options = ["-q", "-s", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        pytest.main([*options, *(str(ROOT / one) for one in TESTS)], plugins=[loop])
    if not loop.finished:
        raise RuntimeError(f"the tests could not be run:\n{told.getvalue()}")
    return loop.survived


class _Loop:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, module: str, first: int, count: int) -> None:
        self.module, self.first, self.count = module, first, count
        self.survived: list[str] = []
        self.finished = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        items = {item.nodeid: item for item in session.items}
        reach = _reach(items)[self.module]
        tree = tree_of(self.module)
        noticed: Counter[tuple[str, str]] = Counter()
        for mutant in mutants(tree)[self.first : self.first + self.count]:
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


def _reach(items: dict[str, pytest.Item]) -> dict[str, dict[str, tuple[float, list[int]]]]:
    """For each module the tests that run lines of it, the quickest first: seconds and lines."""
    from tests.mutation.campaign import MODULES

    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"reach-{_digest(items)}.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            files = {str(_path(module)): module for module in MODULES}
            found: dict[str, list[tuple[float, str, list[int]]]] = {one: [] for one in MODULES}
            for name, item in items.items():
                began = time.process_time()
                hit, passed = _traced(item, files)
                took = time.process_time() - began
                if took > SLOW:  # it may even fail, for being traced
                    continue
                if not passed:
                    raise RuntimeError(f"{name} fails without any fault")
                for module, lines in hit.items():
                    found[module].append((took, name, sorted(lines)))
            told = {
                module: {name: (took, lines) for took, name, lines in sorted(all_)}
                for module, all_ in found.items()
            }
            kept.with_suffix(".part").write_text(json.dumps(told), "utf-8")
            kept.with_suffix(".part").rename(kept)
    reach: dict[str, dict[str, tuple[float, list[int]]]] = json.loads(kept.read_text("utf-8"))
    return reach


def _traced(item: pytest.Item, files: dict[str, str]) -> tuple[dict[str, set[int]], bool]:
    hit: dict[str, set[int]] = {}

    def line(frame: FrameType, event: str, _: object) -> Any:
        hit[files[frame.f_code.co_filename]].add(frame.f_lineno)
        return line

    def call(frame: FrameType, event: str, _: object) -> Any:
        module = files.get(frame.f_code.co_filename)
        if module is None:
            return None
        hit.setdefault(module, set()).add(frame.f_lineno)
        return line

    _forget()
    sys.settrace(call)
    try:
        failed = _fails(item)
    finally:
        sys.settrace(None)
    return hit, not failed


def _digest(items: dict[str, pytest.Item]) -> str:
    told = hashlib.sha256("\n".join(items).encode())
    for path in sorted(_read_files()):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _read_files() -> Iterator[Path]:
    yield from (ROOT / "screener").rglob("*.py")
    for name in TESTS:
        place = ROOT / name
        yield from place.rglob("*.py") if place.is_dir() else [place]
    yield from (ROOT / "tests" / "spec").glob("*.yaml")
    yield from (ROOT / "tests" / "intake").glob("*.yaml")
    yield from (ROOT / "tests" / "rules").rglob("*.yaml")
