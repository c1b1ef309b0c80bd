"""The campaigns at their full counts: `python -m tests.campaign --only PART --count N --seed S`.

Every part runs as in `make test`, over fresh seeds derived from S, in two processes. What is
finished is kept under build/campaign/, so that an interrupted campaign goes on where it stopped.
At the end the counts are appended to docs/evidence/campaigns.md; mutation testing has a page of its
own.
"""

from __future__ import annotations

import argparse
import sys

from tests.campaign.evidence import record
from tests.campaign.parts import PARTS, part
from tests.campaign.running import run
from tests.mutation import page

#: So many contradictions are printed; all are kept.
SHOWN = 20


def main() -> int:
    """Run a campaign; 1 if anything contradicts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", action="append", choices=list(PARTS), help="a part (repeatable); all if not given"
    )
    parser.add_argument("--count", type=int, help="instead of the full count of each part")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    units = [
        (name, unit)
        for name in given.only or PARTS
        for unit in part(name).units(given.count or part(name).COUNT, given.seed)
    ]
    done = run(units, given.seed, given.processes)
    record(given.seed, done)
    if any(name == "mutation" for name, _ in units):
        page.write(done)
    problems = [f"{one.what} {problem}" for one in done for problem in one.problems]
    for problem in problems[:SHOWN]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
