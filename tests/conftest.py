"""The order in which tests start: the long ones first, so that two processes end together."""

from __future__ import annotations

from pathlib import Path

import pytest

_FIRST = ("properties", "judge", "packaging", "tables")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Random campaigns and builds before the many quick tests."""
    items.sort(key=lambda item: not set(_FIRST) & set(Path(item.fspath).parts))
