"""A text and fixes of what is in it in, the fixed text out."""

from __future__ import annotations

from collections.abc import Iterable

from cio_lang.problem import Fix
from cio_lang.source import Span

__all__ = ["apart", "applied"]

_MARK = "\ufeff"


def apart(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The fixes that can be made at once: of two that touch, the first; of equal ones, one."""
    taken: list[Fix] = []
    for fix in sorted(dict.fromkeys(fixes), key=lambda fix: (_start(fix.span), _end(fix.span))):
        if not taken or _end(taken[-1].span) < _start(fix.span):
            taken.append(fix)
    return tuple(taken)


def applied(text: str, fixes: Iterable[Fix]) -> str:
    """The text with fixes that are apart; its line ends and byte-order mark stay as they are."""
    head = _MARK if text.startswith(_MARK) else ""
    lines = text.removeprefix(_MARK).split("\n")
    ends_with_return = "\r\n" in text
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    body = "\n".join(lines)

    def offset(line: int, column: int) -> int:
        if line > len(lines):
            return len(body)
        return min(starts[line - 1] + column - 1, len(body))

    for fix in sorted(fixes, key=lambda fix: _start(fix.span), reverse=True):
        first, after = offset(*_start(fix.span)), offset(*_end(fix.span))
        put = fix.text.replace("\n", "\r\n") if ends_with_return else fix.text
        if fix.span.line > len(lines) and body and not body.endswith("\n"):
            put = ("\r\n" if ends_with_return else "\n") + put
        body = body[:first] + put + body[after:]
    return head + body


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column
