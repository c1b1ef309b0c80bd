"""The way of an operator through the files is the one that CONTRIBUTING.md describes."""

from __future__ import annotations

import re

import pytest

from tests.docs.readme import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WALK = PAGE.partition("## Adding an operator")[2].partition("\n## ")[0]
FILES = re.findall(r"`((?:docs|screener|tests)/[^` ]+\.[a-z]+)`", WALK)


@pytest.mark.parametrize("file", FILES)
def test_each_file_on_the_way_speaks_of_the_operator(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(r"\bRun\b|consecutive|neighbouring", text)


def test_no_file_of_the_package_that_knows_the_node_is_left_out() -> None:
    knows = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "screener").rglob("*.py")
        if re.search(r"\bRun\(", path.read_text(encoding="utf-8"))
    }
    assert len(knows) > 5
    assert knows <= set(FILES)
