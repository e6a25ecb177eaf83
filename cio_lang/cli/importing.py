"""`cio import`: people or events from files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cio_lang.cli import console, render
from cio_lang.cli.stores import opened
from cio_lang.schema import Schema
from cio_lang.workspace import Workspace

if TYPE_CHECKING:
    from cio_lang.importing import ImportMapping, ImportResult, Progress

__all__ = ["command"]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--event", metavar="NAME", help="Each row is an event of that name.")
@click.option("--people", is_flag=True, help="Each row is a person.")
@click.option("--person", metavar="COLUMN", help="The column that says who it is about.")
@click.option("--time", metavar="COLUMN", help="When it happened; for people: known since when.")
@click.option("--id", "id_", metavar="COLUMN", help="The id of the event, which counts once.")
@click.option("--properties", metavar="A,B=COLUMN", help="Properties of the event.")
@click.option("--attributes", metavar="A,B=COLUMN", help="Attributes of the person.")
@click.option(
    "--repeats",
    type=click.Choice(["once", "each"]),
    default="once",
    help="Whether equal rows without an id are one event, or each is its own.",
)
@click.option(
    "--as-live",
    is_flag=True,
    help="Take events as received at their own time, so that old ones can start journeys.",
)
@click.option("--dry-run", is_flag=True, help="Read everything, and store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    file: Path,
    event: str | None,
    people: bool,
    person: str | None,
    time: str | None,
    id_: str | None,
    properties: str | None,
    attributes: str | None,
    repeats: Literal["once", "each"],
    as_live: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring in people or events from CSV or JSONL.

    \b
      cio import orders.csv --event order_placed --person customer --time ordered_at
      cio import people.jsonl --people --person id --attributes name,plan,email=mail

    FILE has a line with the names of its columns (CSV) or an object in each line (JSON Lines), and
    may be compressed (.gz).  Rows that cannot be read are set aside in FILE.rejected.csv, and the
    command exits 1.  Importing a file twice stores nothing twice.
    """
    if people == (event is not None):
        raise click.UsageError("Say what the rows are: `--event NAME` or `--people`.")
    if person is None:
        raise click.UsageError("Say which column names the person: `--person COLUMN`.")
    from cio_lang import importing

    workspace = console.here()
    schema = _schema(workspace)
    mapping: ImportMapping
    if event is None:
        if id_ or properties:
            raise click.UsageError("`--id` and `--properties` are for events.")
        mapping = importing.people_mapping(schema, person, attributes=attributes, time=time)
    else:
        if attributes:
            raise click.UsageError("`--attributes` is for people; events have `--properties`.")
        if time is None:
            raise click.UsageError("Say which column holds the time: `--time COLUMN`.")
        mapping = importing.event_mapping(
            schema, event, person, time, id=id_, properties=properties, repeats=repeats
        )
    with opened(workspace, create=True, dry_run=dry_run) as store, _progress() as progress:
        contested = store.conflict_count()
        result = importing.import_file(
            store,
            file,
            mapping,
            now=datetime.now(UTC),
            currency=workspace.currency,
            progress=progress,
            received_as="event time" if as_live else "now",
        )
        contested = store.conflict_count() - contested
    if as_json:
        console.print_json(_data(result, contested, dry_run))
    else:
        _report(result, "people" if people else "events", contested, dry_run)
    raise SystemExit(result.exit_code)


def _schema(workspace: Workspace) -> Schema:
    from cio_lang.grammar import parse
    from cio_lang.schema import collect

    files = [parse(source)[0] for source in workspace.sources()]
    return collect(files, workspace.settings())


def _report(result: ImportResult, what: str, contested: int, dry_run: bool) -> None:
    console.problems(result.samples)
    if result.rejected > len(result.samples):
        console.note(f"… and {result.rejected - len(result.samples)} more rows")
    if result.samples:
        console.note("")
    if result.ignored:
        console.note(f"not imported: columns {', '.join(result.ignored)}")
    verb = "would be stored" if dry_run else "stored"
    new = console.counted(result.people, "new person", "new people")
    if what == "people":
        told = f"{new} {verb}, {result.duplicates:,} known already"
    else:
        events = console.counted(result.stored, "event")
        told = f"{events} {verb}, {new}, {result.duplicates:,} known already"
    rows = console.counted(result.read, "row")
    console.out(f"{rows} read: {told}, {result.rejected:,} rejected")
    if contested > 0:
        claims = console.counted(contested, "email or phone number", "emails or phone numbers")
        console.out(f"{claims} of somebody else claimed: `cio conflicts` lists them")
    if result.rejected_file is not None:
        console.out(f"rejected rows: {result.rejected_file}")


def _data(result: ImportResult, contested: int, dry_run: bool) -> dict[str, Any]:
    return {
        "read": result.read,
        "stored": result.stored,
        "new_people": result.people,
        "duplicates": result.duplicates,
        "rejected": result.rejected,
        "conflicts": max(contested, 0),
        "rejected_file": None if result.rejected_file is None else str(result.rejected_file),
        "problems": [render.as_json(problem) for problem in result.samples],
        "ignored_columns": list(result.ignored),
        "dry_run": dry_run,
    }


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on standard error, where somebody looks at it and the libraries are there."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar
    except ImportError:
        yield None
        return
    columns = (TextColumn("importing"), BarColumn(), TextColumn("{task.description}"))
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def step(rows: int, read: int, size: int) -> None:
            bar.update(task, completed=read, total=size, description=f"{rows:,} rows")

        yield step
