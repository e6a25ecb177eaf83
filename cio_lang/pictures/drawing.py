"""Pictures as SVG text: a journey as a flow chart, and mail by week.

Written by hand so that the report needs no network and no library; colours are CSS variables of the
page, so that it follows the reader's light or dark theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from cio_lang.pictures.layout import Step, Steps

BOX, GAP, ROW, LINE = 216, 28, 24, 17
"""Width of a box, room between two, room above each, height of a line of text."""


@dataclass(slots=True)
class _Canvas:
    """What has been drawn."""

    parts: list[str]

    def box(self, x: float, y: float, height: float, kind: str, lines: list[str]) -> None:
        self.parts.append(
            f'<rect class="{kind}" x="{x - BOX / 2:g}" y="{y:g}" width="{BOX}" '
            f'height="{height:g}" rx="7"/>'
        )
        for number, line in enumerate(lines):
            name = "count" if number == len(lines) - 1 and len(lines) > 1 else "says"
            base = y + 20 + number * LINE
            self.parts.append(f'<text class="{name}" x="{x:g}" y="{base:g}">{escape(line)}</text>')

    def edge(self, x1: float, y1: float, x2: float, y2: float, arrow: bool = True) -> None:
        bend = "" if x1 == x2 else f"V{y1 + 10:g} H{x2:g} "
        end = ' marker-end="url(#tip)"' if arrow else ""
        self.parts.append(f'<path class="edge" d="M{x1:g} {y1:g} {bend}V{y2:g}"{end}/>')

    def label(self, x: float, y: float, lines: list[str]) -> None:
        for number, line in enumerate(lines):
            self.parts.append(
                f'<text class="when" x="{x:g}" y="{y + number * LINE:g}">{escape(line)}</text>'
            )


def flow_chart(title: str, below: Steps, entered: int, visits: Mapping[str, int]) -> str:
    """The journey from entry to end, with how many came to each step."""
    width = _width(below)
    canvas = _Canvas([])
    middle = width / 2
    top = ["someone enters", f"{entered:,}"]
    canvas.box(middle, 4, _height(top), "entry", top)
    end = _draw(canvas, below, middle, 4 + _height(top), visits)
    return (
        f'<svg class="chart" viewBox="0 0 {width:g} {end + 8:g}" width="{width:g}" role="img" '
        f'aria-label="{escape(title, quote=True)} as a flow chart">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>'
        + "".join(canvas.parts)
        + "</svg>"
    )


def _draw(canvas: _Canvas, below: Steps, x: float, y: float, visits: Mapping[str, int]) -> float:
    """Draw steps below (x, y); returns where they end."""
    for number, step in enumerate(below):
        if step.arms:
            y = _draw_arms(canvas, step, x, y, visits, meet=number + 1 < len(below))
            continue
        lines = [*_wrapped(step.says), f"{visits.get(step.node, 0):,}"]
        canvas.edge(x, y, x, y + ROW)
        canvas.box(x, y + ROW, _height(lines), step.kind, lines)
        y += ROW + _height(lines)
    return y


def _draw_arms(
    canvas: _Canvas, step: Step, x: float, y: float, visits: Mapping[str, int], meet: bool
) -> float:
    """Draw the arms side by side below (x, y); where they `meet`, lines lead back to the middle."""
    words = [_wrapped(arm.when) for arm in step.arms]
    room = 26 + max(map(len, words)) * LINE
    left = x - _width((step,)) / 2
    ends: list[tuple[float, float]] = []
    lowest = y
    for arm, lines in zip(step.arms, words, strict=True):
        width = _width(arm.steps)
        middle = left + width / 2
        canvas.edge(x, y, middle, y + 16, arrow=False)
        canvas.label(middle, y + 32, lines)
        end = _draw(canvas, arm.steps, middle, y + room - 8, visits)
        if not (arm.steps and arm.steps[-1].kind == "leave"):
            ends.append((middle, end))
        left += width + GAP
        lowest = max(lowest, end)
    if not meet:
        return lowest
    for middle, end in ends:
        canvas.parts.append(f'<path class="edge" d="M{middle:g} {end:g} V{lowest + 12:g} H{x:g}"/>')
    return lowest + 12


def _width(below: Steps) -> float:
    widest = float(BOX + 8)
    for step in below:
        if step.arms:
            arms = [_width(arm.steps) for arm in step.arms]
            widest = max(widest, sum(arms) + GAP * (len(arms) - 1))
    return widest


def _height(lines: Sequence[str]) -> float:
    return 12 + len(lines) * LINE


def _wrapped(words: str, room: int = 30) -> list[str]:
    """Words in lines of at most `room` letters; a longer word stands alone."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def weeks(counts: Mapping[date, int], first: date, last: date, shade: int, width: int = 920) -> str:
    """One column for each week from `first` to `last` (Mondays), in colour `shade`."""
    height, left, right = 120, 48, width - 8
    bottom = height - 22
    step = round_step(max(counts.values(), default=1))
    top = -(-max(counts.values(), default=1) // step) * step
    scale = (bottom - 10) / top
    column = (right - left) / ((last - first).days // 7 + 1)
    parts: list[str] = []
    for mark in range(0, top + 1, step):
        y = bottom - mark * scale
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        parts.append(f'<text class="tick" x="{left - 8}" y="{y + 4:.1f}">{mark:,}</text>')
    for number in range((last - first).days // 7 + 1):
        week = first + timedelta(weeks=number)
        x = left + number * column
        tall = counts.get(week, 0) * scale
        if tall:
            parts.append(
                f'<rect class="series{shade}" x="{x:.1f}" y="{bottom - tall:.1f}" '
                f'width="{column - 1.5:.1f}" height="{tall:.1f}">'
                f"<title>week of {week}: {counts[week]:,}</title></rect>"
            )
        if week.day <= 7 and week.month % 3 == 1:
            parts.append(f'<text class="month" x="{x:.1f}" y="{height - 5}">{week:%b %Y}</text>')
    return (
        f'<svg class="weeks" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Messages in each week">{"".join(parts)}</svg>'
    )


def round_step(most: int) -> int:
    """The distance of grid lines: 1, 2 or 5 times a power of ten, for two or three lines."""
    step = 1
    while most / step > 3:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step
