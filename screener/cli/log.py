"""`screener log`: what its commands print; the log itself decides what is true of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from screener.cells import csv_line, csv_row
from screener.cli import console
from screener.cli.progress import told
from screener.cli.recording import person
from screener.log.append import append
from screener.log.copying import backup
from screener.log.entries import Redaction, When
from screener.log.flow import Flow, flows
from screener.log.read import Filter
from screener.log.replay import Replayed, replay
from screener.log.store import open_log
from screener.log.tables import CRITERIA, LOG, criteria_rows, log_rows
from screener.log.verify import Checked, verify
from screener.terminal import clean

Progress = Callable[[int, int], None]


def verify_log(name: str, head: str | None, *, as_json: bool) -> int:
    """Verify a log; 1 if an entry is bad."""
    with told("verified") as progress:
        checked = verify(
            name, head=None if head is None else head.strip().lower(), progress=progress
        )
    if as_json:
        console.put_json(checked.to_json())
    else:
        console.put(_checked(checked))
    return console.DONE if checked.bad is None else console.NOT_HELD


def _checked(checked: Checked) -> str:
    count = _many(checked.entries, "entry", "entries")
    if checked.bad is not None:
        entry, what = checked.bad
        return f"BAD: entry {entry} of {checked.entries}: {what}\n"
    lines = [f"Holds: {count}, each as it was written."]
    if checked.since is not None:
        lines.append(f"The head given is in it; {_many(checked.since, 'entry', 'entries')} since.")
    if checked.redacted:
        lines.append(f"Redacted: {_many(checked.redacted, 'entry', 'entries')}.")
    if checked.backwards:
        lines.append(
            f"Earlier than the entry before: {_many(checked.backwards, 'entry', 'entries')}. A "
            "clock was set back, or programs wrote at the same moment."
        )
    lines.append(f"Head: {checked.head}")
    lines.append("Keep the head outside the log: with `--head` it shows what is cut off later.")
    return "".join(f"{line}\n" for line in lines)


def export_log(
    name: str, what: str, trial: str | None, out: Path | None, *, relative: bool, as_json: bool
) -> int:
    """Write a table of the log, line by line."""
    with open_log(name) as log, _output(out) as put:
        if what == "consort":
            _export_flows(flows(log, trial), put, as_json=as_json)
            return console.DONE
        names, rows = (LOG, log_rows) if what == "log" else (CRITERIA, criteria_rows)
        if not as_json:
            put(csv_line(names))
        for row in rows(log, Filter(trial=trial), relative=relative):
            put(json.dumps(row, ensure_ascii=False) + "\n" if as_json else csv_row(row))
    return console.DONE


def _export_flows(found: list[Flow], put: Callable[[str], object], *, as_json: bool) -> None:
    if not as_json:
        put(csv_line(("trial_id", "table", "what", "persons")))
    for flow in found:
        if as_json:
            put(json.dumps(flow.to_json(), ensure_ascii=False) + "\n")
            continue
        put(csv_line((flow.trial, "flow", "assessed", flow.assessed)))
        for box, count in flow.boxes.items():
            put(csv_line((flow.trial, "flow", box, count)))
        for table, counted in (
            ("disposition", flow.dispositions),
            ("primary_reason", flow.reasons),
            ("failed_criterion", flow.criteria),
        ):
            for what, count in counted.most_common():
                put(csv_line((flow.trial, table, what, count)))
        for (verdict, disposition), count in flow.to_explain.most_common():
            put(csv_line((flow.trial, "to_explain", f"{verdict} but {disposition}", count)))


def backup_log(name: str, to: str, *, as_json: bool) -> int:
    """Copy a log."""
    with told("copied") as progress:
        checked = backup(name, to, progress)
    if as_json:
        console.put_json(checked.to_json())
    else:
        count = _many(checked.entries, "entry", "entries")
        console.put(f"Copied and verified: {count}.\nHead: {checked.head}\n")
    return console.DONE


def replay_log(name: str, trial: str | None, *, as_json: bool) -> int:
    """Give every answer again; 1 if any differs."""
    count = differing = redacted = 0
    with open_log(name) as log:
        for one in replay(log, Filter(trial=trial)):
            count += 1
            redacted += one.differences is None
            differing += bool(one.differences)
            if as_json:
                console.put_json(one.to_json())
            elif one.differences:
                console.put(_differs(one))
    if not as_json:
        same = count - differing - redacted
        console.put(
            f"{_many(count, 'answer', 'answers')}: {same} the same, {differing} differ"
            f"{f', {redacted} redacted' if redacted else ''}.\n"
        )
    return console.NOT_HELD if differing else console.DONE


def _differs(one: Replayed) -> str:
    line = one.line
    engine = f"engine {line.engine}, semantics {line.semantics}"
    lines = [f"Entry {line.seq}, record {line.record}, recorded by {engine}:"]
    for found in one.differences or ():
        lines.append(
            f"  {found.what}: {found.before or 'not there'} -> {found.after or 'not there'}"
        )
    return "".join(clean(text) + "\n" if text == lines[0] else f"{text}\n" for text in lines)


def redact_log(
    name: str, record: str, entry: int | None, reason: str, by: str | None, *, as_json: bool
) -> int:
    """Redact a record, or one entry of it."""
    with open_log(name) as log:
        draft = Redaction(
            record=record, seq=entry, reason=reason, who=person(by), when=When.of(console.now())
        )
        recorded = append(log, draft)
    if as_json:
        console.put_json(recorded.to_json())
    else:
        console.put(f"Redacted; entry {recorded.seq} says so.\nHead: {recorded.hash}\n")
        console.say("copies made before still hold it; see to them as well")
    return console.DONE


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


@contextmanager
def _output(out: Path | None) -> Iterator[Callable[[str], object]]:
    """Where an export goes: standard output, or a file that is whole or not there."""
    if out is None:
        yield console.put
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
