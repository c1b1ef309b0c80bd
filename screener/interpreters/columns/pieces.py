"""The values of a fact in pieces on which an answer stays the same: numbers cut in order, or words.

A table of answers has an entry a piece; neighbours that agree become one run, so that what is asked
of a column is as short as a person would write it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from screener.quantities import Number, Range

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Axis:
    """The numbers (or day ordinals) in order: each cut, and what is below, between and above.

    n cuts make 2n + 1 pieces.
    """

    cuts: tuple[Fraction, ...]

    @classmethod
    def of(cls, numbers: Iterable[Number]) -> Axis:
        """The axis cut at these numbers."""
        return cls(tuple(sorted({Fraction(one) for one in numbers})))

    def samples(self) -> list[Fraction]:
        """A number of each piece."""
        cuts = self.cuts
        if not cuts:
            return [Fraction(0)]
        found = [cuts[0] - 1]
        for one, following in zip(cuts, [*cuts[1:], cuts[-1] + 2], strict=True):
            found += [one, (one + following) / 2]
        return found

    def runs(self, answers: Sequence[_T]) -> list[tuple[Range, _T]]:
        """Neighbouring pieces of one answer as one interval, in order."""
        found: list[tuple[Range, _T]] = []
        for number, answer in enumerate(answers):
            piece = self._piece(number)
            if found and found[-1][1] == answer:
                before = found[-1][0]
                whole = Range(before.low, piece.high, before.low_open, piece.high_open)
                found[-1] = whole, answer
            else:
                found.append((piece, answer))
        return found

    def _piece(self, number: int) -> Range:
        index, odd = divmod(number, 2)
        if odd:
            return Range(self.cuts[index], self.cuts[index])
        low = self.cuts[index - 1] if index else None
        high = self.cuts[index] if index < len(self.cuts) else None
        return Range(low, high, True, True)


@dataclass(frozen=True, slots=True)
class Words:
    """Values without an order, each a piece of its own: codes, or yes and no."""

    words: tuple[str | bool, ...]

    def runs(self, answers: Sequence[_T]) -> list[tuple[tuple[str | bool, ...], _T]]:
        """The words of each answer, in the order in which the answers come."""
        found: dict[_T, list[str | bool]] = {}
        for word, answer in zip(self.words, answers, strict=True):
            found.setdefault(answer, []).append(word)
        return [(tuple(words), answer) for answer, words in found.items()]
