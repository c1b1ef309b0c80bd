"""Many writers, one transaction: drafts that arrive together are appended together.

Each is told when its entry lasts, and not before; with many at once a commit costs each of them
little. One thread writes; whoever waits may wait in any thread, or in none.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future

from screener.log.append import append_all
from screener.log.entries import Draft, Recorded
from screener.log.faults import LogFault, Refused
from screener.log.store import Log

#: So many drafts go into one transaction.
_MOST = 100

_Waiting = tuple[Draft, "Future[Recorded]"]


class Writer:
    """Appends to a log until it is closed."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def submit(self, draft: Draft) -> Future[Recorded]:
        """What becomes of a draft: an entry that lasts, `Refused`, or a `LogFault`."""
        told: Future[Recorded] = Future()
        self._waiting.put((draft, told))
        return told

    def close(self) -> None:
        """Write what waits, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            together, last = [first], False
            while len(together) < _MOST and not self._waiting.empty():
                more = self._waiting.get()
                if more is None:
                    last = True
                    break
                together.append(more)
            self._write(together)
            if last:
                return

    def _write(self, together: list[_Waiting]) -> None:
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
