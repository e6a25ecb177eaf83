"""`cio review`: everything that a pull request should say, as one comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import click

from cio_lang import ir
from cio_lang.cli import compiling, console, render, revisions
from cio_lang.cli.graph_folder import graph_changes
from cio_lang.mistake import UserMistake, place
from cio_lang.pages.page import cell, marked
from cio_lang.problem import Problem
from cio_lang.record import record

__all__ = ["MARK", "command"]

MARK = "<!-- cio review -->"
"""The first line of the comment, by which it is found again to be replaced."""

LONGEST = 60_000
"""Characters; GitHub takes 65,536 in a comment."""

_MOST = 50
"""Problems that are told in full."""

Graphs = Mapping[str, ir.Graph]


@record
class _View:
    """What a comment is made with: `stale` are graph files that are out of date."""

    base: str
    files: str | None
    stale: Sequence[str]
    diagrams: bool = True


@click.command("review")
@click.option("--base", required=True, metavar="REV", help="What the changes are compared with.")
@click.option("--links", metavar="URL", help="Where files of this revision can be read.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there instead."
)
def command(base: str, links: str | None, output: Path | None) -> None:
    """Write the comment of a pull request, in Markdown.

    Holds what is wrong (compile and lint), what changes in what happens since REV with the diagrams
    of changed journeys, and the most messages that one person can get.  Exits 1 where there are
    errors.
    """
    workspace = console.here()
    if not revisions.is_revision(workspace.root, base):
        raise UserMistake(revisions.NothingToCompare(span=place(base), written=base))
    built = compiling.build()
    found = list(built.compiled.problems)
    now: Graphs = {}
    before: Graphs | None = None
    if not built.failed:
        from cio_lang import lint

        found += lint.lint(built.compiled.checked)
        found.sort(key=lambda each: (each.span.file, each.span.line, each.span.column))
        now = {f"{graph.kind} {graph.name}": graph for graph in built.compiled.graphs}
        before = _before(base)
    view = _View(base, _prefix(workspace.root, links), _stale(built))
    text = _fitting(found, before, now, view)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        console.note(render.summary(found))
    if built.failed:
        raise SystemExit(1)


def _before(base: str) -> Graphs | None:
    """The graphs of the base, or None where its journeys do not compile."""
    try:
        return revisions.at_revision(console.here(), base, quietly=True).graphs
    except UserMistake as mistake:
        if all(isinstance(each, revisions.DoesNotCompile) for each in mistake.problems):
            return None
        raise


def _stale(built: compiling.Build) -> Sequence[str]:
    """The graph files that are not what the journeys compile to; none where none are kept."""
    if built.failed or built.workspace is None or not built.workspace.graphs.is_dir():
        return ()
    changes = graph_changes(built.workspace.graphs, built.compiled.graphs, remove_others=True)
    return [change.label for change in changes if change.what != "unchanged"]


def _prefix(root: Path, links: str | None) -> str | None:
    """Where the files of the workspace are below `links`."""
    if links is None:
        return None
    folder = root.resolve()
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    inside = folder.relative_to(top).as_posix()
    return links.rstrip("/") + ("/" if inside == "." else f"/{quote(inside)}/")


def _fitting(found: Sequence[Problem], before: Graphs | None, now: Graphs, view: _View) -> str:
    """The comment; without diagrams, and then cut, where it would be too long."""
    for each in (view, replace(view, diagrams=False)):
        text = "\n".join(_comment(found, before, now, each)).rstrip("\n") + "\n"
        if len(text) <= LONGEST:
            return text
    cut = text[:LONGEST].rsplit("\n", 1)[0]
    return f"{cut}\n\n*The rest is too long for a comment: run `cio review --base {view.base}`.*\n"


def _comment(
    found: Sequence[Problem],
    before: Graphs | None,
    now: Graphs,
    view: _View,
) -> Iterator[str]:
    from cio_lang import diff, diff_render

    yield MARK
    yield f"## cio: {render.summary(found)}"
    yield ""
    if found:
        yield from _problems(found, view.files)
    if view.stale:
        graphs = console.counted(len(view.stale), "graph")
        are = "is" if len(view.stale) == 1 else "are"
        yield f"**{graphs} {are} out of date**: run `cio compile`, and commit what it writes."
        yield ""
    failed = any(problem.severity == "error" for problem in found)
    if failed:
        yield "While there are errors, what changes cannot be told."
        return
    if before is None:
        yield "The journeys of the base do not compile, so what changes cannot be told."
    else:
        changes = diff.diff(before, now)
        size = f": {diff_render.largest(changes)}" if changes else ""
        yield f"## What changes{size}"
        yield ""
        after = now if view.diagrams else {}
        for line in diff_render.render_markdown(changes, after).rstrip("\n").split("\n"):
            yield _nobody(line) if line.startswith(("|", "#")) else line
    yield ""
    yield from _bounds(before or {}, now)


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────


def _problems(found: Sequence[Problem], files: str | None) -> Iterator[str]:
    yield "| | where | what | way out |"
    yield "|---|---|---|---|"
    for problem in found[:_MOST]:
        report = problem.report()
        what = f"{report.what} {report.why}"
        yield (
            f"| {problem.severity} | {_where(problem, files)} "
            f"| {_cell(what)} `{problem.code}` | {_cell(report.help)} |"
        )
    if len(found) > _MOST:
        yield ""
        yield f"And {len(found) - _MOST} more: `cio lint` shows all of them."
    yield ""


def _where(problem: Problem, files: str | None) -> str:
    span = problem.span
    words = f"{span.file}:{span.line}"
    if files is None:
        return f"`{words}`"
    return f"[`{words}`]({files}{quote(span.file)}#L{span.line})"


def _cell(text: str) -> str:
    return cell(_nobody(marked(" ".join(text.split()))))


def _nobody(text: str) -> str:
    """Text that calls nobody: what looks like a name of a person on the code host is no mention."""
    return re.sub(r"@(?=\w)", "@<!-- -->", text)


# ── how much somebody can get ────────────────────────────────────────────────────────────────────


def _bounds(before: Graphs, now: Graphs) -> Iterator[str]:
    from cio_lang import proof

    bounds = proof.bounds_of(now.values())
    if not bounds.journeys:
        return
    was = {each.graph.name: each for each in proof.bounds_of(before.values()).journeys}
    windows = proof.WINDOWS
    yield "## The most messages that one person can get"
    yield ""
    yield "| journey | " + " | ".join(_WORDS[window] for window in windows) + " |"
    yield "|---" * (len(windows) + 1) + "|"
    for each in bounds.journeys:
        old = was.get(each.graph.name)
        cells = [
            _bound(each.of(None, window), None if old is None else old.of(None, window))
            for window in windows
        ]
        yield f"| {_cell(each.graph.title)} | " + " | ".join(cells) + " |"
    if len(bounds.journeys) > 1:
        cells = [_bound(bounds.of(None, window), None) for window in windows]
        yield "| **all together** | " + " | ".join(cells) + " |"
    yield ""
    yield "Before any policy; in any hour, 24 hours, 7 or 30 days."
    for each in bounds.journeys:
        reason = each.of(None, "month").reason
        if reason is not None:
            yield f"`{each.graph.title}`: any number, since {reason}."


_WORDS = {"hour": "an hour", "day": "a day", "week": "a week", "month": "30 days"}


def _bound(now: object, was: object) -> str:
    most, before = getattr(now, "most", None), getattr(was, "most", None)
    words = "any number" if most is None else str(most)
    if was is None or before == most:
        return words
    return f"**{words}** (was {'any number' if before is None else before})"
