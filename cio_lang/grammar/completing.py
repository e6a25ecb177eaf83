"""A place in a text in, what may be written there out.

The parser's tables answer both questions that completion has.  Which words of the language may come
next: those that the parser would take.  What a name or text would be there, an event, an attribute
or the value of one: a stand-in is put at the place, the shortest ending that makes a whole line of
it is looked up in the tables, and the tree of that line shows where the stand-in came to be.
"""

from __future__ import annotations

from typing import Any

from lark import UnexpectedToken

from cio_lang.grammar import sentence, structure, tables
from cio_lang.grammar.expected import UNITS
from cio_lang.grammar.level import Why
from cio_lang.grammar.lines import Written, outline
from cio_lang.grammar.machine import Machine, Stack
from cio_lang.grammar.rules import Stop
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.source import Source, Span

__all__ = ["STAND_IN", "Choices", "choices"]

STAND_IN = "stand_in_of_completion"
"""What stands in a tree of `Choices` for the name or text that is not written yet."""


@record
class Choices:
    """What may be written at a place.

    `words` are words of the language, each with those that have to follow it (`only people where`).
    `name` and `text` are trees of the line with `STAND_IN` as a name or as quoted text at the
    place, or None where neither can come.  `begun` is the part that is written already, at `span`.
    `length` says that a length of time comes there.
    """

    words: tuple[str, ...]
    name: Any
    text: Any
    begun: str
    span: Span
    ends: bool
    length: bool = False

    @property
    def quoted(self) -> bool:
        """Whether the part that is written already begins with a quote."""
        return self.begun.startswith('"')


def choices(source: Source, line: int, column: int) -> Choices | None:
    """What may be written at a place; None inside a comment, English, or a block of text.

    The lines around it may be broken.  What stands behind the place on its line is not looked at.
    """
    before = source.line(line)[: column - 1]
    at = _begins(before)
    if at is None:
        return None
    place = Span(source.name, line, at + 1, line, column)
    rows = list(source.lines)
    rows += [""] * (line - len(rows))
    # A blank line belongs below the line above it as far as it is indented.
    rows[line - 1] = before[:at] + (f'"{STAND_IN}"' if before[at:][:1] == '"' else STAND_IN)
    found: list[tuple[Written, str]] = []

    def read(written: Written, start: str) -> tuple[Any, Problem | Why | None]:
        if written.number == line and not written.english:
            found.append((written, start))
        return sentence.read(written, start)

    marked = Source(source.name, "\n".join(rows))
    structure.file(marked, outline(marked), read)
    for written, start in found:
        if written.problem is None and "\n" not in written.text:
            return _choices(written, start, before[at:], place)
    return None


def _begins(before: str) -> int | None:
    """Where the word at the end of a line begins; None inside a comment."""
    position = at = 0
    while position < len(before):
        character = before[position]
        if character == "#":
            return None
        if character == '"':
            at = position
            position += 1
            while position < len(before) and before[position] != '"':
                position += 2 if before[position] == "\\" else 1
            if position >= len(before):
                return at
            position = at = position + 1
        elif character.isspace() or character in "(),:":
            position = at = position + 1
        else:
            position += 1
    return at


def _choices(written: Written, start: str, begun: str, place: Span) -> Choices | None:
    text = written.text
    cut = max(text.rfind(f'"{STAND_IN}"'), -1)
    cut = cut if cut >= 0 else text.rfind(STAND_IN)
    prefix = Written(written.file, written.number, written.column, text[:cut], last=written.last)
    session: Any = tables.parser().parse_interactive(prefix, start=start)
    try:
        for _ in session.iter_parse():
            pass
    except (UnexpectedToken, Stop):
        return None
    machine = Machine()
    stack: Stack = tuple(session.parser_state.state_stack)
    accepts = machine.accepts(stack)
    keywords = tables.words().keywords
    words: set[str] = set()
    if not begun.startswith('"'):
        for kind in keywords.values():
            if kind in accepts:
                words.update(machine.phrases(stack, kind))
    return Choices(
        words=tuple(sorted(words)),
        name=_whole(session, machine, stack, "NAME", place),
        text=_whole(session, machine, stack, "QUOTED", place),
        begun=begun,
        span=place,
        ends="$END" in accepts,
        length=_is_length(machine, stack, accepts),
    )


def _is_length(machine: Machine, stack: Stack, accepts: frozenset[str]) -> bool:
    """Whether a number can come, and only a unit of time behind it."""
    after = machine.after(stack, "FIGURE") if "FIGURE" in accepts else None
    units = {tables.words().keywords[unit] for unit in UNITS}
    units |= {tables.words().keywords[unit.removesuffix("s")] for unit in UNITS}
    return after is not None and machine.accepts(after) <= units


def _whole(session: Any, machine: Machine, stack: Stack, kind: str, place: Span) -> Any:
    """The tree of the shortest line in which the stand-in is the next word, or None."""
    after = machine.after(stack, kind)
    ending = None if after is None else machine.ending(after)
    if ending is None:
        return None
    copied = session.copy(deepcopy_values=False)
    mark = STAND_IN if kind == "NAME" else f'"{STAND_IN}"'
    try:
        copied.feed_token(Word(kind, mark, place))
        for other in ending:
            text = machine.sample(other)
            copied.feed_token(Word(other, text, place))
        return copied.feed_eof(Word("$END", "", place))
    except (UnexpectedToken, Stop):
        return None
