"""`cio up`: run the journeys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.workspace import Workspace

if TYPE_CHECKING:
    from cio_lang.channels import Channel
    from cio_lang.runtime.live import Beat

__all__ = ["command"]


@click.command("up")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of Prefect's server.")
@click.option("--once", is_flag=True, help="Do what is due now, send what waits, and stop.")
def command(port: int | None, once: bool) -> None:
    """Run the journeys: who is due, and what is to be sent.

    Starts Prefect's server and works until Ctrl-C: people who are due go on in their journeys, and
    messages are handed to the SMTP server that cio.toml names.  What `cio say`, `cio import` and
    `cio apply` do meanwhile is seen at once.  With --once, no server is started.
    """
    workspace = console.here()
    with opened(workspace) as store:
        journeys = store.journeys()
        people = store.people_count()
    if not journeys:
        console.note("No journeys are in force yet: `cio apply` puts them into force.")
    journeys_and_people = (
        f"{console.counted(len(journeys), 'journey')}, "
        f"{console.counted(people, 'person', 'people')}"
    )
    console.note(
        f"{workspace.name}: {journeys_and_people}, "
        f"mail by {workspace.email.host}:{workspace.email.port}"
    )
    if once:
        _once(workspace)
        return
    from cio_lang.runtime.server import PrefectServer

    console.note("starting Prefect's server …")
    home = workspace.root / ".cio" / "prefect"
    with PrefectServer(home, ui=port is not None, port=port) as server:
        # Prefect reads its settings when it is imported, and the server has set them.
        from cio_lang.runtime.flows import run_live

        console.note(f"running; Prefect is at {server.dashboard}; Ctrl-C stops")
        run_live(server, workspace.store_place, workspace.timezone, _channels(workspace), _tell)
        console.note("stopping: what was begun is finished, all else stays queued")


def _once(workspace: Workspace) -> None:
    """Everything that is due now, then everything that waits to be sent."""
    import asyncio

    from cio_lang.runtime.advance import Advanced, Stepper
    from cio_lang.runtime.dispatch import Dispatched, dispatch_all

    now = datetime.now(UTC)
    with opened(workspace) as store:
        store.live.refresh(now)
        stepper = Stepper(store, workspace.zone)
        done = Advanced()
        while (batch := stepper.advance_due(now)).people:
            done += batch
        console.out(_advanced(done.people, done.messages))
        channels = _channels(workspace)

        async def send() -> Dispatched:
            try:
                return await dispatch_all(store, channels, now)
            finally:
                for channel in channels:
                    await channel.close()

        console.out(_dispatched(asyncio.run(send()).counts))


def _tell(beat: Beat) -> None:
    """One line for what a look did; a mistake with the way out of it."""
    if beat.mistake is not None:
        console.problems(beat.mistake.problems)
        console.note("  Nothing is lost: it is tried again every few seconds.")
        return
    parts = []
    if beat.advanced.people:
        parts.append(_advanced(beat.advanced.people, beat.advanced.messages))
    if beat.dispatched.total:
        parts.append(_dispatched(beat.dispatched.counts))
    console.out(f"{beat.at.astimezone():%H:%M:%S}  {'; '.join(parts)}")


def _advanced(people: int, messages: int) -> str:
    stepped = console.counted(people, "person", "people")
    return f"{stepped} stepped, {console.counted(messages, 'message')} made"


def _dispatched(counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{count:,} {status}" for status, count in sorted(counts.items()))
    return f"messages: {told}" if told else "nothing to send"


def _channels(workspace: Workspace) -> list[Channel]:
    from cio_lang.channels import CHANNELS, EmailSettings

    email = workspace.email
    settings = EmailSettings(
        sender=email.sender,
        host=email.host,
        port=email.port,
        username=email.username,
        password=os.environ.get("CIO_SMTP_PASSWORD"),
        tls=email.tls,
    )
    return [kind.open(settings) for kind in CHANNELS]
