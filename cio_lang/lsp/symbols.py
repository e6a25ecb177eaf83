"""A document in, its declarations as an editor's outline out."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from cio_lang import ast
from cio_lang.lsp.blocks import Document, Placed
from cio_lang.lsp.positions import Encoding, Range, range_of
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.record import record
from cio_lang.source import Span

SymbolKind = Literal[
    "journey", "segment", "event", "attribute", "property", "topic", "template", "rule", "step"
]


@record
class Symbol:
    """One thing that a file declares, with what stands below it."""

    name: str
    kind: SymbolKind
    detail: str
    range: Range
    selection: Range
    children: tuple[Symbol, ...] = ()


def symbols(snapshot: Snapshot, label: str, encoding: Encoding) -> tuple[Symbol, ...]:
    """The outline of a file."""
    document = snapshot.documents.get(label)
    if document is None:
        return ()
    return tuple(
        _Outline(document, placed, encoding).symbol(declaration)
        for placed in document.blocks
        for declaration in placed.block.tree.declarations
    )


@record
class _Outline:
    document: Document
    placed: Placed
    encoding: Encoding

    def symbol(self, tree: ast.Declaration) -> Symbol:
        match tree:
            case ast.EventDeclaration():
                lines = tuple(
                    self._made(line.name.text, "property", self._written(line.type.span), line.span)
                    for line in tree.properties
                )
                return self._declared(tree.name.text, "event", "", tree, lines)
            case ast.AttributeDeclaration():
                kind = self._written(tree.type.span)
                return self._declared(tree.name.text, "attribute", kind, tree)
            case ast.SegmentDeclaration():
                detail = "by hand" if tree.by_hand else ""
                return self._declared(tree.name.text, "segment", detail, tree)
            case ast.TopicDeclaration():
                detail = "transactional" if tree.transactional else ""
                return self._declared(tree.name.text, "topic", detail, tree)
            case ast.TemplateDeclaration():
                return self._declared(tree.name.text, "template", tree.channel, tree)
            case ast.Policy():
                return self._declared("policy", "rule", "", tree)
            case ast.Guarantee():
                return self._declared("guarantee", "rule", "", tree)
            case ast.Scenario():
                return self._declared(tree.title.text, "rule", "scenario", tree)
            case ast.Journey():
                steps = tuple(self._step(step) for step in tree.steps)
                return self._declared(tree.title.text, "journey", "", tree, steps)

    def _step(self, step: ast.Step) -> Symbol:
        written = self.placed.block.source.line(step.span.line).strip()
        return self._made(written.split("#")[0].strip() or "step", "step", "", step.span)

    def _declared(
        self,
        name: str,
        kind: SymbolKind,
        detail: str,
        tree: ast.Declaration,
        children: tuple[Symbol, ...] = (),
    ) -> Symbol:
        made = self._made(name, kind, detail, tree.span)
        return replace(made, range=self._whole(tree), children=children)

    def _made(self, name: str, kind: SymbolKind, detail: str, span: Span) -> Symbol:
        place = self._range(span)
        return Symbol(name or " ", kind, detail, place, place)

    def _written(self, span: Span) -> str:
        return self.placed.block.source.line(span.line)[span.column - 1 : span.end_column - 1]

    def _range(self, span: Span) -> Range:
        down = self.placed.line - 1
        moved = Span(
            span.file, span.line + down, span.column, span.end_line + down, span.end_column
        )
        return range_of(moved, self.document.source, self.encoding)

    def _whole(self, tree: ast.Declaration) -> Range:
        """From the first line of a declaration to the last one before the next."""
        source = self.placed.block.source
        later = [
            other.span.line
            for other in self.placed.block.tree.declarations
            if other.span.line > tree.span.line
        ]
        last = min(later) - 1 if later else len(source.lines)
        while last > tree.span.line and not source.line(last).strip():
            last -= 1
        span = Span(source.name, tree.span.line, 1, last, len(source.line(last)) + 1)
        return self._range(span)
