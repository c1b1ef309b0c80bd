"""Times recording at fifty users, against bare handlers: `python -m benchmarks.recording`.

Screening, and screening with every answer in a durable log, beside handlers that only read the
body. Never a gate: it prints what it finds, and with `--record` writes it to
docs/evidence/recording.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from benchmarks.asking import answered, in_turn, post
from benchmarks.evidence import publish
from benchmarks.patients import AS_OF, flat_patients, profile
from benchmarks.serving import HERE, RECORD, SCREEN, bare, ours, started
from screener.log.verify import verify
from screener.trial import load_trial

SEED = 13


def main() -> None:
    """Time the four."""
    parser = argparse.ArgumentParser(prog="benchmarks.recording", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3, help="of every turn of a server")
    parser.add_argument("--rounds", type=int, default=10, help="turns of every server")
    parser.add_argument("--folder", type=Path, help="where the log is made  [default: temporary]")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/recording.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        log = str(Path(folder) / "log.db")
        lines = _measured(log, asked.users, asked.seconds, asked.rounds)
        publish("recording.md", "Recording at fifty users", lines, record=asked.record)


def _measured(log: str, users: int, seconds: float, rounds: int) -> Iterator[str]:
    yield (
        f"{users} users, {seconds * rounds:g} s of each in turns of {seconds:g} s, users and "
        "servers on the same machine. The bare handlers read the same body and have their answer "
        "ready: one gives what recording answers, one gives three words."
    )
    yield ""
    yield (
        "| | requests a second | median | p99 | p99 to the same answer | p99 to three words "
        "| not answered |"
    )
    yield "| --- |" + " ---: |" * 6
    screened, recorded = (
        [json.dumps(body | more).encode() for body in _bodies()]
        for more in ({}, {"by": "benchmark"})
    )
    with started(ours) as screening, started(ours, 1, log) as recording:
        answer = answered(recording, RECORD, recorded[0])
        with started(bare, {answer["result"]["trial"]: answer}) as same, started(bare, {}) as short:
            ports = {
                "a bare handler, three words": short,
                "a bare handler, the same answer": same,
                "screening": screening,
                "screening and recording": recording,
            }
            requests = {name: [post(RECORD, body) for body in recorded] for name in ports}
            requests["screening"] = [post(SCREEN, body) for body in screened]
            taken = in_turn(ports, requests, users, seconds, rounds)
    p99 = {name: quantiles(one.seconds, n=100)[98] for name, one in taken.items()}
    least, like = list(p99.values())[:2]
    for name, one in taken.items():
        yield (
            f"| {name} | {len(one.seconds) / (seconds * rounds):,.0f} "
            f"| {median(one.seconds) * 1e3:.1f} ms | {p99[name] * 1e3:.1f} ms "
            f"| {p99[name] / like:.2f} | {p99[name] / least:.2f} | {one.failed} |"
        )
    checked = verify(log)
    assert checked.bad is None
    yield ""
    yield f"{checked.entries:,} entries were recorded, and verify."


def _bodies() -> list[dict[str, object]]:
    trial = load_trial(HERE / "trial.yaml")
    vocabulary = trial.newest.vocabulary
    return [
        {
            "trial": trial.id,
            "as_of": AS_OF,
            "profile": json.loads(profile(vocabulary, one, number)),
        }
        for number, one in enumerate(flat_patients(vocabulary, 200, 0.05, SEED))
    ]


if __name__ == "__main__":
    main()
