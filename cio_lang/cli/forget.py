"""`cio forget`: erase a person."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]

_WORDS = {
    "attribute_changes": "change of an attribute",
    "decisions": "decision",
    "events": "event",
    "memberships": "membership of a segment",
    "outbox": "message",
    "runs": "run",
}


@click.command("forget")
@click.argument("person", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--lift", is_flag=True, help="Let PERSON, who came back, be stored again.")
@click.option("--json", "as_json", is_flag=True, help="Print what was erased as JSON.")
def command(person: str | None, yes: bool, lift: bool, as_json: bool) -> None:
    """Erase every trace of a person.

    PERSON is a key, an email address, a phone number or another name of theirs.  Everything goes:
    attributes and their history, events in the store and in the archive, runs, messages, decisions.
    What stays is a keyed hash of each name, so that they are not stored again by the next import.
    It cannot be undone.  Without PERSON, what an interrupted `cio forget` left to do is done.
    """
    now = datetime.now(UTC)
    with opened(console.here()) as store:
        if person is None:
            done = store.finish_forgetting(now)
            console.out("Nothing is left to do." if done else "The archive is still to be cleaned.")
            return
        if lift:
            names = store.welcome_back(person)
            console.out(
                f"{person} may be stored again."
                if names
                else f"Nobody called {person} was forgotten."
            )
            raise SystemExit(0 if names else 1)
        found = store.the_person(person)
        if not (yes or as_json):
            click.confirm(f"Erase all that is stored of `{found.key}`?", abort=True, err=True)
        gone = store.forget(person, now)
    if as_json:
        console.print_json({"person": gone.person, "rows": gone.rows})
        return
    told = ", ".join(
        console.counted(gone.rows[name], word)
        for name, word in _WORDS.items()
        if gone.rows.get(name)
    )
    console.out(f"{gone.person} is forgotten" + (f": {told}." if told else "."))
