"""`cio conflicts`: names that two people claim."""

from __future__ import annotations

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened

__all__ = ["command"]


@click.command("conflicts")
@click.option("--all", "settled", is_flag=True, help="Also those that are settled.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def command(settled: bool, as_json: bool) -> None:
    """List names that two people claim.

    Names are emails, phone numbers, devices and aliases.  The attribute is stored for both; the
    name leads to the first, until the two are merged, or one of them gets another.
    """
    with opened(console.here()) as store:
        found = store.conflicts(settled=settled)
    if as_json:
        console.print_json(
            [
                {
                    "kind": each.kind,
                    "value": each.value,
                    "owner": each.owner,
                    "claimant": each.claimant,
                    "at": each.at.isoformat(),
                    "settled": each.how,
                }
                for each in found
            ]
        )
        return
    lines = [
        f"{each.kind} {each.value}: {each.owner} has it, {each.claimant} claims it"
        + (f" ({each.how})" if each.how else "")
        for each in found
    ]
    if any(each.how is None for each in found):
        first = next(each for each in found if each.how is None)
        lines.append(f"If they are one person: cio merge {first.owner} {first.claimant}")
    console.out("\n".join(lines) if lines else "No two people claim the same name.")
