"""The parser: built once from `journey.lark`, its tables kept on disk between runs.

The tables are in the user's cache folder, named by the grammar, Lark's version and Python's; Lark
checks that they fit.  A folder that cannot be written or a file that is damaged costs time only.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lark

from cio_lang.grammar import (
    conditions,
    declarations,
    parts,
    rules,
    scenarios,
    statements,
    steps,
    values,
    windows,
)
from cio_lang.grammar.driver import Driver
from cio_lang.grammar.words import Words

_REGISTERED = (values, windows, conditions, declarations, parts, steps, scenarios, statements)
"""The modules whose functions are called by the parser: importing them registers these."""

STARTS = (
    "declaration",
    "event_line",
    "attribute_line",
    "segment_line",
    "policy_line",
    "guarantee_line",
    "template_line",
    "scenario_line",
    "journey_line",
    "share_line",
    "block_line",
    "statement",
    "condition",
)
"""The rules that a line can be parsed with."""

GRAMMAR = Path(__file__).with_name("journey.lark")


@cache
def parser() -> lark.Lark:
    """The parser, with trees built as it goes."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    kept = _kept(grammar)
    if kept is None:
        return _lark(grammar, False)
    if kept.exists():
        return _lark(grammar, str(kept))
    fresh = kept.with_suffix(f".{os.getpid()}")
    built = _lark(grammar, str(fresh))
    try:
        os.replace(fresh, kept)
    except OSError:
        fresh.unlink(missing_ok=True)
    return built


@cache
def driver() -> Driver:
    """What reads lines by the tables of the parser."""
    return Driver(parser())


def words() -> Words:
    """The lexer of the parser."""
    lexer: Words = parser().parser.lexer
    return lexer


def _lark(grammar: str, kept: str | bool) -> lark.Lark:
    callbacks: Any = SimpleNamespace(**rules.RULES, **rules.TERMINALS)
    return lark.Lark(
        grammar,
        parser="lalr",
        lexer=Words,
        start=list(STARTS),
        keep_all_tokens=True,
        maybe_placeholders=True,
        transformer=callbacks,
        cache=kept,
    )


def _kept(grammar: str) -> Path | None:
    """The file that the tables are kept in, or None where there is no place for it."""
    version = f"{lark.__version__} {sys.version_info[:2]}"
    digest = hashlib.sha256(f"{version}\n{grammar}".encode()).hexdigest()[:16]
    try:
        base = os.environ.get("XDG_CACHE_HOME")
        folder = (Path(base) if base else Path.home() / ".cache") / "cio"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder / f"grammar-{digest}.lark"
