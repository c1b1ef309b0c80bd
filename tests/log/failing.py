"""Programs in which the n-th system call of a kind fails: `BASE FOLDER CALL WHEN`, under `strace`.

`strace` makes the call number WHEN of every program fail. A program that first makes WHEN - n calls
of that kind itself, and then appends to a copy of the log BASE, meets the failure at its n-th
call. There is one program for every n, until one of them does not come so far.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from screener.log.append import append
from screener.log.entries import Evaluation, Screening
from screener.log.faults import LogFault
from screener.log.store import open_log
from tests.log.support import AT, WHO, evaluation

APPENDS = 2
#: A program ends with this where it met no failure.
UNHARMED = 7


def main(base: str, folder: str, call: str, when: str) -> None:
    """Run the programs; what each could and could not do is in `N.said`."""
    answer = evaluation("S-001", 150)
    open_log(base).close()
    for number in range(1, int(when)):
        child = os.fork()
        if child == 0:
            os._exit(_run(answer, Path(base), Path(folder), call, number, int(when)))
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == UNHARMED:
            return


def _run(answer: Evaluation, base: Path, folder: Path, call: str, number: int, when: int) -> int:
    name = shutil.copy(base, folder / f"{number}.db")
    said = os.open(folder / f"{number}.said", os.O_CREAT | os.O_WRONLY)
    other = os.open(folder / "other", os.O_CREAT | os.O_RDWR)
    make = _calls(folder, other)[call]
    for _ in range(when - number):
        make()
    try:
        with open_log(str(name), wait=0.1) as log:
            for _ in range(APPENDS):
                done = append(log, Screening(evaluation=answer, who=WHO, when=AT))
                os.write(said, f"ack {done.seq} {done.hash}\n".encode())
    except LogFault as fault:
        os.write(said, f"fault {fault.message}\n".encode())
    except BaseException as error:  # whatever it is, the test has to hear of it
        os.write(said, f"crash {type(error).__name__}: {error}\n".encode())
    try:
        for _ in range(number):
            make()
    except OSError:
        return UNHARMED
    return 0


def _calls(folder: Path, other: int) -> dict[str, Callable[[], object]]:
    def unlink() -> None:
        with suppress(FileNotFoundError):
            os.unlink(folder / "nothing")

    return {
        "pwrite64": lambda: os.pwrite(other, b"x", 0),
        "pread64": lambda: os.pread(other, 1, 0),
        "fdatasync": lambda: os.fdatasync(other),
        "openat": lambda: os.close(os.open(folder / "other", os.O_RDWR)),
        "unlink": unlink,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
