"""A tree of lines in, a file out.

Every line is read by the rule for its place.  A line that cannot be read costs its own problem:
what stands below it is still read, by the rule that its first word was probably meant to ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from cio_lang import ast
from cio_lang.grammar import problems, sentence
from cio_lang.grammar.build import Branch
from cio_lang.grammar.explain import starters
from cio_lang.grammar.lines import Nest, Outline, Written
from cio_lang.problem import Problem, nearest
from cio_lang.source import Source, Span

_ORDER: tuple[tuple[type[ast.Line], ...], ...] = (
    (ast.OnEvent, ast.OnMatch),
    (ast.OnlyWhere,),
    (ast.LeaveOnEvent, ast.LeaveWhenUnmatched, ast.LeaveWhere),
    (ast.Goal,),
    (ast.Once, ast.EveryTime, ast.AgainAfter),
    (ast.TopicOf,),
)
_RANK = {tree: rank for rank, trees in enumerate(_ORDER) for tree in trees}

Read = Callable[[Written, str], tuple[Any, Problem | None]]


def file(
    source: Source, outline: Outline, read: Read = sentence.read
) -> tuple[ast.File, tuple[Problem, ...]]:
    """The file of a source, and every problem with its lines in the order of the text."""
    reader = _Reader(list(outline.problems), read)
    declarations = tuple(reader.declarations(outline.nests))
    last = len(source.lines)
    span = Span(source.name, 1, 1, last, len(source.line(last)) + 1)
    found = sorted(reader.problems, key=lambda p: (p.span.line, p.span.column))
    return ast.File(declarations, outline.closing, span=span), tuple(found)


@dataclass(slots=True)
class _Reader:
    problems: list[Problem]
    read: Read

    def declarations(self, nests: Sequence[Nest]) -> Iterator[ast.Declaration]:
        for nest, after in zip_longest(nests, nests[1:]):
            before = len(self.problems)
            tree = self.declaration(nest)
            if tree is None:
                continue
            # Steps that are not indented below their title are reported one by one.
            unindented = after is not None and first_word(after.line) in starters("journey_line")
            settled = unindented or len(self.problems) > before
            if isinstance(tree, ast.Journey) and not tree.steps and not settled:
                self.nothing_below(nest, tree.span, "at least one step")
            yield tree

    def declaration(self, nest: Nest) -> ast.Declaration | None:
        tree: ast.Declaration | None = self.line(nest, "declaration")
        match tree:
            case None:
                self.broken_declaration(nest)
                return None
            case ast.Journey():
                return self.journey(tree, nest)
            case ast.EventDeclaration():
                said, lines = self.lines_below(nest, "event_line")
                return replace(tree, said=said, properties=lines, trivia=nest.trivia)
            case ast.AttributeDeclaration():
                said, _ = self.lines_below(nest, "attribute_line")
                return replace(tree, said=said, trivia=nest.trivia)
            case ast.SegmentDeclaration():
                before = len(self.problems)
                said, lines = self.lines_below(nest, "segment_line")
                if not lines and len(self.problems) == before:
                    self.nothing_below(nest, tree.span, "at least one condition")
                return replace(tree, said=said, conditions=lines, trivia=nest.trivia)
            case ast.TopicDeclaration():
                self.too_deep(nest)
                return replace(tree, trivia=nest.trivia)

    def broken_declaration(self, nest: Nest) -> None:
        """Reads what is below a line that cannot be read, for its problems alone."""
        meant = nearest(first_word(nest.line).lower(), starters("declaration"))
        if meant in ("event", "attribute", "segment"):
            self.lines_below(nest, f"{meant}_line")
        else:
            self.journey_lines(nest.children)

    def lines_below(self, nest: Nest, start: str) -> tuple[ast.Said | None, tuple[Any, ...]]:
        """The `said` line and all others below a declaration; two `said` lines become one."""
        said: ast.Said | None = None
        lines: list[ast.Line] = []
        for child in self.flat(nest.children):
            tree = self.line(child, start)
            if tree is None:
                continue
            if not isinstance(tree, ast.Said):
                lines.append(replace(tree, trivia=child.trivia))
            elif said is None:
                said = replace(tree, trivia=child.trivia)
            else:
                said = replace(said, phrases=said.phrases + tree.phrases)
        return said, tuple(lines)

    def journey(self, tree: ast.Journey, nest: Nest) -> ast.Journey:
        english, parts, steps = self.journey_lines(nest.children)
        return replace(tree, english=english, parts=parts, steps=steps, trivia=nest.trivia)

    def journey_lines(
        self, nests: Sequence[Nest]
    ) -> tuple[tuple[str, ...], tuple[ast.Part, ...], tuple[ast.Step, ...]]:
        english = tuple(nest.line.text for nest in nests if nest.line.english)
        for nest in nests:
            if nest.line.english:
                self.too_deep(nest)
        parts: list[ast.Part] = []
        steps = self.steps([nest for nest in nests if not nest.line.english], parts)
        return english, tuple(sorted(parts, key=lambda part: _RANK[type(part)])), steps

    def steps(
        self, nests: Sequence[Nest], parts: list[ast.Part] | None = None
    ) -> tuple[ast.Step, ...]:
        """The steps on lines of one level; parts of the journey above them go into `parts`."""
        steps: list[ast.Step] = []
        chain = _Chain()
        for nest in self.flat(nests, branches=True):
            tree = self.line(nest, "journey_line")
            if tree is None:
                self.broken_declaration(nest)
                if first_word(nest.line) in ("if", "otherwise"):
                    chain = replace(chain, broken=True)
                continue
            if isinstance(tree, Branch):
                chain = self.branch(tree, nest, chain, steps)
                continue
            chain = _Chain()
            tree = replace(tree, trivia=nest.trivia)
            if type(tree) not in _RANK:
                steps.append(tree)
            elif parts is None or steps:
                words = " ".join(nest.line.text.split()[: 2 if nest.line.text[0] == "l" else 1])
                self.problems.append(
                    problems.PartBelowSteps(
                        span=tree.span, words=words, leaves=words.startswith("leave")
                    )
                )
                if parts is not None:
                    parts.append(tree)
            else:
                parts.append(tree)
        return tuple(steps)

    def branch(self, branch: Branch, nest: Nest, chain: _Chain, steps: list[ast.Step]) -> _Chain:
        """One arm with its steps: begins an `if`, or continues the one above."""
        if not nest.children:
            self.nothing_below(nest, branch.span, "at least one step")
        below = self.steps(nest.children)
        if branch.kind == "if":
            assert branch.condition is not None
            arm = ast.Arm(branch.condition, below, span=branch.span, trivia=nest.trivia)
            steps.append(ast.If((arm,), span=branch.span))
            return _Chain(open=True)
        if not chain.open or chain.closed:
            if not chain.broken:
                self.problems.append(
                    problems.OtherwiseWithoutIf(
                        span=branch.span.to(branch.span)
                        if branch.condition is None
                        else nest.line.span,
                        words=branch.kind,
                        after_otherwise=chain.closed,
                    )
                )
            return replace(chain, broken=True)
        last = steps[-1]
        assert isinstance(last, ast.If)
        if branch.condition is not None:
            arm = ast.Arm(branch.condition, below, span=branch.span, trivia=nest.trivia)
            steps[-1] = replace(last, arms=(*last.arms, arm))
            return chain
        steps[-1] = replace(
            last, otherwise=ast.Otherwise(below, span=branch.span, trivia=nest.trivia)
        )
        return replace(chain, closed=True)

    def line(self, nest: Nest, start: str) -> Any:
        if nest.line.english:
            self.problems.append(problems.EnglishOutOfPlace(span=nest.line.span))
            return None
        tree, problem = self.read(nest.line, start)
        if problem is not None:
            self.problems.append(problem)
        return tree

    def flat(self, nests: Sequence[Nest], branches: bool = False) -> Iterator[Nest]:
        """Lines of one level, with those that are indented below a line that holds none."""
        for nest in nests:
            yield nest
            if nest.children and not (branches and _may_hold(nest.line)):
                self.too_deep(nest)
                yield from self.flat(nest.children, branches)

    def too_deep(self, nest: Nest) -> None:
        if nest.children:
            span = nest.children[0].line.span
            above = first_word(nest.line) if not nest.line.english else ">"
            self.problems.append(problems.IndentedTooDeep(span=span, above=above))

    def nothing_below(self, nest: Nest, span: Span, needs: str) -> None:
        words = nest.line.text.split("#")[0].strip()
        self.problems.append(problems.NothingBelow(span=span, words=words, needs=needs))


@dataclass(frozen=True, slots=True)
class _Chain:
    """Whether the line above is an `if` that an `otherwise` can continue."""

    open: bool = False
    closed: bool = False
    broken: bool = False


def first_word(line: Written) -> str:
    """The first word of a line."""
    return line.text.split(None, 1)[0] if line.text.strip() else ""


def _may_hold(line: Written) -> bool:
    """Whether others can stand below a line: it is a branch, or cannot be read as anything."""
    return first_word(line) in ("if", "otherwise") or not _is_known(line)


def _is_known(line: Written) -> bool:
    return first_word(line) in starters("journey_line")
