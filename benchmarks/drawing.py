"""Draws how a time grows, both axes as logarithms, as an SVG that reads on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10

WIDTH, HEIGHT, MARGIN = 640, 400, 56
_COLOURS = ("#2f6fb0", "#b0562f")

Points = Sequence[tuple[float, float]]


def growth(lines: Mapping[str, Points]) -> str:
    """A drawing with a line for each series of (how many, seconds)."""
    points = [point for series in lines.values() for point in series]
    across = floor(min(log10(x) for x, _ in points)), ceil(max(log10(x) for x, _ in points))
    upward = floor(min(log10(y) for _, y in points)), ceil(max(log10(y) for _, y in points))
    body = "\n".join([*_grid(across, upward), *_series(lines, across, upward)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12">\n'
        f"<title>Seconds, by the number of patients and of trials</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _place(exponent: float, ends: tuple[int, int], length: int) -> float:
    return MARGIN + (exponent - ends[0]) / max(ends[1] - ends[0], 1) * (length - 2 * MARGIN)


def _grid(across: tuple[int, int], upward: tuple[int, int]) -> Iterator[str]:
    for exponent in range(across[0], across[1] + 1):
        x = _place(exponent, across, WIDTH)
        yield f'<path d="M{x:.1f} {MARGIN}V{HEIGHT - MARGIN}" stroke="#dddddd"/>'
        text = f"{10**exponent:,}"
        yield f'<text x="{x:.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{text}</text>'
    for exponent in range(upward[0], upward[1] + 1):
        y = HEIGHT - _place(exponent, upward, HEIGHT)
        yield f'<path d="M{MARGIN} {y:.1f}H{WIDTH - MARGIN}" stroke="#dddddd"/>'
        text = f"{10.0**exponent:g} s"
        yield f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _series(
    lines: Mapping[str, Points], across: tuple[int, int], upward: tuple[int, int]
) -> Iterator[str]:
    for colour, (name, series) in zip(_COLOURS, lines.items(), strict=False):
        places = [
            (_place(log10(x), across, WIDTH), HEIGHT - _place(log10(y), upward, HEIGHT))
            for x, y in series
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        x, y = places[-1]
        yield f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="end" fill="{colour}">{name}</text>'
