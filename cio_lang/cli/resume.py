"""`cio resume`: let a journey go on."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.cli.to_apply import author as by

__all__ = ["command"]


@click.command("resume")
@click.argument("journey")
@click.option("--author", help="Who does it; by default the name on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(journey: str, author: str | None, as_json: bool) -> None:
    """Let a paused or stopped journey go on.

    JOURNEY is a title or a name.  What fell due while it was paused happens now, and messages that
    were held are sent.  A stopped journey is put into force again in its last version, without
    those who were in it.
    """
    from cio_lang.runtime.control import resume

    with opened(console.here()) as store:
        done = resume(store, journey, datetime.now(UTC), by(author))
    if as_json:
        data = {"journey": journey, "was_paused": done.was_paused, "version": done.version}
        console.print_json(data)
    elif done.version is not None:
        console.out(f"{journey} is in force again, as version {done.version}.")
    elif done.was_paused:
        console.out(f"{journey} goes on.")
    else:
        console.out(f"{journey} was neither paused nor stopped.")
