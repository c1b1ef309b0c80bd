"""CDISC tabulation: IE, the criteria that subjects did not meet, out of the screening log.

Source: SDTM Implementation Guide 3.4, the domain IE. Only what was judged and is against the
subject is an exception; a criterion that is not known yet is none. The last attempt counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from screener.cells import table
from screener.log.read import Filter, Line, Status, Texts, answer_of, lines
from screener.log.store import Log
from screener.standards import Exported
from screener.standards.cdisc import codes_of, protocols_of, short
from screener.trial import Trial

#: IEORRES: whether the criterion is met, which an exclusion is by a subject who has to stay out.
_ANSWER = {"inclusion": "N", "exclusion": "Y"}


class Row(NamedTuple):
    """One criterion that a subject did not meet, in the variables of IE and in their order."""

    STUDYID: str
    DOMAIN: str
    USUBJID: str
    IESEQ: int
    IESPID: str
    IETESTCD: str
    IETEST: str
    IECAT: str
    IEORRES: str
    IESTRESC: str
    IEDTC: str


def export_ie(trial: Trial, day: int, log: Log) -> Exported:
    """The exceptions of all subjects of the trial, as CSV.

    Raises:
        UnknownTrial, RulesError: as for TI.
    """
    codes = codes_of(protocols_of(trial, day))
    rows: list[Row] = []
    strange: dict[str, None] = {}
    redacted = nameless = 0
    last: dict[str, tuple[Line, dict[str, Any]]] = {}
    known = Texts(log)
    for line in lines(log, Filter(trial=trial.id)):
        if line.status is Status.REDACTED:
            redacted += 1
        answer = answer_of(line, known)
        if line.status is not Status.CURRENT or answer is None:
            continue
        if line.patient is None:
            nameless += 1
        elif line.patient not in last or last[line.patient][0].attempt <= line.attempt:
            last[line.patient] = (line, answer.result)
    for line, result in last.values():
        failed = list(_failed(result))
        told = [one for one in failed if (one["id"], one["text"]) in codes]
        rows += [_row(line, one, codes, number) for number, one in enumerate(told, start=1)]
        lost = [one for one in failed if (one["id"], one["text"]) not in codes]
        strange |= {f"{one['id']} of version {line.protocol_version}": None for one in lost}
    notes = [
        f"IE lacks the exceptions to {name}: the text that was judged is in no version of the "
        "trial on file, so TI has no short name for it"
        for name in strange
    ]
    if redacted:
        notes.append(f"{redacted} redacted answers cannot be told of")
    if nameless:
        notes.append(f"IE lacks {nameless} answers that name no patient")
    return Exported(table(Row._fields, rows).decode("utf-8"), tuple(notes))


def _failed(result: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (one for one in result["criteria"] if one["outcome"] == "fail")


def _name(line: Line) -> str:
    """Unique over all studies: the study, and its name for the subject."""
    return f"{line.trial}-{line.patient}"


def _row(
    line: Line, one: Mapping[str, Any], codes: Mapping[tuple[str, str], str], number: int
) -> Row:
    answer = _ANSWER[one["kind"]]
    return Row(
        STUDYID=line.trial,
        DOMAIN="IE",
        USUBJID=_name(line),
        IESEQ=number,
        IESPID=one["id"],
        IETESTCD=codes[one["id"], one["text"]],
        IETEST=short(one["text"]),
        IECAT=one["kind"].upper(),
        IEORRES=answer,
        IESTRESC=answer,
        IEDTC=line.as_of or "",
    )
