"""`screener schema`: one JSON Schema, with the facts of the vocabulary or of one trial."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from screener.catalog import VOCABULARY, folders, read_file, shipped
from screener.cli.console import DONE, UsageFault
from screener.cli.output import give
from screener.cli.versions import edition_of
from screener.needs import needs_of
from screener.rules.load import read_vocabulary
from screener.schemas import profile_schema, result_schema, rules_schema, trace_schema
from screener.schemas.parts import Schema
from screener.vocabulary import Vocabulary


def write_schema(
    which: str,
    trial: str | None,
    *,
    as_of: int | None,
    out: Path | None,
    criteria: Sequence[Path],
) -> int:
    """Write the schema to standard output, or into a new file.

    Raises:
        UsageFault: a trial was named where none matters, or the file cannot be written.
    """
    schema = _schema(which, trial, as_of, criteria)
    give(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", out)
    return DONE


def _schema(which: str, trial: str | None, as_of: int | None, criteria: Sequence[Path]) -> Schema:
    if which in ("result", "explain"):
        if trial is not None:
            raise UsageFault(f"the schema of `{which}` is the same for every trial")
        return result_schema() if which == "result" else trace_schema()
    if trial is None:
        vocabulary = _vocabulary(criteria)
        return rules_schema(vocabulary) if which == "rules" else profile_schema(vocabulary)
    edition = edition_of(trial, criteria, as_of)
    if which == "rules":
        return rules_schema(edition.vocabulary, closed=True)
    protocol = edition.protocol
    of = f"{protocol.trial}@{protocol.version}"
    return profile_schema(edition.vocabulary, needs_of(protocol), of)


def _vocabulary(criteria: Sequence[Path]) -> Vocabulary:
    """The vocabulary of the first folder that has one, else the shipped one."""
    own = (folder / VOCABULARY for folder in folders(criteria))
    path = next((one for one in own if one.is_file()), shipped("criteria") / VOCABULARY)
    file = read_file(path)
    return read_vocabulary(file.content, file.name)
