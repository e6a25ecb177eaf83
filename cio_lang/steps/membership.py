"""`add to segment "VIP"`, `remove from segment "VIP"`: segments that are kept by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from cio_lang import ast, ir, names, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema, slug
from cio_lang.source import Span
from cio_lang.steps.kind import StepKind

Change = Literal["add", "remove"]


@record
class Membership(ast.Leaf):
    """`add to segment "VIP"`, `remove from segment "VIP"`."""

    change: Change
    segment: ast.Name


@record(kw_only=True)
class NotByHand(Problem):
    """Somebody is put into a segment, or taken out, that follows conditions."""

    code = "not-by-hand"
    segment: str
    change: Change

    def report(self) -> Report:
        """What, why, one way out."""
        done = "put into" if self.change == "add" else "taken out of"
        return Report(
            f"Nobody can be {done} `{self.segment}`.",
            "Its conditions say who is in it, and they would put it right again at once.",
            f"declare one that is kept by hand, `segment {text.quoted(self.segment)}, by hand`, "
            "or set the attribute that its conditions look at",
        )


def by_hand(segment: ast.Name, change: Change, schema: Schema) -> Iterator[Problem]:
    """The segment is known and kept by hand."""
    missing = names.segment(segment, schema)
    if missing is not None:
        yield missing
    elif not schema.segments[segment.text].by_hand:
        yield NotByHand(span=segment.span, segment=segment.text, change=change)


def check(leaf: Membership, schema: Schema) -> Iterator[Problem]:
    """People can be put into the segment and taken out."""
    return by_hand(leaf.segment, leaf.change, schema)


def line(leaf: Membership) -> str:
    """The canonical text."""
    how = "add to" if leaf.change == "add" else "remove from"
    return f"{how} segment {text.quoted(leaf.segment.text)}"


def words(leaf: Membership) -> str:
    """What the line says."""
    return f"{'add to' if leaf.change == 'add' else 'remove from'} {leaf.segment.text}"


def lower(leaf: Membership, schema: Schema, topic: str | None, then: str | None) -> ir.GraphNode:
    """A membership node."""
    return ir.MembershipNode(ir.Membership(leaf.change, slug(leaf.segment.text)), next=then)


def _builder(change: Change) -> Callable[[Sequence[Any], Span], Membership]:
    return lambda children, span: Membership(change, children[0], span=span)


ADD = StepKind(
    name="add to segment",
    rule="add_to_segment",
    tree=Membership,
    summary="Put the person into a segment that is kept by hand.",
    example='add to segment "VIP"',
    build=_builder("add"),
    format=line,
    check=check,
    words=words,
    lower=lower,
)
REMOVE = StepKind(
    name="remove from segment",
    rule="remove_from_segment",
    tree=Membership,
    summary="Take the person out of a segment that is kept by hand.",
    example='remove from segment "VIP"',
    build=_builder("remove"),
    format=line,
    check=check,
    words=words,
    lower=lower,
)
