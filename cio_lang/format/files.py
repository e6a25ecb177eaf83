"""Files and declarations in, canonical text out."""

from __future__ import annotations

from cio_lang import ast, text
from cio_lang.format.blocks import opened
from cio_lang.format.clocks import hours, quiet
from cio_lang.format.conditions import first_name
from cio_lang.format.journeys import journey
from cio_lang.format.layout import comments, laid_out
from cio_lang.format.scenarios import scenario
from cio_lang.steps.send import message_text

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
        case ast.TemplateDeclaration():
            return _template(written)
        case ast.Policy():
            lines = [] if written.quiet is None else [(written.quiet, quiet(written.quiet), [])]
            lines += [
                (cap, f"at most {_counted(cap.times, cap.channel)} per {cap.per}", [])
                for cap in written.caps
            ]
            return laid_out(written.trivia, "policy", _below(None, lines), first=True)
        case ast.Guarantee():
            lines = [(line, _promise(line), []) for line in written.promises]
            return laid_out(written.trivia, "guarantee", _below(None, lines), first=True)
        case ast.Scenario():
            return scenario(written)
        case ast.Journey():
            return journey(written)


def _template(written: ast.TemplateDeclaration) -> list[str]:
    subject, preheader, body = written.lines or (ast.NO_TRIVIA,) * 3
    rows: list[str] = []
    if written.subject is not None:
        row = f"subject {text.quoted(written.subject.value)}"
        rows += laid_out(subject, row, [], first=True)
    if written.preheader is not None:
        row = f"preheader {text.quoted(written.preheader.value)}"
        rows += laid_out(preheader, row, [], first=not rows)
    rows += laid_out(body, f"body {message_text(written.body)}", [], first=not rows)
    row = f"template {text.quoted(written.name.text)} for {written.channel}"
    return laid_out(written.trivia, row, rows, first=True)


def _promise(written: ast.Promise) -> str:
    match written:
        case ast.AtMostMessages():
            messages = _counted(written.times, written.channel)
            article = "an" if written.window == "hour" else "a"
            return f"nobody gets more than {messages} in {article} {written.window}"
        case ast.NoneBetween():
            when = hours(written.start, "and", written.end)
            return f"no {_message(written.channel)} between {when}"
        case ast.AtLeastOne():
            journey = "" if written.journey is None else f" {text.quoted(written.journey.text)}"
            return f"everyone who enters{journey} gets at least one {_message(written.channel)}"


def _counted(times: int, channel: ast.Channel | None) -> str:
    """`3 messages`, `1 email`, `2 push messages`."""
    return f"{times} {_message(channel)}{'' if times == 1 else 's'}"


def _message(channel: ast.Channel | None) -> str:
    if channel is None:
        return "message"
    return channel if channel in ("email", "text") else f"{channel} message"


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
