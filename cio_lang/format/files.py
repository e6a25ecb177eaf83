"""Files and declarations in, canonical text out."""

from __future__ import annotations

from cio_lang import ast, text
from cio_lang.format.blocks import opened
from cio_lang.format.conditions import first_name
from cio_lang.format.journeys import journey
from cio_lang.format.layout import comments, laid_out

_Row = tuple[ast.Line, str, list[str]]
"""A line below a declaration, its text, and the rows below it."""


def format_file(file: ast.File) -> str:
    """The canonical text of a file.

    One empty line stands between declarations; between two topics or two attributes only where it
    was written.
    """
    rows: list[str] = []
    before: ast.Declaration | None = None
    for one in file.declarations:
        if before is not None and (one.trivia.blank_before or not _together(before, one)):
            rows.append("")
        rows += _rows(one)
        before = one
    if file.closing:
        rows += [""] if rows else []
        rows += comments(file.closing)
    return "\n".join(rows) + "\n" if rows else ""


def declaration(written: ast.Declaration) -> str:
    """One declaration with all that is below it."""
    return "\n".join(_rows(written))


def _rows(written: ast.Declaration) -> list[str]:
    match written:
        case ast.EventDeclaration():
            lines: list[_Row] = [
                (line, f"{first_name(line.name)}: {_type(line.type)}", [])
                for line in written.properties
            ]
            row = f"event {text.name(written.name)}"
            return laid_out(written.trivia, row, _below(written.said, lines), first=True)
        case ast.AttributeDeclaration():
            row = f"attribute {text.name(written.name)}: {_type(written.type)}"
            return laid_out(written.trivia, row, _below(written.said, []), first=True)
        case ast.SegmentDeclaration():
            lines = [(line, *opened(line.condition)) for line in written.conditions]
            by_hand = ", by hand" if written.by_hand else ""
            row = f"segment {text.quoted(written.name.text)}{by_hand}"
            return laid_out(written.trivia, row, _below(written.said, lines), first=True)
        case ast.TopicDeclaration():
            transactional = ", transactional" if written.transactional else ""
            row = f"topic {text.quoted(written.name.text)}{transactional}"
            return laid_out(written.trivia, row, [], first=True)
        case ast.Journey():
            return journey(written)


def _below(said: ast.Said | None, lines: list[_Row]) -> list[str]:
    rows: list[str] = []
    if said is not None:
        phrases = ", ".join(map(text.quoted, said.phrases))
        rows += laid_out(said.trivia, f"said {phrases}", [], first=True)
    for line, row, below in lines:
        rows += laid_out(line.trivia, row, below, first=not rows)
    return rows


def _together(before: ast.Declaration, after: ast.Declaration) -> bool:
    return type(before) is type(after) and isinstance(
        after, ast.TopicDeclaration | ast.AttributeDeclaration
    )


def _type(written: ast.Type) -> str:
    if written.kind == "one of":
        return f"one of {', '.join(map(text.quoted, written.values))}"
    return written.kind if written.currency is None else f"{written.kind} in {written.currency}"
