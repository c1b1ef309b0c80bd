"""Our own column of docs/conformance.md: every answer is right, and the page says the same."""

from __future__ import annotations

import re

import pytest

from benchmarks.conformance import PAGE, Case, cases, ours

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_answer_is_right(case: Case) -> None:
    assert ours(case) in case.expect


def test_there_are_forty_questions_and_the_page_has_each_with_our_answer() -> None:
    assert len(CASES) == 40
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+): [^|]+ \| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)
    said = [(name, right, answer) for name, right, answer in rows]
    assert said == [(one.name, " or ".join(one.expect), ours(one)) for one in CASES]
