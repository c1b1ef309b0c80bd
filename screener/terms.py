"""The arithmetic of a score: numbers, inputs and a closed set of functions of them; no behaviour.

One formula for every interpreter: units are converted and names resolved before a term is built.
Source: semantics 11.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from screener.quantities import Codes


class Function(Enum):
    """What may be done with numbers; `POWER` is the first to the power of the second."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    MINIMUM = "min"
    MAXIMUM = "max"
    LN = "ln"
    LOG10 = "log10"
    SQRT = "sqrt"
    POWER = "power"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number of the formula."""

    number: Fraction


@dataclass(frozen=True, slots=True)
class Input:
    """The value of an input, in the unit that the formula states for it."""

    index: int


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of two terms, or of one (`LN`, `LOG10`, `SQRT`)."""

    function: Function
    args: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Rounded:
    """The term rounded to so many decimals, a tie away from zero."""

    arg: Term
    decimals: int


@dataclass(frozen=True, slots=True)
class ByCase:
    """The term of the case that the value of a coded input is in."""

    index: int
    cases: tuple[tuple[Codes, Term], ...]


@dataclass(frozen=True, slots=True)
class IfMore:
    """`then` where `left` is more than `right`, else `otherwise`."""

    left: Term
    right: Term
    then: Term
    otherwise: Term


Term: TypeAlias = Constant | Input | Apply | Rounded | ByCase | IfMore
