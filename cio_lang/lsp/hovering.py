"""A place in, what stands there in Markdown out: what a name is, and what the line means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar, get_args

from cio_lang import ast, ir
from cio_lang import format as canonical
from cio_lang.backends import english
from cio_lang.backends.titles import Titles, titled
from cio_lang.lower import condition as lowered
from cio_lang.lower import journey as lowered_journey
from cio_lang.lsp.blocks import Block, Placed
from cio_lang.lsp.lookup import declared_at, every_place, name_at
from cio_lang.lsp.naming import Named, children
from cio_lang.lsp.positions import Encoding, Range, range_of
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.record import record
from cio_lang.schema import PERSON_ATTRIBUTES
from cio_lang.source import Span

_Read = TypeVar("_Read")

_CONDITIONS = get_args(ast.Condition)
_STEPS = get_args(ast.Step)
_NO_ORIGIN = ir.Origin("", "")


@record
class Hover:
    """Markdown about the text at a range."""

    text: str
    range: Range


def hover(
    snapshot: Snapshot, label: str, line: int, column: int, encoding: Encoding
) -> Hover | None:
    """What is known of the place, or None where that is nothing."""
    document = snapshot.documents.get(label)
    source = snapshot.source(label)
    if source is None:
        return None
    named = name_at(snapshot, label, line, column)
    parts = [] if named is None else list(_about(named, snapshot))
    span = None if named is None else named.span
    if document is not None:
        placed, inner = document.at(line)
        meant = _meaning(snapshot, placed, inner, column)
        if meant is not None:
            words, place = meant
            parts.append(words)
            span = span or snapshot.span(place)
    if not parts or span is None:
        return None
    return Hover("\n\n".join(parts), range_of(span, source, encoding))


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def _about(named: Named, snapshot: Snapshot) -> Iterator[str]:
    schema = snapshot.schema
    match named.role:
        case "event":
            event = schema.events.get(named.text)
            if event is None:
                yield f"**event** `{named.text}`: not declared"
            else:
                yield _code(canonical.declaration(event))
        case "attribute":
            attribute = schema.attributes.get(named.text)
            known = {each.name: each for each in PERSON_ATTRIBUTES}.get(named.text)
            if attribute is not None:
                yield _code(canonical.declaration(attribute))
            elif known is not None:
                yield f"**attribute** `{known.name}: {known.kind}`, known in every workspace"
                yield known.summary
            else:
                yield f"**attribute** `{named.text}`: not declared"
        case "property":
            event = schema.events.get(named.event or "")
            lines = () if event is None else event.properties
            found = [each for each in lines if each.name.text == named.text]
            if event is None or not found:
                of = f" of `{named.event}`" if named.event else ""
                yield f"**property** `{named.text}`{of}: not declared"
            else:
                yield _code(canonical.declaration(replace(event, properties=tuple(found))))
        case "segment":
            segment = schema.segments.get(named.text)
            if segment is not None:
                yield _code(canonical.declaration(segment))
        case "topic":
            topic = schema.topics.get(named.text)
            if topic is not None:
                yield _code(canonical.declaration(topic))
        case "template":
            if named.text not in schema.names("template"):
                return
            yield f"**template** `{named.text}`"
            body = schema.settings.bodies.get(named.text)
            if body is not None:
                yield _code("\n".join(body.lines[:12]), "markdown")
        case "journey":
            yield f"**journey** `{named.text}`"
        case "experiment" | "draw":
            yield f"**{named.role}** `{named.text}`"
    yield _uses(named, snapshot)


def _uses(named: Named, snapshot: Snapshot) -> str:
    places = every_place(snapshot, named)
    used = sum(not each.declares for each in places)
    where = declared_at(snapshot, named)
    declared = "" if where is None else f"declared in {where.span.file}, line {where.span.line}; "
    return f"{declared}used in {used} place{'' if used == 1 else 's'}"


def _code(text: str, language: str = "journey") -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


# ── meaning ──────────────────────────────────────────────────────────────────────────────────────


def _meaning(snapshot: Snapshot, placed: Placed, line: int, column: int) -> tuple[str, Span] | None:
    """What the smallest condition, part or step around a place means, in English."""
    block = placed.block
    if _is_broken(snapshot, block):
        return None
    path = path_at(block, line, column)
    if not path:
        return None
    outer = path[0]
    for tree in reversed(path):
        if isinstance(tree, _CONDITIONS) and not _in_where(tree, path):
            return english.condition(_titled(lowered(tree, snapshot.schema), snapshot)), tree.span
        if isinstance(tree, ast.Journey):
            own = tree.span.line == line and column <= tree.span.end_column
            return (_journey(tree, snapshot), tree.span) if own else None
        if isinstance(outer, ast.Journey) and isinstance(tree, _STEPS):
            return _step(tree, outer, snapshot), tree.span
        if isinstance(outer, ast.Journey) and isinstance(tree, get_args(ast.Part)):
            words = _part(tree, outer, snapshot)
            return None if words is None else (words, tree.span)
    return None


def _is_broken(snapshot: Snapshot, block: Block) -> bool:
    found = (*block.problems, *snapshot.found[block.name])
    return any(problem.severity == "error" for problem in found)


def path_at(block: Block, line: int, column: int) -> list[Any]:
    """The trees around a place, from the declaration inwards."""
    found: list[Any] = []
    level: list[Any] = [
        each
        for each, after in zip(
            block.tree.declarations, [*block.tree.declarations[1:], None], strict=True
        )
        if each.span.line <= line and (after is None or line < after.span.line)
    ]
    while level:
        tree = level[-1]
        found.append(tree)
        level = [below for _, below in children(tree) if _holds(below, line, column)]
    return found


def _holds(tree: Any, line: int, column: int) -> bool:
    """Whether the place is within a tree, or within one that stands below its line."""
    if not isinstance(tree, ast.Node):
        return False
    span = tree.span
    if (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column):
        return True
    return isinstance(tree, ast.Line | ast.Node) and any(
        _holds(below, line, column) for _, below in children(tree)
    )


def _in_where(tree: Any, path: list[Any]) -> bool:
    """A condition of properties says nothing without the event that it is about."""
    for outer in path:
        for field in ("where", "first_where", "second_where"):
            where = getattr(outer, field, None)
            if where is not None and any(each is where for each in path):
                return any(each is where for each in path[: path.index(tree) + 1])
    return False


def _titled(tree: _Read, snapshot: Snapshot) -> _Read:
    return titled(tree, Titles.of_schema(snapshot.schema))


def _journey(tree: ast.Journey, snapshot: Snapshot) -> str:
    graph = _titled(lowered_journey(tree, snapshot.schema, _NO_ORIGIN), snapshot)
    _, _, rest = english.emit(graph).partition("\n\n")
    return rest.strip()


def _step(tree: ast.Step, journey: ast.Journey, snapshot: Snapshot) -> str:
    """One step with what is in it: as a journey of its own."""
    alone = replace(journey, steps=(tree,))
    graph = lowered_journey(alone, snapshot.schema, _NO_ORIGIN)
    return english.paragraph(_titled(graph, snapshot))


def _part(tree: ast.Part, journey: ast.Journey, snapshot: Snapshot) -> str | None:
    bare = replace(journey, steps=())
    graph = _titled(lowered_journey(bare, snapshot.schema, _NO_ORIGIN), snapshot)
    if isinstance(tree, get_args(ast.Entry)):
        return english.entry(graph.entry)
    if isinstance(tree, ast.Goal) and graph.goal is not None:
        return english.goal(graph.goal)
    if isinstance(tree, get_args(ast.Reentry)):
        return english.reentry(graph.reentry)
    if isinstance(tree, get_args(ast.Exit)):
        exits = [part for part in journey.parts if isinstance(part, get_args(ast.Exit))]
        at = next(i for i, part in enumerate(exits) if part is tree)
        return english.leaving(graph.exits[at]) if at < len(graph.exits) else None
    return None
