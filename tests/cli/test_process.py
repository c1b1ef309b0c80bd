"""What only a process of its own shows: streams, encodings, terminals, pipes, start-up."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.cli.support import CRITERIA, Command, patient

SCREENER = (sys.executable, "-m", "screener")


def _environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    return kept | {"SCREENER_CRITERIA": str(CRITERIA)} | changes


def _bytes(*arguments: str | Path, **environment: str) -> bytes:
    call = [*SCREENER, *map(str, arguments)]
    return subprocess.run(
        call, env=_environment(**environment), capture_output=True, check=True
    ).stdout


def _on_a_terminal(*arguments: str | Path, answers: Path | None = None, **environment: str) -> str:
    """What a terminal shows, the answers among it unless they go to a file of their own."""
    ours, theirs = pty.openpty()
    with ExitStack() as stack:
        screen = stack.enter_context(os.fdopen(ours, "rb", buffering=0))
        out = theirs if answers is None else stack.enter_context(answers.open("wb")).fileno()
        process = subprocess.Popen(
            [*SCREENER, *map(str, arguments)],
            env=_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=theirs,
        )
        os.close(theirs)
        shown = b""
        # Where the program has ended, reading on fails on Linux and gives nothing elsewhere.
        with suppress(OSError):
            while part := screen.read(65536):
                shown += part
        process.wait(timeout=60)
    return shown.decode()


def test_colour_is_for_terminals_that_want_it(command: Command) -> None:
    call = ("screen", "XMPL-001", command.write("a.json", patient("A")), "--as-of=2026-11-24")
    assert "\x1b[" in _on_a_terminal(*call, TERM="xterm")
    assert "\x1b[" not in _on_a_terminal(*call, TERM="xterm", NO_COLOR="1")
    assert "\x1b[" not in _on_a_terminal(*call, TERM="dumb")
    piped = _bytes(*call, TERM="xterm")
    assert b"\x1b" not in piped
    assert b"ELIGIBLE" in piped


def test_a_count_is_shown_while_answers_go_elsewhere_than_the_terminal(command: Command) -> None:
    file = command.write("a.ndjson", patient("A"), patient("B"))
    out = command.folder / "out.ndjson"
    call = ("screen", "XMPL-001", str(file), "--as-of=2026-11-24", "--json")
    shown = _on_a_terminal(*call, TERM="xterm", answers=out)
    assert "2 patients: 2 eligible" in shown
    assert "patients screened" in shown
    assert [json.loads(line)["patient"] for line in out.read_text().splitlines()] == ["A", "B"]


def test_json_has_the_same_bytes_under_any_locale_time_zone_and_terminal(
    command: Command,
) -> None:
    file = command.write("a.json", patient("Änne"))
    call = ("screen", "XMPL-001", file, "--as-of=2026-11-24", "--json")
    plain = _bytes(*call, LC_ALL="C", PYTHONIOENCODING="ascii", TZ="UTC", PYTHONHASHSEED="1")
    other = _bytes(
        *call, LC_ALL="C.UTF-8", TZ="Pacific/Kiritimati", COLUMNS="40", PYTHONHASHSEED="2"
    )
    assert plain == other
    assert json.loads(plain.decode("utf-8"))["patient"] == "Änne"


def test_a_reader_that_goes_away_is_no_error_to_complain_of(command: Command) -> None:
    # More than a pipe holds, so that the program is still writing when its reader has gone.
    file = command.write("a.ndjson", *(patient(f"P{number}") for number in range(500)))
    process = subprocess.Popen(
        [*SCREENER, "screen", "XMPL-001", str(file), "--as-of=2026-11-24", "--json"],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert b'"P0"' in process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141


def test_a_full_disk_is_said_in_one_line(command: Command) -> None:
    file = command.write("a.json", patient("A"))
    call = [*SCREENER, "screen", "XMPL-001", str(file), "--as-of=2026-11-24", "--json"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(call, env=_environment(), stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == 5
    assert ended.stderr == b"error: reading or writing failed: no space left on device\n"


def test_answers_come_as_soon_as_their_patients_do(command: Command) -> None:
    process = subprocess.Popen(
        [*SCREENER, "screen", "XMPL-001", "-", "--as-of=2026-11-24", "--json"],
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    # An answer that is kept back would be waited for without end.
    too_late = threading.Timer(60, process.kill)
    too_late.start()
    for name in ("A", "B"):
        process.stdin.write(json.dumps(patient(name)).encode() + b"\n")
        process.stdin.flush()
    assert json.loads(process.stdout.readline())["patient"] == "A"
    too_late.cancel()
    process.stdin.close()
    assert json.loads(process.stdout.readline())["patient"] == "B"
    process.stdout.close()
    assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    "call",
    [
        "import screener",
        "import sys; sys.argv = ['screener', '--help']\n"
        "from screener.cli import main\n"
        "try: main()\nexcept SystemExit: pass",
    ],
)
def test_starting_loads_nothing_heavy(call: str) -> None:
    ask = (
        "\nimport sys; heavy = {'yaml', 'rich', 'pydantic', 'jinja2', 'hypothesis', 'z3', 'polars',"
        " 'fastapi', 'screener.rules.load'}"
        "\nprint(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", call + ask], capture_output=True, check=True)
    assert ended.stderr.decode().strip() == "[]"


def _light(*call: str) -> subprocess.CompletedProcess[bytes]:
    """The command where nothing but the light install is there."""
    code = (
        "import sys\nfor one in ('z3', 'polars', 'narwhals', 'fastapi', 'starlette', 'uvicorn'):\n"
        f"    sys.modules[one] = None\nsys.argv = ['screener', *{list(call)!r}]\n"
        "from screener.cli import main\nmain()"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)


def test_the_light_install_tests_the_example_patients() -> None:
    ended = _light("test", "KUBO-2001")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    ("call", "extra"),
    [
        (("prove", "KUBO-2001"), "prove"),
        (("test", "KUBO-2001", "--mutate"), "prove"),
        (("serve",), "web"),
    ],
)
def test_what_the_light_install_lacks_is_named_with_how_to_get_it(
    call: tuple[str, ...], extra: str
) -> None:
    ended = _light(*call)
    assert ended.returncode == 2
    assert ended.stderr.decode().endswith(f"hint: pip install 'screener[{extra}]'\n")


def test_the_command_and_its_version_are_installed() -> None:
    from screener.version import VERSION

    installed = Path(sys.executable).with_name("screener")
    shown = subprocess.run([installed, "--version"], capture_output=True, check=True).stdout
    assert shown.decode() == f"screener {VERSION}\n"


def _table(command: Command, patients: int) -> Path:
    """Twenty rows a patient, most of their cells blank, as exports have them."""
    path = command.folder / f"{patients}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("patient,platelets [10*9/L],platelets.date,smoker\n")
        for patient_ in range(patients):
            file.write(f"{patient_:05d},150,2026-11-24,\n{patient_:05d},,,false\n")
            file.writelines([f"{patient_:05d},,,\n"] * 18)
    return path


def _memory(*arguments: str | Path) -> int:
    """The most memory that the program had at once, in the unit of the system."""
    call = [*SCREENER, *map(str, arguments)]
    process = subprocess.Popen(
        call, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss


def test_a_hundred_thousand_rows_are_screened_with_a_count_in_hardly_more_memory(
    command: Command,
) -> None:
    call = ("screen", "XMPL-001", "--as-of=2026-11-24", "--json")
    many, few = _table(command, 5_000), _table(command, 50)
    out = command.folder / "out.ndjson"
    shown = _on_a_terminal(*call, many, TERM="xterm", answers=out)
    assert "5000 patients: 5000 eligible" in shown
    assert "patients screened" in shown
    assert len(out.read_bytes().splitlines()) == 5_000
    assert _memory(*call, many) < 1.25 * _memory(*call, few)
