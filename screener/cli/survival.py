"""Which small mistakes in a version its example patients would let pass, in words or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screener.catalog import Edition
from screener.cli import console
from screener.cli.progress import bar
from screener.terminal import clean, wrapped
from screener.workbench.expected import Expected
from screener.workbench.mutants import Mutant
from screener.workbench.surviving import Survival, survival


def tell_survival(edition: Edition, examples: Sequence[Expected], *, as_json: bool) -> int:
    """Print the mistakes that no example notices; returns how many there are."""
    found = survival(edition, examples, progress=bar("making mistakes"))
    if as_json:
        console.put_json(_json(edition, found))
    else:
        for line in _lines(edition, found):
            console.put(line + "\n")
    return len(found.survivors)


def _json(edition: Edition, found: Survival) -> dict[str, object]:
    return {
        "trial": edition.protocol.trial,
        "version": edition.protocol.version,
        "mistakes": found.tried,
        "noticed": found.noticed,
        "score": round(found.percent, 2),
        "equivalent": [_mistake(one) for one in found.equivalent],
        "survivors": [
            {
                **_mistake(one.mutant),
                "profile": None if one.witness is None else one.witness.to_json(),
            }
            for one in found.survivors
        ],
    }


def _mistake(one: Mutant) -> dict[str, str]:
    return {"criterion": one.criterion, "mistake": one.mistake}


def _lines(edition: Edition, found: Survival) -> Iterator[str]:
    where = clean(f"{edition.protocol.trial}@{edition.protocol.version}")
    yield (
        f"{where}: {found.noticed} of {found.tried} small mistakes noticed, "
        f"{len(found.equivalent)} change nothing ({found.percent:.1f} %)"
    )
    for one in found.survivors:
        said = f"{one.mutant.criterion}, {one.mutant.mistake}: no example notices"
        yield from wrapped(clean(said), console.width(), "  ", "    ")
        if one.witness is not None:
            who = f"this patient would, as of {one.witness.as_of}: {one.witness.in_short()}"
            yield from wrapped(clean(who), console.width(), "    ", "      ")
