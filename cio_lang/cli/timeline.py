"""`cio timeline`: one person's story."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]


@click.command("timeline")
@click.argument("person")
@click.option("--why-not", metavar="JOURNEY", help="Why they did not get this journey.")
@click.option("--json", "as_json", is_flag=True, help="Print events, decisions and messages.")
def command(person: str, why_not: str | None, as_json: bool) -> None:
    """Tell one person's story.

    PERSON is an id or an email address.  What they did, which journeys they entered and left and
    why, and what was sent to them, in the order in which it happened.  With --why-not, the answer
    of `cio say 'why did PERSON not get "JOURNEY"'`.
    """
    from cio_lang.story import story
    from cio_lang.why_not import why_not as ask

    workspace = console.here()
    with opened(workspace) as store:
        if why_not is not None:
            answer = ask(store, why_not, person, datetime.now(UTC), workspace.zone)
            if as_json:
                console.print_json(answer.data())
            else:
                console.out("\n".join(answer.lines))
            return
        row = store.the_person(person)
        if not as_json:
            lines = story(store, row.id, workspace.zone)
            console.out("\n".join([row.key, *(f"  {line}" for line in lines or ["nothing yet"])]))
            return
        console.print_json(
            {
                "person": row.key,
                "attributes": row.attributes,
                "events": [
                    {
                        "at": event.at.isoformat(),
                        "event": event.name,
                        "properties": dict(event.properties),
                    }
                    for event in store.events(row.id)
                ],
                "segments": [
                    {
                        "at": each.at.isoformat(),
                        "event": each.event,
                        "segment": each.segment,
                        "cause": each.cause,
                    }
                    for each in store.membership_changes(row.id)
                ],
                "decisions": [
                    {
                        "at": each.at.isoformat(),
                        "journey": each.journey,
                        "what": each.what,
                        "step": each.node,
                        "detail": dict(each.detail),
                    }
                    for each in store.decisions_of(row.id)
                ],
                "messages": [
                    {
                        "made_at": each.made_at.isoformat(),
                        "journey": each.journey,
                        "step": each.node,
                        "channel": each.channel or each.channels[0],
                        "template": each.template,
                        "text": each.text,
                        "status": each.status,
                        "reason": each.reason,
                    }
                    for each in store.messages_of(row.id)
                ],
            }
        )
