"""What the example patients of a version do not exercise, in words or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screener.catalog import Edition
from screener.cli import console
from screener.judging import Judged
from screener.terminal import clean, wrapped
from screener.workbench.coverage import Coverage, Leaf, Target, coverage, leaves_of

_CRITERION = {
    "pass": "never passes",
    "fail": "never fails",
    "unknown": "is never unknown",
    "decisive": "never decides alone",
}
_LEAF = {
    "true": "is never true",
    "false": "is never false",
    "unknown": "is never unknown",
    "decisive": "never decides alone",
}


def tell_coverage(edition: Edition, people: Sequence[Judged], *, as_json: bool) -> float:
    """Print what is not exercised; returns the share exercised, in percent."""
    found = coverage(edition, people)
    if as_json:
        console.put_json(_json(edition, found))
    else:
        for line in _lines(edition, found):
            console.put(line + "\n")
    return found.percent


def _json(edition: Edition, found: Coverage) -> dict[str, object]:
    return {
        "trial": edition.protocol.trial,
        "version": edition.protocol.version,
        "coverage": round(found.percent, 2),
        "targets": len(found.targets),
        "repeats": [list(one) for one in found.repeats],
        "not_exercised": [one._asdict() for one in found.missed],
    }


def _lines(edition: Edition, found: Coverage) -> Iterator[str]:
    where = clean(f"{edition.protocol.trial}@{edition.protocol.version}")
    done = len(found.targets) - len(found.missed)
    yield f"{where}: {done} of {len(found.targets)} exercised ({found.percent:.1f} %)"
    for group in found.repeats:
        yield f"  {' and '.join(group)} ask the same at different times and count together"
    leaves = {
        (edition.protocol.criteria[leaf.criterion].id, leaf.number): leaf
        for leaf in leaves_of(edition.protocol)
    }
    for one in found.missed:
        leaf = None if one.leaf is None else leaves[(one.criterion, one.leaf)]
        yield from wrapped(clean(said(edition, one, leaf)), console.width(), "  ", "    ")


def said(edition: Edition, target: Target, leaf: Leaf | None) -> str:
    """What nobody exercises, as in `I1, Platelets (line 13): the limit 150 is never missed`."""
    if leaf is None:
        return f"{target.criterion} {_CRITERION[target.what]}"
    facts = " and ".join(edition.vocabulary[fact].label for fact in leaf.facts)
    line = "" if leaf.test.span is None else f" (line {leaf.test.span.line})"
    if target.limit is None:
        return f"{target.criterion}, {facts}{line} {_LEAF[target.what]}"
    done = "met" if target.what == "meets" else "missed"
    return f"{target.criterion}, {facts}{line}: the limit {target.limit} is never {done}"
