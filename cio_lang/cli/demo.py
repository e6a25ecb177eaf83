"""`cio demo`: replay 18 months of real purchases, from import to inbox."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from cio_lang.demo.run import Outcome

__all__ = ["command"]


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    help="The folder to write to; what an earlier demo left there is removed.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many customers.")
@click.option(
    "--store",
    metavar="ADDRESS",
    help="Keep the store in PostgreSQL: postgresql://…?schema=NAME, or env:VARIABLE.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(out: Path, limit: int | None, store: str | None, as_json: bool) -> None:
    """Replay 18 months of real purchases, from import to inbox.

    Imports the purchases of 23,570 customers of an online shop, compiles four journeys, and replays
    January 1997 to June 1998 through the engine on a virtual clock, in Prefect flow runs.  Each
    message goes by SMTP to a server that the demo starts on this machine, and is kept as a file.
    At the end the files are counted against the outbox: the command exits 1 unless they agree.

    Nothing leaves this machine.  Two runs give the same messages, byte for byte.
    """
    from cio_lang.demo import run

    # Told to end, it ends as by Ctrl-C: its servers are stopped first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _Bar() as bar:
        outcome = run.run(out, limit, bar, store)
    if as_json:
        console.print_json(_as_json(outcome))
    else:
        _show(outcome)
    if not outcome.mail.agrees:
        raise SystemExit(1)


class _Bar:
    """Progress on standard error: a moving bar in a terminal, one line for each phase elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[note]:<28}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: Any = None
        self._what = self._note = ""

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def begin(self, what: str, total: int | None) -> None:
        """A phase starts."""
        self._what, self._note = what, ""
        self._task = self._progress.add_task(what, total=total, note="")

    def advance(self, count: int, note: str = "") -> None:
        """So much of it is done."""
        self._note = note or self._note
        self._progress.update(self._task, advance=count, note=self._note)

    def end(self) -> None:
        """The phase is over."""
        task = self._progress.tasks[self._progress.task_ids.index(self._task)]
        self._progress.update(self._task, total=task.completed or 1, completed=task.completed or 1)
        if not self._console.is_terminal:
            print(f"{self._what}{': ' if self._note else ''}{self._note}", file=sys.stderr)


def _show(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.text import Text

    from cio_lang.pictures.tree import tree

    screen = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    screen.print(
        f"\n[bold]{outcome.people:,} people, {outcome.events:,} orders, "
        f"{outcome.mail.accepted:,} messages in 18 months[/bold]\n"
    )
    screen.print(_table(outcome))
    for figures in outcome.journeys:
        screen.print()
        screen.print(
            Text(tree(figures.graph.title, figures.steps, figures.entered, figures.visits))
        )
    if outcome.person:
        screen.print(f"\n[bold]The story of {outcome.person}[/bold]\n")
        screen.print(Text("\n".join(_first(outcome.story, 46))))
    _show_mail(screen, outcome)
    screen.print("\n[bold]Where the time went[/bold]\n")
    for what, seconds in outcome.seconds.items():
        if seconds >= 0.05:
            screen.print(f"  {what:<32}{seconds:>7.1f} s")
    screen.print(f"  {'in all':<32}{outcome.total:>7.1f} s")
    screen.print(
        f"  {outcome.steps:,} steps of people, in {outcome.flow_runs} flow runs of Prefect"
    )
    screen.print(f"\n[bold]Look at[/bold]  {outcome.report}", soft_wrap=True)
    screen.print(f"         {outcome.folder / 'diagrams'}  each journey as a Mermaid flowchart")
    screen.print(f"         {outcome.inbox}  every message, as it arrived\n")


def _table(outcome: Outcome) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=False)
    table.add_column("Journey", no_wrap=True)
    table.add_column("Entered", justify="right")
    table.add_column("Sent", justify="right")
    table.add_column("by step", no_wrap=True)
    table.add_column("Goal", justify="right")
    table.add_column("Ended", justify="right")
    table.add_column("because")
    for figures in outcome.journeys:
        ends = figures.endings()
        table.add_row(
            figures.graph.title,
            f"{figures.entered:,}",
            "\n".join(f"{sent.accepted:,}" for sent in figures.sent),
            "\n".join(sent.step for sent in figures.sent),
            f"{figures.goals:,}\n{_share(figures.goals, figures.entered)}",
            "\n".join(f"{count:,}" for count in ends.values()),
            "\n".join(ends),
        )
    return table


def _show_mail(screen: Console, outcome: Outcome) -> None:
    mail = outcome.mail
    screen.print("\n[bold]Mail[/bold]\n")
    screen.print(f"  {'accepted, says the outbox':<32}{mail.accepted:>9,}")
    screen.print(f"  {'files in the inbox':<32}{mail.received:>9,}")
    for status, count in mail.unsettled.items():
        screen.print(f"  {status:<32}{count:>9,}")
    if mail.agrees:
        screen.print("  [green]Every message arrived once, byte for byte.[/green]")
    else:
        screen.print(
            f"  [red]They do not agree: {mail.missing:,} missing, {mail.surplus:,} too many.[/red]"
        )
    screen.print(f"  {mail.digest}")


def _as_json(outcome: Outcome) -> dict[str, Any]:
    from cio_lang.demo import summary

    return {
        "people": outcome.people,
        "events": outcome.events,
        "steps": outcome.steps,
        "flow_runs": outcome.flow_runs,
        "journeys": [summary.as_json(figures) for figures in outcome.journeys],
        "mail": outcome.mail.as_json(),
        "person": outcome.person,
        "story": list(outcome.story),
        "seconds": {what: round(taken, 2) for what, taken in outcome.seconds.items()},
        "total_seconds": round(outcome.total, 2),
        "folder": str(outcome.folder),
        "report": str(outcome.report),
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _first(lines: Any, most: int) -> list[str]:
    if len(lines) <= most:
        return list(lines)
    return [*lines[:most], f"{'':12}… and {len(lines) - most} lines more, in story.txt"]
