"""In which order a version of a trial is asked about: groups, blocks, and where a criterion stands.

Facts are grouped by where they come from, and those that the same criteria need stand together. A
criterion stands in full once, beside the facts that only it needs. It sees no patient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from screener.catalog import Edition
from screener.needs import Need, needs_of
from screener.vocabulary import AgeOf, Cost, Fact, Type, Vocabulary

_DAYS, _JUDGED = "days", "judgement"
#: Every group with its title, in the order of the page.
TITLES = {
    _DAYS: "Study days",
    Cost.CHART.value: "From the chart",
    Cost.ASKED.value: "From the patient and the examination",
    Cost.BLOOD_DRAW.value: "Blood tests",
    Cost.IMAGING.value: "Imaging",
    Cost.BIOPSY.value: "Tissue",
    _JUDGED: "For the investigator to judge",
}


class Block(NamedTuple):
    """Facts that the same criteria need.

    `instead`: derived facts that may be given in place of these. `here`: the criteria that stand
    here in full, `also`: those that are told of only.
    """

    facts: tuple[str, ...]
    instead: tuple[str, ...]
    here: tuple[str, ...]
    also: tuple[str, ...]


class Group(NamedTuple):
    """Facts that come from the same place."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Layout(NamedTuple):
    """All groups; the needs and facts by name; the criteria that ask for no fact at all."""

    groups: tuple[Group, ...]
    needs: dict[str, Need]
    facts: dict[str, Fact]
    silent: tuple[str, ...]

    @property
    def group_of(self) -> dict[str, str]:
        """The group that each fact stands in."""
        return {
            fact: group.id
            for group in self.groups
            for block in group.blocks
            for fact in (*block.facts, *block.instead)
        }


def layout_of(edition: Edition) -> Layout:
    """The form of one version of a trial."""
    ids = [one.id for one in edition.protocol.criteria]
    return arranged(needs_of(edition.protocol), edition.vocabulary, ids)


def arranged(needs: Sequence[Need], vocabulary: Vocabulary, criteria: Sequence[str]) -> Layout:
    """The form that asks for these facts and shows these criteria."""
    facts = {need.fact: vocabulary[need.fact] for need in needs}
    aside = _instead(facts)
    places: dict[str, dict[tuple[str, ...], list[str]]] = defaultdict(dict)
    for need in needs:
        if need.fact not in aside:
            group = _group(facts[need.fact])
            places[group].setdefault(need.by, []).append(need.fact)
    homes = _homes(places, facts, criteria)
    instead: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for need in needs:
        if need.fact in aside:
            instead[_beside(need, places, facts)].append(need.fact)
    groups = tuple(
        Group(
            id,
            title,
            tuple(
                Block(
                    tuple(names),
                    tuple(instead[id, by]),
                    tuple(one for one in by if homes.get(one) == (id, by)),
                    tuple(one for one in by if homes.get(one) != (id, by)),
                )
                for by, names in places[id].items()
            ),
        )
        for id, title in TITLES.items()
        if places.get(id)
    )
    silent = tuple(one for one in criteria if one not in homes)
    return Layout(groups, {need.fact: need for need in needs}, facts, silent)


def _instead(facts: dict[str, Fact]) -> set[str]:
    """What may be given in place of other facts: a score for its parts, a birth date for an age."""
    aside = set()
    for name, fact in facts.items():
        if isinstance(fact.derived, AgeOf):
            aside |= {fact.derived.birth} & facts.keys()
        elif fact.derived is not None:
            aside.add(name)
    return aside


def _group(fact: Fact) -> str:
    if fact.asked_of is not None:
        return _JUDGED
    return _DAYS if fact.shape.type is Type.DATE else fact.cost.value


def _homes(
    places: dict[str, dict[tuple[str, ...], list[str]]],
    facts: dict[str, Fact],
    criteria: Iterable[str],
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Where each criterion stands in full: beside the most facts that few others need."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for id in criteria:
        ranked = [
            (group == _DAYS, len(by), -len(names), order, (group, by))
            for order, group in enumerate(TITLES)
            for by, names in places.get(group, {}).items()
            if id in by
        ]
        if ranked:
            found[id] = min(ranked)[-1]
    return found


def _beside(
    need: Need, places: dict[str, dict[tuple[str, ...], list[str]]], facts: dict[str, Fact]
) -> tuple[str, tuple[str, ...]]:
    """The block of the facts in whose place it may be given; its own group where there is none."""
    ranked = [
        (group != _group(facts[need.fact]), -len(names), order, (group, by))
        for order, group in enumerate(TITLES)
        for by, names in places.get(group, {}).items()
        if set(need.by) & set(by)
    ]
    if ranked:
        return min(ranked)[-1]
    group = _group(facts[need.fact])
    places[group].setdefault(need.by, [])
    return group, need.by
