"""Segments: declarations in, problems out.

Afterwards every segment says who is in it, without asking itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, text
from cio_lang.check import conditions, contradictions
from cio_lang.check.empty import EmptyCondition
from cio_lang.check.scope import Scope
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema


@record(kw_only=True)
class SegmentInItself(Problem):
    """A segment asks, directly or through others, who is in it."""

    code = "segment-in-itself"
    chain: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        through = " → ".join(text.quoted(name) for name in self.chain)
        return Report(
            f"The segment `{self.chain[0]}` is made of itself.",
            "Who is in it depends on who is in it, which nobody can answer"
            + (f": {through}." if len(self.chain) > 2 else "."),
            "write the condition that is meant in place of `in segment …`",
        )


@record(kw_only=True)
class ByHandWithConditions(Problem):
    """A segment by hand has conditions."""

    code = "by-hand-with-conditions"
    segment: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The segment `{self.segment}` is kept by hand, so it has no conditions.",
            "People are put into it and taken out; nobody is in it because of what they are.",
            "take `, by hand` out of its first line, or take its conditions out",
        )


def check(segment: ast.SegmentDeclaration, schema: Schema) -> Iterator[Problem]:
    """Problems with one segment."""
    if segment.by_hand:
        if segment.conditions:
            yield ByHandWithConditions(span=segment.conditions[0].span, segment=segment.name.text)
        return
    if not segment.conditions:
        yield EmptyCondition(span=segment.name.span, what=f"The segment `{segment.name.text}`")
    scope = Scope("segment")
    found = 0
    for line in segment.conditions:
        for problem in conditions.check(line.condition, scope, schema):
            found += 1
            yield problem
    if not found and len(segment.conditions) > 1:
        # The lines are joined by `and`, so they can also rule one another out.
        lines = ast.And(tuple(line.condition for line in segment.conditions))
        yield from contradictions.check(lines, schema)


def cycles(schema: Schema) -> Iterator[SegmentInItself]:
    """Each circle of segments once, reported at the first segment that closes it."""
    done: set[str] = set()
    for start in schema.segments:
        path: list[str] = []
        pending: list[tuple[str, Iterator[ast.Name]]] = []
        if start not in done:
            path.append(start)
            pending.append((start, _mentions(schema.segments[start])))
        while pending:
            name, mentions = pending[-1]
            mentioned = next(mentions, None)
            if mentioned is None:
                pending.pop()
                path.pop()
                done.add(name)
            elif mentioned.text in path:
                chain = (*path[path.index(mentioned.text) :], mentioned.text)
                yield SegmentInItself(span=mentioned.span, chain=chain)
            elif mentioned.text in schema.segments and mentioned.text not in done:
                path.append(mentioned.text)
                pending.append((mentioned.text, _mentions(schema.segments[mentioned.text])))


def _mentions(segment: ast.SegmentDeclaration) -> Iterator[ast.Name]:
    pending = [line.condition for line in reversed(segment.conditions)]
    while pending:
        condition = pending.pop()
        match condition:
            case ast.InSegment():
                yield condition.segment
            case ast.And() | ast.Or():
                pending.extend(reversed(condition.parts))
            case ast.Not():
                pending.append(condition.part)
            case (
                ast.Comparison()
                | ast.Did()
                | ast.DidNot()
                | ast.Never()
                | ast.Sequence()
                | ast.Inactive()
                | ast.MessageTest()
                | ast.Subscribed()
                | ast.CanReceive()
                | ast.ChurnRisk()
                | ast.Likely()
                | ast.TopLikely()
                | ast.InDraw()
            ):
                continue
