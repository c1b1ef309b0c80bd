"""Counts as pictures: a funnel of bars, a sweep as curves or as a grid; plain SVG text.

Every picture says with words what it shows, and has the same numbers as the table beside it.
Shapes and labels carry the meaning; colour only helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from screener.truth import Verdict
from screener.workbench.funnel import Funnel
from screener.workbench.sweeping import Sweep

WIDTH, ROW = 720, 26
_LETTER, _LINE = 8, 16
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1f24}"
    ".sure{fill:#1a7f4b}.possible{fill:#c9b3e6;stroke:#6639a6}.axis{stroke:#57606a}"
    ".eligible{stroke:#1a7f4b;fill:none;stroke-width:2}"
    ".undetermined{stroke:#6639a6;fill:none;stroke-width:2;stroke-dasharray:6 4}"
    ".grid{stroke:#fff;fill:#1a7f4b}text.light{fill:#fff}"
)
_STYLED = f"<style>{_STYLE}</style>"


def unstyled(picture: str) -> str:
    """The picture for a page whose own style sheet knows its classes."""
    return picture.replace(_STYLED, "", 1)


def _svg(height: int, title: str, inner: Iterator[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' width="{WIDTH}" height="{height}">',
            f"<title>{escape(title)}</title>",
            _STYLED,
            *inner,
            "</svg>",
        ]
    )


def funnel_picture(found: Funnel) -> str:
    """One bar a criterion: who is sure to be left, and who possibly is."""

    def bars() -> Iterator[str]:
        most = max(found.patients, 1)
        labels = [f"{one.sure} sure, {one.possible} possible" for one in found.steps]
        left = min(_wide([one.id for one in found.steps]) + 16, WIDTH // 3)
        room = WIDTH - left - _wide(labels) - 16
        for row, one in enumerate(found.steps):
            top = 10 + row * ROW
            possible, sure = one.possible / most * room, one.sure / most * room
            yield f'<text x="{left - 8}" y="{top + 15}" text-anchor="end">{escape(one.id)}</text>'
            yield (
                f'<rect class="possible" x="{left}" y="{top}" width="{possible:.1f}" height="18"/>'
            )
            yield f'<rect class="sure" x="{left}" y="{top}" width="{sure:.1f}" height="18"/>'
            yield f'<text x="{left + possible + 8:.1f}" y="{top + 15}">{labels[row]}</text>'

    title = f"Who is left of {found.patients} patients after each criterion"
    return _svg(20 + ROW * len(found.steps), title, bars())


def _wide(texts: Sequence[str]) -> int:
    """How wide the longest of these is at most; no font is asked."""
    return _LETTER * max(map(len, texts), default=0)


def sweep_picture(found: Sweep) -> str:
    """Curves for one thing varied, a grid for two."""
    if len(found.varied) == 1:
        return _curves(found)
    return _grid(found)


def _curves(found: Sweep) -> str:
    left, top, right, bottom = 60, 20, WIDTH - 130, 300
    xs = [float(one.values[0]) for one in found.points]
    most = max(found.patients, 1)
    width = (xs[-1] - xs[0]) or 1.0

    def place(x: float, count: int) -> tuple[float, float]:
        return left + (x - xs[0]) / width * (right - left), bottom - count / most * (bottom - top)

    def lines() -> Iterator[str]:
        yield f'<path class="axis" fill="none" d="M{left} {top}V{bottom}H{right}"/>'
        for count in (0, found.patients):
            y = place(xs[0], count)[1]
            yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{count}</text>'
        for value in (found.points[0].values[0], found.points[-1].values[0]):
            x = place(float(value), 0)[0]
            yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{value}</text>'
        one = found.varied[0]
        name = f"{one.criterion}, {one.fact}, {one.end}"
        yield (
            f'<text x="{(left + right) / 2:.0f}" y="{bottom + 36}" text-anchor="middle">'
            f"{escape(name)}</text>"
        )
        ends: list[tuple[float, float, str]] = []
        for verdict in (Verdict.ELIGIBLE, Verdict.UNDETERMINED):
            points = [
                place(x, each.verdicts[verdict]) for x, each in zip(xs, found.points, strict=True)
            ]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            yield f'<polyline class="{verdict.value}" points="{path}"/>'
            x, y = points[-1]
            ends.append((y, x, verdict.value))
        # From below upwards: where curves end close together their names still stand apart.
        free = float(bottom)
        for y, x, name in sorted(ends, key=lambda one: one[0], reverse=True):
            at = min(y, free)
            free = at - _LINE
            yield f'<text x="{x + 8:.1f}" y="{at + 4:.1f}">{name}</text>'

    return _svg(350, f"Verdicts of {found.patients} patients as the value varies", lines())


def _grid(found: Sweep) -> str:
    columns = tuple(dict.fromkeys(one.values[1] for one in found.points))
    rows = tuple(dict.fromkeys(one.values[0] for one in found.points))
    most = max(found.patients, 1)
    left, top = 110, 46
    width, height = (WIDTH - left - 10) / max(len(columns), 1), 26

    def cells() -> Iterator[str]:
        first, second = found.varied
        down = f"down: {first.criterion}, {first.fact}, {first.end}"
        across = f"across: {second.criterion}, {second.fact}, {second.end}"
        yield f'<text x="8" y="18">{escape(f"{down}; {across}")}</text>'
        for at, value in enumerate(columns):
            x = left + (at + 0.5) * width
            yield f'<text x="{x:.1f}" y="{top - 6}" text-anchor="middle">{value}</text>'
        for at, value in enumerate(rows):
            y = top + at * height + 17
            yield f'<text x="{left - 8}" y="{y}" text-anchor="end">{value}</text>'
        for one in found.points:
            count = one.verdicts[Verdict.ELIGIBLE]
            x = left + columns.index(one.values[1]) * width
            y = top + rows.index(one.values[0]) * height
            share = count / most
            ink = ' class="light"' if share > 0.55 else ""
            yield (
                f'<rect class="grid" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}"'
                f' fill-opacity="{share:.3f}"/>'
                f'<text x="{x + width / 2:.1f}" y="{y + 17}" text-anchor="middle"'
                f"{ink}>{count}</text>"
            )

    title = f"How many of {found.patients} patients are eligible"
    return _svg(int(top + height * len(rows) + 10), title, cells())


def table(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Rows of a table as lines of text, the first column to the left, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in texts) for at in range(len(texts[0]))]
    for row in texts:
        first, *others = row
        yield "  ".join(
            [first.ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        )
