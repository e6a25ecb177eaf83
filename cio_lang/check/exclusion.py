"""Conditions taken together: which can never all hold, whoever the person and whenever.

Only what is certain from the conditions themselves and the declared types; a set that is not sure
counts as possible.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cio_lang import ast
from cio_lang.check import counts, spans
from cio_lang.check.comparisons import region
from cio_lang.check.counts import Bound
from cio_lang.check.regions import EVERYTHING, NOTHING, PLAIN, Region, Texts
from cio_lang.record import record
from cio_lang.schema import Schema

Fact = Region | Bound | bool
"""What is said of a thing: what its value is, how often it happened, or yes or no."""


@record
class Literal:
    """A condition without `and`, `or` and `not` inside that holds, or that does not.

    `written` is where it stands: the `not` around it, or the segment that it is a line of.
    """

    condition: ast.Condition
    holding: bool = True
    written: ast.Condition | None = None

    @property
    def place(self) -> ast.Condition:
        """The condition as it stands in the text."""
        return self.condition if self.written is None else self.written


@dataclass(slots=True)
class Together:
    """Literals that must all hold, so far without a clash.

    `event` is the event whose properties they are about, in a `where`.
    """

    schema: Schema
    event: str | None = None
    _alone: dict[Hashable, tuple[Literal, Literal]] = field(default_factory=dict)
    """Comparisons of which there is one about its subject: what they say is worked out later."""
    _said: dict[Hashable, list[tuple[Literal, Fact]]] = field(default_factory=dict)
    _known: dict[Hashable, Region] = field(default_factory=dict)

    def add(self, literal: Literal) -> tuple[Literal, ...] | None:
        """The earlier literals that rule this one out (none: it can never hold); None: no clash.

        A literal that clashes is not taken in.
        """
        return self._try(literal, True)

    def clash(self, literal: Literal) -> tuple[Literal, ...] | None:
        """The same, without taking the literal in."""
        return self._try(literal, False)

    def _try(self, literal: Literal, keep: bool) -> tuple[Literal, ...] | None:
        alone: dict[Hashable, tuple[Literal, Literal]] = {}
        pending: list[tuple[Hashable, Fact]] = []
        for inner in opened(literal, self.schema):
            subject = _plain_subject(inner.condition)
            if subject is not None and subject not in self._said:
                if subject not in self._alone and subject not in alone:
                    alone[subject] = inner, literal
                    continue
                if subject in self._alone:
                    self._take_in(*self._alone.pop(subject))
            for about, fact in facts(inner):
                if len(self._said.get(about, ())) > _MOST:
                    continue
                clash = self._clash(about, fact, inner)
                if clash is not None:
                    return tuple(dict.fromkeys(clash))
                pending.append((about, fact))
        if keep:
            self._alone.update(alone)
            for about, fact in pending:
                self._note(about, literal, fact)
        return None

    def copy(self) -> Together:
        """The same literals, to add others to."""
        said = {about: list(facts) for about, facts in self._said.items()}
        return Together(self.schema, self.event, dict(self._alone), said, dict(self._known))

    def _take_in(self, inner: Literal, literal: Literal) -> None:
        for about, fact in facts(inner):
            self._note(about, literal, fact)

    def _note(self, about: Hashable, literal: Literal, fact: Fact) -> None:
        self._said.setdefault(about, []).append((literal, fact))
        if isinstance(fact, Region):
            before = self._known.get(about)
            self._known[about] = fact if before is None else before.meet(fact)

    def _clash(self, about: Hashable, fact: Fact, literal: Literal) -> tuple[Literal, ...] | None:
        said = self._said.get(about, [])
        if not isinstance(fact, Region):
            for earlier, other in (*said, *self._around(about)):
                if _clashes(other, fact):
                    return (earlier,)
            return () if isinstance(fact, Bound) and fact.low > fact.high else None
        domain = _domain(literal.condition, self.schema, self.event)
        if not said:
            return () if domain.meet(fact).is_empty() else None
        if not self._known[about].meet(domain).meet(fact).is_empty():
            return None
        if domain.meet(fact).is_empty():
            return ()
        for earlier, other in said:
            if isinstance(other, Region) and other.meet(domain).meet(fact).is_empty():
                return (earlier,)
        return tuple(earlier for earlier, _ in said)

    def _around(self, about: Hashable) -> Iterator[tuple[Literal, Fact]]:
        """Who did nothing at all did not do any one thing either."""
        if about == _NOTHING_DONE:
            for done, said in self._said.items():
                if isinstance(done, tuple) and done[0] == "event" and _is_theirs(done[1]):
                    yield from said
        elif isinstance(about, tuple) and about[0] == "event" and _is_theirs(about[1]):
            yield from self._said.get(_NOTHING_DONE, [])


def _plain_subject(condition: ast.Condition) -> Hashable | None:
    """What a comparison is about, where it says nothing of anything else."""
    if isinstance(condition, ast.Comparison) and not isinstance(condition.subject, ast.Aggregate):
        return _about(condition)
    return None


_MOST = 200
"""How much is looked at that is said of one thing; past any reading, each part takes longer."""

_NOTHING_DONE = ("inactive", "")


def _is_theirs(event: str) -> bool:
    """Whether an event is something a person does, and not what became of a message."""
    return not event.startswith("message_")


def _clashes(one: Fact, other: Fact) -> bool:
    if isinstance(one, Bound) and isinstance(other, Bound):
        return one.clashes(other)
    return isinstance(one, bool) and isinstance(other, bool) and one is not other


def exclude(*conditions: ast.Condition, schema: Schema | None = None) -> bool:
    """Whether the conditions can never all hold."""
    together = Together(schema or Schema())
    return any(
        together.add(literal) is not None
        for condition in conditions
        for literal in literals(condition)
    )


def complete(*conditions: ast.Condition, schema: Schema | None = None) -> bool:
    """Whether one of the conditions always holds."""
    return exclude(*(ast.Not(condition) for condition in conditions), schema=schema)


def literals(condition: ast.Condition, holding: bool = True) -> Iterator[Literal]:
    """What must hold for a condition to hold, as far as it is joined by `and`."""
    for part in conjuncts(condition, holding):
        if not isinstance(part.condition, ast.And | ast.Or):
            yield part


def conjuncts(condition: ast.Condition, holding: bool = True) -> Iterator[Literal]:
    """The parts that must all hold, or not hold; `not` is taken inwards.

    Among them are those of which only one inside must hold: an `or`, or an `and` that must not.
    """
    match condition:
        case ast.Not():
            if isinstance(condition.part, ast.And | ast.Or | ast.Not):
                yield from conjuncts(condition.part, not holding)
            else:
                yield Literal(condition.part, not holding, condition if holding else None)
        case ast.And() if holding:
            for part in condition.parts:
                yield from conjuncts(part, holding)
        case ast.Or() if not holding:
            for part in condition.parts:
                yield from conjuncts(part, holding)
        case (
            ast.Comparison()
            | ast.Did()
            | ast.DidNot()
            | ast.Never()
            | ast.Sequence()
            | ast.Inactive()
            | ast.MessageTest()
            | ast.InSegment()
            | ast.Subscribed()
            | ast.CanReceive()
            | ast.ChurnRisk()
            | ast.Likely()
            | ast.TopLikely()
            | ast.InDraw()
            | ast.And()
            | ast.Or()
        ):
            yield Literal(condition, holding)


_DEEPEST = 4
"""How many segments within segments are looked into."""


def opened(literal: Literal, schema: Schema, inside: tuple[str, ...] = ()) -> Iterator[Literal]:
    """The literal, and for a segment that somebody is in what its lines say of them."""
    yield literal
    condition = literal.condition
    if not isinstance(condition, ast.InSegment) or not literal.holding or condition.negated:
        return
    name = condition.segment.text
    segment = schema.segments.get(name)
    if segment is None or name in inside or len(inside) == _DEEPEST:
        return
    for line in segment.conditions:
        for inner in literals(line.condition):
            under = replace(inner, written=literal.place)
            yield from opened(under, schema, (*inside, name))


def facts(literal: Literal) -> Iterator[tuple[Hashable, Fact]]:
    """What a literal says, and of what."""
    condition, holding = literal.condition, literal.holding
    match condition:
        case ast.Comparison():
            yield _about(condition), region(condition.test, holding)
            yield from _number_of(condition, holding)
            yield from _some_happened(condition, holding)
        case ast.Did():
            narrowed = _narrowed(condition.where, condition.key)
            happened = counts.bounds(condition.count, holding)
            if happened is not None:
                bound = Bound(narrowed, condition.window, *happened)
                yield ("event", condition.event.text), bound
        case ast.DidNot() | ast.Never():
            narrowed = _narrowed(condition.where, condition.key)
            window = condition.window if isinstance(condition, ast.DidNot) else None
            happened = counts.bounds(None, not holding)
            if happened is not None:
                yield ("event", condition.event.text), Bound(narrowed, window, *happened)
        case ast.MessageTest():
            message = None if condition.message is None else condition.message.value
            about: dict[str, str | None] = {"template": message, "channel": condition.channel}
            narrow = frozenset((k, v) for k, v in about.items() if v is not None)
            happened = counts.bounds(None, holding is not condition.negated)
            if happened is not None:
                yield ("message", condition.verb), Bound(narrow, condition.window, *happened)
        case ast.ChurnRisk():
            risk = region(_percent(condition.op, condition.percent), holding)
            yield "churn risk", risk
        case ast.TopLikely():
            place = region(_percent("at_most", condition.percent), holding)
            yield ("top", condition.event.text), place
        case ast.InDraw():
            inside = holding is not condition.negated
            yield ("draw", condition.draw.text), _part_of_draw(condition, inside)
        case ast.InSegment():
            yield ("segment", condition.segment.text), holding is not condition.negated
        case ast.Subscribed():
            yield ("topic", condition.topic.text), holding is not condition.negated
        case ast.CanReceive():
            yield ("reach", condition.channel), holding is not condition.negated
        case ast.Inactive():
            yield condition, holding
            if holding:
                yield _NOTHING_DONE, Bound(frozenset(), ast.Last(condition.duration), 0, 0)
        case ast.Sequence() | ast.Likely() | ast.And() | ast.Or():
            yield condition, holding
        case ast.Not():
            yield condition.part, not holding


def _about(condition: ast.Comparison) -> Hashable:
    subject = condition.subject
    if isinstance(subject, ast.Aggregate):
        # Amounts in one currency are totalled by themselves, so each currency is another total.
        return subject, _currency(condition.test)
    return type(subject), subject.name.text


def _currency(test: ast.Test) -> str | None:
    match test:
        case ast.Compare() | ast.HasBeen():
            values: Sequence[ast.Value] = (test.value,)
        case ast.OneOf():
            values = test.values
        case ast.Between():
            values = (test.low, test.high)
        case ast.Known() | ast.Within() | ast.During():
            values = ()
    return next((value.currency for value in values if isinstance(value, ast.Money)), None)


def _some_happened(condition: ast.Comparison, holding: bool) -> Iterator[tuple[Hashable, Fact]]:
    """`total amount of order_placed is more than $50`: there was one at least.

    Where nothing happened, a total is 0, and there is no average, smallest, largest, latest or
    first.
    """
    subject = condition.subject
    if not isinstance(subject, ast.Aggregate) or subject.function == "number":
        return
    nothing = region(ast.Known(negated=True))
    if subject.function == "total":
        zero = ast.Number(Decimal(0))
        currency = _currency(condition.test)
        money = zero if currency is None else ast.Money(Decimal(0), currency)
        nothing = region(ast.OneOf((zero, money)))
    if region(condition.test, holding).meet(nothing).is_empty():
        narrowed = _narrowed(subject.where, None)
        bound = Bound(narrowed, subject.window, 1, math.inf)
        yield ("event", subject.event.text), bound


def _number_of(condition: ast.Comparison, holding: bool) -> Iterator[tuple[Hashable, Fact]]:
    """`number of order_placed is more than 5` is about the same as `did order_placed …`."""
    subject, test = condition.subject, condition.test
    if not isinstance(subject, ast.Aggregate) or subject.function != "number":
        return
    if not isinstance(test, ast.Compare) or not isinstance(test.value, ast.Number):
        return
    times = test.value.value
    if times != times.to_integral_value() or times < 0:
        return
    count: ast.Count | None = None
    match test.op:
        case "more_than" | "at_least" | "at_most":
            count = ast.Count(test.op, int(times))
        case "less_than":
            count = ast.Count("fewer_than", int(times))
        case "is":
            count = ast.Count("exactly", int(times))
        case "is_not":
            count, holding = ast.Count("exactly", int(times)), not holding
        case (
            "starts_with"
            | "ends_with"
            | "contains"
            | "does_not_contain"
            | "includes"
            | "does_not_include"
            | "before"
            | "after"
        ):
            return
    happened = counts.bounds(count, holding)
    if happened is not None:
        narrowed = _narrowed(subject.where, None)
        yield ("event", subject.event.text), Bound(narrowed, subject.window, *happened)


def _narrowed(where: ast.Condition | None, key: ast.Name | None) -> frozenset[Hashable]:
    parts: set[Hashable] = set()
    if where is not None:
        parts.update((part.condition, part.holding) for part in conjuncts(where))
    if key is not None:
        parts.add(key)
    return frozenset(parts)


def _percent(op: ast.CompareOp, percent: ast.Percent) -> ast.Compare:
    return ast.Compare(op, ast.Number(percent.value))


def _part_of_draw(condition: ast.InDraw, inside: bool) -> Region:
    """The places in a draw, in percent, of who is in a part of it, or of who is not."""
    start = Decimal(0) if condition.from_ is None else condition.from_.value
    part = spans.meet(spans.above(start, itself=True), spans.below(condition.to.value))
    return replace(NOTHING, amounts={PLAIN: part if inside else spans.outside(part)})


def _domain(condition: ast.Condition, schema: Schema, event: str | None) -> Region:
    """The values that a thing can have at all."""
    if isinstance(condition, ast.InDraw):
        return _PLACE
    if not isinstance(condition, ast.Comparison):
        return EVERYTHING
    kind: ast.Type | None = None
    match condition.subject:
        case ast.Aggregate(function="number"):
            return _NUMBER
        case ast.Aggregate(function="total"):
            return _TOTAL
        case ast.Attribute(name):
            kind = schema.attribute_type(name.text)
        case ast.Property(name):
            kind = None if event is None else schema.property_type(event, name.text)
        case ast.EntryProperty() | ast.Aggregate():
            return EVERYTHING
    if kind is None:
        return EVERYTHING
    if kind.kind == "one of":
        choices = frozenset(choice.casefold() for choice in kind.values)
        return replace(NOTHING, missing=True, texts=Texts(only=choices))
    if kind.kind == "yes/no":
        return replace(NOTHING, missing=True, answers=frozenset({True, False}))
    return EVERYTHING


_PLACE = replace(
    NOTHING,
    amounts={PLAIN: spans.meet(spans.above(Decimal(0), itself=True), spans.below(Decimal(100)))},
)
_NUMBER = replace(NOTHING, amounts={PLAIN: spans.above(Decimal(0), itself=True)})
_TOTAL = replace(NOTHING, amounts={PLAIN: spans.ALL})
