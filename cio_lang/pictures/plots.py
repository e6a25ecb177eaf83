"""Plots as SVG text: columns by day, a calendar, hours of the week, bars.

Written by hand, as the flow charts are: no network, no library, colours of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from html import escape

from cio_lang.pictures.drawing import round_step

WIDTH = 920
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = timedelta(days=1)


def unit(first: date, last: date) -> str:
    """What a column stands for: a day, or a week where days would be too many to be seen."""
    return "day" if (last - first).days < 200 else "week"


def columns(counts: Mapping[date, int], first: date, last: date, what: str) -> str:
    """A column for each day, or each week: see `unit`."""
    days = (last - first).days + 1
    step = 1 if unit(first, last) == "day" else 7
    parts_of: dict[int, int] = {}
    for day, count in counts.items():
        place = (day - first).days // step
        parts_of[place] = parts_of.get(place, 0) + count
    places = -(-days // step)
    height, left, right = 150, 56, WIDTH - 8
    bottom = height - 24
    most = max(parts_of.values(), default=1)
    mark = round_step(most)
    top = -(-most // mark) * mark
    scale, column = (bottom - 10) / top, (right - left) / places
    parts = []
    for value in range(0, top + 1, mark):
        y = bottom - value * scale
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        parts.append(f'<text class="tick" x="{left - 8}" y="{y + 4:.1f}">{value:,}</text>')
    labels = max(1, places // 9)
    for number in range(places):
        day, x = first + number * step * _DAY, left + number * column
        count = parts_of.get(number, 0)
        if count:
            tall = count * scale
            when = f"{day}" if step == 1 else f"week from {day}"
            parts.append(
                f'<rect x="{x:.1f}" y="{bottom - tall:.1f}" height="{tall:.1f}" '
                f'width="{min(column * 0.86, 60):.1f}"><title>{when}: {count:,}</title></rect>'
            )
        if number % labels == 0 and x < right - 40:
            parts.append(f'<text class="axis" x="{x:.1f}" y="{height - 7}">{day:%-d %b %Y}</text>')
    return _svg(what, height, parts)


def calendar(counts: Mapping[date, int], first: date, last: date, what: str) -> str:
    """A square for each day, a column for each week, darker where there is more; a row a year."""
    most = max(counts.values(), default=1)
    cell, left = 15, 40
    monday = first - first.weekday() * _DAY
    room = (WIDTH - left - 8) // cell
    weeks = (last - monday).days // 7 + 1
    parts: list[str] = []
    rows = -(-weeks // room)
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        week = (day - monday).days // 7
        y = 22 + (week // room) * (7 * cell + 30) + day.weekday() * cell
        x = left + (week % room) * cell
        parts.append(_square(x, y, cell - 2, counts.get(day, 0), most, f"{day:%a} {day}"))
        if (number == 0 or day.day == 1) and x < WIDTH - 40:
            above = y - day.weekday() * cell - 6
            parts.append(f'<text class="axis" x="{x}" y="{above}">{day:%b %Y}</text>')
    for row in range(rows):
        for weekday in (0, 2, 4):
            y = 22 + row * (7 * cell + 30) + weekday * cell + 11
            parts.append(f'<text class="axis" x="0" y="{y}">{DAYS[weekday]}</text>')
    return _svg(what, 22 + rows * (7 * cell + 30) - 22, _apart(parts))


def week_hours(counts: Mapping[tuple[int, int], int], what: str) -> str:
    """A square for each hour of the week, darker where there is more."""
    most = max(counts.values(), default=1)
    wide, tall, left = 36, 20, 40
    parts = []
    for weekday in range(7):
        y = 20 + weekday * tall
        parts.append(f'<text class="axis" x="0" y="{y + 13}">{DAYS[weekday]}</text>')
        for hour in range(24):
            said = f"{DAYS[weekday]} {hour:02}:00–{hour:02}:59"
            square = _square(
                left + hour * wide, y, wide - 3, counts.get((weekday, hour), 0), most, said
            )
            parts.append(square.replace(f'height="{wide - 3}"', f'height="{tall - 3}"'))
    for hour in range(0, 24, 3):
        parts.append(f'<text class="axis" x="{left + hour * wide}" y="13">{hour:02}:00</text>')
    return _svg(what, 20 + 7 * tall, parts)


def bars(rows: Sequence[tuple[str, int, int]], what: str) -> str:
    """A bar for each (label, how many, how many of something else beside it, in another colour)."""
    left, right, tall = 330, WIDTH - 110, 26
    most = max((one + other for _, one, other in rows), default=0) or 1
    scale = (right - left) / most
    parts = []
    for number, (label, one, other) in enumerate(rows):
        y = 4 + number * tall
        short = label if len(label) <= 46 else label[:45].rstrip() + "…"
        parts.append(f'<text class="label" x="{left - 12}" y="{y + 15}">{escape(short)}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{max(one * scale, 1):.1f}" height="20"/>')
        if other:
            parts.append(
                f'<rect class="less" x="{left + one * scale:.1f}" y="{y}" '
                f'width="{max(other * scale, 1):.1f}" height="20"/>'
            )
        x = left + (one + other) * scale + 8
        said = f"{one:,}" if not other else f"{one:,} + {other:,}"
        parts.append(f'<text class="value" x="{x:.1f}" y="{y + 15}">{said}</text>')
    return _svg(what, 8 + len(rows) * tall, parts)


def _square(x: float, y: float, side: float, count: int, most: int, said: str) -> str:
    shade = f'fill-opacity="{0.18 + 0.82 * count / most:.2f}"' if count else 'class="none"'
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" rx="2.5" {shade}>'
        f"<title>{said}: {count:,}</title></rect>"
    )


def _apart(parts: Iterable[str]) -> list[str]:
    """Without labels that would stand on the one before."""
    kept: list[str] = []
    place: dict[str, float] = {}
    for part in parts:
        if part.startswith("<text") and 'x="0"' not in part:
            x, y = part.split('x="')[1].split('"')[0], part.split('y="')[1].split('"')[0]
            if float(x) - place.get(y, -1e9) < 56:
                continue
            place[y] = float(x)
        kept.append(part)
    return kept


def _svg(what: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(what, quote=True)}">{"".join(parts)}</svg>'
    )
