"""`cio apply`: put the journeys into force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.cli.to_apply import author as by
from cio_lang.cli.to_apply import to_apply

if TYPE_CHECKING:
    from cio_lang.runtime.policies import Policy, Step

__all__ = ["command", "moved", "moved_data", "policy_of"]


@click.command("apply")
@click.option("--note", default="", help="What this change is for; kept with it.")
@click.option("--author", help="Whose change this is; by default the name on this machine.")
@click.option("--move", is_flag=True, help="People inside go on in the new version.")
@click.option("--stop", is_flag=True, help="People inside of older versions leave.")
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print what changed as JSON.")
def command(
    note: str, author: str | None, move: bool, stop: bool, dry_run: bool, as_json: bool
) -> None:
    """Compile, and put the journeys into force.

    Journeys, segments and templates of the workspace become what runs.  People who are inside of a
    journey stay in the version that they entered.  With --move, they go on in the new one, at the
    step with the same id; where that is gone, at the nearest step behind it that is still there,
    and where none is, they leave.  With --stop, they leave.  `cio plan` shows beforehand whom that
    concerns.  One transaction: all of it, or nothing.
    """
    from cio_lang.runtime.applying import apply

    policy = policy_of(move, stop)
    workspace = console.here()
    wanted = to_apply(workspace)
    with opened(workspace, create=True, dry_run=dry_run) as store:
        done = apply(
            store,
            wanted.graphs,
            wanted.templates,
            datetime.now(UTC),
            policy=policy,
            author=by(author),
            note=note,
        )
    deployment = done.deployment
    parts = {
        "added": deployment.added,
        "changed": deployment.changed,
        "removed": deployment.removed,
        "unchanged": deployment.unchanged,
    }
    if as_json:
        parts["stopped"] = deployment.stopped
        console.print_json({**parts, "moved": moved_data(done.steps, policy), "dry_run": dry_run})
        return
    for word in ("added", "changed", "removed"):
        for name in parts[word]:
            console.out(f"{'would be ' if dry_run else ''}{word}: {name}")
    for line in moved(done.steps, policy):
        console.out(f"{'would be: ' if dry_run else ''}{line}")
    for name in deployment.stopped:
        console.out(f"stays stopped: journey {name} (`cio resume {name}` puts it into force)")
    verb = "Nothing was applied (dry run)" if dry_run else "Applied"
    console.out(f"{verb}: {', '.join(f'{len(names)} {word}' for word, names in parts.items())}.")


def policy_of(move: bool, stop: bool) -> Policy:
    """The policy that options ask for."""
    if move and stop:
        raise click.UsageError("Either --move or --stop: people go on, or they leave.")
    return "move" if move else "stop" if stop else "pinned"


def moved(steps: Sequence[Step], policy: Policy) -> list[str]:
    """A line for each journey with people who were moved or taken out."""
    lines = []
    for journey, counts in _counted(steps, policy).items():
        told = ", ".join(
            f"{console.counted(count, 'person', 'people')} {words}"
            for words, count in counts.items()
        )
        lines.append(f"journey {journey}: {told}")
    return lines


def moved_data(steps: Sequence[Step], policy: Policy) -> list[dict[str, Any]]:
    """The same as data."""
    return [
        {
            "journey": step.group.journey,
            "from": step.group.node,
            "people": step.group.people,
            "to": None if policy == "stop" or step.lands is None else step.lands.node,
            "fresh": policy == "move" and step.lands is not None and step.lands.fresh,
        }
        for step in steps
    ]


def _counted(steps: Sequence[Step], policy: Policy) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for step in steps:
        if policy == "stop":
            words = "stopped"
        elif step.lands is None:
            words = "left (workflow changed)"
        else:
            words = "moved"
        found.setdefault(step.group.journey, Counter())[words] += step.group.people
    return found
