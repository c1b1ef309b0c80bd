"""One screening by HTTP at 50 users, against bare FastAPI handlers: `python -m benchmarks.http`.

All servers get the same body over the same kind of connections. Never a gate: it prints what it
finds, and with `--record` writes it to docs/evidence/http.md.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from statistics import quantiles

from benchmarks.asking import answered, in_turn, post
from benchmarks.evidence import publish
from benchmarks.patients import AS_OF, flat_patients, profile
from benchmarks.serving import HERE, MADE_UP, ROOT, SCREEN, bare, ours, started
from screener.catalog import find, read, read_file
from screener.rules.load import read_cases
from screener.trial import load_trial

SEED = 13
USERS = 50
TRIALS = (MADE_UP, "KUBO-2001", "NCT00234182", "NCT01681446@2018-05-30")


def main() -> None:
    """Measure every trial and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.http", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of every turn of a server")
    parser.add_argument("--rounds", type=int, default=10, help="turns of every server")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/http.md")
    given = parser.parse_args()
    lines = measured(given.seconds, given.rounds)
    publish("http.md", "One screening by HTTP at fifty users", lines, record=given.record)


def measured(seconds: float, rounds: int) -> Iterator[str]:
    """The table of all trials.

    The 99th percentile is to be at most 3 times that of a bare handler, and 35 % as many requests
    are to be answered, for some thirty criteria (FLAT-27) and by one process.
    """
    processes = os.cpu_count() or 1
    yield (
        f"{USERS} users, {seconds * rounds:g} s of each in turns of {seconds:g} s, users and "
        "servers on the same machine. *same*: a bare handler that reads the same body and gives "
        "the same answer, which it has ready. *short*: one that gives three words. Both are "
        f"FastAPI in one process; *ours* is one process, *ours by {processes}* is `--workers "
        f"{processes}`."
    )
    yield ""
    yield (
        "| trial | criteria | ours, req/s | of *same* | p50 | p99 | p99 of *same* | p99 of *short* "
        f"| ours to *same* | ours by {processes} to *same* | ours to *short* |"
    )
    yield "| --- |" + " ---: |" * 10
    with started(ours) as one, started(ours, processes) as more:
        bodies = {name: _body(name) for name in TRIALS}
        answers = {name: answered(one, SCREEN, body) for name, (body, _) in bodies.items()}
        with started(bare, answers) as same, started(bare, {}) as short:
            ports = {"ours": one, "same": same, "short": short, "more": more}
            for name, (body, criteria) in bodies.items():
                yield f"| {name} | {criteria} | {_row(ports, body, seconds, rounds)} |"


def _row(ports: Mapping[str, int], body: bytes, seconds: float, rounds: int) -> str:
    requests = {server: [post(SCREEN, body)] for server in ports}
    taken = in_turn(ports, requests, USERS, seconds, rounds)
    assert not any(one.failed for one in taken.values()), "every request is answered"
    p99 = {server: quantiles(one.seconds, n=100)[98] for server, one in taken.items()}
    p50 = quantiles(taken["ours"].seconds, n=100)[49]
    rate = {server: len(one.seconds) / (seconds * rounds) for server, one in taken.items()}
    return (
        f"{rate['ours']:.0f} | {rate['ours'] / rate['same']:.0%} | {p50 * 1e3:.1f} ms "
        f"| {p99['ours'] * 1e3:.1f} ms | {p99['same'] * 1e3:.1f} ms | {p99['short'] * 1e3:.1f} ms "
        f"| **{p99['ours'] / p99['same']:.1f}** | {p99['more'] / p99['same']:.1f} "
        f"| {p99['ours'] / p99['short']:.1f}"
    )


def _body(name: str) -> tuple[bytes, int]:
    """The first example patient of a trial, and how many criteria he is held against."""
    if name == MADE_UP:
        trial = load_trial(HERE / "trial.yaml")
        vocabulary, protocol = trial.newest.vocabulary, trial.newest.protocol
        (one,) = flat_patients(vocabulary, 1, 0.05, SEED)
        given = json.loads(profile(vocabulary, one, 0))
        asked = {"trial": name, "as_of": AS_OF, "profile": given}
        return json.dumps(asked).encode(), len(protocol.criteria)
    place = find(name, [ROOT / "criteria"])[-1]
    assert place.cases is not None, f"{name} has example patients"
    file = read_file(place.cases)
    case = read_cases(file.content, file.name)[0]
    body = {"trial": name, "as_of": case.as_of, "profile": case.profile}
    return json.dumps(body).encode(), len(read(place).protocol.criteria)


if __name__ == "__main__":
    main()
