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
    from cio_lang.importing.formats import Looked
    from cio_lang.importing.rows import Kind

__all__ = ["command", "schema_of"]

_KINDS: dict[str, Kind] = {"csv": "csv", "jsonl": "json", "parquet": "parquet"}
_EXPORTS = ("segment", "customerio", "cio")


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
    "--mapping",
    "mapping_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A file of TOML or YAML that says all of this, and more.",
)
@click.option("--suggest-mapping", is_flag=True, help="Print such a file, guessed from FILE.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_EXPORTS, *_KINDS]),
    help="What FILE is, where it cannot be told from what it holds.",
)
@click.option(
    "--as-live",
    is_flag=True,
    help="Take events as received when they happened, so that old ones can start journeys.",
)
@click.option("--again", is_flag=True, help="Start from the first row, not where it stopped.")
@click.option(
    "--rejected",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where rows go that cannot be imported (else FILE.rejected.csv).",
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
    mapping_file: Path | None,
    suggest_mapping: bool,
    form: str | None,
    as_live: bool,
    again: bool,
    rejected: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring in people or events from CSV, JSON or Parquet.

    \b
      cio import orders.csv --event order_placed --person customer --time ordered_at
      cio import people.jsonl --people --person id --attributes name,plan,email=mail
      cio import --suggest-mapping orders.csv > orders.toml
      cio import orders.csv --mapping orders.toml
      cio import segment-archive.jsonl.gz

    FILE has a line with the names of its columns (CSV), an object in each line or in one list
    (JSON), either of them compressed (.gz) or not, or is Parquet.  Exports of Segment, of
    Customer.io and of `cio export` are told by what they hold, and need no options.

    Rows that cannot be read are set aside in FILE.rejected.csv, with the reason, and the command
    exits 1; correct them there, and import that file with the same options.  Where an import was
    stopped, the same command goes on.  Importing a file twice stores nothing twice.
    """
    workspace = console.here()
    schema = schema_of(workspace)
    kind = _KINDS.get(form or "")
    if suggest_mapping:
        from cio_lang.importing.suggesting import suggest_mapping as suggested

        console.out(suggested(file, schema, kind).rstrip("\n"))
        return
    asked = (event, person, time, id_, properties, attributes)
    by_options = people or any(option is not None for option in asked)
    if by_options and (mapping_file is not None or form in _EXPORTS):
        raise click.UsageError("A mapping file or an export says itself what its rows are.")
    mapping: ImportMapping
    if mapping_file is not None:
        from cio_lang.importing.mapping_file import read_mapping

        mapping = read_mapping(mapping_file, schema)
    elif by_options:
        mapping = _by_options(
            schema, event, people, person, time, id_, properties, attributes, repeats
        )
    else:
        mapping, kind = _by_content(file, schema, form, kind)
    from cio_lang import importing

    with opened(workspace, create=True, dry_run=dry_run) as store, _progress() as progress:
        result = importing.import_file(
            store,
            file,
            mapping,
            now=datetime.now(UTC),
            currency=workspace.currency,
            progress=progress,
            received_as="event time" if as_live else "now",
            kind=kind,
            again=again or dry_run,
            rejected_to=rejected,
        )
    if as_json:
        console.print_json(_data(result, dry_run))
    else:
        _report(result, isinstance(mapping, importing.PeopleMapping), dry_run)
    raise SystemExit(result.exit_code)


def _by_options(
    schema: Schema,
    event: str | None,
    people: bool,
    person: str | None,
    time: str | None,
    id_: str | None,
    properties: str | None,
    attributes: str | None,
    repeats: Literal["once", "each"],
) -> ImportMapping:
    from cio_lang import importing

    if people == (event is not None):
        raise click.UsageError("Say what the rows are: `--event NAME` or `--people`.")
    if person is None:
        raise click.UsageError("Say which column names the person: `--person COLUMN`.")
    if event is None:
        if id_ or properties:
            raise click.UsageError("`--id` and `--properties` are for events.")
        return importing.people_mapping(schema, person, attributes=attributes, time=time)
    if attributes:
        raise click.UsageError("`--attributes` is for people; events have `--properties`.")
    if time is None:
        raise click.UsageError("Say which column holds the time: `--time COLUMN`.")
    return importing.event_mapping(
        schema, event, person, time, id=id_, properties=properties, repeats=repeats
    )


def _by_content(
    file: Path, schema: Schema, form: str | None, kind: Kind | None
) -> tuple[ImportMapping, Kind]:
    """A mapping for an export that says itself what its rows are."""
    from cio_lang import importing
    from cio_lang.importing.formats import look

    found: Looked = look(file, kind)
    for known in importing.EXPORT_FORMATS:
        if known == (form if form in _EXPORTS else found.format):
            return importing.export_mapping(schema, known), found.kind
    raise click.UsageError(
        "Say what the rows are: `--event NAME` or `--people`, or `--mapping FILE`"
        f" (`cio import --suggest-mapping {file}` writes one)."
    )


def schema_of(workspace: Workspace) -> Schema:
    """What the journeys of the workspace declare, as far as they can be read."""
    from cio_lang.grammar import parse
    from cio_lang.schema import collect

    files = [parse(source)[0] for source in workspace.sources()]
    return collect(files, workspace.settings())


def _report(result: ImportResult, about_people: bool, dry_run: bool) -> None:
    console.problems(result.samples)
    if result.rejected > len(result.samples):
        console.note(f"… and {result.rejected - len(result.samples):,} more rows")
    if result.samples:
        console.note("")
    if result.ignored:
        shown = ", ".join(result.ignored[:20])
        more = f" and {len(result.ignored) - 20:,} more" if len(result.ignored) > 20 else ""
        console.note(f"not imported: columns {shown}{more}")
    for name, count in (result.left_out or {}).items():
        console.note(f"left out: {console.counted(count, 'row')} of `{name}`")
    before = result.before
    if before is not None and before.finished:
        rows = console.counted(before.done, "row")
        day = f"{before.at:%Y-%m-%d %H:%M} UTC"
        console.out(f"imported already, at {day}: {rows}; `--again` starts from the first")
        return
    if before is not None:
        console.out(f"went on after {console.counted(before.done, 'row')}")
    console.out(_counts(result, about_people, dry_run))
    if result.forgotten:
        rows = console.counted(result.forgotten, "row")
        console.out(f"{rows} about people who asked to be forgotten passed over")
    if result.conflicts:
        names = console.counted(result.conflicts, "name")
        console.out(f"{names} of somebody else claimed: `cio conflicts` lists them")
        for each in result.conflict_examples:
            who = f"{each.claimant} has the {each.kind} of {each.owner}"
            console.out(f"  {who}: {each.value}")
    if result.rejected_file is not None:
        console.out(f"rejected rows: {result.rejected_file}")


def _counts(result: ImportResult, about_people: bool, dry_run: bool) -> str:
    verb = "would be stored" if dry_run else "stored"
    new = console.counted(result.people, "new person", "new people")
    if about_people:
        told = f"{new} {verb}"
    else:
        told = f"{console.counted(result.events, 'event')} {verb}, {new}"
    if result.merged:
        told += f", {console.counted(result.merged, 'person', 'people')} who turned out to be one"
    rows = console.counted(result.read, "row")
    return f"{rows} read: {told}, {result.duplicates:,} known already, {result.rejected:,} rejected"


def _data(result: ImportResult, dry_run: bool) -> dict[str, Any]:
    before = result.before
    return {
        "read": result.read,
        "stored": result.stored,
        "events": result.events,
        "new_people": result.people,
        "merged": result.merged,
        "duplicates": result.duplicates,
        "rejected": result.rejected,
        "forgotten": result.forgotten,
        "left_out": dict(result.left_out or {}),
        "conflicts": result.conflicts,
        "conflict_examples": [
            {"kind": each.kind, "value": each.value, "owner": each.owner, "claimant": each.claimant}
            for each in result.conflict_examples
        ],
        "rejected_file": None if result.rejected_file is None else str(result.rejected_file),
        "problems": [render.as_json(problem) for problem in result.samples],
        "ignored_columns": list(result.ignored),
        "before": None
        if before is None
        else {"rows": before.done, "finished": before.finished, "at": before.at.isoformat()},
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
