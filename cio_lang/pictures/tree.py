"""A journey as a tree for the terminal, with how many came to each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cio_lang.pictures.layout import Steps

WIDTH = 92


def tree(title: str, below: Steps, entered: int, visits: Mapping[str, int]) -> str:
    """The journey's title and its steps, counts in a column at the right.

    `visits` says how often each node was reached; nodes that it does not name were not.
    """
    lines = [_line(title, f"{entered:,} entered"), *_lines(below, visits, "")]
    return "\n".join(lines)


def _lines(below: Steps, visits: Mapping[str, int], indent: str) -> Iterator[str]:
    rows: list[tuple[str, str, Steps]] = []
    for step in below:
        if step.arms:
            rows += [(arm.when, "", arm.steps) for arm in step.arms]
        else:
            rows.append((step.says, f"{visits.get(step.node, 0):,}", ()))
    for number, (says, count, inner) in enumerate(rows):
        last = number == len(rows) - 1
        yield _line(f"{indent}{'└─ ' if last else '├─ '}{says}", count)
        yield from _lines(inner, visits, indent + ("   " if last else "│  "))


def _line(says: str, count: str) -> str:
    if not count:
        return says
    return says + " " * max(2, WIDTH - len(says) - len(count)) + count
