"""Which tests run, and in which order: the long ones first, so that all processes end together.

`TEST_WITHOUT=browser,fuzz` leaves out, by their marker, the tests that need more than Python.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is: time is judged by tests of time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_LONG = ("properties", "judge", "packaging", "tables", "fuzz")
_FIRST = {*_LONG, "test_malformed.py", "test_access.py"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Random campaigns and builds before the many quick tests; without what is to be left out."""
    without = {one for one in os.environ.get("TEST_WITHOUT", "").split(",") if one}
    known = {line.partition(":")[0] for line in config.getini("markers")}
    if without - known:
        raise pytest.UsageError(f"TEST_WITHOUT: there is no part {', '.join(without - known)}")
    left = [item for item in items if any(item.get_closest_marker(one) for one in without)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    items[:] = _shared(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _shared(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """So ordered that of equal parts, one a process, each begins with a share of the long tests."""
    long = [item for item in items if _is_long(item)]
    quick = [item for item in items if not _is_long(item)]
    # Whole files, as their tests share what is dear to make.
    files = [*dict.fromkeys(item.path for item in long)]
    share = -(-len(quick) // processes)
    found: list[pytest.Item] = []
    for one in range(processes):
        found += [item for item in long if files.index(item.path) % processes == one]
        found += quick[one * share : (one + 1) * share]
    return found


def _is_long(item: pytest.Item) -> bool:
    return not _FIRST.isdisjoint(item.path.parts)
