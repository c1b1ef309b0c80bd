"""What pieces of work cost: processor time and memory, in fresh processes that trace no coverage.

A module names its pieces in a function `pieces(group)`; each is done in a fork of one new process,
so that none pays for what another left behind.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: A piece that takes so many seconds, or GiB of addresses, is stopped.
LONGEST, MOST = 20, 2


class Cost(NamedTuple):
    """What a piece cost at most; `fault` is empty where it came to its end."""

    name: str
    seconds: float
    mebibytes: float
    fault: str


def costs(module: str, group: str = "") -> list[Cost]:
    """What each piece of a group costs."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.cost", module, group],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return [Cost(*json.loads(line)) for line in ran.stdout.splitlines()]


def too_dear(found: list[Cost], seconds: float, mebibytes: float) -> list[Cost]:
    """Those that cost more, or did not come to their end."""
    assert found
    return [one for one in found if one.fault or one.seconds > seconds or one.mebibytes > mebibytes]


def main() -> None:
    """Do every piece of a group and tell what it cost, a line each."""
    pieces: Mapping[str, Callable[[], object]] = import_module(sys.argv[1]).pieces(sys.argv[2])
    for name, piece in pieces.items():
        print(json.dumps(_done(name, piece)), flush=True)


def _done(name: str, piece: Callable[[], object]) -> Cost:
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        ended = 1
        os.dup2(2, 1)  # what a piece prints is no measurement
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
            resource.setrlimit(resource.RLIMIT_AS, (MOST * 1024**3, MOST * 1024**3))
            piece()
            ended = 0
        except BaseException:
            os.write(told, traceback.format_exc()[-2000:].encode(errors="replace"))
        finally:
            os._exit(ended)
    os.close(told)
    with os.fdopen(heard, "rb") as pipe:
        fault = pipe.read().decode(errors="replace")
    _, status, used = os.wait4(child, 0)
    if status and not fault:
        fault = f"stopped with status {status}"
    return Cost(name, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, fault)


if __name__ == "__main__":
    main()
