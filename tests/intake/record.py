"""Writes what each faulty profile is told anew (`make golden`); a person reviews the difference."""

from __future__ import annotations

from tests.intake.recorded import TEXT, everything_told


def main() -> None:
    TEXT.write_text(everything_told(), "utf-8")


if __name__ == "__main__":
    main()
