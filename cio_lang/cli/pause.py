"""`cio pause`: let a journey hold."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]


@click.command("pause")
@click.argument("journey")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(journey: str, as_json: bool) -> None:
    """Let a journey hold: nothing is sent.

    JOURNEY is a title or a name.  Nobody goes on from a step.  Waits run on; people enter, reach
    the goal and leave by exits as before.  What falls due meanwhile happens when `cio resume` lets
    the journey go on.  Messages that are being handed over at this moment are not called back.
    """
    from cio_lang.runtime.control import pause

    with opened(console.here()) as store:
        paused = pause(store, journey, datetime.now(UTC))
    if as_json:
        console.print_json({"journey": paused.journey, "state": "paused"})
    else:
        console.out(f"{paused.title} is paused; `cio resume {paused.journey}` lets it go on.")
