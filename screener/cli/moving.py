"""The patients of files judged by two versions; a crowd by several processes, in the same order.

What one process answers and what several answer is the same: each patient is judged by himself.
"""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import NamedTuple, TypeAlias

from screener.catalog import Edition, File, Place, read_contents
from screener.cli.console import MachineFault
from screener.cli.patients import Entry
from screener.cli.sheets import Sheets, sheet_of
from screener.diagnostics import Fault, ProfileError
from screener.trial import declared_otherwise
from screener.workbench.moving import Both, Judgement, Moves, counted

#: So many patients are judged before other processes are begun, which takes them a second.
ALONE = 1_000
_BATCH = 200
_MOST_PROCESSES = 8


class Manner(NamedTuple):
    """How patients are judged. `told`: see `Both`. `processes`: at most so many judge a crowd."""

    told: int | None
    processes: int


def processes_for(asked: int | None) -> int:
    """So many as were asked for, else one a processor, within reason."""
    return asked or min(_MOST_PROCESSES, os.cpu_count() or 1)


class Refused(NamedTuple):
    """A patient who cannot be read; an error itself would not come through whole."""

    faults: tuple[Fault, ...]
    patient: str | None


Answer: TypeAlias = Judgement | Refused
#: What is asked of another process: parsed patients and their days.
_Batch: TypeAlias = list[tuple[object, int]]


class Judge:
    """Reads a patient and judges him by both versions; `told`: see `Both`."""

    def __init__(self, old: Edition, new: Edition, told: int | None) -> None:
        self._both = Both(old, new, told)
        self._old = old.vocabulary
        self.vocabulary = {**old.vocabulary, **new.vocabulary}
        self._alike = old.vocabulary == self.vocabulary

    def answer(self, data: object, as_of: int) -> Answer:
        """How both judge him, or why he cannot be read."""
        if isinstance(data, ProfileError):
            return Refused(data.faults, data.patient)
        try:
            sheet = sheet_of(data, self.vocabulary, as_of)
        except ProfileError as error:
            return Refused(error.faults, error.patient)
        if not self._alike:
            given = declared_otherwise(sheet, self._old, self.vocabulary)
            message = "the two versions declare the fact differently"
            faults = tuple(Fault(f"/facts/{one}", message) for one in given if one in self._old)
            if faults:
                return Refused(faults, sheet.patient)
        return self._both.judge(sheet, as_of)


def moves_of(old: Edition, new: Edition, sheets: Sheets, manner: Manner) -> Moves:
    """Judge everybody; who cannot be read is told and left out. Raises as `answers`."""

    def judged() -> Iterator[tuple[Judgement, int]]:
        for entry, answer in answers(old, new, sheets.placed(), manner):
            if isinstance(answer, Refused):
                sheets.refuse(entry, ProfileError(answer.faults, answer.patient))
            else:
                yield answer, 1

    return counted(old, new, judged())


def answers(
    old: Edition, new: Edition, placed: Iterable[tuple[Entry, int]], manner: Manner
) -> Iterator[tuple[Entry, Answer]]:
    """How both versions judge each patient on his day, in the same order.

    Raises:
        MachineFault: one of the processes was ended from outside.
    """
    waiting = iter(placed)
    judge = Judge(old, new, manner.told)
    for entry, as_of in islice(waiting, ALONE if manner.processes > 1 else None):
        yield entry, judge.answer(entry.data, as_of)
    first = next(waiting, None)
    if first is not None:
        try:
            yield from _together(old, new, chain([first], waiting), manner)
        except BrokenProcessPool as error:
            raise MachineFault(
                f"one of {manner.processes} processes that judged patients was ended from outside, "
                "as a system does that runs out of memory; nothing is answered\n"
                f"   hint: `--processes {manner.processes // 2}` takes less memory"
            ) from error


def _together(
    old: Edition, new: Edition, placed: Iterator[tuple[Entry, int]], manner: Manner
) -> Iterator[tuple[Entry, Answer]]:
    """In batches, as many under way as keep every process busy, answered in their order."""
    given = _sent(old), _sent(new), manner.told
    with ProcessPoolExecutor(manner.processes, get_context("spawn"), _begin, given) as pool:
        under_way: deque[tuple[list[Entry], Future[list[Answer]]]] = deque()
        for batch in _batches(placed):
            data = [(entry.data, as_of) for entry, as_of in batch]
            under_way.append(([entry for entry, _ in batch], pool.submit(_answer_all, data)))
            if len(under_way) > 3 * manner.processes:
                entries, answers = under_way.popleft()
                yield from zip(entries, answers.result(), strict=True)
        for entries, answers in under_way:
            yield from zip(entries, answers.result(), strict=True)


def _batches(placed: Iterator[tuple[Entry, int]]) -> Iterator[list[tuple[Entry, int]]]:
    while batch := list(islice(placed, _BATCH)):
        yield batch


#: A version as it goes to another process, which reads it again.
_Sent: TypeAlias = tuple[Place, File, File]


def _sent(edition: Edition) -> _Sent:
    place = edition.place
    return (
        place,
        File(place.rules.name, edition.rules_text),
        File(place.vocabulary.name, edition.vocabulary_text),
    )


# What follows runs in the other processes, each of which has a judge of its own.
_judge: Judge


def _begin(old: _Sent, new: _Sent, told: int | None) -> None:
    global _judge
    _judge = Judge(read_contents(*old), read_contents(*new), told)
    # What is kept recurs and is no garbage; looking through it takes a third of the time.
    gc.freeze()
    gc.set_threshold(50_000)


def _answer_all(batch: _Batch) -> list[Answer]:
    return [_judge.answer(data, as_of) for data, as_of in batch]
