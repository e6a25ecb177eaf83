"""A document in, semantic tokens out: what each word is, as the checker understands it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from cio_lang.grammar import coloured
from cio_lang.lsp.blocks import Block
from cio_lang.lsp.lookup import names_of
from cio_lang.lsp.naming import Role
from cio_lang.lsp.positions import Encoding, position, units
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.source import Source

TYPES = (
    "keyword",
    "event",
    "variable",
    "property",
    "class",
    "namespace",
    "function",
    "string",
    "number",
    "comment",
    "macro",
    "type",
)
"""The legend: kinds of tokens that editors know from the protocol."""

MODIFIERS = ("declaration", "documentation")

_KINDS: Mapping[str, str] = {
    "word": "keyword",
    "name": "variable",
    "text": "string",
    "number": "number",
    "comment": "comment",
    "english": "comment",
}
_ROLES: Mapping[Role, str] = {
    "event": "event",
    "attribute": "variable",
    "property": "property",
    "segment": "class",
    "topic": "namespace",
    "template": "macro",
    "journey": "function",
    "experiment": "type",
    "draw": "type",
}


def tokens(snapshot: Snapshot, label: str, encoding: Encoding) -> tuple[int, ...]:
    """The tokens as the protocol wants them: five numbers each, places counted from the last."""
    document = snapshot.documents.get(label)
    if document is None:
        return ()
    data: list[int] = []
    last_line = last_start = 0
    for placed in document.blocks:
        for line, start, length, kind, modifiers in _of_block(placed.block, encoding):
            at = line + placed.line - 1
            same = at == last_line
            data += (at - last_line, start - last_start if same else start, length, kind, modifiers)
            last_line, last_start = at, start
    return tuple(data)


@lru_cache(maxsize=20_000)
def _of_block(block: Block, encoding: Encoding) -> tuple[tuple[int, int, int, int, int], ...]:
    return tuple(_tokens(block, encoding))


def _tokens(block: Block, encoding: Encoding) -> Iterator[tuple[int, int, int, int, int]]:
    roles = {(named.span.line, named.span.column): named for named in names_of(block)}
    source: Source = block.source
    for each in coloured(source):
        span = each.span
        named = roles.get((span.line, span.column))
        kind, modifiers = _KINDS[each.kind], 0
        if named is not None:
            # Words to send are no name, although they stand where one could.
            kind = _ROLES[named.role] if named.role != "template" or named.declares else kind
            modifiers = 1 if named.declares else 0
        elif each.kind == "english":
            modifiers = 2
        for line in range(span.line, span.end_line + 1):
            row = source.line(line)
            first = span.column if line == span.line else len(row) - len(row.lstrip()) + 1
            last = span.end_column if line == span.end_line else len(row.rstrip()) + 1
            length = units(row[first - 1 : last - 1], encoding)
            if length:
                start = position(line, first, source, encoding).character
                yield line - 1, start, length, TYPES.index(kind), modifiers
