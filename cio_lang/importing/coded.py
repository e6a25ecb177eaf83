"""One value in one cell of text, so that reading it back gives the same value.

Text stands as it is, where nothing else is written so; all other values are JSON, and so is text
that would read as another value, or that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import json
import re
from typing import Any

from cio_lang.importing.cells import BadCell

_AS_IT_IS = re.compile(
    r"[^\s\d\x00-\x1f\x7f-\x9f\"\[{=+\-@][^\x00-\x1f\x7f-\x9f\u2028\u2029]*(?<!\s)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?"
)
"""Text that begins neither JSON nor a formula, but for a few words; and dates."""

_WORDS = frozenset(("true", "false", "null", "NaN", "Infinity"))


def encode(value: Any) -> str:
    """The cell of a value; that of None is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and _AS_IT_IS.fullmatch(value) and value not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decode(cell: str) -> Any:
    """The value of a cell.  Raises `BadCell`."""
    if cell == "":
        return None
    if _AS_IT_IS.fullmatch(cell) and cell not in _WORDS:
        return cell
    try:
        return json.loads(cell, parse_constant=_refused)
    except (ValueError, RecursionError):
        # Written by hand, or by a spreadsheet: text as it stands.
        if cell[0] not in '"[{':
            return cell
        raise BadCell(f"`{cell[:40]}` is not JSON") from None


def encode_name(text: str) -> str:
    """The cell of a key, an id or a name, which is always text."""
    if text[:1].isalnum() and text.isprintable() and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def decode_name(cell: object) -> str | None:
    """The text of a cell; None where it is empty.  Raises `BadCell`."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str) and cell.startswith('"'):
        try:
            cell = json.loads(cell)
        except ValueError:
            raise BadCell(f"`{str(cell)[:40]}` is not JSON") from None
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if not isinstance(cell, str):
        raise BadCell(f"`{str(cell)[:40]}` is no text")
    return cell or None


def _refused(name: str) -> Any:
    raise ValueError(name)
