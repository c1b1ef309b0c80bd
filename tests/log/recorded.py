"""A program that appends to a log to have its system calls recorded: `NAME COUNT MODE SYNCHRONOUS`.

The last two are the settings of the journal, right or wrong ones.
"""

from __future__ import annotations

import os
import sys
from unittest.mock import patch

from screener.log.append import append
from screener.log.entries import Screening
from screener.log.journal import SYNCHRONOUS, Journal
from screener.log.store import open_log
from tests.log.support import AT, WHO, evaluation


def main(name: str, count: str, mode: str, synchronous: str) -> None:
    """Append entries, and say each on standard output once it is acknowledged."""
    SYNCHRONOUS.update({"OFF": 0, "NORMAL": 1})
    answer = evaluation("S-001", 150)
    journal = Journal(mode, synchronous)
    with (
        patch("screener.log.store.journal_for", return_value=journal),
        open_log(name, create=True) as log,
    ):
        for _ in range(int(count)):
            done = append(log, Screening(evaluation=answer, who=WHO, when=AT))
            os.write(1, f"ack {done.seq} {done.hash}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
