"""`cio archive`: old events out of the store, into files."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

if TYPE_CHECKING:
    from cio_lang.store.archive.moving import Moved
    from cio_lang.store.archive.summary import Leaving, Tier

__all__ = ["command"]


@click.command("archive")
@click.option("--dry-run", is_flag=True, help="Tell what would move, and what keeps the rest.")
@click.option("--check", is_flag=True, help="Compare every file with what was written.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(dry_run: bool, check: bool, as_json: bool) -> None:
    """Move old events out of the store, into files.

    Events that no journey and no segment can look back on, and that are older than `hot_days`, go
    to Parquet files (`[archive]` in `cio.toml`: a folder, or `s3://bucket/prefix`).  They still
    count wherever people and their history are asked for.  Small files are joined, and what
    `keep_days` no longer keeps is thrown away.  Stopping it at any moment loses nothing.
    """
    from cio_lang.store.archive import moving, reading, summary

    with opened(console.here()) as store:
        archive, reach, now = store.archive, store.reach(), datetime.now(UTC)
        if check:
            bad = reading.check(archive)
            if as_json:
                console.print_json({"damaged": bad})
            else:
                console.out("\n".join(f"damaged: {name}" for name in bad) or "every file is whole")
            raise SystemExit(1 if bad else 0)
        done = None if dry_run else moving.move(archive, reach, now, _progress)
        _clear()
        found = summary.tiers(archive)
        staying = summary.leaving(archive, reach, now)
    if as_json:
        console.print_json(_data(done, found, staying))
        return
    console.out("\n".join(_lines(done, found, staying)))


def _progress(done: Moved) -> None:
    if sys.stderr.isatty():
        told = f"{done.events:,} events moved, {done.joined:,} files joined"
        print(f"\r{told}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _lines(done: Moved | None, found: list[Tier], staying: list[Leaving]) -> list[str]:
    lines = []
    if done is not None:
        lines.append(
            f"{done.events:,} events moved, {done.removed:,} thrown away,"
            f" {done.joined:,} files joined."
        )
    for tier in found:
        span = (
            ""
            if tier.first is None or tier.last is None
            else f"  {tier.first:%Y-%m-%d} to {tier.last:%Y-%m-%d}"
        )
        files = f"  {tier.files:,} files, {_size(tier.bytes)}" if tier.files else ""
        lines.append(f"{tier.name:<5} {tier.events:>14,} events{span}{files}")
    if done is None:
        lines.append("")
        lines += [f"  {each.event}: {_why(each)}" for each in staying]
    return lines


def _why(each: Leaving) -> str:
    if each.stays == "for ever":
        return f"all {each.hot:,} stay, since a condition looks back on all of them"
    kept = (
        "what the oldest live run can look back on"
        if each.days is None
        else (f"those of the last {each.days} days")
    )
    return f"{each.may_go:,} of {each.hot:,} would move; {kept} stay"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError


def _data(done: Moved | None, found: list[Tier], staying: list[Leaving]) -> dict[str, Any]:
    tiers = [
        {
            **asdict(tier),
            "first": None if tier.first is None else tier.first.isoformat(),
            "last": None if tier.last is None else tier.last.isoformat(),
        }
        for tier in found
    ]
    return {
        "moved": None if done is None else asdict(done),
        "tiers": tiers,
        "events": [asdict(each) for each in staying],
    }
