"""Many writers, one transaction: drafts that arrive together are appended together.

Each is told when its entry lasts, and not before; with many at once a commit costs each of them
little. One thread writes; whoever waits may wait in any thread, or in none.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from screener.log.append import append_all
from screener.log.entries import Draft, Recorded
from screener.log.faults import LogFault, Refused
from screener.log.store import Log

#: With so many drafts nobody else is let into a transaction.
_MOST = 100

_Waiting = tuple[Draft, "Future[Recorded]"]
_Handed = Sequence[_Waiting]


class Writer:
    """Appends to a log until it is closed."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: queue.SimpleQueue[_Handed | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def submit(self, draft: Draft) -> Future[Recorded]:
        """What becomes of a draft: an entry that lasts, `Refused`, or a `LogFault`."""
        return self.submit_all([draft])[0]

    def submit_all(self, drafts: Sequence[Draft]) -> list[Future[Recorded]]:
        """As `submit`, for drafts that are there at the same time."""
        handed: _Handed = [(draft, Future()) for draft in drafts]
        self._waiting.put(handed)
        return [told for _, told in handed]

    def close(self) -> None:
        """Write what waits, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            together, last = list(first), False
            while len(together) < _MOST and not self._waiting.empty():
                more = self._waiting.get()
                if more is None:
                    last = True
                    break
                together += more
            self._write(together)
            if last:
                return

    def _write(self, together: _Handed) -> None:
        try:
            answers = append_all(self._log, [draft for draft, _ in together])
        except LogFault as fault:
            for _, told in together:
                told.set_exception(fault)
            return
        # The last resort: whoever waits must not wait for ever.
        except Exception as error:
            for _, told in together:
                told.set_exception(error)
            return
        for (_, told), answer in zip(together, answers, strict=True):
            if isinstance(answer, Refused):
                told.set_exception(answer)
            else:
                told.set_result(answer)
