"""CQL as text: literals, names, and a library's definitions in the order they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from screener.days import iso
from screener.quantities import Number

#: No Decimal of CQL has more places than this (CQL 1.5, Appendix B).
PLACES = 8
#: The first and the last day that CQL has.
FIRST_DAY, LAST_DAY = "@0001-01-01", "@9999-12-31"
UNKNOWN = "(null as System.Boolean)"


class Unsaid(Exception):
    """What the library cannot say, in words that follow the name of a fact."""


class Definitions:
    """The expressions of a library by name; each is written before what refers to it."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def add(self, name: str, expression: str, comment: str = "") -> str:
        """Define the expression once, and refer to it."""
        if name not in self._texts:
            beside = f"{comment}\n" if comment else ""
            self._texts[name] = f"{beside}define {named(name)}:\n{indented(expression)}"
        return named(name)

    def shared(self, title: str, expression: str) -> str:
        """Define the expression under the title and a number, unless it is there already."""
        number = self._numbers.setdefault((title, expression), len(self._numbers) + 1)
        return self.add(f"{title} {number}", expression)

    def text(self) -> str:
        """All of them."""
        return "\n\n".join(self._texts.values())


def named(name: str) -> str:
    """An identifier."""
    return '"' + _escaped(name, '"') + '"'


def quoted(text: str) -> str:
    """A String."""
    return "'" + _escaped(text, "'") + "'"


def strings(texts: Iterable[str]) -> str:
    """A list of Strings, which may be empty."""
    inside = ", ".join(map(quoted, sorted(texts)))
    return f"List<System.String> {{ {inside} }}"


def _escaped(text: str, quote: str) -> str:
    text = re.sub(r"\s+", " ", text.replace("\\", "\\\\"))
    return text.replace(quote, "\\" + quote)


def decimal(number: Number) -> str:
    """A Decimal.

    Raises:
        Unsaid: if it has more places than CQL holds.
    """
    exact = Fraction(number)
    scaled = exact * 10**PLACES
    if scaled.denominator != 1 or abs(exact) >= 10**20:
        raise Unsaid(f"the number {exact} has more places than CQL has")
    text = f"{Decimal(scaled.numerator).scaleb(-PLACES):.{PLACES}f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def ratio(number: Number) -> tuple[str, str]:
    """A number as two Decimals, the first divided by the second.

    Raises:
        Unsaid: if either has more places than CQL holds.
    """
    exact = Fraction(number)
    try:
        return decimal(exact), "1.0"
    except Unsaid:
        return decimal(exact.numerator), decimal(exact.denominator)


def day(ordinal: int) -> str:
    """A Date."""
    return f"@{iso(ordinal)}"


def comment(text: str) -> str:
    """Lines of a comment."""
    return "\n".join(f"// {line}".rstrip() for line in text.splitlines())


def indented(text: str) -> str:
    """The text, two spaces to the right."""
    return "\n".join(f"  {line}" if line else line for line in text.splitlines())
