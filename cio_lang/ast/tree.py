"""What every tree has: where it was written and, for lines, what the formatter keeps around it."""

from __future__ import annotations

from dataclasses import field

from cio_lang.record import record
from cio_lang.source import NOWHERE, Span


@record
class Trivia:
    """What the formatter keeps around a line: comments (text after `#`), and one blank line before.

    `comments` stand above the line, `below` after all that is indented under it; in both, an empty
    line between comments is the entry `"\\n"`.
    """

    comments: tuple[str, ...] = ()
    trailing: str | None = None
    blank_before: bool = False
    below: tuple[str, ...] = ()


NO_TRIVIA = Trivia()


@record(kw_only=True)
class Node:
    """Base of every tree: where it was written."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@record(kw_only=True)
class Line(Node):
    """Base of every tree that stands on a line of its own."""

    trivia: Trivia = field(default=NO_TRIVIA, compare=False, repr=False)


@record
class Name(Node):
    """The name of an event, attribute, property, segment, topic or journey, as written."""

    text: str
