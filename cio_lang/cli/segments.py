"""`cio segments`: how many people are in each, who, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

if TYPE_CHECKING:
    from cio_lang.store.segments.figures import Standing
    from cio_lang.store.segments.lists import Change

__all__ = ["command"]

_BARS = "▁▂▃▄▅▆▇█"


@click.group("segments", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the segments as JSON.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List segments; explain who is in one, and why.

    How many people are in each, how it grew, and when it last changed.
    Growth is what came and went in the world; what a new definition changed is left out.  The
    little curve is the size over the last 30 days.
    """
    if context.invoked_subcommand is not None:
        return
    workspace, now = console.here(), datetime.now(UTC)
    with opened(workspace) as store:
        store.live.refresh(now)
        found = store.live.standings(now)
    if as_json:
        console.print_json({"segments": [_data(each) for each in found]})
        return
    if not found:
        console.note(
            "No segments are in force: `cio apply` puts those of the workspace into force."
        )
        return
    console.out("\n".join(_table(found, now)))


@command.command("explain")
@click.argument("segment")
@click.argument("person")
@click.option("--json", "as_json", is_flag=True, help="Print the clauses as JSON.")
def explain(segment: str, person: str, as_json: bool) -> None:
    """Explain why PERSON is in SEGMENT, or is not.

    Clause by clause, with what was found of the person; since when, and until when if nothing else
    happens.
    """
    from cio_lang.membership import as_data, lines, why

    workspace, now = console.here(), datetime.now(UTC)
    with opened(workspace) as store:
        store.live.refresh(now)
        answer = why(store, segment, person, now)
    if as_json:
        console.print_json(as_data(answer))
    else:
        console.out("\n".join(lines(answer, workspace.zone)))


def _changing(what: Change, summary: str, more: str) -> click.Command:
    """A command that changes a list kept by hand."""

    def change(
        segment: str, people: tuple[str, ...] = (), file: Path | None = None, as_json: bool = False
    ) -> None:
        refs = [*people, *(_of_file(file) if file else ())]
        if what != "clear" and not refs:
            raise click.UsageError(
                "Name people, or a file with one in each line: --file people.txt"
            )
        with opened(console.here()) as store:
            done = store.live.change_list(segment, what, refs, datetime.now(UTC))
        if as_json:
            console.print_json(
                {
                    "segment": done.segment,
                    "added": done.added,
                    "removed": done.removed,
                    "size": done.size,
                }
            )
            return
        size = console.counted(done.size, "person", "people")
        console.out(f"{done.title}: {done.added:,} added, {done.removed:,} removed; {size}.")

    change.__doc__ = f"{summary}\n\n    {more}"
    found = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(
        change
    )
    if what != "clear":
        found = click.option(
            "--file",
            type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
            help="A file with an id or email in each line; `-` is standard input.",
        )(found)
        found = click.argument("people", nargs=-1)(found)
    found = click.argument("segment")(found)
    return click.command(what)(found)


for _command in (
    _changing("add", "Add PEOPLE to a segment that is kept by hand.", "Who is in it stays."),
    _changing("remove", "Take PEOPLE out of a segment that is kept by hand.", "Others stay."),
    _changing("replace", "Make PEOPLE all that a segment kept by hand has.", "Others are removed."),
    _changing("clear", "Empty a segment that is kept by hand.", "The segment itself stays."),
):
    command.add_command(_command)


def _of_file(file: Path) -> list[str]:
    from cio_lang.workspace import decoded

    source = console.standard_input() if str(file) == "-" else decoded(file.read_bytes(), str(file))
    return [line.strip() for line in source.text.splitlines() if line.strip()]


def _table(found: Sequence[Standing], now: datetime) -> list[str]:
    rows = [
        (
            each.title,
            f"{each.size:,}",
            _signed(each.growth_7),
            _signed(each.growth_30),
            _ago(each.changed_at, now),
            _curve(each.sizes),
            "by hand" if each.by_hand else "",
        )
        for each in found
    ]
    heads = ("segment", "people", "7 days", "30 days", "last change", "size over 30 days", "")
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = []
    for row in (heads, *rows):
        cells = [
            cell.rjust(width) if column in (1, 2, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _curve(sizes: Sequence[int]) -> str:
    """The sizes as little bars, from the smallest to the largest of them."""
    low, high = min(sizes), max(sizes)
    if low == high:
        return _BARS[0 if high == 0 else 3] * len(sizes)
    return "".join(_BARS[(each - low) * (len(_BARS) - 1) // (high - low)] for each in sizes)


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never"
    seconds = max(0, int((now - at).total_seconds()))
    for length, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{console.counted(seconds // length, unit)} ago"
    return "now"


def _data(each: Standing) -> dict[str, Any]:
    return {
        "segment": each.segment,
        "title": each.title,
        "by_hand": each.by_hand,
        "size": each.size,
        "since": each.since.isoformat(),
        "changed_at": None if each.changed_at is None else each.changed_at.isoformat(),
        "growth_7_days": each.growth_7,
        "growth_30_days": each.growth_30,
        "sizes": list(each.sizes),
    }
