"""Times one patient against the hand-written function: `python -m benchmarks [--record]`.

Every figure is a multiple of that function's time for the same patients, in the same run. Never a
gate: it prints what it finds, and with `--record` writes it to docs/evidence/speed.md.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import screener
from benchmarks import baseline, commands, comparing, nodes, npm
from benchmarks.evidence import publish
from benchmarks.patients import AS_OF, flat_patients, profile
from benchmarks.peers import RAISED, peers
from benchmarks.timing import Task, seconds
from screener.days import parse_days
from screener.intake.profile import read_profile
from screener.intake.strict_json import parse_json
from screener.judging import judge, judge_patient

HERE = Path(__file__).parent
SEED = 7
MISSING = 0.05
GROUPS = ("eligible", "ineligible", "5 % missing")
PEER_PATIENTS = 1000
NODE_TIMED = 100

#: What is timed, how many times the baseline it may take, and what it does.
TASKS = {
    "judged": (40, "facts resolved; all criteria and the verdict, with what they rest on"),
    "outcomes": (300, "profile as JSON text to verdict and outcomes as JSON"),
    "result": (600, "profile as JSON text to the complete result as JSON, sentences included"),
    "outcomes, dated": (None, "the same, observations dated by visits on 60 different days"),
    "result, dated": (None, "the same, observations dated by visits on 60 different days"),
}


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="windows per task")
    parser.add_argument("--patients", type=int, default=200, help="patients per group")
    parser.add_argument("--record", action="store_true", help="write docs/evidence/speed.md")
    asked = parser.parse_args()
    trial = screener.load_trial(HERE / "trial.yaml")
    lines = _lines(trial, asked.patients, asked.rounds)
    publish("speed.md", "Speed of one patient", lines, record=asked.record)


def _lines(trial: screener.Trial, count: int, rounds: int) -> Iterator[str]:
    yield from _ratios(trial, count, rounds)
    yield ""
    yield from commands.answers()
    yield ""
    yield from comparing.answers()
    yield ""
    yield from _peers(trial, rounds)


def groups(trial: screener.Trial, count: int) -> dict[str, list[dict[str, Any]]]:
    """So many eligible, so many ineligible, and so many with facts missing, as flat facts."""
    vocabulary = trial.newest.vocabulary
    whole = flat_patients(vocabulary, 20 * count, 0.0, SEED)
    chosen = {
        word: [one for one in whole if baseline.verdict(one) == word][:count]
        for word in (baseline.ELIGIBLE, baseline.INELIGIBLE)
    }
    return chosen | {GROUPS[2]: flat_patients(vocabulary, count, MISSING, SEED + 1)}


def outcomes(trial: screener.Trial, text: str) -> str:
    """A profile as JSON to the verdict and the outcome of every criterion as JSON."""
    return trial.judge(text, as_of=AS_OF).to_json_text()


def complete(trial: screener.Trial, text: str) -> str:
    """A profile as JSON to the complete result as JSON."""
    return trial.screen(text, as_of=AS_OF).to_json_text()


def _ratios(trial: screener.Trial, count: int, rounds: int) -> Iterator[str]:
    timed: dict[str, dict[str, float]] = {}
    for group, patients in groups(trial, count).items():
        timed[group] = seconds(list(_tasks(trial, patients)), rounds)
    yield "| task | " + " | ".join(GROUPS) + " | median | at most |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    bare = [f"{timed[group]['baseline'] * 1e6:.2f} us" for group in GROUPS]
    yield f"| baseline, the hand-written function | {' | '.join(bare)} | | |"
    for task, (most, what) in TASKS.items():
        ratios = [timed[group][task] / timed[group]["baseline"] for group in GROUPS]
        cells = [
            f"{timed[group][task] * 1e6:.0f} us, {ratio:.0f} x"
            for group, ratio in zip(GROUPS, ratios, strict=True)
        ]
        limit = "" if most is None else f"{most} x"
        yield f"| {task}: {what} | {' | '.join(cells)} | **{median(ratios):.0f} x** | {limit} |"


def _tasks(trial: screener.Trial, patients: list[dict[str, Any]]) -> Iterator[Task]:
    edition = trial.newest
    protocol, vocabulary = edition.protocol, edition.vocabulary
    days = parse_days(AS_OF)
    assert days is not None, "INVARIANT: the day of screening is a day"
    texts = [profile(vocabulary, one, number) for number, one in enumerate(patients)]
    dated = [profile(vocabulary, one, number, dated=True) for number, one in enumerate(patients)]
    resolved = [
        judge_patient(
            protocol,
            vocabulary,
            read_profile(parse_json(text), vocabulary, as_of=days.first),
            days.first,
        ).selected
        for text in texts
    ]
    yield Task("baseline", baseline.verdict, patients)
    yield Task("judged", lambda selected: judge(protocol, selected), resolved)
    for name, texts_of in (("", texts), (", dated", dated)):
        yield Task(f"outcomes{name}", lambda text: outcomes(trial, text), texts_of)
        yield Task(f"result{name}", lambda text: complete(trial, text), texts_of)


def _peers(trial: screener.Trial, rounds: int) -> Iterator[str]:
    protocol = trial.newest.protocol
    flat = flat_patients(trial.newest.vocabulary, PEER_PATIENTS, MISSING, SEED + 2)
    expected = [baseline.verdict(one) for one in flat]
    ours = [json.loads(outcomes(trial, text))["verdict"] for text in _texts(trial, flat)]
    found, absent = peers(protocol)
    few = flat[:30]
    tasks = [Task("baseline", baseline.verdict, few)]
    for peer in found:
        tasks += [Task(peer.name, peer.verdict, few), Task(f"{peer.name}/each", peer.criteria, few)]
    times = seconds(tasks, min(rounds, 5))
    yield (
        f"Of {PEER_PATIENTS} patients with 5 % of the facts missing (given as null). *each*: every"
        " criterion by itself, a bare answer. Engines of Node run in a process of their own; their"
        " times are multiples of the same function written by hand in JavaScript, which is many"
        " times quicker than in Python: across languages, compare the microseconds."
    )
    yield ""
    yield (
        "| engine | verdict | each | right | undetermined called eligible "
        "| undetermined called ineligible | other wrong | no answer |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    bare = times["baseline"]
    yield f"| by hand, in Python | {_time(bare, bare)} | | {_wrong(expected, expected)} |"
    yield f"| screener | see above | see above | {_wrong(expected, ours)} |"
    for peer in found:
        said = [peer.verdict(one) for one in flat]
        verdict, each = (_time(times[name], bare) for name in (peer.name, f"{peer.name}/each"))
        yield f"| {peer.name} | {verdict} | {each} | {_wrong(expected, said)} |"
    try:
        ran = nodes.ask(protocol, flat, timed=NODE_TIMED, rounds=min(rounds, 5))
    except npm.NotInstalled as error:
        absent.append(f"{', '.join(nodes.ENGINES)} ({error})")
    else:
        yield from _of_node(ran, expected)
    if absent:
        yield ""
        yield f"Not installed: {'; '.join(absent)}."


def _time(seconds: float, baseline: float) -> str:
    digits = 3 if seconds < 1e-6 else 0
    return f"{seconds * 1e6:.{digits}f} us, {seconds / baseline:.0f} x"


def _of_node(ran: dict[str, nodes.Ran], expected: list[str]) -> Iterator[str]:
    """A row of the table for each engine of Node, the function written by hand first."""
    by_hand = ran[nodes.BY_HAND]
    (bare,) = by_hand.times
    wrong = _wrong(expected, by_hand.verdicts)
    yield f"| by hand, in JavaScript (Node) | {_time(bare, bare)} | | {wrong} |"
    for name in nodes.ENGINES:
        one = ran[name]
        verdict, each = (_time(time, bare) for time in one.times)
        yield f"| {name} (Node) | {verdict} | {each} | {_wrong(expected, one.verdicts)} |"


def _texts(trial: screener.Trial, flat: list[dict[str, Any]]) -> list[str]:
    return [profile(trial.newest.vocabulary, one, number) for number, one in enumerate(flat)]


def _wrong(expected: list[str], said: list[str]) -> str:
    """Right answers, the two dangerous kinds of wrong ones, the others, and none at all."""
    counts = Counter(zip(expected, said, strict=True))
    right = sum(count for (want, got), count in counts.items() if want == got)
    eligible = counts[baseline.UNDETERMINED, baseline.ELIGIBLE]
    ineligible = counts[baseline.UNDETERMINED, baseline.INELIGIBLE]
    none = sum(count for (_, got), count in counts.items() if got == RAISED)
    other = len(said) - right - eligible - ineligible - none
    return " | ".join(str(one) for one in (right, eligible, ineligible, other, none))


if __name__ == "__main__":
    main()
