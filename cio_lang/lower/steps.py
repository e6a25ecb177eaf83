"""The steps of a journey as nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast, ir, text
from cio_lang import format as canonical
from cio_lang.calendar_time import iso
from cio_lang.lower.conditions import condition, match_of, maybe
from cio_lang.lower.moments import wait_of
from cio_lang.record import record
from cio_lang.schema import Schema, slug
from cio_lang.steps import kind_of
from cio_lang.values import plain_number

ID_LENGTH = 60
"""Longest node id before a number is added; longer ones are cut between two words."""

Nodes = dict[ir.NodeId, ir.GraphNode]


@record
class NamedStep:
    """A step with its node id; `blocks` are the steps inside it, as `_blocks` has them."""

    id: ir.NodeId
    step: ast.Step
    blocks: tuple[tuple[NamedStep, ...], ...] = ()


def named(steps: Sequence[ast.Step], taken: dict[str, int]) -> tuple[NamedStep, ...]:
    """All steps with their ids, given out in reading order."""
    found = []
    for step in steps:
        own = _unused(step_id(step), taken)
        found.append(NamedStep(own, step, tuple(named(block, taken) for block in _blocks(step))))
    return tuple(found)


def in_order(steps: Sequence[NamedStep]) -> Iterator[ir.NodeId]:
    """All ids in reading order."""
    for step in steps:
        yield step.id
        for block in step.blocks:
            yield from in_order(block)


def _blocks(step: ast.Step) -> tuple[tuple[ast.Step, ...], ...]:
    """The blocks of a structure; what is not written is an empty block."""
    match step:
        case ast.If():
            return (*(arm.steps for arm in step.arms), _otherwise(step.otherwise))
        case ast.WaitUntilMoment() | ast.Ask():
            return (_otherwise(step.otherwise),)
        case ast.WaitUntil():
            return (step.met, _otherwise(step.otherwise))
        case ast.Split() | ast.Experiment():
            return tuple(share.steps for share in step.shares)
        case ast.Repeat():
            return (step.steps,)
        case ast.Wait() | ast.Collect() | ast.Throttle() | ast.Leave() | ast.Leaf():
            return ()


def _otherwise(written: ast.Otherwise | None) -> tuple[ast.Step, ...]:
    return () if written is None else written.steps


# ── ids ──────────────────────────────────────────────────────────────────────────────────────────


def step_id(step: ast.Step) -> str:
    """What the step says, as an id; not yet told apart from other steps that say the same."""
    whole = slug(_words(step))
    if len(whole) <= ID_LENGTH:
        return whole
    cut = whole.rfind("-", 0, ID_LENGTH + 1)
    return whole[: cut if cut > 0 else ID_LENGTH]


def _words(step: ast.Step) -> str:
    match step:
        case ast.Wait():
            return f"wait {text.duration(step.duration)}"
        case ast.WaitUntilMoment():
            return f"wait until {_moment(step.moment)}"
        case ast.WaitUntil():
            waited = [] if step.condition is None else [canonical.condition(step.condition)]
            waited.extend(pattern.event.text for pattern in step.events)
            return f"wait until {' or '.join(waited)}"
        case ast.If():
            return f"if {canonical.condition(step.arms[0].condition)}"
        case ast.Split():
            return f"split {' '.join(share.label.value for share in step.shares)}"
        case ast.Experiment():
            return f"experiment {step.title.text}"
        case ast.Repeat():
            return f"repeat up to {step.times} time{'' if step.times == 1 else 's'}"
        case ast.Ask():
            return f"ask {step.who.value}"
        case ast.Collect():
            return f"collect for {text.duration(step.duration)}"
        case ast.Throttle():
            return f"at most {step.times} per {step.per}"
        case ast.Leave():
            return "leave"
        case ast.Leaf():
            return kind_of(step).words(step)


def _moment(moment: ast.AtTime | ast.AtDate | ast.InSlot) -> str:
    match moment:
        case ast.AtTime():
            return f"{moment.weekday or ''} {text.clock(moment.at.time)}"
        case ast.AtDate():
            offset = "" if moment.offset is None else text.duration(moment.offset)
            side = "" if moment.side == "on" else moment.side
            return f"{offset} {side} {moment.attribute.text}"
        case ast.InSlot():
            days = " on weekdays" if moment.weekdays else ""
            return (
                f"between {text.clock(moment.start.time)} and {text.clock(moment.end.time)}{days}"
            )


def _unused(name: str, taken: dict[str, int]) -> str:
    """`name`, or `name-2`, `name-3`, … where it is taken."""
    taken[name] = taken.get(name, 0) + 1
    if taken[name] == 1:
        return name
    return _unused(f"{name}-{taken[name]}", taken)


# ── nodes ────────────────────────────────────────────────────────────────────────────────────────


@record
class Placing:
    """Puts the nodes of blocks into `nodes`."""

    nodes: Nodes
    schema: Schema
    topic: ir.Slug | None

    def block(self, steps: Sequence[NamedStep], then: ir.NodeId | None) -> ir.NodeId | None:
        """Where the block starts; `then`, to which it leads, where it is empty."""
        for index, step in enumerate(steps):
            after = steps[index + 1].id if index + 1 < len(steps) else then
            self.nodes[step.id] = self._node(step, after)
        return steps[0].id if steps else then

    def _node(self, named: NamedStep, after: ir.NodeId | None) -> ir.GraphNode:
        step = named.step
        if isinstance(step, ast.Repeat):
            body = self.block(named.blocks[0], named.id)
            return _repeat(step, named.id if body is None else body, after, self.schema)
        ways = [self.block(block, after) for block in named.blocks]
        match step:
            case ast.Wait():
                return ir.WaitNode(ir.WaitFor(iso(step.duration)), after)
            case ast.WaitUntilMoment():
                missing = None if step.otherwise is None else ways[0]
                return ir.WaitNode(wait_of(step.moment), after, missing)
            case ast.WaitUntil():
                met, timeout = ways
                until = _until(step, self.schema)
                return ir.UntilNode(until, met, None if until.at_most is None else timeout)
            case ast.If():
                *arms, otherwise = ways
                cases = (
                    ir.Case(condition(arm.condition, self.schema), first)
                    for arm, first in zip(step.arms, arms, strict=True)
                )
                return ir.BranchNode(tuple(cases), otherwise)
            case ast.Split():
                return ir.SplitNode(_shares(step.shares, ways))
            case ast.Experiment():
                trial = _trial(step)
                held_out = after if step.hold_out is not None else None
                return ir.ExperimentNode(trial, _shares(step.shares, ways), held_out)
            case ast.Ask():
                at_most = None if step.at_most is None else iso(step.at_most)
                # Without an `otherwise`, no yes is no: nobody goes on who was refused.
                refused = None if step.otherwise is None else ways[0]
                return ir.AskNode(ir.Approval(step.who.value, at_most), after, refused)
            case ast.Collect():
                return ir.CollectNode(iso(step.duration), after)
            case ast.Throttle():
                return ir.ThrottleNode(ir.Rate(step.times, step.per), after)
            case ast.Leave():
                return ir.LeaveNode()
            case ast.Leaf():
                return kind_of(step).lower(step, self.schema, self.topic, after)


def _repeat(
    step: ast.Repeat, body: ir.NodeId, after: ir.NodeId | None, schema: Schema
) -> ir.RepeatNode:
    return ir.RepeatNode(ir.Loop(step.times, maybe(step.until, schema)), body, after)


def _until(step: ast.WaitUntil, schema: Schema) -> ir.Until:
    return ir.Until(
        maybe(step.condition, schema),
        tuple(match_of(pattern.event, pattern.where, schema) for pattern in step.events),
        None if step.at_most is None else iso(step.at_most),
    )


def _shares(shares: Sequence[ast.Share], ways: Sequence[ir.NodeId | None]) -> tuple[ir.Share, ...]:
    return tuple(
        ir.Share(plain_number(share.percent.value), share.label.value, way)
        for share, way in zip(shares, ways, strict=True)
    )


def _trial(step: ast.Experiment) -> ir.Trial:
    hold_out = 0 if step.hold_out is None else plain_number(step.hold_out.percent.value)
    winner_at = None if step.pick is None else plain_number(step.pick.confidence.value)
    return ir.Trial(slug(step.title.text), step.goal.text, hold_out, winner_at)
