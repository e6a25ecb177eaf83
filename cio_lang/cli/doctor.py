"""`cio doctor`: whether everything is there that running journeys needs."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cio_lang.cli import console

__all__ = ["command"]

_NAME = 12


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(as_json: bool) -> None:
    """Check each part that running journeys needs.

    The store and the revision of its tables, messages in doubt, room on the disk, the mail server,
    Prefect, the database's clock beside this machine's, and the data of time zones.  Nothing is
    changed and nothing is sent.  For each part that is not well: what, why, and one way out.

    Exits 1 where something is not well.
    """
    from cio_lang.doctor import examine

    workspace = console.here()
    found = []
    for finding in examine(workspace, datetime.now(UTC)):
        found.append(finding)
        if as_json:
            continue
        word = "ok  " if finding.well else "FAIL"
        console.out(f"{word}  {finding.name:<{_NAME}}{finding.says}")
        if finding.wrong is not None:
            console.out(f"{'':{_NAME + 6}}{finding.wrong.why}")
            console.out(f"{'':{_NAME + 6}}help: {finding.wrong.help}")
    if as_json:
        console.print_json(
            [
                {
                    "check": each.name,
                    "ok": each.well,
                    "says": each.says,
                    "why": None if each.wrong is None else each.wrong.why,
                    "help": None if each.wrong is None else each.wrong.help,
                }
                for each in found
            ]
        )
    if not all(each.well for each in found):
        raise SystemExit(1)
