"""Whoever ends `screener cohort` in the middle finds what was there before, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from tests.cli.support import CRITERIA, Command

#: So many partial days take minutes, one by one.
PATIENTS = 400_000


def wide(folder: Path) -> Path:
    data = folder / "data.parquet"
    pl.select(
        pl.int_range(PATIENTS).cast(pl.String).alias("patient"),
        pl.lit(150.0).alias("platelets [10*9/L]"),
        pl.lit("2026-11").alias("platelets.date"),
    ).write_parquet(data)
    return data


def records(folder: Path) -> Path:
    data = folder / "data"
    data.mkdir()
    pl.select(
        patient=pl.int_range(PATIENTS).cast(pl.String),
        fact=pl.lit("platelets"),
        value=pl.lit(150.0),
        unit=pl.lit("10*9/L"),
        date=pl.lit("2026-11"),
    ).write_parquet(data / "records.parquet")
    return data


@pytest.mark.parametrize(
    ("form", "out", "sent", "code"),
    [
        (wide, "answers.parquet", signal.SIGINT, 130),
        (wide, "answers.csv", signal.SIGTERM, 143),
        (records, "answers.parquet", signal.SIGTERM, 143),
    ],
    ids=["wide, SIGINT", "wide, SIGTERM", "records, SIGTERM"],
)
def test_the_folder_is_as_it_was(
    command: Command, form: object, out: str, sent: signal.Signals, code: int
) -> None:
    assert callable(form)
    data = form(command.folder)
    answers = command.folder / out
    answers.write_bytes(b"what was there before")
    call = [sys.executable, "-m", "screener", "cohort", "XMPL-001", str(data), "-o", str(answers)]
    process = subprocess.Popen(
        [*call, "--as-of", "2026-11-24"],
        env={**os.environ, "SCREENER_CRITERIA": str(CRITERIA)},
        stderr=subprocess.PIPE,
        # A shell in the background hands on that Ctrl-C is to be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not list(command.folder.glob(".screener-*")) and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (code, b"")
    assert answers.read_bytes() == b"what was there before"
    assert sorted(one.name for one in command.folder.iterdir()) == sorted([data.name, out])
