"""Problems in, the changes that put them right out."""

from __future__ import annotations

from collections.abc import Sequence

from cio_lang.lsp.positions import Edit, Encoding, Range, range_of
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.problem import Fix, Problem
from cio_lang.record import record


@record
class Action:
    """A change that an editor offers; `code` and `at` tell the problem that it is for."""

    title: str
    code: str | None
    at: Range | None
    label: str
    edits: tuple[Edit, ...]


def actions(
    snapshot: Snapshot,
    label: str,
    chosen: Range,
    encoding: Encoding,
    warnings: Sequence[Problem] = (),
) -> tuple[Action, ...]:
    """The fixes of the problems that a range touches."""
    source = snapshot.source(label)
    if source is None:
        return ()
    found: list[Action] = []
    for problem in (*snapshot.problems, *warnings):
        fix = problem.fix() if problem.span.file == label else None
        if fix is None:
            continue
        at = range_of(problem.span, source, encoding)
        if at.start <= chosen.end and chosen.start <= at.end:
            words = problem.report().help
            edit = _edit(fix, snapshot, encoding)
            found.append(Action(_title(words), problem.code, at, label, (edit,)))
    return tuple(found)


def all_fixes(
    snapshot: Snapshot, label: str, encoding: Encoding, warnings: Sequence[Problem] = ()
) -> Action | None:
    """Every fix of a file that does not get in the way of one before it."""
    edits: list[Edit] = []
    for problem in (*snapshot.problems, *warnings):
        fix = problem.fix() if problem.span.file == label else None
        if fix is None:
            continue
        edit = _edit(fix, snapshot, encoding)
        if all(
            edit.range.end < other.range.start or other.range.end < edit.range.start
            for other in edits
        ):
            edits.append(edit)
    if not edits:
        return None
    return Action("Put right everything that can be", None, None, label, tuple(edits))


def _edit(fix: Fix, snapshot: Snapshot, encoding: Encoding) -> Edit:
    span = snapshot.span(fix.span)
    source = snapshot.source(span.file)
    assert source is not None
    return Edit(range_of(span, source, encoding), fix.text)


def _title(words: str) -> str:
    first = words.split("\n", 1)[0]
    return f"{first[:1].upper()}{first[1:]}"
