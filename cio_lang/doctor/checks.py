"""The checks, in the order in which they are told.  None of them changes anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cio_lang.doctor.finding import Check, Finding
from cio_lang.doctor.machine import time_zones
from cio_lang.doctor.servers import mail, prefect
from cio_lang.mistake import UserMistake
from cio_lang.problem import Report
from cio_lang.workspace import Workspace

ROOM = 1_000_000_000
"""Bytes that have to be free: a full disk stops imports, and the log of what is written."""

APART = timedelta(seconds=2)
"""How far the clock of a database may be from this machine's."""

WAIT = 5.0
"""Seconds to wait for a database."""


def store(workspace: Workspace, now: datetime) -> str | Report:
    """The store answers, and its tables are those of this cio."""
    from cio_lang.store import open_store

    try:
        with open_store(workspace.store_place, wait=WAIT, read_only=True) as opened:
            people, journeys = opened.people_count(), len(opened.journeys())
            revision = opened.revision
            where = opened.where
    except UserMistake as mistake:
        return mistake.problems[0].report()
    return (
        f"{where}: tables of revision {revision}, which is the newest; people: {people:,}, "
        f"journeys in force: {journeys:,}"
    )


def outbox(workspace: Workspace, now: datetime) -> str | Report:
    """No message is in doubt: handed over without an answer."""
    from cio_lang.store import open_store

    try:
        with open_store(workspace.store_place, wait=WAIT, read_only=True) as opened:
            counts = opened.outbox_counts()
    except UserMistake:
        return "not looked at, since the store is not there"
    waiting = counts.get("queued", 0) + counts.get("deferred", 0)
    if counts.get("unknown"):
        return Report(
            f"Messages in doubt: {counts['unknown']:,}.",
            "They were on their way when the connection or the process ended, and nobody knows "
            "whether they arrived; they are not sent again by themselves.",
            "find out whether they arrived, and say so: `cio outbox --status unknown` lists them",
        )
    return f"messages that wait to be sent: {waiting:,}; none is in doubt"


def disk(workspace: Workspace, now: datetime) -> str | Report:
    """There is room where the workspace and its store are."""
    places = {workspace.root.resolve()}
    if isinstance(workspace.store_place, Path):
        places.add(workspace.store_path.resolve().parent)
    there = sorted(place for place in places if place.is_dir())
    free = {place: shutil.disk_usage(place).free for place in there}
    place, least = min(free.items(), key=lambda each: each[1])
    if least < ROOM:
        return Report(
            f"Only {_size(least)} are free at `{place}`.",
            "A store that cannot be written loses nothing, and stops.",
            f"make room there: at least {_size(ROOM)}, or as much again as the store takes",
        )
    return f"{_size(least)} are free"


def clock(workspace: Workspace, now: datetime) -> str | Report:
    """The clock of the database is that of this machine."""
    from cio_lang.store import open_store

    try:
        with open_store(workspace.store_place, wait=WAIT, read_only=True) as opened:
            before = datetime.now(UTC)
            there = opened.server_time()
            here = before + (datetime.now(UTC) - before) / 2
    except UserMistake:
        return "not looked at, since the store is not there"
    if there is None:
        return "the store is a file of this machine, which has one clock"
    apart = abs(there - here)
    if apart > APART:
        return Report(
            f"The database's clock is {apart.total_seconds():,.0f} seconds "
            f"{'ahead of' if there > here else 'behind'} this machine's.",
            "Waits end and leases run out by the clock of the machine that looks; two machines "
            "that disagree hand work to each other too early or too late.",
            "let both keep time by NTP: `timedatectl set-ntp true`",
        )
    return f"the database's and this machine's are {apart.total_seconds():.1f} seconds apart"


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 100_000_000 else f"{count / 1e6:,.1f} MB"


CHECKS: tuple[Check, ...] = (
    Check("store", "The store answers, with tables of this version.", store),
    Check("outbox", "No message is in doubt.", outbox),
    Check("disk", "There is room on the disk.", disk),
    Check("mail", "The mail server answers, and takes this sender.", mail),
    Check("prefect", "Prefect is installed; its server answers, where one is named.", prefect),
    Check("clock", "The clock of the database is that of this machine.", clock),
    Check("time zones", "The workspace's time zone is known, by data that is not old.", time_zones),
)


def examine(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """Carry out every check, one after the other."""
    for check in CHECKS:
        yield check.find(workspace, now)
