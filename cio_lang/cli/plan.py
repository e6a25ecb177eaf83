"""`cio plan`: what `cio apply` would do, to journeys and to the people inside of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.cli.to_apply import to_apply
from cio_lang.mistake import UserMistake

if TYPE_CHECKING:
    from cio_lang.cli.to_apply import ToApply
    from cio_lang.runtime.planning import Inside, Part, Planned
    from cio_lang.workspace import Workspace

__all__ = ["command"]


@click.command("plan")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where applying would change anything.")
def command(as_json: bool, exit_code: bool) -> None:
    """Show what `cio apply` would do.

    What is added, changed and removed; who would enter at once; who is inside of each journey, at
    which step and in which version, and what becomes of them: as it is, with --move, with --stop.
    Nothing is written, and nobody is kept from the store meanwhile.
    """
    from cio_lang.runtime.planning import data

    workspace = console.here()
    planned = _planned(workspace, to_apply(workspace))
    if as_json:
        console.print_json({"parts": data(planned), "stopped": list(planned.stopped)})
    else:
        console.out("\n".join(_text(planned)))
    if exit_code and any(part.what != "unchanged" for part in planned.parts):
        raise SystemExit(1)


def _planned(workspace: Workspace, wanted: ToApply) -> Planned:
    """The plan against the store; against an empty one where there is none yet."""
    from cio_lang.runtime.planning import plan
    from cio_lang.store.problems import StoreMissing

    now = datetime.now(UTC)
    try:
        with opened(workspace) as store:
            return plan(store, wanted.graphs, wanted.templates, now, workspace.zone)
    except UserMistake as mistake:
        if not isinstance(mistake.problems[0], StoreMissing):
            raise
    with opened(workspace, create=True, dry_run=True) as store:
        return plan(store, wanted.graphs, wanted.templates, now, workspace.zone)


def _text(planned: Planned) -> Iterator[str]:
    for part in planned.parts:
        lines = list(_part(part))
        if lines:
            yield from (*lines, "")
    for name in planned.stopped:
        yield f"journey {name}: stays stopped; `cio resume {name}` puts it into force"
    counts = [
        f"{len(names)} {what}"
        for what in ("added", "changed", "removed", "unchanged")
        if (names := planned.labels(what)) or what != "removed"
    ]
    nothing = all(part.what == "unchanged" for part in planned.parts)
    yield f"{', '.join(counts)}. " + (
        "`cio apply` would change nothing." if nothing else "`cio apply` does this."
    )


def _part(part: Part) -> Iterator[str]:
    from cio_lang.diff_render import largest, render_text

    older = [each for each in part.inside if not each.in_force]
    if part.what == "unchanged" and not older:
        return
    head = f"{part.label}: {part.what}"
    if part.what == "changed" and part.changes:
        head += f", {largest(part.changes)}"
    if part.version is not None:
        head += f", {'would be ' if part.what != 'unchanged' else ''}version {part.version}"
    yield head
    if part.what == "changed":
        changed = render_text(part.changes).rstrip("\n").split("\n")[1:] if part.changes else []
        yield from changed or ["  only where it stands in the files"]
    if part.entering is not None:
        yield f"  enter now: {_entering(part)}"
    if part.inside:
        yield from _inside(part.inside)


def _entering(part: Part) -> str:
    entering = part.entering
    assert entering is not None
    if entering.people is None:
        return f"not known before ({entering.because})"
    if not entering.people:
        return "nobody" + (f" ({entering.because})" if entering.because else "")
    return _people(entering.people, entering.some)


def _inside(inside: Sequence[Inside]) -> Iterator[str]:
    everybody = sum(each.group.people for each in inside)
    yield f"  inside: {console.counted(everybody, 'person', 'people')}"
    for each in inside:
        where = f"at {each.group.node}" if each.group.node else "at the end"
        who = _people(each.group.people, each.some)
        yield f"    version {each.version}, {where}: {who}"
        if not each.in_force:
            yield f"      --move: {_lands(each)}"
    older = [each for each in inside if not each.in_force]
    if not older:
        return
    count = sum(each.group.people for each in older)
    yield f"  without an option: {count:,} stay in the version that they entered, to its end"
    yield f"  --move: {', '.join(_by_move(older))}"
    yield f"  --stop: {count:,} leave"


def _by_move(older: Sequence[Inside]) -> Iterator[str]:
    everybody = sum(each.group.people for each in older)
    kept = sum(each.group.people for each in older if each.lands and not each.lands.fresh)
    fresh = sum(each.group.people for each in older if each.lands and each.lands.fresh)
    if kept:
        yield f"{kept:,} go on where they are"
    if fresh:
        yield f"{fresh:,} arrive at another step"
    if gone := everybody - kept - fresh:
        yield f"{gone:,} leave (workflow changed)"


def _lands(each: Inside) -> str:
    if each.lands is None:
        return "they leave, as nothing of what lay before them is left (workflow changed)"
    if each.lands.fresh:
        return f"that step is gone; they arrive now at {each.lands.node}"
    return f"they go on at {each.lands.node}, as the new version has it"


def _people(count: int, some: Sequence[str]) -> str:
    more = ", …" if count > len(some) else ""
    told = console.counted(count, "person", "people")
    return f"{told} ({', '.join(some)}{more})" if some else told
