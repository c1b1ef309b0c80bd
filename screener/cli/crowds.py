"""A wide file compared in columns: only those are judged one by one whom columns do not answer.

And those movers whose sentences are told. The report is that of everybody judged one by one; where
columns cannot say it, nothing is said here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalog import Edition
from screener.cli import console
from screener.cli.moving import Manner, Refused, answers
from screener.cli.patients import Entry, Wanted, is_frame
from screener.cli.progress import count, told
from screener.cli.screen import Day
from screener.cli.sheets import Sheets
from screener.diagnostics import ProfileError
from screener.truth import Truth, Verdict
from screener.workbench.moving import LETTER, Both, Judgement, Moves, counted

if TYPE_CHECKING:
    from screener.cohort.compared import Crowd, Passes, Verdicts

#: In smaller files one patient after the other takes no longer than it takes to make columns ready.
WORTH = 400_000
_FORMS = (".parquet", ".csv", ".ndjson", ".jsonl")
_LETTER = {True: LETTER[Truth.TRUE], False: LETTER[Truth.FALSE], None: LETTER[Truth.UNKNOWN]}


def moves_in_columns(old: Edition, new: Edition, sheets: Sheets, manner: Manner) -> Moves | None:
    """How the patients move; None where they are to be judged one by one.

    Raises:
        MachineFault: one of the processes was ended from outside.
    """
    day = console.today() if sheets.as_of is None else sheets.as_of
    crowd = _crowd(old, new, sheets, day)
    if crowd is None:
        return None
    Day(sheets.as_of).otherwise(None)  # which says the day, where nobody else did
    return counted(old, new, _judgements(old, new, sheets, crowd, day, manner))


def _crowd(old: Edition, new: Edition, sheets: Sheets, day: int) -> Crowd | None:
    """The patients in columns; None where columns say less than each patient's own record."""
    if not _worth_it(sheets) or not _declared_alike(old, new):
        return None
    from screener.cohort.compared import Crowd

    try:
        with told("patients in columns") as done:
            return Crowd(
                (old.protocol, new.protocol),
                sheets.vocabulary,
                Path(sheets.files[0]),
                day,
                done or (lambda *_: None),
            )
    except ProfileError:
        return None  # the reader of single patients says what is wrong, or reads it all the same


def _worth_it(sheets: Sheets) -> bool:
    """Whether it is a large wide file that is read as it is, and there is what reads it."""
    if len(sheets.files) != 1 or sheets.wanted != Wanted():
        return False
    path = Path(sheets.files[0])
    if path.suffix.lower() not in _FORMS or not path.is_file() or path.stat().st_size < WORTH:
        return False
    if path.suffix.lower() in (".ndjson", ".jsonl") and not is_frame(sheets.files[0]):
        return False
    return all(find_spec(package) is not None for package in ("polars", "narwhals"))


def _declared_alike(old: Edition, new: Edition) -> bool:
    return all(new.vocabulary.get(name, fact) == fact for name, fact in old.vocabulary.items())


def _judgements(
    old: Edition, new: Edition, sheets: Sheets, crowd: Crowd, day: int, manner: Manner
) -> Iterator[tuple[Judgement, int]]:
    both = Both(old, new)
    for group in crowd.alike:
        verdicts, outcomes = _words(group.verdicts, group.passes)
        yield both.answered(None, day, verdicts, outcomes), group.patients
    found: list[tuple[int, Judgement]] = []
    asked: set[int] = set(crowd.left)
    kinds: Counter[Verdicts] = Counter()
    for one in crowd.moved:
        kinds[one.verdicts] += 1
        if manner.told is None or kinds[one.verdicts] <= manner.told:
            asked.add(one.row)
        else:
            found.append((one.row, both.answered(one.patient, day, *_words(*one[2:]))))
    found += _one_by_one(old, new, sheets, crowd, sorted(asked), day, manner)
    for _, judgement in sorted(found, key=lambda one: one[0]):
        yield judgement, 1


def _one_by_one(
    old: Edition,
    new: Edition,
    sheets: Sheets,
    crowd: Crowd,
    rows: Sequence[int],
    day: int,
    manner: Manner,
) -> Iterator[tuple[int, Judgement]]:
    """The judgements of these rows; who cannot be read is told and left out."""
    name = sheets.files[0]

    def placed() -> Iterator[tuple[Entry, int]]:
        with count(crowd.sheets(rows), "patients judged", answers_last=True) as patients:
            for sheet in patients:
                yield Entry(name, None, sheet), day

    for row, (entry, answer) in zip(rows, answers(old, new, placed(), manner), strict=True):
        if isinstance(answer, Refused):
            sheets.refuse(entry, ProfileError(answer.faults, answer.patient))
        else:
            yield row, answer


def _words(verdicts: Verdicts, passes: Passes) -> tuple[tuple[Verdict, Verdict], tuple[str, str]]:
    old, new = (Verdict(one) for one in verdicts)
    before, after = ("".join([_LETTER[one] for one in each]) for each in passes)
    return (old, new), (before, after)
