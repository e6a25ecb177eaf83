"""`cio export`: people or events into files; or all that is stored of one person."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.mistake import UserMistake

if TYPE_CHECKING:
    from cio_lang import ir
    from cio_lang.exporting import Format, What
    from cio_lang.workspace import Workspace

__all__ = ["command"]


@click.command("export")
@click.argument("what", metavar="people|events|PERSON")
@click.argument("person", required=False)
@click.option(
    "--to",
    "-o",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to FILE, not to standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="How to write it, where the name of FILE does not tell.",
)
@click.option("--where", metavar="CONDITION", help="Only people who match, or what they did.")
@click.option("--event", "events", metavar="NAME", multiple=True, help="Only these events.")
def command(
    what: str,
    person: str | None,
    to: Path | None,
    form: Format | None,
    where: str | None,
    events: tuple[str, ...],
) -> None:
    """Write people or events to a file.

    Or print all that is stored of one person.

    \b
      cio export people --to people.csv --where 'plan is "Pro"'
      cio export events --to events.parquet --event order_placed
      cio export alice

    People come with every attribute, since when it is so and what it was before, and their other
    names; events with their ids and times, from every tier.  `cio import FILE` makes the same
    again, in any store.

    PERSON is a key, an email address, a phone number or another name of theirs (`cio export person
    people` for somebody called so).  It is printed as JSON: attributes and what they were, names,
    events in every tier, segments, journeys, messages as they were sent, and what was decided and
    why: everything that `cio forget` would erase.
    """
    workspace = console.here()
    kind: What
    if what == "people" and person is None:
        kind = "people"
    elif what == "events" and person is None:
        kind = "events"
    else:
        if person is not None and what != "person":
            raise click.UsageError("Say `people`, `events`, or `person` and who.")
        if to is not None or form is not None or where is not None or events:
            raise click.UsageError("One person is printed as JSON, with all there is.")
        with opened(workspace) as store:
            found = store.the_person(what if person is None else person)
            console.print_json(store.export_person(found.id))
        return
    if events and kind == "people":
        raise click.UsageError("`--event` is for events; people are chosen by `--where`.")
    chosen = form or _format(to)
    if chosen == "parquet" and to is None:
        raise click.UsageError("Parquet is written to a file: `--to FILE`.")
    _export(workspace, kind, chosen, to, where, events)


def _export(
    workspace: Workspace,
    what: What,
    form: Format,
    to: Path | None,
    where: str | None,
    events: tuple[str, ...],
) -> None:
    from cio_lang.exporting import export

    condition = None if where is None else _condition(workspace, where)
    now = datetime.now(UTC)
    with opened(workspace) as store:

        def matching() -> Sequence[int]:
            assert condition is not None
            return [each.id for each in store.people_where(condition, now, workspace.zone)]

        count = export(
            store,
            what,
            form,
            sys.stdout.buffer if to is None else to,
            ids=None if condition is None else matching,
            names=events or None,
        )
    if to is not None:
        told = ("person", "people") if what == "people" else ("event", "events")
        console.out(f"{console.counted(count, *told)} written to {to}")


def _format(to: Path | None) -> Format:
    """By the name of the file; else JSON Lines, which can hold everything."""
    name = "" if to is None else to.name.lower().removesuffix(".gz")
    if name.endswith(".parquet"):
        return "parquet"
    return "csv" if name.endswith(".csv") else "jsonl"


def _condition(workspace: Workspace, text: str) -> ir.Condition:
    from cio_lang import lower
    from cio_lang.check import check_condition
    from cio_lang.cli.importing import schema_of
    from cio_lang.grammar import parse_condition
    from cio_lang.source import Source

    schema = schema_of(workspace)
    source = Source("<where>", text)
    tree, problems = parse_condition(source)
    problems = (*problems, *(() if tree is None else check_condition(tree, schema)))
    if tree is None or any(problem.severity == "error" for problem in problems):
        raise UserMistake(*problems)
    return lower.condition(tree, schema)
