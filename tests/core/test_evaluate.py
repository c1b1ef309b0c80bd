"""What a judged leaf says beside its truth: a cause where it is unknown (semantics 3.1)."""

from __future__ import annotations

import pytest

from screener.causes import Cause
from screener.interpreters.evaluate import evaluate
from screener.ir import Test
from screener.quantities import Range, Value, point
from screener.selection.selected import Selected
from screener.truth import FALSE, TRUE, UNKNOWN, Truth

AT_MOST_40 = Test(0, Range(None, 40))


@pytest.mark.parametrize(
    ("values", "cause", "truth", "told"),
    [
        ((point(40),), None, TRUE, None),
        ((Range(None, 5),), Cause.IMPRECISE, TRUE, None),
        ((point(41),), Cause.STALE, FALSE, None),
        ((point(30), point(35)), Cause.CONFLICT, TRUE, None),
        ((Range(30, 50),), None, UNKNOWN, Cause.IMPRECISE),
        ((Range(30, 50),), Cause.UNDATED, UNKNOWN, Cause.UNDATED),
        ((point(41), Range(30, 50)), Cause.CONFLICT, UNKNOWN, Cause.CONFLICT),
        ((Range(30, 50), Range(35, 55)), Cause.NO_RANGE, UNKNOWN, Cause.IMPRECISE),
        ((), Cause.MISSING, UNKNOWN, Cause.MISSING),
    ],
)
def test_a_leaf_has_a_cause_where_it_is_unknown(
    values: tuple[Value, ...], cause: Cause | None, truth: Truth, told: Cause | None
) -> None:
    found = evaluate(AT_MOST_40, [Selected(values, cause, 0, (), ())])
    assert (found.truth, found.cause, found.parts) == (truth, told, ())
