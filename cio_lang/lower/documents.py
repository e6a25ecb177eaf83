"""What a workspace is made of, each as one graph."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from cio_lang import ast, ir
from cio_lang.calendar_time import iso
from cio_lang.check import Checked
from cio_lang.graph_data import behaviour, text_digest, walk
from cio_lang.lower import entries
from cio_lang.lower.conditions import CHANNELS, condition, every
from cio_lang.lower.moments import quiet
from cio_lang.lower.steps import Nodes, Placing, in_order, named
from cio_lang.schema import Schema, slug
from cio_lang.source import Source


def lower(checked: Checked, sources: Mapping[str, Source]) -> tuple[ir.Graph, ...]:
    """The graphs of all journeys, segments, topics, templates and policies, by kind and name.

    `sources` are the texts by name; they are only digested.  Called when no error was found.
    """
    graphs: list[ir.Graph] = []
    origins: dict[str, ir.Origin] = {}
    for file in checked.files:
        for declaration in file.declarations:
            graph = _graph(declaration, checked.schema, sources, origins)
            if graph is not None:
                graphs.append(graph)
    return tuple(sorted(graphs, key=lambda graph: (graph.kind, graph.name)))


def _graph(
    declaration: ast.Declaration,
    schema: Schema,
    sources: Mapping[str, Source],
    origins: dict[str, ir.Origin],
) -> ir.Graph | None:
    origin = _origin(declaration, sources, origins)
    match declaration:
        case ast.Journey():
            return journey(declaration, schema, origin)
        case ast.SegmentDeclaration():
            return segment(declaration, schema, origin)
        case ast.TopicDeclaration():
            return topic(declaration, origin)
        case ast.TemplateDeclaration():
            return template(declaration, origin)
        case ast.Policy():
            return policy(declaration, origin)
        case (
            ast.EventDeclaration() | ast.AttributeDeclaration() | ast.Guarantee() | ast.Scenario()
        ):  # fmt: skip
            return None


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
    """The graph of one segment: all of its lines, or none where it is kept by hand."""
    lines = declaration.conditions
    return ir.SegmentGraph(
        cio=1,
        kind="segment",
        name=slug(declaration.name.text),
        title=declaration.name.text,
        source=origin,
        where=every(condition(line.condition, schema) for line in lines) if lines else None,
    )


def topic(declaration: ast.TopicDeclaration, origin: ir.Origin) -> ir.TopicGraph:
    """The graph of one topic."""
    title = declaration.name.text
    transactional = declaration.transactional
    return ir.TopicGraph(1, "topic", slug(title), title, origin, transactional)


def template(declaration: ast.TemplateDeclaration, origin: ir.Origin) -> ir.TemplateGraph:
    """The graph of one template."""
    return ir.TemplateGraph(
        cio=1,
        kind="template",
        name=slug(declaration.name.text),
        title=declaration.name.text,
        source=origin,
        channel=CHANNELS[declaration.channel],
        body=declaration.body.value,
        subject=None if declaration.subject is None else declaration.subject.value,
        preheader=None if declaration.preheader is None else declaration.preheader.value,
    )


def policy(declaration: ast.Policy, origin: ir.Origin) -> ir.PolicyGraph:
    """The graph of the policy."""
    return ir.PolicyGraph(
        cio=1,
        kind="policy",
        name="policy",
        title="Policy",
        source=origin,
        quiet=None if declaration.quiet is None else quiet(declaration.quiet),
        caps=tuple(
            ir.Cap(cap.times, cap.per, None if cap.channel is None else CHANNELS[cap.channel])
            for cap in declaration.caps
        ),
    )


def journey(written: ast.Journey, schema: Schema, origin: ir.Origin) -> ir.JourneyGraph:
    """The graph of one journey."""
    starts = entries.entry(written, schema)
    only = tuple(entries.parts_of(written, ast.OnlyWhere))
    about = next((slug(part.topic.text) for part in entries.parts_of(written, ast.TopicOf)), None)
    key = next((part.property.text for part in entries.parts_of(written, ast.Key)), None)
    hours = next((quiet(part) for part in entries.parts_of(written, ast.Quiet)), None)
    levels = (part.level for part in entries.parts_of(written, ast.Priority))
    spread = (iso(part.duration) for part in entries.parts_of(written, ast.SpreadOver))
    steps = named(written.steps, {})
    nodes: Nodes = {}
    start = Placing(nodes, schema, about).block(steps, None)
    reached = walk(start, nodes)
    among = frozenset(reached)
    graph = ir.JourneyGraph(
        cio=1,
        kind="journey",
        name=slug(written.title.text),
        title=written.title.text,
        source=origin,
        behaviour="",
        entry=starts,
        reentry=entries.reentry(written, starts),
        only=every(condition(part.condition, schema) for part in only) if only else None,
        exits=tuple(entries.exits(written, starts, schema)),
        goal=entries.goal(written, schema),
        topic=about,
        key=key,
        quiet=hours,
        priority=next(levels, "normal"),
        exempt_from_caps=any(entries.parts_of(written, ast.ExemptFromCaps)),
        spread=next(spread, None),
        start=start,
        nodes={name: nodes[name] for name in in_order(steps) if name in among},
    )
    return dataclasses.replace(graph, behaviour=behaviour(graph, reached))
