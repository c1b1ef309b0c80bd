"""Which units there are, how they are spelled, and the exact factors between those that convert.

A closed table (`units.toml`): a unit that is not in it is unknown, never guessed, and units of
different dimensions never convert. Which units a fact accepts is decided by the vocabulary.
Source: semantics 10.2.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from screener.quantities import EXACT


class Unit(NamedTuple):
    """A row of the table: one unit is `factor` base units of its dimension."""

    dimension: str
    factor: Decimal
    also: tuple[str, ...] = ()


def canonical(text: str) -> str | None:
    """The UCUM code that a spelling stands for; None for a unit that is not in the table."""
    by_spelling = _spellings()
    plain = text.strip()
    return by_spelling.get(plain) or by_spelling.get(_respelled(plain))


def factors_into(unit: str) -> Mapping[str, Decimal]:
    """Every other unit of the same dimension, and the exact factor from it into `unit`.

    Left out are units whose factor has no end as a decimal (`mo` into `a`): converting those could
    only be done by rounding. Of an unknown unit: nothing.
    """
    code = canonical(unit)
    return _NO_FACTORS if code is None else _factors_into(code)


def known_units() -> tuple[str, ...]:
    """Every unit of the table and every listed spelling, for hints."""
    return tuple(_spellings())


def dimension(unit: str) -> str | None:
    """What a unit measures; None for a unit that is not in the table."""
    code = canonical(unit)
    return None if code is None else table()[code].dimension


@cache
def table() -> Mapping[str, Unit]:
    """The whole table, by UCUM code."""
    text = files("screener").joinpath("units.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            code: Unit(name, Decimal(row["factor"]), tuple(row.get("also", ())))
            for name, rows in tomllib.loads(text).items()
            for code, row in rows.items()
        }
    )


_NO_FACTORS: Mapping[str, Decimal] = MappingProxyType({})


@cache
def _spellings() -> Mapping[str, str]:
    codes = {code: code for code in table()}
    return codes | {also: code for code, row in table().items() for also in row.also}


@cache
def _factors_into(unit: str) -> Mapping[str, Decimal]:
    into = table()[unit]
    ratios = {
        code: Fraction(row.factor) / Fraction(into.factor)
        for code, row in table().items()
        if row.dimension == into.dimension and code != unit
    }
    return MappingProxyType(
        {code: _decimal(ratio) for code, ratio in ratios.items() if _terminates(ratio)}
    )


def _terminates(ratio: Fraction) -> bool:
    rest = ratio.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _decimal(ratio: Fraction) -> Decimal:
    """The ratio as a decimal; its denominator divides a power of ten."""
    places = 0
    while 10**places % ratio.denominator:
        places += 1
    return Decimal(ratio.numerator * 10**places // ratio.denominator).scaleb(-places, EXACT)


#: A small digit after a ten is a power of it; after a letter it is UCUM's plain exponent.
_SMALL_POWER = re.compile("(?<![0-9])10(?=[\u2070\u00b9\u00b2\u00b3\u2074-\u2079])")
_SMALL_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
#: Each rule turns one way of writing into UCUM's; none of them can change what a unit means.
_RULES = (
    (re.compile("[\u00b5\u03bc]"), "u"),
    (re.compile(r"(?<![A-Za-z])mc(?=(?:g|L|l|mol)(?![A-Za-z]))"), "u"),
    (re.compile(r"(?<![A-Za-z])([dmuf]?)l(?![A-Za-z])"), r"\1L"),
    (re.compile(r"(?<![A-Za-z])([kmuM]?)(?:\[IU\]|IU)(?![A-Za-z])"), r"\1[iU]"),
    (re.compile(r"(?<=m)\^(?=[23](?![0-9]))"), ""),
    (re.compile(r"\A(?:[xX\u00d7] ?)?10(?:\*\*|\*|\^|E)(?=[0-9])"), "10*"),
)


def _respelled(text: str) -> str:
    text = _SMALL_POWER.sub("10^", text).translate(_SMALL_DIGITS)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
