"""`cio export`: all that is stored of one person."""

from __future__ import annotations

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]


@click.command("export")
@click.argument("person")
def command(person: str) -> None:
    """Print all that is stored of one person.

    It is printed as JSON.  PERSON is a key, an email address, a phone number or another name of
    theirs.  Attributes and what they were, names, events in every tier, segments, journeys,
    messages as they were sent, what was decided and why: everything that `cio forget` would erase.
    """
    with opened(console.here()) as store:
        console.print_json(store.export_person(store.the_person(person).id))
