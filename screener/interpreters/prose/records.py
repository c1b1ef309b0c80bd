"""Which records of a fact a rule asks about, as words: their days, attributes and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from screener.interpreters.prose.amounts import code_words, condition_words, listed
from screener.interpreters.prose.days import (
    Dates,
    length_words,
    point_words,
    span_words,
    stretch_words,
)
from screener.ir import (
    After,
    Attribute,
    Before,
    Lasting,
    Lookback,
    RecordSet,
    Related,
    Starts,
    Stretch,
    Unless,
    Within,
)
from screener.quantities import decimal_text
from screener.vocabulary import Shape, Type, Vocabulary


class Records:
    """The words for the record sets of one protocol."""

    def __init__(self, vocabulary: Vocabulary, dates: Dates) -> None:
        self.vocabulary = vocabulary
        self.dates = dates

    def at_the_end(self, of: RecordSet) -> str:
        """Which records, at the end of a clause."""
        event = self.vocabulary[of.fact].shape.type is Type.EVENT
        days, sides, clear = list[str](), list[str](), list[str]()
        for test in of.tests:
            match test:
                case Within():
                    days.append(span_words(test.window, self.dates))
                case Before():
                    side = f"before {point_words(test.point, self.dates)}"
                    sides.append(f"ended {side}" if event else side)
                case After():
                    side = f"after {point_words(test.point, self.dates)}"
                    sides.append(f"started {side}" if event else side)
                case Starts():
                    days.append(f"starting {span_words(test.window, self.dates)}")
                case Lookback():
                    days.append(self._lookback(test))
                case Lasting():
                    sides.append(f"lasted {length_words(test.length)}")
                case Related(none=True):
                    clear.append(f"no {self._others(test.other)}")
                case Related():
                    side = self._order(test.other)
                    sides.append(f"started {side}" if event else side)
                case Attribute() | Unless():
                    pass
                case _:
                    assert_never(test)
        within = "".join(f" {words}" for words in days if words)
        strictly = f"{' that' if event else ''} {' and '.join(sides)}" if sides else ""
        around = f" with {' and '.join(clear)}" if clear else ""
        return self.where(of) + within + strictly + around

    def _lookback(self, test: Lookback) -> str:
        """The shorter of some stretches of time before a day."""
        told = [
            stretch_words(one)
            if isinstance(one, Stretch)
            else f"{decimal_text(one.count)} times its {one.attribute.replace('_', ' ')}"
            for one in test.stretches
        ]
        which = "" if len(told) == 1 else f"the {'longer' if test.longest else 'shorter'} of "
        return f"in {which}{listed(told, 'and')} before {point_words(test.before, self.dates)}"

    def _order(self, other: RecordSet) -> str:
        """Before or after another fact's record, which starts later or earlier (6.8)."""
        later = any(isinstance(one, Starts) and one.window.end is None for one in other.tests)
        tests = tuple(one for one in other.tests if not isinstance(one, Starts))
        start = "the start of " if self.vocabulary[other.fact].shape.type is Type.EVENT else ""
        records = self._others(replace(other, tests=tests))
        return f"{'before' if later else 'after'} {start}a {records}"

    def _others(self, other: RecordSet) -> str:
        fact = self.vocabulary[other.fact]
        return f"{record_word(fact.shape)} of {fact.label}{self.at_the_end(other)}"

    def in_between(self, of: RecordSet) -> str:
        """Which records, in the middle of a clause."""
        words = self.at_the_end(of)
        return f",{words}," if words else ""

    def where(self, of: RecordSet) -> str:
        """What their attributes have to be."""
        shapes = self.vocabulary[of.fact].attributes
        wanted = [_attribute(test, shapes) for test in of.tests if isinstance(test, Attribute)]
        words = f" with {listed(wanted, 'and')}" if wanted else ""
        for test in of.tests:
            if isinstance(test, Unless):
                kinds = [_together(one, shapes) for one in test.alternatives]
                words += f" (but not with {' or with '.join(kinds)})"
        return words


def _attribute(test: Attribute, shapes: Mapping[str, Shape]) -> str:
    shape = shapes[test.name]
    return f"{code_words(test.name)} {condition_words(test.condition, shape)}"


def _together(tests: Sequence[Attribute], shapes: Mapping[str, Shape]) -> str:
    return listed([_attribute(one, shapes) for one in tests], "and")


def record_word(shape: Shape) -> str:
    """What one of the records of a fact is called."""
    return "result" if shape.type in (Type.QUANTITY, Type.NUMBER) else "record"
