"""`cio outbox`: messages that need somebody, and what somebody says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.cli.to_apply import author as by

if TYPE_CHECKING:
    from cio_lang.store.desk import Message, Outcome

__all__ = ["command"]


@click.group("outbox", invoke_without_command=True)
@click.option("--status", multiple=True, metavar="STATUS", help="Only those; may be repeated.")
@click.option("--all", "every", is_flag=True, help="In whatever state they are.")
@click.option("--journey", help="Only those of this journey.")
@click.option("--person", help="Only those to this person.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most.")
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON.")
@click.pass_context
def command(
    context: click.Context,
    status: tuple[str, ...],
    every: bool,
    journey: str | None,
    person: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List messages that need somebody; settle them.

    Those of which it is not known whether they came (`unknown`), those that were refused or given
    up (`rejected`), and those that are held (`held`), the newest first.  What waits, was sent or
    was skipped is only counted.
    """
    if context.invoked_subcommand is not None:
        return
    from cio_lang.runtime.control import versions_of
    from cio_lang.store.desk import EVERY, OPEN

    for each in status:
        if each not in EVERY:
            raise click.UsageError(f"There is no status `{each}`: it is one of {', '.join(EVERY)}.")
    workspace = console.here()
    with opened(workspace) as store:
        name = None if journey is None else versions_of(store, journey)[-1].journey
        who = None if person is None else store.the_person(person).id
        counts = store.outbox_counts()
        found = store.desk.messages(EVERY if every else status or OPEN, name, who, limit)
    if as_json:
        console.print_json({"counts": counts, "messages": [_data(each) for each in found]})
        return
    for line in _table(found, workspace.zone):
        console.out(line)
    console.out(_counts(counts))


@command.command("show")
@click.argument("message")
@click.option("--json", "as_json", is_flag=True, help="Print the message as JSON.")
def show(message: str, as_json: bool) -> None:
    """Show all that is known of a message, and its bytes.

    MESSAGE is an id, or how it begins.
    """
    workspace = console.here()
    with opened(workspace) as store:
        found = store.desk.find(message)
    if as_json:
        console.print_json({**_data(found), "content": _content(found)})
    else:
        console.out("\n".join(_whole(found, workspace.zone)))


@command.command("settle")
@click.argument("messages", nargs=-1, required=True, metavar="MESSAGE...")
@click.argument("outcome", type=click.Choice(["sent", "failed", "resend"]))
@click.option("--author", help="Who says so; by default the name on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON.")
def settle(messages: tuple[str, ...], outcome: Outcome, author: str | None, as_json: bool) -> None:
    """Say what became of messages, or send them again.

    `sent` and `failed` say of a message that is `unknown` what you have found out elsewhere;
    `failed` also keeps one from being sent that waits or is held.  `resend` sends one again that
    was rejected or skipped, made anew, or that is `unknown`, with the same bytes: whoever got it
    already may then get it twice.  All of them, or where one cannot be settled like that, none.
    """
    with opened(console.here()) as store:
        done = store.desk.settle(messages, outcome, datetime.now(UTC), by(author))
    if as_json:
        console.print_json({"messages": [_data(each) for each in done]})
        return
    for each in done:
        console.out(f"{each.brief} to {each.person}: {each.status}")


def _table(found: list[Message], zone: tzinfo) -> Iterator[str]:
    from cio_lang.story import moment

    rows = [
        (
            each.brief,
            moment(each.made_at, zone),
            each.status,
            each.channel,
            each.recipient or each.person,
            f"{each.journey} {each.node}",
            each.reason or "",
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _counts(counts: Mapping[str, int]) -> str:
    if not counts:
        return "No messages yet."
    return ", ".join(f"{count:,} {status}" for status, count in counts.items()) + "."


def _whole(message: Message, zone: tzinfo) -> Iterator[str]:
    from cio_lang.story import moment

    told = {
        "message": message.id,
        "person": message.person,
        "journey": f"{message.journey}, step {message.node}, visit {message.visit}",
        "channel": message.channel,
        "says": message.template or message.text or "",
        "made": moment(message.made_at, zone),
        "status": message.status,
        "reason": message.reason or "",
        "attempts": str(message.attempts),
        "settled": "" if message.settled_at is None else moment(message.settled_at, zone),
        "recipient": message.recipient or "",
        "message-id": message.message_id or "",
    }
    for name, value in told.items():
        if value:
            yield f"{name + ':':12} {value}"
    if (content := _content(message)) is not None:
        yield ""
        yield content.rstrip()


def _content(message: Message) -> str | None:
    if message.content is None:
        return None
    return message.content.decode("utf-8", "replace").replace("\r\n", "\n")


def _data(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "person": message.person,
        "journey": message.journey,
        "step": message.node,
        "visit": message.visit,
        "channel": message.channel,
        "template": message.template,
        "text": message.text,
        "status": message.status,
        "reason": message.reason,
        "recipient": message.recipient,
        "attempts": message.attempts,
        "made_at": message.made_at.isoformat(),
        "settled_at": None if message.settled_at is None else message.settled_at.isoformat(),
        "message_id": message.message_id,
    }
