"""Formulas as expressions of CQL, whose `and`, `or` and `not` are Kleene's; leaves are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from screener.interpreters.cql.text import UNKNOWN
from screener.ir import (
    AllOf,
    AnyOf,
    AtLeast,
    Cases,
    Formula,
    MissedFails,
    Not,
    Passes,
    Test,
    Unclear,
)


def expression(
    formula: Formula,
    leaf: Callable[[Test], str],
    names: Sequence[str],
    left_out: Callable[[str], None],
) -> str:
    """The formula.

    Args:
        formula: a formula of the protocol.
        leaf: writes a leaf.
        names: what each criterion is called in the library.
        left_out: is told of what makes null where the formula may be settled.
    """

    def write(part: Formula) -> str:
        match part:
            case Test():
                return leaf(part)
            case Passes(index=index):
                return names[index]
            case Not(arg=arg):
                return f"not ({write(arg)})"
            case AllOf(args=args):
                return _joined("and", "true", [write(one) for one in args])
            case AnyOf(args=args):
                return _joined("or", "false", [write(one) for one in args])
            case AtLeast(count=count, args=args):
                rows = ",\n".join(f"Tuple {{ holds: {write(one)} }}" for one in args)
                return f'"At least so many"({{ {rows} }}, {count})'
            case Cases(cases=cases):
                rows = ",\n".join(
                    f"Tuple {{ applies: {write(when)}, holds: {write(rule)} }}"
                    for when, rule in cases
                )
                return f'"By cases"({{ {rows} }})'
            case MissedFails(arg=arg):
                left_out("a missed window counts as a failure, and a null has no cause")
                return write(arg)
            case Unclear():
                return UNKNOWN
            case _:
                assert_never(part)

    return write(formula)


def _joined(word: str, empty: str, parts: Sequence[str]) -> str:
    return f"\n{word} ".join(f"({one})" for one in parts) or empty
