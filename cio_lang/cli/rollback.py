"""`cio rollback`: an older version of a journey, in force again."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.apply import moved, moved_data, policy_of
from cio_lang.cli.stores import opened
from cio_lang.cli.to_apply import author as by

__all__ = ["command"]


@click.command("rollback")
@click.argument("journey")
@click.option("--to", type=int, metavar="VERSION", help="By default the one before.")
@click.option("--move", is_flag=True, help="People inside go on in that version.")
@click.option("--stop", is_flag=True, help="People inside of other versions leave.")
@click.option("--author", help="Who does it; by default the name on this machine.")
@click.option("--note", default="", help="Why; kept with it.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    journey: str,
    to: int | None,
    move: bool,
    stop: bool,
    author: str | None,
    note: str,
    as_json: bool,
) -> None:
    """Put an older version of a journey into force.

    JOURNEY is a title or a name; `cio journeys` tells its versions.  What is put into force gets
    the next number, so that nothing of the past is lost.  People inside stay in their version,
    unless --move or --stop says otherwise, as with `cio apply`.  The files stay as they are: the
    next `cio apply` puts into force what they say.
    """
    from cio_lang.runtime.control import rollback

    policy = policy_of(move, stop)
    with opened(console.here()) as store:
        done = rollback(
            store, journey, to, datetime.now(UTC), policy=policy, author=by(author), note=note
        )
    if as_json:
        console.print_json(
            {
                "journey": done.to.journey,
                "back_to": done.to.version,
                "version": done.number,
                "moved": moved_data(done.steps, policy),
            }
        )
        return
    console.out(
        f"{done.to.title} is as version {done.to.version} was, which is version {done.number} now."
    )
    for line in moved(done.steps, policy):
        console.out(line)
    console.note("The files say what they said: the next `cio apply` puts that into force.")
