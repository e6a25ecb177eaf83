"""What everybody has who gets somewhere: a condition, journey or step in, attributes out."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check.blocks import Block
from cio_lang.check.comparisons import needs_a_value
from cio_lang.check.exclusion import conjuncts
from cio_lang.schema import Schema
from cio_lang.steps.set_attribute import SetAttribute

EVERYBODY = frozenset({"created_at"})
"""Attributes that nobody lacks."""


def attributes(
    condition: ast.Condition, schema: Schema, inside: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Attributes that everybody has who meets the condition."""
    known: set[str] = set()
    for literal in conjuncts(condition):
        part, holding = literal.condition, literal.holding
        match part:
            case ast.Comparison():
                if isinstance(part.subject, ast.Attribute) and _needs(part.test, holding):
                    known.add(part.subject.name.text)
            case ast.InSegment():
                name = part.segment.text
                segment = schema.segments.get(name)
                if holding and not part.negated and segment is not None and name not in inside:
                    for line in segment.conditions:
                        known |= attributes(line.condition, schema, inside | {name})
            case ast.Or() if holding and part.parts:
                known |= frozenset.intersection(
                    *(attributes(either, schema, inside) for either in part.parts)
                )
            case (
                ast.Did()
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
                | ast.Not()
                | ast.And()
                | ast.Or()
            ):
                continue
    return frozenset(known)


def on_entering(journey: ast.Journey, schema: Schema) -> frozenset[str]:
    """Attributes that everybody has who enters the journey."""
    known = set(EVERYBODY)
    for part in journey.parts:
        match part:
            case ast.OnMatch() | ast.OnlyWhere():
                known |= attributes(part.condition, schema)
            case ast.OnSchedule() | ast.OnceFor():
                known |= attributes(part.audience, schema)
            case ast.OnDate():
                known.add(part.attribute.text)
                if part.audience is not None:
                    known |= attributes(part.audience, schema)
            case ast.OnSegment() if part.verb == "joins":
                known |= attributes(ast.InSegment(part.segment), schema)
            case (
                ast.OnEvent()
                | ast.OnSegment()
                | ast.OnStart()
                | ast.LeaveOnEvent()
                | ast.LeaveWhenUnmatched()
                | ast.LeaveWhere()
                | ast.Goal()
                | ast.Once()
                | ast.EveryTime()
                | ast.AgainAfter()
                | ast.Key()
                | ast.TopicOf()
                | ast.Quiet()
                | ast.Priority()
                | ast.ExemptFromCaps()
                | ast.SpreadOver()
            ):
                continue
    return frozenset(known)


def ways(
    step: ast.Step, has: frozenset[str], schema: Schema
) -> Iterator[tuple[Block, frozenset[str]]]:
    """Each way through a step: its steps, and what everybody has who takes it."""
    match step:
        case SetAttribute():
            yield (), has | {step.attribute.text}
        case ast.If():
            for arm in step.arms:
                yield arm.steps, has | attributes(arm.condition, schema)
                has |= attributes(ast.Not(arm.condition), schema)
            yield _steps(step.otherwise), has
        case ast.WaitUntilMoment():
            date = step.moment.attribute.text if isinstance(step.moment, ast.AtDate) else None
            yield (), has if date is None else has | {date}
            if step.otherwise is not None:
                yield step.otherwise.steps, has
        case ast.WaitUntil():
            met = step.condition if not step.events else None
            yield step.met, has if met is None else has | attributes(met, schema)
            yield _steps(step.otherwise), has
        case ast.Split() | ast.Experiment():
            for share in step.shares:
                yield share.steps, has
            if isinstance(step, ast.Experiment) and step.hold_out is not None:
                yield (), has
        case ast.Repeat():
            yield step.steps, has
            if step.until is not None:
                yield (), has
        case ast.Ask():
            yield (), has
            if step.otherwise is not None:
                yield step.otherwise.steps, has
        case ast.Leave():
            return
        case ast.Wait() | ast.Collect() | ast.Throttle() | ast.Leaf():
            yield (), has


def _steps(otherwise: ast.Otherwise | None) -> Block:
    return () if otherwise is None else otherwise.steps


def _needs(test: ast.Test, holding: bool) -> bool:
    """Whether a test has passed (or failed) that nothing missing passes (or fails)."""
    if holding:
        return needs_a_value(test)
    match test:
        case ast.Compare():
            return not needs_a_value(test)
        case ast.OneOf() | ast.Known():
            return test.negated
        case ast.Between() | ast.Within() | ast.During() | ast.HasBeen():
            return False
