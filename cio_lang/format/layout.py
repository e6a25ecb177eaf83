"""Lines with the comments around them: what every kind of line is written through."""

from __future__ import annotations

from cio_lang import ast

_BLANK = "\n"


def laid_out(trivia: ast.Trivia, row: str, body: list[str], *, first: bool = False) -> list[str]:
    """A line with its comments above, what is below it indented, and the comments below that.

    `row` may run over several rows (a block of text): the rows between the first and the last are
    indented by one level.  `first` drops the empty line above.
    """
    rows = [""] if trivia.blank_before and not first else []
    rows += comments(trivia.comments)
    head, *inner = row.split("\n")
    if not inner:
        rows.append(head + trailing(trivia))
    else:
        *middle, last = inner
        rows.append(head)
        rows += indented(middle)
        rows.append(last + trailing(trivia))
    rows += indented(body)
    rows += comments(trivia.below)
    return rows


def comments(written: tuple[str, ...]) -> list[str]:
    """Comments on lines of their own."""
    return ["" if text == _BLANK else f"#{_spaced(text)}" for text in written]


def trailing(trivia: ast.Trivia) -> str:
    """The comment at the end of a line."""
    return "" if trivia.trailing is None else f"  #{_spaced(trivia.trailing)}"


def indented(rows: list[str]) -> list[str]:
    """Rows one level deeper; empty ones stay empty."""
    return [f"  {row}" if row else row for row in rows]


def _spaced(text: str) -> str:
    return text if not text or text[0] in " #!" else f" {text}"
