"""A tree of lines in, a file out.

Every line is read by the rule for its place.  A line that cannot be read costs its own problem:
what stands below it is still read, by the rule that its first word was probably meant to ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from cio_lang import ast
from cio_lang.grammar import problems, sentence
from cio_lang.grammar.declarations import TemplateLine
from cio_lang.grammar.level import OWN_LINES, Read, first_word
from cio_lang.grammar.lines import Nest, Outline
from cio_lang.grammar.nesting import PARTS, Steps
from cio_lang.grammar.places import starters
from cio_lang.problem import Problem, nearest
from cio_lang.source import Source, Span

_RANK = {tree: rank for rank, trees in enumerate(PARTS) for tree in trees}


def file(
    source: Source, outline: Outline, read: Read = sentence.read
) -> tuple[ast.File, tuple[Problem, ...]]:
    """The file of a source, and every problem with its lines in the order of the text."""
    reader = _Reader(list(outline.problems), read)
    declarations = tuple(reader.declarations(outline.nests))
    last = len(source.lines)
    span = Span(source.name, 1, 1, last, len(source.line(last)) + 1)
    found = sorted(_once(_certain(reader.problems)), key=lambda p: (p.span.line, p.span.column))
    return ast.File(declarations, outline.closing, span=span), tuple(found)


def _once(found: Sequence[Problem]) -> Sequence[Problem]:
    """The problems without those of a character that is told to be hidden."""
    hidden = {p.span for p in found if isinstance(p, problems.HiddenDirection)}
    if not hidden:
        return found
    told = problems.UnsupportedCharacter
    return [p for p in found if not (isinstance(p, told) and p.span in hidden)]


def _certain(found: Sequence[Problem]) -> Sequence[Problem]:
    """The problems that do not come of an indentation that cannot be told."""
    if not any(isinstance(problem, problems.MixedIndentation) for problem in found):
        return found
    of_nesting = (
        problems.NothingBelow,
        problems.IndentedTooDeep,
        problems.UnevenIndentation,
        problems.OtherwiseWithoutIf,
        problems.PartBelowSteps,
        problems.ShareOutsideSplit,
        problems.StepBetweenShares,
    )
    return [problem for problem in found if not isinstance(problem, of_nesting)]


class _Reader(Steps):
    """Reads declarations; steps and blocks of conditions are read by the classes it builds on."""

    def declarations(self, nests: Sequence[Nest]) -> Iterator[ast.Declaration]:
        for nest, after in zip_longest(nests, nests[1:]):
            before = len(self.problems)
            tree = self.declaration(nest)
            if tree is None:
                continue
            needs = _needs(tree)
            if needs is not None and len(self.problems) == before:
                # Lines that are not indented below their title are reported one by one.
                word = first_word(nest.line)
                start = f"{word}_line" if word in (*OWN_LINES, "journey") else "declaration"
                unindented = after is not None and first_word(after.line) in starters(start)
                if not unindented:
                    self.nothing_below(nest, tree.span, needs)
            yield tree

    def declaration(self, nest: Nest) -> ast.Declaration | None:
        tree: ast.Declaration | None = self.line(nest, "declaration")
        match tree:
            case None:
                self.broken_declaration(nest)
                return None
            case ast.Journey():
                english, parts, steps = self.journey_lines(nest.children)
                around = tuple(below.trivia for below in nest.children if below.line.english)
                return replace(
                    tree,
                    english=english,
                    parts=parts,
                    steps=steps,
                    lines=around,
                    trivia=nest.trivia,
                )
            case ast.EventDeclaration():
                said, lines = self.said_and_lines(nest, "event_line")
                return replace(tree, said=said, properties=lines, trivia=nest.trivia)
            case ast.AttributeDeclaration():
                said, _ = self.said_and_lines(nest, "attribute_line")
                return replace(tree, said=said, trivia=nest.trivia)
            case ast.SegmentDeclaration():
                said, lines = self.said_and_lines(nest, "segment_line")
                return replace(tree, said=said, conditions=lines, trivia=nest.trivia)
            case ast.TopicDeclaration():
                self.too_deep(nest)
                return nest.around(tree)
            case ast.Policy():
                return self.policy(tree, nest)
            case ast.Guarantee():
                promises = tuple(self.lines_below(nest, "guarantee_line"))
                return replace(tree, promises=promises, trivia=nest.trivia)
            case ast.TemplateDeclaration():
                return self.template(tree, nest)
            case ast.Scenario():
                lines = tuple(self.lines_below(nest, "scenario_line"))
                return replace(tree, lines=lines, trivia=nest.trivia)

    def broken_declaration(self, nest: Nest) -> None:
        """Reads what is below a line that cannot be read, for its problems alone."""
        if not nest.children:
            return
        meant = nearest(first_word(nest.line).lower(), starters("declaration"))
        if meant in OWN_LINES:
            self.lines_below(nest, f"{meant}_line")
        else:
            self.journey_lines(nest.children)

    def said_and_lines(self, nest: Nest, start: str) -> tuple[ast.Said | None, tuple[Any, ...]]:
        """The `said` line and all others below a declaration; two `said` lines become one."""
        said: ast.Said | None = None
        lines: list[Any] = []
        for tree in self.lines_below(nest, start):
            if not isinstance(tree, ast.Said):
                lines.append(tree)
            elif said is None:
                said = tree
            else:
                said = replace(said, phrases=said.phrases + tree.phrases)
        return said, tuple(lines)

    def policy(self, tree: ast.Policy, nest: Nest) -> ast.Policy:
        quiet: ast.Quiet | None = None
        caps: list[ast.Cap] = []
        for line in self.lines_below(nest, "policy_line"):
            if isinstance(line, ast.Cap):
                caps.append(line)
            elif quiet is None:
                quiet = line
            else:
                self.said_twice(line.span, "quiet", "policy")
        return replace(tree, quiet=quiet, caps=tuple(caps), trivia=nest.trivia)

    def template(self, tree: ast.TemplateDeclaration, nest: Nest) -> ast.TemplateDeclaration:
        before = len(self.problems)
        found: dict[str, TemplateLine] = {}
        for line in self.lines_below(nest, "template_line"):
            if line.kind in found:
                self.said_twice(line.span, line.kind, "template")
            found.setdefault(line.kind, line)
        if "body" not in found and len(self.problems) == before:
            self.problems.append(problems.NoBody(span=tree.span, template=tree.name.text))
        texts: dict[str, Any] = {kind: line.text for kind, line in found.items()}
        # The body that could not be read has a place all the same: what is said of it is an echo.
        texts.setdefault("body", replace(tree.body, span=tree.span))
        kept = (found.get(kind) for kind in ("subject", "preheader", "body"))
        around = tuple(ast.NO_TRIVIA if line is None else line.trivia for line in kept)
        return replace(tree, **texts, lines=around, trivia=nest.trivia)

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


def _needs(tree: ast.Declaration) -> str | None:
    """What a declaration lacks that cannot stand empty."""
    match tree:
        case ast.Journey():
            return None if tree.steps else "at least one step"
        case ast.SegmentDeclaration():
            return None if tree.conditions or tree.by_hand else "at least one condition"
        case ast.Policy():
            return None if tree.quiet or tree.caps else "quiet hours, or at least one `at most …`"
        case ast.Guarantee():
            return None if tree.promises else "at least one promise"
        case ast.Scenario():
            return None if tree.lines else "at least one line"
        case (
            ast.EventDeclaration()
            | ast.AttributeDeclaration()
            | ast.TopicDeclaration()
            | ast.TemplateDeclaration()
        ):
            return None
