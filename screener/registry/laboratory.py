"""Lines with a laboratory limit: what is measured, a comparison, a number and its unit or ULN."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from screener.quantities import EXACT, parse_decimal
from screener.registry.lines import Side
from screener.registry.proposals import (
    LEAD,
    WINDOW,
    Known,
    Patterns,
    Proposal,
    Rule,
    direction,
    with_window,
)
from screener.registry.wording import (
    COMPARISON,
    LINK,
    NUMBER,
    Limit,
    Unclear,
    comparison,
    limit,
)
from screener.vocabulary import Shape


class Names(NamedTuple):
    """What a fact is called, what hints at it, and where limits of it lie."""

    names: tuple[str, ...]
    hints: re.Pattern[str]
    usual: tuple[str, str]


@cache
def names() -> Mapping[str, Names]:
    """The facts whose limits are recognised, by name."""
    text = files("screener.registry").joinpath("names.toml").read_text(encoding="utf-8")
    return {
        fact: Names(
            tuple(sorted(row["names"], key=len, reverse=True)),
            re.compile(rf"(?<![a-z])(?:{'|'.join(row['hints'])})", re.IGNORECASE),
            (row["usual"][0], row["usual"][1]),
        )
        for fact, row in tomllib.loads(text).items()
    }


def _called(fact: str) -> str:
    """A pattern of the names of a fact, one in brackets behind another included."""
    one = "|".join(re.escape(name) for name in names()[fact].names)
    return rf"(?:{one})(?: ?\((?:{one})\))?"


def _named() -> str:
    return "|".join(rf"(?P<{fact}>{_called(fact)})" for fact in names())


def _laboratory() -> str:
    count = r"(?:the )?(?:number of )?"
    level = r"(?: (?:count|level|levels|value|values|concentration))?"
    return (
        rf"{LEAD}{count}(?:{_named()}){level}{LINK}(?P<how>{COMPARISON}) ?(?P<number>{NUMBER})?"
        rf"(?P<rest>(?:(?! within ).)*?){WINDOW}"
    )


def _two() -> str:
    first, second = _called("ast"), _called("alt")
    return (
        rf"{LEAD}(?:{first} and {second}|{second} and {first}){LINK}(?P<how>{COMPARISON}) ?"
        rf"(?P<number>{NUMBER})(?P<rest>(?:(?! within ).)*?){WINDOW}"
    )


def _read_laboratory(match: re.Match[str], known: Known) -> Proposal | Unclear | None:
    name = next(fact for fact in names() if match[fact])
    leaf = _leaf(name, match, known)
    if leaf is None or isinstance(leaf, Unclear):
        return leaf
    return Proposal(leaf, frozenset({name}))


def _read_two(match: re.Match[str], known: Known) -> Proposal | Unclear | None:
    if known.side is Side.EXCLUSION:
        return Unclear("whether both or either of the two excludes is not said")
    rules: list[Rule] = []
    for name in ("ast", "alt"):
        leaf = _leaf(name, match, known)
        if leaf is None or isinstance(leaf, Unclear):
            return leaf
        rules.append(leaf)
    return Proposal({"all_of": rules}, frozenset({"ast", "alt"}))


def _leaf(name: str, match: re.Match[str], known: Known) -> Rule | Unclear | None:
    if name not in known.vocabulary:
        return Unclear(f"the vocabulary has no fact `{name}`")
    fact, word = known.vocabulary[name], comparison(match["how"])
    if not match["number"]:
        found = limit("1", match["rest"]) if match["rest"].strip() else Unclear("no number")
    else:
        found = limit(match["number"], match["rest"])
    if not isinstance(found, Limit):
        return found
    if found.unit is None and not found.times_uln and fact.shape.unit != "1":
        return Unclear("the limit has no unit")
    unusual = _unusual(found, fact.shape, names()[name].usual)
    if unusual is not None:
        return unusual
    wrong = direction(word, known.side, fact)
    return wrong or with_window({"fact": name, word: str(found)}, match)


def _unusual(found: Limit, shape: Shape, usual: tuple[str, str]) -> Unclear | None:
    if found.times_uln:
        sane = Decimal("0.2") <= found.number <= Decimal(50)
        return None if sane else Unclear(f"`{found}` is an unusual limit")
    value = _kept(found.number, found.unit, shape)
    if value is None:
        return Unclear(f"`{found.unit}` does not measure this, or cannot be converted")
    ends = [_kept_text(one, shape) for one in usual]
    if None in ends or not (ends[0] or 0) <= value <= (ends[1] or 0):
        return Unclear(f"`{found}` is an unusual limit, perhaps a misprint")
    return None


def _kept_text(text: str, shape: Shape) -> Decimal | None:
    number, _, unit = text.partition(" ")
    value = parse_decimal(number)
    return None if value is None else _kept(value, unit or None, shape)


def _kept(number: Decimal, unit: str | None, shape: Shape) -> Decimal | None:
    """The number in the unit that the fact is kept in."""
    if unit is None or unit == shape.unit:
        return number
    factor = shape.accepted.get(unit)
    return None if factor is None else EXACT.multiply(number, factor)


def patterns() -> Patterns:
    """Whole lines about a laboratory result."""
    return [(_laboratory(), _read_laboratory), (_two(), _read_two)]
