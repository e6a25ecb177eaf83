"""`cio simulate`: what a journey would have done over stored history."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from cio_lang import ir
from cio_lang.cli import compiling, console
from cio_lang.cli.stores import looked_at
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import nearest
from cio_lang.workspace import CHANNELS, Workspace, reason

if TYPE_CHECKING:
    from cio_lang.channels import Channel
    from cio_lang.simulate import Setting

__all__ = ["command"]

_EVERY = 5.0
"""Seconds between two lines of progress."""


@click.command("simulate")
@click.argument("journey")
@click.option("--from", "start", metavar="DAY", help="The first day; 30 days before the last one.")
@click.option("--to", "end", metavar="DAY", help="The last day, which counts; today.")
@click.option(
    "--attributes",
    type=click.Choice(["then", "now"]),
    default="then",
    show_default=True,
    help="People as they were then, or as they are now.",
)
@click.option(
    "--price",
    "prices",
    metavar="CHANNEL=AMOUNT",
    multiple=True,
    help="What one message costs; else as `[prices]` in cio.toml says.",
)
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with plots to FILE.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(
    journey: str,
    start: str | None,
    end: str | None,
    attributes: str,
    prices: tuple[str, ...],
    html: Path | None,
    as_json: bool,
) -> None:
    """Replay stored history through a journey; nothing is sent.

    \b
      cio simulate "Welcome" --from 2026-01-01 --to 2026-03-31
      cio simulate "Welcome" --from 2026-01-01 --html welcome.html
      cio simulate "Welcome" --price email=0.0004 --json

    JOURNEY is a title or a name, of the workspace as it is written: it need not be applied.  It is
    taken as if it had been applied at the beginning of the first day, and the engine steps people
    on a virtual clock.  How many came to each step, what would have been sent when, which messages
    would have been skipped and why, which limits would have been hit, and what it would have cost.

    Nothing is written to the store: the database itself refuses it.
    """
    from cio_lang.simulate import figures as told
    from cio_lang.simulate import page, possible, simulate, telling

    workspace = console.here()
    given = {**workspace.prices, **dict(map(_price, prices))}
    setting = _setting(workspace, journey, start, end, attributes == "now")
    possible(setting)
    with (
        looked_at(workspace) as store,
        _written(html) as file,
    ):
        done = simulate(store, setting, _progress(store.people_count()))
        titles = {each.name: each.title for each in setting.segments}
        if file is not None:
            file.write(page.write(done, titles, given, workspace.currency))
    if as_json:
        console.print_json(told.as_json(done, given, workspace.currency))
    else:
        console.out("\n".join(telling.lines(done, titles, given, workspace.currency)))
    if html is not None:
        console.note(f"The page is {html}")


def _setting(
    workspace: Workspace, journey: str, start: str | None, end: str | None, as_now: bool
) -> Setting:
    from cio_lang import templates
    from cio_lang.simulate import Setting

    first, last = _range(start, end, workspace.zone)
    built = compiling.build((workspace.root,))
    if built.failed:
        built.show_problems()
        raise SystemExit(1)
    graphs = built.compiled.graphs
    return Setting(
        graph=_chosen(graphs, journey),
        segments=[graph for graph in graphs if isinstance(graph, ir.SegmentGraph)],
        templates={**templates.load_folder(workspace.templates), **templates.declared(graphs)},
        channels=_channels(workspace),
        start=first,
        end=last,
        zone=workspace.zone,
        as_now=as_now,
    )


def _chosen(graphs: Sequence[ir.Graph], journey: str) -> ir.JourneyGraph:
    from cio_lang.simulate.problems import NoSuchJourney

    journeys = [graph for graph in graphs if isinstance(graph, ir.JourneyGraph)]
    for graph in journeys:
        if journey.casefold() in (graph.title.casefold(), graph.name.casefold()):
            return graph
    titles = tuple(graph.title for graph in journeys)
    raise UserMistake(
        NoSuchJourney(
            span=place("journeys"),
            journey=journey,
            known=titles,
            suggestion=nearest(journey, titles),
        )
    )


def _range(start: str | None, end: str | None, zone: tzinfo) -> tuple[datetime, datetime]:
    """Both instants, in UTC; a day as an end counts as a whole."""
    from cio_lang.simulate.problems import EndsBeforeItBegins

    today = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    last, whole = _instant("--to", end) if end is not None else (today, True)
    first = last - timedelta(days=30) if start is None else _instant("--from", start)[0]
    first = first.replace(hour=0, minute=0) if start is None else first
    until = last + timedelta(days=1) if whole else last
    if start is not None and end is not None and until <= first:
        raise UserMistake(EndsBeforeItBegins(span=place("--to"), start=start, end=end))
    begin, over = (at.replace(tzinfo=zone).astimezone(UTC) for at in (first, until))
    return begin, over - timedelta(microseconds=1) if whole else over


def _instant(option: str, written: str) -> tuple[datetime, bool]:
    """A local time, and whether it is a whole day."""
    from cio_lang.simulate.problems import NotADay

    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            found = datetime.strptime(written.strip(), form)
        except ValueError:
            continue
        if 1900 <= found.year <= 9000:
            return found, form == "%Y-%m-%d"
    raise UserMistake(NotADay(span=place(option), option=option, written=written))


def _price(written: str) -> tuple[str, Decimal]:
    from cio_lang.simulate.problems import NotAPrice

    channel, _, amount = written.partition("=")
    try:
        price = Decimal(amount.strip())
    except InvalidOperation:
        price = Decimal("NaN")
    if channel.strip() not in CHANNELS or not price.is_finite() or price < 0:
        raise UserMistake(NotAPrice(span=place("--price"), written=written, channels=CHANNELS))
    return channel.strip(), price


def _channels(workspace: Workspace) -> list[Channel]:
    """Those that write messages down here; nothing is handed to them."""
    from cio_lang.channels import CHANNELS as KINDS
    from cio_lang.channels import EmailSettings

    return [kind.open(EmailSettings(workspace.email.sender)) for kind in KINDS]


def _progress(people: int) -> Callable[[int], None]:
    """A line on standard error every few seconds."""
    done, told = 0, time.monotonic()

    def more(count: int) -> None:
        nonlocal done, told
        done += count
        if time.monotonic() - told >= _EVERY:
            told = time.monotonic()
            console.note(f"{done:,} of at most {people:,} people")

    return more


@contextmanager
def _written(path: Path | None) -> Iterator[IO[str] | None]:
    """A file beside `path` that takes its place at the end: a wrong path is known at once."""
    if path is None:
        yield None
        return
    from cio_lang.exporting.problems import ExportNotWritten

    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        beside.replace(path)
    except OSError as error:
        raise UserMistake(
            ExportNotWritten(span=place(path), path=str(path), reason=reason(error))
        ) from error
    finally:
        beside.unlink(missing_ok=True)
