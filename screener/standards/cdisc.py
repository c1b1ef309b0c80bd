"""CDISC tabulation: TI, the criteria of a trial, as its rows.

Source: SDTM Implementation Guide 3.4, the domain TI. A criterion keeps one
short name over all versions, and gets another where an amendment changes its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from string import ascii_uppercase
from typing import NamedTuple

from screener.cells import table
from screener.ir import Polarity, Protocol
from screener.standards import Exported
from screener.trial import Trial

#: The longest IETESTCD and IETEST.
LONGEST_CODE, LONGEST_TEXT = 8, 200
_NO_CODE = re.compile(r"[^A-Z0-9_]", re.ASCII)
_NUMBERED = {Polarity.INCLUSION: "INC", Polarity.EXCLUSION: "EXC"}


class Row(NamedTuple):
    """One criterion of one version, in the variables of TI and in their order."""

    STUDYID: str
    DOMAIN: str
    IETESTCD: str
    IETEST: str
    IECAT: str
    IESCAT: str
    TIVERS: str


def export_ti(trial: Trial, day: int) -> Exported:
    """The criteria of every version in force by that day, as CSV; a pinned trial has the one.

    Raises:
        UnknownTrial: if none is in force yet.
        RulesError: if a criterion of the newest of them is a draft.
    """
    protocols = protocols_of(trial, day)
    rows = list(ti_rows(protocols))
    header = [name for name in Row._fields if name != "IESCAT" or any(one.IESCAT for one in rows)]
    cells = ([getattr(one, name) for name in header] for one in rows)
    return Exported(table(header, cells).decode("utf-8"), tuple(_notes(protocols)))


def protocols_of(trial: Trial, day: int) -> list[Protocol]:
    """The versions in force by that day, the oldest first.

    Raises:
        UnknownTrial, RulesError: as `export_ti`.
    """
    last = trial.edition(day).protocol
    begun = [one.protocol for one in trial.editions if one.protocol.effective <= last.effective]
    return sorted(begun, key=lambda one: one.effective)


def ti_rows(protocols: Sequence[Protocol]) -> Iterator[Row]:
    """The rows of TI, version after version, in the order of the protocol."""
    codes = codes_of(protocols)
    for protocol in protocols:
        for one in protocol.criteria:
            yield Row(
                STUDYID=protocol.trial,
                DOMAIN="TI",
                IETESTCD=codes[one.id, one.text],
                IETEST=short(one.text),
                IECAT=one.kind.value.upper(),
                IESCAT=", ".join(one.only_for),
                TIVERS=protocol.version,
            )


def codes_of(protocols: Sequence[Protocol]) -> dict[tuple[str, str], str]:
    """The IETESTCD of each criterion, by its id and text.

    It is the id of the criterion as far as that makes a short name; else the number of the
    criterion among those of its kind. A later text of the same criterion has a letter behind it.
    """
    codes: dict[tuple[str, str], str] = {}
    first: dict[str, str] = {}
    counted = dict.fromkeys(Polarity, 0)
    for protocol in protocols:
        for one in protocol.criteria:
            if (one.id, one.text) in codes:
                continue
            taken = set(codes.values())
            if one.id in first:
                letters = (first[one.id] + letter for letter in ascii_uppercase)
                code = _free(chain(letters, _numbers(one.kind, 1)), taken)
            else:
                counted[one.kind] += 1
                code = first[one.id] = _code(one.id, one.kind, counted[one.kind], taken)
            codes[one.id, one.text] = code
    return codes


def _code(id: str, kind: Polarity, number: int, taken: set[str]) -> str:
    """One that leaves room for a letter."""
    code = _NO_CODE.sub("_", id.upper())
    if len(code) < LONGEST_CODE and code[0].isalpha() and code not in taken:
        return code
    return _free(_numbers(kind, number), taken)


def _numbers(kind: Polarity, first: int) -> Iterator[str]:
    return (f"{_NUMBERED[kind]}{one:03}" for one in count(first))


def _free(codes: Iterable[str], taken: set[str]) -> str:
    return next(one for one in codes if one not in taken)


def short(text: str) -> str:
    """A text as IETEST holds it: whole, or cut between two words."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_TEXT:
        return text
    return text[: LONGEST_TEXT - 3].rpartition(" ")[0] + "..."


def _notes(protocols: Sequence[Protocol]) -> Iterator[str]:
    newest = protocols[-1]
    for protocol in protocols:
        for one in protocol.criteria:
            length = len(" ".join(one.text.split()))
            if length > LONGEST_TEXT:
                yield (
                    f"IETEST of {one.id}, version {protocol.version}, is cut: the text has "
                    f"{length} characters; put all of it into the study's metadata (Define-XML)"
                )
    for item in newest.not_encoded:
        where = f" ({item.source})" if item.source else ""
        yield f"TI lacks an item that no rule stands for: {item.text}{where}"
