"""Promises: a checked workspace and its graphs in, the promises that do not hold out.

A promise that is not among them is proved: docs/bounds.md says on what assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cio_lang import ast, ir, text
from cio_lang import format as canonical
from cio_lang.check import Checked
from cio_lang.proof.bounds import Bounds
from cio_lang.proof.clock_times import between, send_times
from cio_lang.proof.journeys import (
    WINDOWS,
    Window,
    Workspace,
    is_exempt,
    messages,
    workspace,
)
from cio_lang.proof.lengths import CLOCK_CHANGE, HOUR
from cio_lang.proof.outgoing import Outgoing
from cio_lang.proof.paths import WORDS, in_words, send_words
from cio_lang.proof.problems import GuaranteeBroken
from cio_lang.proof.silence import silent_way
from cio_lang.schema import slug

CHANNEL: Mapping[ast.Channel, ir.Channel] = {
    "push": "push",
    "email": "email",
    "text": "sms",
    "in-app": "in_app",
    "whatsapp": "whatsapp",
    "slack": "slack",
}


def broken(checked: Checked, graphs: Sequence[ir.Graph]) -> tuple[GuaranteeBroken, ...]:
    """Every promise that does not hold, in the order of the text."""
    within = workspace(graphs)
    outgoing = Outgoing(within, CLOCK_CHANGE)
    found: list[GuaranteeBroken] = []
    for file in checked.files:
        for declaration in file.declarations:
            if isinstance(declaration, ast.Guarantee):
                for promise in declaration.promises:
                    problem = _broken(promise, within, outgoing)
                    if problem is not None:
                        found.append(problem)
    return tuple(found)


def _broken(promise: ast.Promise, within: Workspace, outgoing: Outgoing) -> GuaranteeBroken | None:
    match promise:
        case ast.AtMostMessages():
            return _too_many(promise, outgoing)
        case ast.NoneBetween():
            return _at_that_time(promise, within)
        case ast.AtLeastOne():
            return _without(promise, within)


def _said(promise: ast.Promise) -> str:
    return canonical.declaration(ast.Guarantee((promise,))).splitlines()[1].strip()


# ── nobody gets more than … ──────────────────────────────────────────────────────────────────────


def _too_many(promise: ast.AtMostMessages, outgoing: Outgoing) -> GuaranteeBroken | None:
    channel = None if promise.channel is None else CHANNEL[promise.channel]
    bound = outgoing.of(channel, promise.window)
    if bound <= promise.times:
        return None
    most = "any number is possible" if bound.most is None else f"{bound.most} are possible"
    return GuaranteeBroken(
        span=promise.span,
        promise=_said(promise),
        what=f"{most}.",
        why=_how(promise, channel, outgoing),
        help=f"let a policy hold what is more: `at most {counted(promise.times, channel)} per "
        f"{promise.window}`",
    )


def _how(promise: ast.AtMostMessages, channel: ir.Channel | None, outgoing: Outgoing) -> str:
    """The journey that breaks it alone, else those that break it together."""
    parts: list[tuple[str, str]] = []
    for journey in outgoing.asked:
        bound = journey.of(channel, promise.window)
        if bound.most == 0:
            continue
        path = path_of(journey, channel, promise.window)
        if bound.most is None:
            return f"In `{journey.graph.title}` {bound.reason}: {path}."
        if bound.most > promise.times:
            return f"In `{journey.graph.title}`: {path}.{_of_the_clock(promise, journey, channel)}"
        parts.append((journey.graph.title, str(bound.most)))
    listed = ", ".join(f"{most} by `{title}`" for title, most in parts[:5])
    more = f" and {len(parts) - 5} more" if len(parts) > 5 else ""
    return f"Somebody who is in all of them at once can get {listed}{more}."


def _of_the_clock(promise: ast.AtMostMessages, journey: Bounds, channel: ir.Channel | None) -> str:
    if promise.window == "hour":
        return ""
    ordinary = Outgoing(workspace([journey.graph]), 0).of(channel, promise.window)
    if not ordinary <= promise.times:
        return ""
    hours = {"day": 24, "week": 7 * 24, "month": 30 * 24, "hour": 1}[promise.window]
    return f" When clocks go forward, those days have {hours - CLOCK_CHANGE // HOUR} hours."


def path_of(journey: Bounds, channel: ir.Channel | None, window: Window) -> str:
    """The way on which a journey sends the most, in words."""
    counted = frozenset(messages(journey.graph, channel))
    trail = journey.of(channel, window).trail
    said = in_words(trail, {journey.graph.name: journey.graph}, counted)
    if said:
        return said
    return f"`{send_words(next(iter(messages(journey.graph, channel).values())))}`"


def counted(times: int | None, channel: ir.Channel | None) -> str:
    """`3 emails`, `1 message`, `2 push messages`; None: `any number of messages`."""
    noun = "message" if channel is None else WORDS[channel]
    if noun not in ("message", "email", "text"):
        noun += " message"
    if times is None:
        return f"any number of {noun}s"
    return f"{times} {noun}{'' if times == 1 else 's'}"


def article(window: Window) -> str:
    """`an hour`, `a day`."""
    return "an hour" if window == WINDOWS[0] else f"a {window}"


# ── no text between … ────────────────────────────────────────────────────────────────────────────


def _at_that_time(promise: ast.NoneBetween, within: Workspace) -> GuaranteeBroken | None:
    channel = None if promise.channel is None else CHANNEL[promise.channel]
    start, end = text.clock(promise.start.time), text.clock(promise.end.time)
    zone: ir.Zone = "person" if promise.start.theirs else "workspace"
    hours = between(start, end)
    for graph in within.journeys:
        times = send_times(graph, within)
        for name, node in messages(graph, channel).items():
            if times[name].of(zone) & hours:
                exempt = within.policies and is_exempt(graph, node, within)
                why = (
                    "the policy's quiet hours do not hold messages that are exempt from it"
                    if exempt
                    else "nothing holds it until then is over"
                )
                return GuaranteeBroken(
                    span=promise.span,
                    promise=_said(promise),
                    what=f"`{graph.title}` can send then.",
                    why=f"Runs can come to `{send_words(node)}` at such a time, and {why}.",
                    help=f"add a line `quiet from {start} to {end} "
                    f"{'their' if promise.start.theirs else 'workspace'} time` to "
                    + (f"`{graph.title}`" if exempt else "a policy"),
                )
    return None


# ── everyone who enters gets … ───────────────────────────────────────────────────────────────────


def _without(promise: ast.AtLeastOne, within: Workspace) -> GuaranteeBroken | None:
    channel = None if promise.channel is None else CHANNEL[promise.channel]
    for graph in _promised(promise, within):
        way = silent_way(graph, channel, within)
        if way is not None:
            noun = promise.channel or "message"
            return GuaranteeBroken(
                span=promise.span,
                promise=_said(promise),
                what=f"`{graph.title}` can be passed without one.",
                why=f"On this way: {', '.join(way)}.",
                help=f"put {'an' if noun[0] in 'aeiou' else 'a'} {noun} before all of that, "
                "or on each way",
            )
    return None


def _promised(promise: ast.AtLeastOne, within: Workspace) -> Iterator[ir.JourneyGraph]:
    only = None if promise.journey is None else slug(promise.journey.text)
    return (graph for graph in within.journeys if only in (None, graph.name))
