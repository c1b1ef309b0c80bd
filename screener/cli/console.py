"""Streams and exit codes: what goes where, in which encoding, and how a command ends.

Data goes to standard output, messages to standard error. Colour and progress appear only on a
terminal. Whatever goes wrong, nobody sees a traceback.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from screener.days import parse_days
from screener.diagnostics import ProfileError, RulesError, UnknownTrial
from screener.log.faults import LogFault, Refused, UnknownLog
from screener.terminal import Ink, Paint, clean, plain

DONE, NOT_HELD, USAGE, BAD_RULES, BAD_DATA, INTERNAL = range(6)
ANY_INELIGIBLE, ANY_UNDETERMINED = 10, 11
#: As a shell counts a command ended by that signal.
INTERRUPTED, BROKEN_PIPE, TERMINATED = 130, 141, 143

_PIPED_WIDTH = 100
#: What is installed by an extra of the package, by the name it is imported under.
_EXTRAS = {
    **dict.fromkeys(
        (
            "argon2", "fastapi", "h11", "multipart", "prometheus_client", "pydantic_settings",
            "python_multipart", "starlette", "uvicorn",
        ),
        ("web", "the web form is"),
    ),
    "z3": ("prove", "the solver for proofs is"),
    **dict.fromkeys(("narwhals", "polars"), ("cohort", "cohorts in dataframes are")),
    **dict.fromkeys(("pyarrow", "duckdb"), ("duckdb", "the DuckDB engine is")),
    "pyspark": ("spark", "the Spark engine is"),
    "psycopg": ("postgres", "logs in PostgreSQL are"),
}  # fmt: skip
_INKS = {Ink.GOOD: "1;32", Ink.BAD: "1;31", Ink.OPEN: "1;35", Ink.STRONG: "1", Ink.FAINT: "2"}


class UsageFault(Exception):
    """The command was called in a way that cannot be carried out."""


class MachineFault(Exception):
    """The machine gave out; neither the question nor the data are at fault."""


class _Terminated(BaseException):
    """Somebody ended the process; what is half done is cleared away as after Ctrl-C."""


def run(work: Callable[[], int]) -> NoReturn:
    """Do the work of a command and end with its exit code, or with that of what went wrong."""
    _speak_utf8()
    try:
        with _ended_in_order():
            code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
        _drop_output()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except _Terminated:
        code = TERMINATED
    except (UsageFault, UnknownTrial, UnknownLog, Refused) as error:
        code = USAGE
        say(f"error: {error}")
    except RulesError as error:
        code = BAD_RULES
        say(str(error))
    except ProfileError as error:
        code = BAD_DATA
        say(str(error))
    except (LogFault, MachineFault) as error:
        code = INTERNAL
        say(f"error: {error}")
    except MemoryError:
        code = INTERNAL
        say("error: there is not enough memory\n   hint: ask for fewer patients at a time")
    except ModuleNotFoundError as error:
        code, said = _not_installed(error)
        say(said)
    except OSError as error:
        code = INTERNAL
        _drop_output()
        say(f"error: reading or writing failed: {(error.strerror or 'unknown reason').lower()}")
    except Exception as error:
        code = INTERNAL
        say(_last_resort(error))
    sys.exit(code)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """While it lasts SIGTERM unwinds the work, where the main thread does it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _not_installed(error: ModuleNotFoundError) -> tuple[int, str]:
    """What to install for a command that needs more than the light install has."""
    known = _EXTRAS.get((error.name or "").partition(".")[0])
    if known is None:
        return INTERNAL, _last_resort(error)
    extra, what = known
    return USAGE, f"error: {what} not installed\n   hint: pip install 'screener[{extra}]'"


def say(message: str) -> None:
    """A message for the person, on standard error."""
    lines = message.splitlines()
    print("\n".join(_visible(line) for line in lines), file=sys.stderr, flush=True)


def put(text: str) -> None:
    """A piece of the answer, on standard output, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def put_json(value: Mapping[str, object]) -> None:
    """One line of NDJSON on standard output."""
    put(json.dumps(value, ensure_ascii=False) + "\n")


def width() -> int:
    """The columns that text may fill; the same everywhere when it goes to a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED_WIDTH


def painter() -> Paint:
    """Colour, if the answer goes to a terminal that wants it."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if unwanted or not sys.stdout.isatty():
        return plain
    return lambda text, ink: f"\x1b[{_INKS[ink]}m{text}\x1b[0m"


def criteria_folders(given: list[Path]) -> list[Path]:
    """The folders of `--criteria`, else those of the environment variable."""
    said = os.environ.get("SCREENER_CRITERIA", "")
    return given or [Path(one) for one in said.split(os.pathsep) if one]


def today() -> int:
    """The day of today as an ordinal."""
    return date.today().toordinal()


def now() -> datetime:
    """This moment, with the offset of this place."""
    return datetime.now().astimezone()


def account() -> str:
    """The name of the account that this program runs under, as the system knows it."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return os.environ.get("USERNAME") or f"user {getattr(os, 'getuid', int)()}"


def day(text: str | None) -> int | None:
    """The ordinal of a day given as an option."""
    if text is None:
        return None
    days = parse_days(text)
    if days is None or not days.exact:
        raise UsageFault(f"`{clean(text)}` is not a day such as `2026-11-24`")
    return days.first


def _speak_utf8() -> None:
    # A lone surrogate, which JSON can spell, comes out as the same spelling.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _drop_output() -> None:
    """Let go of what nobody can take any more, or Python complains of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _visible(line: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in line)


def _last_resort(error: Exception) -> str:
    # The text of the error is left out: it may hold a patient's values.
    place = _innermost(error.__traceback__)
    return (
        f"internal error ({type(error).__name__} at {place}); please report this line, "
        "the version (`screener --version`) and the command, without patient data"
    )


def _innermost(trace: TracebackType | None) -> str:
    place = "an unknown place"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
