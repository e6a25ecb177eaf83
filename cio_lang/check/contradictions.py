"""Conditions that nobody can meet, and conditions that everybody meets.

A condition in, problems out: only what is certain (see `exclusion`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast
from cio_lang.check.exclusion import Literal, Together, conjuncts
from cio_lang.check.wording import words
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema


@record(kw_only=True)
class NeverHolds(Problem):
    """Conditions joined by `and` that rule each other out.

    `earlier` are those that rule `last` out; where there are none, it can never hold at all.
    `part` says that it is one side of an `or` that never holds.
    """

    code = "never-holds"
    earlier: tuple[str, ...]
    last: str
    part: bool = False

    def report(self) -> Report:
        """What, why, one way out."""
        whole = "this side of the `or`" if self.part else "the whole condition"
        if not self.earlier:
            return Report(
                f"`{self.last}` can never be true.",
                f"Nothing is ever like that, so {whole} never holds.",
                "change what it asks for, or take it out",
            )
        if len(self.earlier) == 1:
            return Report(
                f"`{self.earlier[0]}` and `{self.last}` cannot both be true.",
                f"Each rules the other out, so {whole} never holds.",
                "take one of them out"
                if self.part
                else "join them with `or`, or take one of them out",
            )
        listed = ", ".join(f"`{each}`" for each in self.earlier)
        return Report(
            f"{listed} and `{self.last}` cannot all be true.",
            f"Together they leave nothing over, so {whole} never holds.",
            "take one of them out",
        )


@record(kw_only=True)
class AlwaysHolds(Problem):
    """A condition that is always true, or conditions joined by `or` of which one always is."""

    code = "always-holds"
    earlier: tuple[str, ...]
    last: str

    def report(self) -> Report:
        """What, why, one way out."""
        if not self.earlier:
            return Report(
                f"`{self.last}` is always true.",
                "Nothing else is possible, so nobody is left out.",
                "change what it asks for, or take it out",
            )
        if len(self.earlier) == 1:
            return Report(
                f"`{self.earlier[0]}` or `{self.last}` is always true.",
                "Where one of them does not hold the other does, so nobody is left out.",
                "take one of them out",
            )
        listed = ", ".join(f"`{each}`" for each in self.earlier)
        return Report(
            f"One of {listed} and `{self.last}` is always true.",
            "Between them they take in everything, so nobody is left out.",
            "take one of them out",
        )


def check(
    condition: ast.Condition, schema: Schema, event: str | None = None
) -> Iterator[NeverHolds | AlwaysHolds]:
    """Contradictions in a condition of a person, or in a `where` about `event`."""
    yield from _all(condition, True, Together(schema, event), False)


def _all(
    condition: ast.Condition, holding: bool, said: Together, part: bool
) -> Iterator[NeverHolds | AlwaysHolds]:
    """Contradictions in what must hold together, with what must hold around it."""
    parts = tuple(conjuncts(condition, holding))
    for literal in parts:
        if isinstance(literal.condition, ast.And | ast.Or):
            continue
        clash = said.add(literal)
        if clash is not None:
            yield _never(literal, clash, part)
        elif _never_fails(literal, said):
            yield AlwaysHolds(span=literal.place.span, earlier=(), last=stated(literal))
    for literal in parts:
        if isinstance(literal.condition, ast.And | ast.Or):
            yield from _some(literal.condition, literal.holding, said)


def _some(
    condition: ast.And | ast.Or, holding: bool, said: Together
) -> Iterator[NeverHolds | AlwaysHolds]:
    """Contradictions in alternatives, each with what must hold around all of them."""
    # One of them must hold: so they are what must all fail for the whole to fail.
    alternatives = tuple(conjuncts(condition, not holding))
    always = _always(alternatives, said)
    if always is not None:
        yield always
        return
    for failing in alternatives:
        alternative = _turned(failing)
        if isinstance(failing.condition, ast.And | ast.Or):
            yield from _all(failing.condition, alternative.holding, said.copy(), True)
            continue
        clash = said.clash(alternative)
        if clash is not None:
            yield _never(alternative, clash, True)
        elif _never_fails(alternative, said):
            yield AlwaysHolds(span=failing.place.span, earlier=(), last=stated(alternative))


def _always(alternatives: Sequence[Literal], said: Together) -> AlwaysHolds | None:
    """Whether one of the alternatives always holds: then they can never all fail."""
    together = Together(said.schema, said.event)
    for failing in alternatives:
        if isinstance(failing.condition, ast.And | ast.Or):
            continue
        clash = together.add(failing)
        if clash is not None:
            return AlwaysHolds(
                span=failing.place.span,
                earlier=tuple(stated(_turned(each)) for each in clash),
                last=stated(_turned(failing)),
            )
    return None


def _turned(literal: Literal) -> Literal:
    return Literal(literal.condition, not literal.holding)


def _never_fails(literal: Literal, said: Together) -> bool:
    """Whether a literal holds for everybody, by what its own subject can be."""
    condition = literal.condition
    if not isinstance(condition, ast.Comparison):
        return False
    if not isinstance(condition.subject, ast.Aggregate):
        return False
    return Together(said.schema, said.event).add(_turned(literal)) is not None


def _never(literal: Literal, clash: Sequence[Literal], part: bool) -> NeverHolds:
    return NeverHolds(
        span=literal.place.span,
        earlier=tuple(dict.fromkeys(stated(each) for each in clash)),
        last=stated(literal),
        part=part,
    )


def stated(literal: Literal) -> str:
    """A literal in the words of the language."""
    if literal.written is not None:
        return words(literal.written)
    said = words(literal.condition)
    return said if literal.holding else f"not ({said})"
