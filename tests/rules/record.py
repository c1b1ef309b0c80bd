"""Writes what each faulty file is told anew (`make golden`); a person reviews the difference."""

from __future__ import annotations

from tests.rules.recorded import HERE, told


def main() -> None:
    for path in sorted((HERE / "bad").glob("*.yaml")):
        path.with_suffix(".txt").write_text(told(path), encoding="utf-8")


if __name__ == "__main__":
    main()
