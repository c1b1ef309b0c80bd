"""Counts, per shipped trial, which of its criteria are computed, judged, or misprinted.

`text()` is what docs/sufficiency.md has to say; `make golden` writes it anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from screener.catalog import Edition, places, read, shipped
from screener.needs import needs_of
from screener.vocabulary import Type

PAGE = Path(__file__).parents[2] / "docs" / "sufficiency.md"

HEAD = """\
# What the rule language is sufficient for

Every trial shipped here, in its newest version: how many of its criteria are computed from facts,
how many rest on somebody's judgement, and how many are misprinted in the source. This page is
written by `make golden` and compared by a test, so that it cannot differ from the files.

- *computed*: all facts asked are recorded ones (a laboratory value, a date, a drug, a diagnosis);
- *partly judged*: some of them are asked of a person by name (`asked_of`);
- *judged*: all of them are, such as a commitment, or an opinion left to the investigator;
- *misprinted*: counted above too; each has a `defect` that says what is printed, and whether
  somebody resolved it;
- *not encoded*: items of the source that no rule stands for, each with its reason in the file.

| trial | version | criteria | computed | partly judged | judged | misprinted | not encoded |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""

ANSWERS = """
## What is asked as a yes or no

A clause that can be computed is never asked as a yes or no of its own making. So that this can be
looked at, here are the recorded facts that each trial asks with yes or no: whether somebody has a
disease, a finding, or a state.
"""


class Count(NamedTuple):
    """The criteria of one version by what they rest on."""

    trial: str
    version: str
    computed: int
    partly: int
    judged: int
    misprinted: int
    not_encoded: int
    yes_or_no: tuple[str, ...]

    @property
    def criteria(self) -> int:
        """All of them."""
        return self.computed + self.partly + self.judged


def newest() -> list[Edition]:
    """The newest version of each shipped trial, in the order of their names."""
    return [read(versions[-1]) for _, versions in sorted(places([shipped("criteria")]).items())]


def count(edition: Edition) -> Count:
    """What the criteria of a version rest on."""
    protocol, facts = edition.protocol, edition.vocabulary
    asked: dict[str, set[str]] = {one.id: set() for one in protocol.criteria}
    for need in needs_of(protocol):
        for id_ in need.by:
            asked.setdefault(id_, set()).add(need.fact)
    kinds = {"computed": 0, "partly": 0, "judged": 0}
    for criterion in protocol.criteria:
        judged = [facts[name].asked_of is not None for name in asked[criterion.id]]
        kinds["judged" if judged and all(judged) else "partly" if any(judged) else "computed"] += 1
    every = {name for names in asked.values() for name in names}
    return Count(
        protocol.trial,
        protocol.version,
        **kinds,
        misprinted=sum(one.defect is not None for one in protocol.criteria),
        not_encoded=len(protocol.not_encoded),
        yes_or_no=tuple(
            sorted(
                name
                for name in every
                if facts[name].shape.type is Type.BOOLEAN and facts[name].asked_of is None
            )
        ),
    )


def text() -> str:
    """The whole page."""
    counts = [count(edition) for edition in newest()]
    rows = [
        f"| {one.trial} | {one.version} | {one.criteria} | {one.computed} | {one.partly} "
        f"| {one.judged} | {one.misprinted} | {one.not_encoded} |\n"
        for one in counts
    ]
    total = (
        f"| all | | {sum(one.criteria for one in counts)} | {sum(one.computed for one in counts)} "
        f"| {sum(one.partly for one in counts)} | {sum(one.judged for one in counts)} "
        f"| {sum(one.misprinted for one in counts)} | {sum(one.not_encoded for one in counts)} |\n"
    )
    lists = [
        f"\n**{one.trial}**: {', '.join(f'`{name}`' for name in one.yes_or_no) or 'none'}.\n"
        for one in counts
    ]
    return HEAD + "".join(rows) + total + ANSWERS + "".join(lists)


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
