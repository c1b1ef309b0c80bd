"""One fuzzing run, a process of its own: `python -m tests.fuzz.run TARGET FOLDER SEED RUNS`.

atheris marks the branches of the readers as they are loaded, and keeps every input that reaches a
new one. The inputs it finds stay in FOLDER/TARGET; one that crashes, or takes longer than a second
of a free machine allows for, stays in FOLDER/crash-....
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

#: Bytes of the longest input, seconds of the slowest (generous: the machine may be loaded), MiB.
LONGEST, SLOWEST, MEMORY = 4096, 20, 2048


def main() -> None:
    """Fuzz one target; ends the process, with 0 if nothing crashed."""
    name, folder, seed, runs = sys.argv[1:5]
    with atheris.instrument_imports(include=["screener"]):
        from tests.fuzz.targets import TARGETS, answered, facts

    facts()
    target = TARGETS[name]
    place = Path(folder)
    options = [
        f"-seed={seed}", f"-runs={runs}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MEMORY}", f"-dict={place / 'words.dict'}", "-verbosity=0",
        f"-artifact_prefix={place}/crash-{name}-", str(place / name),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], lambda data: answered(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
