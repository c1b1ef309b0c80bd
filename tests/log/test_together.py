"""What several requests record at once: together, and each for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from screener.log.append import append_all
from screener.log.entries import Draft, Recorded, Screening
from screener.log.faults import Refused
from screener.log.store import Log
from screener.log.verify import verify
from screener.web import records
from screener.web.problems import Problem
from screener.web.records import Records
from tests.log.support import AT, WHO, evaluation


def test_requests_that_are_there_together_are_one_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []

    def counted(log: Log, drafts: list[Draft]) -> list[Recorded | Refused]:
        together.append(len(drafts))
        return append_all(log, drafts)

    monkeypatch.setattr(records, "append_all", counted)
    ended = _run(_recorded(tmp_path / "log.db", [_draft(f"S-{n}") for n in range(30)]))
    assert [one.seq for one in ended if isinstance(one, Recorded)] == list(range(1, 31))
    assert together == [30]
    assert verify(str(tmp_path / "log.db")).entries == 30


def test_a_request_that_is_given_up_takes_no_other_with_it(tmp_path: Path) -> None:
    drafts = [_draft("S-1"), _draft("S-2"), _draft("S-3")]
    ended = _run(_recorded(tmp_path / "log.db", drafts, given_up=0))
    assert [type(one) for one in ended] == [asyncio.CancelledError, Recorded, Recorded]


def test_a_transaction_that_is_given_up_before_it_begins_takes_none_behind_it_along(
    tmp_path: Path,
) -> None:
    async def both() -> list[Recorded | BaseException]:
        log = Records(str(tmp_path / "log.db"))
        first = asyncio.create_task(log.append(_draft("S-1")))
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {first, asyncio.current_task()}:
            task.cancel()
        (ended,) = await asyncio.gather(first, return_exceptions=True)
        recorded = await log.append(_draft("S-2"))
        log.close()
        return [ended, recorded]

    given_up, recorded = _run(both())
    assert isinstance(given_up, asyncio.CancelledError)
    assert recorded.seq == 1


def test_a_request_that_is_refused_takes_no_other_with_it(tmp_path: Path) -> None:
    first = _draft("S-1")
    other = Screening(evaluation=evaluation("S-2"), who=WHO, when=AT, record=first.record)
    ended = _run(_recorded(tmp_path / "log.db", [first, other, _draft("S-3")]))
    assert [type(one) for one in ended] == [Recorded, Problem, Recorded]
    assert verify(str(tmp_path / "log.db")).entries == 2


def test_the_same_record_sent_twice_at_once_is_recorded_once(tmp_path: Path) -> None:
    draft = _draft("S-1")
    first, again = _run(_recorded(tmp_path / "log.db", [draft, draft]))
    assert first == again
    assert verify(str(tmp_path / "log.db")).entries == 1


def _run(recorded: Coroutine[Any, Any, list[Recorded | BaseException]]) -> list[Any]:
    """In a thread of its own: that of the tests may have a loop already, a browser's."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, recorded).result()


def _draft(patient: str) -> Screening:
    return Screening(evaluation=evaluation(patient), who=WHO, when=AT)


async def _recorded(
    path: Path, drafts: list[Screening], given_up: int | None = None
) -> list[Recorded | BaseException]:
    """What becomes of each, where all are there at once and one may be given up."""
    log = Records(str(path))
    tasks = [asyncio.create_task(log.append(draft)) for draft in drafts]
    await asyncio.sleep(0)
    if given_up is not None:
        tasks[given_up].cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    log.close()
    return ended
