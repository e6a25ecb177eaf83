"""A checked workspace in, the graphs of its journeys and segments out.

Afterwards every name is a slug, every duration ISO 8601, and each node has an id that is made from
what the node says: an edit elsewhere in the journey leaves it as it is.  Of nodes that say the
same, the second is `-2`, the third `-3`, in reading order.  Steps that no run can reach are left
out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from cio_lang import ast, ir, text
from cio_lang import format as canonical
from cio_lang.calendar_time import iso
from cio_lang.check import Checked
from cio_lang.graph_data import behaviour, text_digest, walk
from cio_lang.schema import Schema, slug
from cio_lang.source import Source
from cio_lang.steps import kind_of
from cio_lang.values import scalar

ID_LENGTH = 60
"""Longest node id before a number is added; longer ones are cut between two words."""


def lower(checked: Checked, sources: Mapping[str, Source]) -> tuple[ir.Graph, ...]:
    """The graphs of all journeys and segments, sorted by kind and name.

    `sources` are the texts by name; they are only digested.  Called when no error was found.
    """
    graphs: list[ir.Graph] = []
    origins: dict[str, ir.Origin] = {}
    for file in checked.files:
        for declaration in file.declarations:
            match declaration:
                case ast.Journey():
                    origin = _origin(declaration, sources, origins)
                    graphs.append(journey(declaration, checked.schema, origin))
                case ast.SegmentDeclaration():
                    origin = _origin(declaration, sources, origins)
                    graphs.append(segment(declaration, checked.schema, origin))
                case ast.EventDeclaration() | ast.AttributeDeclaration() | ast.TopicDeclaration():
                    pass
    return tuple(sorted(graphs, key=lambda graph: (graph.kind, graph.name)))


def _origin(
    line: ast.Line, sources: Mapping[str, Source], known: dict[str, ir.Origin]
) -> ir.Origin:
    name = line.span.file
    if name not in known:
        source = sources.get(name)
        known[name] = ir.Origin(name, text_digest("" if source is None else source.text))
    return known[name]


def segment(
    declaration: ast.SegmentDeclaration, schema: Schema, origin: ir.Origin
) -> ir.SegmentGraph:
    """The graph of one segment: all of its lines."""
    return ir.SegmentGraph(
        cio=1,
        kind="segment",
        name=slug(declaration.name.text),
        title=declaration.name.text,
        source=origin,
        where=_every(condition(line.condition, schema) for line in declaration.conditions),
    )


def journey(written: ast.Journey, schema: Schema, origin: ir.Origin) -> ir.JourneyGraph:
    """The graph of one journey."""
    entry = _entry(written, schema)
    only = tuple(_of(written, ast.OnlyWhere))
    goal = next(_of(written, ast.Goal), None)
    topic = next((slug(part.topic.text) for part in _of(written, ast.TopicOf)), None)
    named = _named(written.steps, {})
    nodes: dict[ir.NodeId, ir.GraphNode] = {}
    start = _place(named, None, nodes, schema, topic)
    reached = set(walk(start, nodes))
    graph = ir.JourneyGraph(
        cio=1,
        kind="journey",
        name=slug(written.title.text),
        title=written.title.text,
        source=origin,
        behaviour="",
        entry=entry,
        reentry=_reentry(written, entry),
        only=_every(condition(part.condition, schema) for part in only) if only else None,
        exits=tuple(_exits(written, entry, schema)),
        goal=None if goal is None else _goal(goal, schema),
        topic=topic,
        start=start,
        nodes={name: nodes[name] for name in _order(named) if name in reached},
    )
    return dataclasses.replace(graph, behaviour=behaviour(graph))


_Part = TypeVar("_Part", bound=ast.Line)


def _of(written: ast.Journey, kind: type[_Part]) -> Iterator[_Part]:
    return (part for part in written.parts if isinstance(part, kind))


def _entry(written: ast.Journey, schema: Schema) -> ir.Entry:
    for part in written.parts:
        match part:
            case ast.OnEvent():
                return ir.EventMatch(part.event.text, _maybe(part.where, schema))
            case ast.OnMatch():
                existing: Literal["include", "exclude"] = "include" if part.existing else "exclude"
                return ir.Match(condition(part.condition, schema), existing)
            case (
                ast.OnlyWhere()
                | ast.LeaveOnEvent()
                | ast.LeaveWhenUnmatched()
                | ast.LeaveWhere()
                | ast.Goal()
                | ast.Once()
                | ast.EveryTime()
                | ast.AgainAfter()
                | ast.TopicOf()
            ):
                pass
    raise ValueError(f"check() lets no journey pass without an entry: {written.title.text}")


def _reentry(written: ast.Journey, entry: ir.Entry) -> ir.Reentry:
    """As written; by default once for people who match, every time for an event."""
    for part in written.parts:
        match part:
            case ast.Once():
                return ir.Reentry("once")
            case ast.EveryTime():
                return ir.Reentry("every_time")
            case ast.AgainAfter():
                return ir.Reentry("after", iso(part.duration))
            case (
                ast.OnEvent()
                | ast.OnMatch()
                | ast.OnlyWhere()
                | ast.LeaveOnEvent()
                | ast.LeaveWhenUnmatched()
                | ast.LeaveWhere()
                | ast.Goal()
                | ast.TopicOf()
            ):
                pass
    return ir.Reentry("once" if isinstance(entry, ir.Match) else "every_time")


def _exits(written: ast.Journey, entry: ir.Entry, schema: Schema) -> Iterator[ir.Exit]:
    for part in written.parts:
        match part:
            case ast.LeaveOnEvent():
                yield ir.ExitOnEvent(part.event.text, _maybe(part.where, schema))
            case ast.LeaveWhere():
                yield ir.ExitWhen(condition(part.condition, schema))
            case ast.LeaveWhenUnmatched():
                if not isinstance(entry, ir.Match):
                    raise ValueError("check() lets only journeys that match be left so")
                yield ir.ExitWhen(ir.Not(entry.match))
            case (
                ast.OnEvent()
                | ast.OnMatch()
                | ast.OnlyWhere()
                | ast.Goal()
                | ast.Once()
                | ast.EveryTime()
                | ast.AgainAfter()
                | ast.TopicOf()
            ):
                pass


def _goal(written: ast.Goal, schema: Schema) -> ir.Goal:
    within = None if written.within is None else iso(written.within)
    where = _maybe(written.where, schema)
    return ir.Goal(written.event.text, where, within, leave=written.then_leave)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Named:
    """A step with its node id; `arms` are those of an `if`, the last of them its `otherwise`."""

    id: ir.NodeId
    step: ast.Step
    arms: tuple[tuple[_Named, ...], ...] = ()


def _named(steps: Sequence[ast.Step], taken: dict[str, int]) -> tuple[_Named, ...]:
    """All steps with their ids, given out in reading order."""
    named = []
    for step in steps:
        own = _unused(step_id(step), taken)
        arms: tuple[tuple[_Named, ...], ...] = ()
        if isinstance(step, ast.If):
            blocks = [arm.steps for arm in step.arms]
            blocks.append(step.otherwise.steps if step.otherwise else ())
            arms = tuple(_named(block, taken) for block in blocks)
        named.append(_Named(own, step, arms))
    return tuple(named)


def _order(steps: Sequence[_Named]) -> Iterator[ir.NodeId]:
    """All ids in reading order."""
    for named in steps:
        yield named.id
        for block in named.arms:
            yield from _order(block)


def step_id(step: ast.Step) -> str:
    """What the step says, as an id; not yet told apart from other steps that say the same."""
    match step:
        case ast.Wait():
            words = f"wait {text.duration(step.duration)}"
        case ast.If():
            words = f"if {canonical.condition(step.arms[0].condition)}"
        case ast.Leave():
            words = "leave"
        case ast.Leaf():
            words = kind_of(step).words(step)
    whole = slug(words)
    if len(whole) <= ID_LENGTH:
        return whole
    cut = whole.rfind("-", 0, ID_LENGTH + 1)
    return whole[: cut if cut > 0 else ID_LENGTH]


def _unused(name: str, taken: dict[str, int]) -> str:
    """`name`, or `name-2`, `name-3`, … where it is taken."""
    taken[name] = taken.get(name, 0) + 1
    if taken[name] == 1:
        return name
    return _unused(f"{name}-{taken[name]}", taken)


def _place(
    steps: Sequence[_Named],
    then: ir.NodeId | None,
    nodes: dict[ir.NodeId, ir.GraphNode],
    schema: Schema,
    topic: ir.Slug | None,
) -> ir.NodeId | None:
    """Put the nodes of a block into `nodes`; the id where it starts, `then` where it is empty."""
    for index, named in enumerate(steps):
        after = steps[index + 1].id if index + 1 < len(steps) else then
        step = named.step
        match step:
            case ast.Wait():
                nodes[named.id] = ir.WaitNode(ir.WaitFor(iso(step.duration)), after)
            case ast.If():
                *arms, otherwise = (
                    _place(block, after, nodes, schema, topic) for block in named.arms
                )
                cases = (
                    ir.Case(condition(arm.condition, schema), first)
                    for arm, first in zip(step.arms, arms, strict=True)
                )
                nodes[named.id] = ir.BranchNode(tuple(cases), otherwise)
            case ast.Leave():
                nodes[named.id] = ir.LeaveNode()
            case ast.Leaf():
                nodes[named.id] = kind_of(step).lower(step, schema, topic, after)
    return steps[0].id if steps else then


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


def _maybe(written: ast.Condition | None, schema: Schema) -> ir.Condition | None:
    return None if written is None else condition(written, schema)


def condition(written: ast.Condition, schema: Schema) -> ir.Condition:
    """A condition as the runtime carries it out.  `a and (b and c)` is one list of three."""
    match written:
        case ast.Comparison():
            return _comparison(written)
        case ast.Did():
            times = ir.AT_LEAST_ONCE
            if written.count is not None:
                times = ir.Times(written.count.op, written.count.times)
            where = _maybe(written.where, schema)
            return ir.EventTest(written.event.text, where, times, _window(written.window))
        case ast.DidNot():
            where = _maybe(written.where, schema)
            return ir.EventTest(written.event.text, where, ir.NOT_ONCE, _window(written.window))
        case ast.Never():
            return ir.EventTest(written.event.text, _maybe(written.where, schema), ir.NOT_ONCE)
        case ast.Inactive():
            return ir.InactiveTest(iso(written.duration))
        case ast.InSegment():
            inside = ir.SegmentTest(slug(written.segment.text))
            return ir.Not(inside) if written.negated else inside
        case ast.And():
            return _every(condition(part, schema) for part in written.parts)
        case ast.Or():
            return _some(condition(part, schema) for part in written.parts)
        case ast.Not():
            return ir.Not(condition(written.part, schema))


def _every(parts: Iterable[ir.Condition]) -> ir.Condition:
    flat: list[ir.Condition] = []
    for part in parts:
        flat.extend(part.all if isinstance(part, ir.All) else (part,))
    return flat[0] if len(flat) == 1 else ir.All(tuple(flat))


def _some(parts: Iterable[ir.Condition]) -> ir.Condition:
    flat: list[ir.Condition] = []
    for part in parts:
        flat.extend(part.any if isinstance(part, ir.Any_) else (part,))
    return flat[0] if len(flat) == 1 else ir.Any_(tuple(flat))


def _comparison(written: ast.Comparison) -> ir.Condition:
    op, value = _test(written.test)
    match written.subject:
        case ast.Attribute(name):
            return ir.AttributeTest(name.text, op, value)
        case ast.Property(name):
            return ir.PropertyTest(name.text, op, value)
        case ast.EntryProperty(name):
            return ir.EntryTest(name.text, op, value)


def _test(written: ast.Test) -> tuple[ir.Op, ir.TestValue]:
    match written:
        case ast.Compare():
            return written.op, scalar(written.value)
        case ast.OneOf():
            values = tuple(scalar(value) for value in written.values)
            return ("not_one_of" if written.negated else "one_of"), values
        case ast.Known():
            return ("unknown" if written.negated else "known"), None
        case ast.Between():
            return "between", (scalar(written.low), scalar(written.high))
        case ast.Within():
            return written.op, iso(written.duration)


_CALENDAR: Mapping[str, ir.CalendarWord] = {
    "today": "today",
    "yesterday": "yesterday",
    "this week": "this_week",
    "this month": "this_month",
}


def _window(written: ast.Window | None) -> ir.Window | None:
    match written:
        case None:
            return None
        case ast.Last():
            return ir.Window(last=iso(written.duration))
        case ast.Calendar():
            return ir.Window(calendar=_CALENDAR[written.word])
        case ast.BetweenAgo():
            near, far = (
                iso(ast.Duration(count, written.unit)) for count in (written.near, written.far)
            )
            return ir.Window(between_ago=ir.BetweenAgo(near, far))
        case ast.SinceEntering():
            return ir.Window(since="entering")
