"""Guarantees: promises in, what is wrong with how they are put out.

Whether they hold is proved elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, names
from cio_lang.check import clocks
from cio_lang.check.empty import EmptyBlock
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span


@record(kw_only=True)
class SamePromise(Problem):
    """A guarantee makes one promise twice."""

    code = "same-promise"
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This has been promised already, in line {self.first.line}.",
            "Once is enough: a promise holds for every journey.",
            "take one of the two lines out",
        )


def check(guarantee: ast.Guarantee, schema: Schema) -> Iterator[Problem]:
    """Problems with the promises of one guarantee."""
    if not guarantee.promises:
        yield EmptyBlock(
            span=guarantee.span,
            what="This guarantee",
            way_out="write below it what is promised, as in "
            "`nobody gets more than 3 messages in a week`",
        )
    seen: dict[ast.Promise, Span] = {}
    for promise in guarantee.promises:
        first = seen.setdefault(promise, promise.span)
        if first is not promise.span:
            yield SamePromise(span=promise.span, first=first)
        match promise:
            case ast.NoneBetween():
                yield from clocks.between(promise.start, promise.end, promise.span, "promise")
            case ast.AtLeastOne():
                unknown = None
                if promise.journey is not None:
                    unknown = names.journey(promise.journey, schema)
                if unknown is not None:
                    yield unknown
            case ast.AtMostMessages():
                continue
