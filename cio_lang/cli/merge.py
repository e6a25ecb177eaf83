"""`cio merge`: two people who are one."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]


@click.command("merge")
@click.argument("kept")
@click.argument("merged")
@click.option("--dry-run", is_flag=True, help="Tell what would become of it, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(kept: str, merged: str, dry_run: bool, as_json: bool) -> None:
    """Make one person of two.

    Everything of MERGED becomes KEPT's: events, journeys, messages, segments, names.  Of each
    attribute the newest value stays.  An event with the same id under both is one.  From then on
    the key of MERGED leads to KEPT.  What was whose is kept, and `cio export KEPT` tells it.
    """
    with opened(console.here(), dry_run=dry_run) as store:
        done = store.merge(kept, merged, datetime.now(UTC), _author())
    if as_json:
        console.print_json(asdict(done))
        return
    lines = [
        f"{done.merged} is now {done.kept}: {console.counted(done.events, 'event')} moved"
        + (f", {done.same_events:,} were the same." if done.same_events else ".")
    ]
    lines += [f"In {journey} twice: the run that began later has ended." for journey in done.ended]
    if dry_run:
        lines.append("Nothing was changed.")
    console.out("\n".join(lines))


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
