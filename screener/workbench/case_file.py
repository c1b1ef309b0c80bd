"""Example patients as a case file: the first one whole, the others by what they change.

The text is read back as it was meant: every scalar is written as JSON, which is YAML as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from screener.catalog import Edition
from screener.judging import Judged
from screener.truth import OUTCOME, VERDICT
from screener.workbench.coverage import Target
from screener.workbench.examples import Example, Examples


def case_file(edition: Edition, found: Examples) -> str:
    """The text of a case file."""
    return "\n".join(_lines(edition, found)) + "\n"


def _lines(edition: Edition, found: Examples) -> Iterator[str]:
    protocol = edition.protocol
    yield f"# Example patients of {protocol.trial}, version {protocol.version}, found by searching,"
    yield "# with the answers that the engine gave. Read each before you keep it: what is expected"
    yield "# has to follow from the protocol, not from the engine."
    for target in found.impossible:
        yield f"# No patient can show this: {_named(target)}"
    for target in found.not_found:
        yield f"# No patient was found for this: {_named(target)}"
    yield "cases:"
    first = found.first
    yield ""
    yield f"  - name: {json.dumps(first.name)}"
    yield f"    as_of: {first.witness.as_of}"
    yield "    profile:"
    yield "      facts:"
    for fact, said in first.witness.profile["facts"].items():
        yield f"        {fact}: {json.dumps(said, ensure_ascii=False)}"
    yield from _expected(edition, first.judged, None)
    names = {first.name}
    for one in found.others:
        name = one.name
        while name in names:
            name += " (again)"
        names.add(name)
        yield ""
        yield from _case(edition, name, one, first)


def _case(edition: Edition, name: str, one: Example, first: Example) -> Iterator[str]:
    yield f"  - name: {json.dumps(name, ensure_ascii=False)}"
    yield f"    like: {json.dumps(first.name)}"
    changes = _changes(first.witness.profile["facts"], one.witness.profile["facts"])
    if changes:
        yield "    change:"
        for fact, said in changes.items():
            yield f"      {fact}: {json.dumps(said, ensure_ascii=False)}"
    yield from _expected(edition, one.judged, first.judged)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is said otherwise; None for what is no longer said."""
    changed = {fact: said for fact, said in after.items() if before.get(fact) != said}
    return changed | {fact: None for fact in before if fact not in after}


def _expected(edition: Edition, judged: Judged, before: Judged | None) -> Iterator[str]:
    """The verdict, and the criteria that end otherwise than for the patient before."""
    yield "    expect:"
    yield f"      verdict: {VERDICT[judged.verdict.truth].value}"
    ends = {
        criterion.id: OUTCOME[finding.truth].value
        for at, (criterion, finding) in enumerate(
            zip(edition.protocol.criteria, judged.criteria, strict=True)
        )
        if before is None or before.criteria[at].truth is not finding.truth
    }
    if ends:
        yield "      criteria:"
        for id, end in ends.items():
            yield f"        {json.dumps(id)}: {end}"


def _named(target: Target) -> str:
    where = target.criterion
    if target.leaf is not None:
        where += f", test {target.leaf + 1}"
    return f"{where}: {target.what}" + (f" the limit {target.limit}" if target.limit else "")
