"""`screener template`: the header of a table for a trial, and the dictionary of its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from screener.cli import console
from screener.intake.tables.template import Explained, wide_columns
from screener.needs import needs_of
from screener.terminal import clean
from screener.trial import load_trial


def write_template(
    name: str,
    criteria: Sequence[Path],
    as_of: int,
    *,
    out: Path | None,
    dictionary: bool,
    as_json: bool,
) -> int:
    """Write header or dictionary to standard output, or both into files.

    Raises:
        UsageFault: a file is there already, or cannot be written.
    """
    edition = load_trial(name, criteria=criteria).edition(as_of)
    vocabulary = edition.vocabulary
    needs = [(vocabulary[one.fact], one.by, one.limits) for one in needs_of(edition.protocol)]
    # What is derived from other facts is computed; whoever has it may give it all the same.
    columns = list(wide_columns(one for one in needs if one[0].derived is None))
    if as_json:
        for one in columns:
            console.put_json(one._asdict())
    elif out is not None:
        beside = out.with_name(f"{out.stem}.dictionary.csv")
        _write(out, _table([[one.column for one in columns]]))
        _write(beside, _dictionary(columns))
        console.say(f"wrote `{clean(str(out))}` and `{clean(str(beside))}`")
    else:
        rows = _dictionary(columns) if dictionary else _table([[one.column for one in columns]])
        console.put(rows)
    return console.DONE


def _dictionary(columns: Iterable[Explained]) -> str:
    return _table([Explained._fields, *columns])


def _table(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except FileExistsError:
        message = f"`{clean(str(path))}` is there already, and may have patients in it"
        raise console.UsageFault(message) from None
    except OSError as error:
        reason = (error.strerror or "not a file name").lower()
        raise console.UsageFault(f"`{clean(str(path))}` cannot be written: {reason}") from error
