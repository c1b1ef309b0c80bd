"""Columns of their own for what is computed once and asked often, added to a frame step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import narwhals as nw


class Kept(NamedTuple):
    """A column, and after how many steps it is there; what a frame holds is there at once."""

    column: nw.Expr
    level: int = 0


#: Makes a column of an expression, so that it is computed once. It is told after how many steps all
#: that the expression is made of is there: steps are as few as can be, since each is a query to
#: plan for the engine.
Keep: TypeAlias = Callable[[nw.Expr, int], Kept]
