"""Versions side by side: a named date that two of them read from different facts is two dates.

Selections that say the same in two versions are taken for the same one, so that what they hang on
has to be the same too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from screener.ir import DateSource, NamedDay, Point, Protocol, Selection


def named_apart(protocols: Sequence[Protocol]) -> Iterator[Protocol]:
    """The protocols, with other names for dates that an earlier one reads in another way."""
    seen: dict[str, NamedDay] = {}
    for number, protocol in enumerate(protocols):
        clashing = _clashing(dict(protocol.dates), seen)
        names = {name: f"{name} of version {number + 1}" for name in clashing}
        renamed = _renamed_protocol(protocol, names) if names else protocol
        seen |= dict(renamed.dates)
        yield renamed


def _clashing(dates: Mapping[str, NamedDay], seen: Mapping[str, NamedDay]) -> set[str]:
    """The names that mean something else, and those that are made of one that does."""
    found = {name for name, source in dates.items() if seen.get(name, source) != source}
    while True:
        more = {
            name
            for name, source in dates.items()
            if not isinstance(source, DateSource)
            and any(point.anchor in found for point in source.points)
        }
        if more <= found:
            return found
        found |= more


def _renamed_protocol(protocol: Protocol, names: Mapping[str, str]) -> Protocol:
    dates = tuple(
        (names.get(name, name), _renamed(source, names)) for name, source in protocol.dates
    )
    selections = tuple(cast(Selection, _renamed(one, names)) for one in protocol.selections)
    return replace(protocol, dates=dates, selections=selections)


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    """The same with other names for the days in it, however deep they lie."""
    if isinstance(node, Point):
        return replace(node, anchor=names.get(node.anchor or "", node.anchor))
    if type(node) is tuple:
        return tuple(_renamed(one, names) for one in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    parts = {one.name: _renamed(getattr(node, one.name), names) for one in fields(node)}
    return replace(node, **parts)


def days_in(node: Any) -> set[str]:
    """The named dates that occur in a selection, or in whatever holds some."""
    if isinstance(node, Point):
        return set() if node.anchor is None else {node.anchor}
    if type(node) is tuple:
        return set[str]().union(*map(days_in, node))
    if not is_dataclass(node) or isinstance(node, type):
        return set()
    return set[str]().union(*(days_in(getattr(node, one.name)) for one in fields(node)))
