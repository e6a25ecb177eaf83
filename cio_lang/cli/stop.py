"""`cio stop`: take a journey out of force, and everybody out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]


@click.command("stop")
@click.argument("journey")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(journey: str, as_json: bool) -> None:
    """Take a journey out of force, and everybody out of it.

    JOURNEY is a title or a name.  Messages that nobody has begun to send are not sent.  It stays
    out of force whatever is applied, until `cio resume`; `cio pause` is what can be taken back.
    """
    from cio_lang.runtime.control import stop

    with opened(console.here()) as store:
        people = stop(store, journey, datetime.now(UTC))
    if as_json:
        console.print_json({"journey": journey, "state": "stopped", "people": people})
    else:
        left = console.counted(people, "person", "people")
        console.out(f"{journey} is stopped; {left} left it.")
