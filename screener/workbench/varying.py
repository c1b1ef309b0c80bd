"""What is to be varied and over which values, as `B-I1/platelets/low=40..100:10` says it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

#: So many values of one thing are tried at most.
MOST = 1_000
_LIMITS, _WINDOWS = ("low", "high"), ("from", "to")
#: An end of a window moves by so many days at most, a hundred years.
_DAYS = 36_525
_SUCH_AS = "such as `B-I1/platelets/low=40..100:10`: criterion, fact, end, range and step"


class Unvaried(Exception):
    """What was asked to be varied cannot be, and why; `hint` names what can."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Vary(NamedTuple):
    """What to vary of the leaves of a criterion that ask about a fact.

    `end`: `low` or `high` of its limit, or `from` or `to` of its window (days added to the end).
    """

    criterion: str
    fact: str
    end: str
    values: tuple[Decimal, ...]

    @property
    def limit(self) -> bool:
        """Whether it is a limit; else an end of a window."""
        return self.end in _LIMITS

    @property
    def place(self) -> str:
        """What is varied, without its values."""
        return f"{self.criterion}/{self.fact}/{self.end}"


def vary_of(text: str) -> Vary:
    """What `B-I1/platelets/low=40..100:10` asks to vary.

    Raises:
        Unvaried: if it is something else.
    """
    place, equals, values = text.partition("=")
    parts = place.strip().rsplit("/", 2)
    if not equals or len(parts) != 3:
        raise Unvaried(f"`{text}` is nothing to vary", _SUCH_AS)
    criterion, fact, end = parts
    if end not in (*_LIMITS, *_WINDOWS):
        raise Unvaried(
            f"`{end}` is no end of anything",
            "the ends are `low` and `high` of a limit, `from` and `to` of a window",
        )
    found = Vary(criterion, fact, end, _values(values.strip()))
    if not found.limit and any(one != int(one) or abs(one) > _DAYS for one in found.values):
        raise Unvaried(f"an end of a window moves by whole days, at most {_DAYS:,}")
    return found


def _values(text: str) -> tuple[Decimal, ...]:
    """The values of `20..100` or `20..100:5`, both ends included."""
    ends, colon, step_text = text.partition(":")
    low, high = (_number(one, text) for one in _two(ends, text))
    step = _number(step_text, text) if colon else Decimal(1)
    if low > high:
        raise Unvaried(f"`{text}` runs backwards", "the lower value comes first")
    if step <= 0:
        raise Unvaried(f"a step of `{step_text}` leads nowhere", "a step is above zero")
    try:
        steps = int((high - low) / step)
    except ArithmeticError:
        steps = MOST
    if steps >= MOST:
        raise Unvaried(f"`{text}` stands for more than {MOST:,} values", "take a larger step")
    return tuple(low + step * one for one in range(steps + 1))


def _two(ends: str, text: str) -> tuple[str, str]:
    low, dots, high = ends.partition("..")
    if not dots:
        raise Unvaried(f"`{text}` is no range", _SUCH_AS)
    return low, high


def _number(text: str, whole: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError as error:
        raise Unvaried(f"`{text}` in `{whole}` is no number", _SUCH_AS) from error
    # Beyond these no limit lies, and additions are exact.
    if not number.is_finite() or number.adjusted() > 9 or number.as_tuple().exponent < -9:  # type: ignore[operator]
        raise Unvaried(f"`{text}` in `{whole}` is no number that a limit could be", _SUCH_AS)
    return number
