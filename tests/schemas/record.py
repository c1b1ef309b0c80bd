"""Writes the file of a version that has none yet (`make golden`).

A version that is recorded is never written over: whoever changes a shape steps its version, next to
the shape, and says so in the changelog.
"""

from __future__ import annotations

import sys

from tests.schemas.versions import FOLDER, current, written


def main() -> int:
    """Record new versions; 1 if a recorded one would change."""
    FOLDER.mkdir(exist_ok=True)
    changed = []
    for name, schema in current().items():
        path = FOLDER / name
        if not path.exists():
            path.write_text(written(schema), encoding="utf-8")
        elif path.read_text(encoding="utf-8") != written(schema):
            changed.append(name)
    if changed:
        print(f"{', '.join(changed)}: changed without a step of the version", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
