"""Declarations of one name: files in, problems out.

Afterwards every name means one thing, and every graph has a file name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from cio_lang import ast, names, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Kind, slug
from cio_lang.source import Span

Named = Kind | Literal["scenario"]
"""What has a name of its own."""


def _place(here: Span, there: Span) -> str:
    """Where something is, as said from `here`."""
    return f"line {there.line}" if here.file == there.file else f"{there.file}, line {there.line}"


@record(kw_only=True)
class DuplicateDeclaration(Problem):
    """Two declarations of one kind have the same name."""

    code = "duplicate-declaration"
    kind: Named
    name: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        article = "an" if self.kind in ("event", "attribute") else "a"
        return Report(
            f"There is already {article} {self.kind} `{self.name}`.",
            f"It is in {_place(self.span, self.first)}; a name can only mean one thing.",
            "give one of the two another name, or take it out",
        )


@record(kw_only=True)
class SameSlug(Problem):
    """Two names of one kind differ only in what file names cannot show."""

    code = "same-slug"
    kind: Named
    name: str
    other: str
    slug: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.name}` and `{self.other}` are too much alike for two {self.kind}s.",
            f"Both would be stored as `{self.slug}`; the other one is in "
            f"{_place(self.span, self.first)}.",
            "give one of the two a name with other words",
        )


@record(kw_only=True)
class DuplicateChoice(Problem):
    """A `one of` lists the same value twice, letter case apart."""

    code = "duplicate-choice"
    name: str
    choice: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"{text.quoted(self.choice)} is listed twice for `{self.name}`.",
            "Comparisons take no notice of upper and lower case, so the two are one value.",
            "take one of the two out",
        )


def check(files: Sequence[ast.File]) -> Iterator[Problem]:
    """Problems with what the files declare, taken together."""
    found: dict[tuple[Named, str], ast.Name] = {}
    slugs: dict[tuple[Named, str], ast.Name] = {}
    for file in files:
        for declaration in file.declarations:
            yield from _inside(declaration)
            declared = _declared(declaration)
            if declared is None:
                continue
            kind, name = declared
            first = found.setdefault((kind, name.text), name)
            if first is not name:
                yield DuplicateDeclaration(
                    span=name.span, kind=kind, name=name.text, first=first.span
                )
            elif kind in ("segment", "topic", "template", "journey"):
                short = slug(name.text)
                alike = slugs.setdefault((kind, short), name)
                if alike is not name:
                    yield SameSlug(
                        span=name.span,
                        kind=kind,
                        name=name.text,
                        other=alike.text,
                        slug=short,
                        first=alike.span,
                    )


def _declared(declaration: ast.Declaration) -> tuple[Named, ast.Name] | None:
    match declaration:
        case ast.EventDeclaration():
            return "event", declaration.name
        case ast.AttributeDeclaration():
            return "attribute", declaration.name
        case ast.SegmentDeclaration():
            return "segment", declaration.name
        case ast.TopicDeclaration():
            return "topic", declaration.name
        case ast.TemplateDeclaration():
            return "template", declaration.name
        case ast.Journey():
            return "journey", declaration.title
        case ast.Scenario():
            return "scenario", declaration.title
        case ast.Policy() | ast.Guarantee():
            return None


def _inside(declaration: ast.Declaration) -> Iterator[Problem]:
    match declaration:
        case ast.EventDeclaration():
            yield from names.properties(declaration.name, (p.name for p in declaration.properties))
            for line in declaration.properties:
                yield from _choices(line.name, line.type)
        case ast.AttributeDeclaration():
            yield from _choices(declaration.name, declaration.type)
        case (
            ast.SegmentDeclaration()
            | ast.TopicDeclaration()
            | ast.TemplateDeclaration()
            | ast.Policy()
            | ast.Guarantee()
            | ast.Scenario()
            | ast.Journey()
        ):
            return


def _choices(name: ast.Name, kind: ast.Type) -> Iterator[DuplicateChoice]:
    seen: set[str] = set()
    for choice in kind.values:
        if choice.casefold() in seen:
            yield DuplicateChoice(span=kind.span, name=name.text, choice=choice)
        seen.add(choice.casefold())
