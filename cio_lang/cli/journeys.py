"""`cio journeys`: what is in force, and who is inside, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.record import record

if TYPE_CHECKING:
    from cio_lang.store import Store
    from cio_lang.store.deployments import Version
    from cio_lang.store.inside import Group
    from cio_lang.store.timeline import JourneySummary

__all__ = ["command"]


@record
class _Standing:
    state: str  # `in force`, `paused`, `stopped`, `removed`
    versions: Sequence[Version]
    groups: Sequence[Group]
    summary: JourneySummary | None


@click.command("journeys")
@click.argument("journeys", nargs=-1, metavar="[JOURNEY]...")
@click.option("--versions", is_flag=True, help="List every version, with its author and note.")
@click.option("--json", "as_json", is_flag=True, help="Print the journeys as JSON.")
def command(journeys: tuple[str, ...], versions: bool, as_json: bool) -> None:
    """List journeys, and who is at which step.

    Without JOURNEY (a title or a name), all that were ever applied.  The counts are those of this
    instant.
    """
    from cio_lang.runtime.control import versions_of

    workspace = console.here()
    with opened(workspace) as store, store.reading():
        wanted = {versions_of(store, each)[-1].journey for each in journeys}
        found = [
            each for each in _standings(store) if not wanted or each.versions[-1].journey in wanted
        ]
    if as_json:
        console.print_json({"journeys": [_data(each) for each in found]})
        return
    if not found:
        console.note("No journeys were applied yet: `cio apply` puts those of the workspace there.")
        return
    blocks = ("\n".join(_lines(each, workspace.zone, versions)) for each in found)
    console.out("\n\n".join(blocks))


def _standings(store: Store) -> Iterator[_Standing]:
    paused, stopped = store.deployments.paused(), store.deployments.stopped()
    summaries = {each.journey: each for each in store.runs_summary()}
    groups = store.deployments.groups()
    for name, versions in store.deployments.versions().items():
        state = (
            "stopped"
            if name in stopped
            else "paused"
            if name in paused
            else "in force"
            if versions[-1].active
            else "removed"
        )
        inside = [group for group in groups if group.journey == name]
        yield _Standing(state, versions, inside, summaries.get(name))


def _by_version(standing: _Standing) -> Iterator[tuple[int, list[Group]]]:
    """The newest first; a version that was gone back to has the newest of its numbers."""
    numbers = {each.digest: each.version for each in standing.versions}
    for digest, number in sorted(numbers.items(), key=lambda each: -each[1]):
        inside = [group for group in standing.groups if group.digest == digest]
        if inside:
            yield number, sorted(inside, key=lambda group: (-group.people, group.node or ""))


def _lines(standing: _Standing, zone: tzinfo, every: bool) -> Iterator[str]:
    last, summary = standing.versions[-1], standing.summary
    yield f"{last.title}: {standing.state}, {_version(last, zone)}"
    if summary is None:
        yield "  nobody has entered yet"
    else:
        left = ", ".join(f"{count:,} {reason}" for reason, count in summary.reasons.items())
        yield (
            f"  {summary.entered:,} entered, {summary.goals:,} reached the goal, "
            f"{summary.live:,} inside" + (f"; left: {left}" if left else "")
        )
    for number, groups in _by_version(standing):
        everybody = sum(group.people for group in groups)
        yield f"  version {number}: {console.counted(everybody, 'person', 'people')}"
        width = max(len(f"{group.people:,}") for group in groups)
        for group in groups:
            yield f"    {group.people:>{width},}  {group.node or 'at the end'}"
    if every:
        yield from (f"  {_version(each, zone)}" for each in reversed(standing.versions))


def _version(version: Version, zone: tzinfo) -> str:
    from cio_lang.story import moment

    by = f" by {version.author}" if version.author else ""
    note = f": {version.note}" if version.note else ""
    return f"version {version.version} of {moment(version.applied_at, zone)}{by}{note}"


def _data(standing: _Standing) -> dict[str, Any]:
    last, summary = standing.versions[-1], standing.summary
    return {
        "journey": last.journey,
        "title": last.title,
        "state": standing.state,
        "entered": 0 if summary is None else summary.entered,
        "inside": 0 if summary is None else summary.live,
        "goals": 0 if summary is None else summary.goals,
        "left": {} if summary is None else dict(summary.reasons),
        "versions": [
            {
                "version": each.version,
                "digest": each.digest,
                "applied_at": each.applied_at.isoformat(),
                "author": each.author,
                "note": each.note,
                "in_force": each.active,
            }
            for each in standing.versions
        ],
        "inside_by_version": [
            {
                "version": number,
                "people": sum(group.people for group in groups),
                "steps": [{"step": group.node, "people": group.people} for group in groups],
            }
            for number, groups in _by_version(standing)
        ],
    }
