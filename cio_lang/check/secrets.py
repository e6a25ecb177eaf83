"""Secrets in text: every quoted text of a workspace in, problems out.

What is known by how it begins is always a secret.  Long runs of letters and digits that no language
has are taken for one, unless they are part of an address.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check.places import part_of, place_in
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.source import Source, Span

_KNOWN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|hooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|(?<![A-Za-z0-9_])(?:"
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}"
    r"|sk-[A-Za-z0-9_-]{20,}"
    r"|(?:sk|re|whsec)_[A-Za-z0-9_]{16,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|(?:SK|AC)[0-9a-f]{32}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[opsru]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{16,}"
    r"|AIza[\w-]{35}"
    r"|key-[0-9a-f]{32}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+"
    r")"
)
_LONG = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+_-][A-Za-z0-9+/_-]{31,}={0,2}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_SHORTEST = 16
"""No text shorter than this is looked at."""


@record(kw_only=True)
class SecretInText(Problem):
    """A text holds what looks like a password or a key of another service."""

    code = "secret-in-text"
    begins: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.begins}…` looks like a secret.",
            "These files are kept in git, where everybody who reads them could use it.",
            "take it out, and have a new one made where it came from: this one has been seen",
        )


def check(tree: ast.Node) -> Iterator[SecretInText]:
    """Secrets in the texts of a declaration."""
    for text in _texts(tree):
        found = secret(text.value)
        if found is not None:
            span, _ = part_of(text, found.start(), found.end())
            yield _problem(span, found)


def in_file(source: Source) -> Iterator[SecretInText]:
    """Secrets in a template's file."""
    found = secret(source.text)
    if found is not None:
        yield _problem(place_in(source, found.start(), found.end()), found)


def secret(text: str) -> re.Match[str] | None:
    """The first thing in a text that looks like a secret."""
    if len(text) < _SHORTEST:
        return None
    known = _KNOWN.search(text)
    if known is not None:
        return known
    return next((found for found in _LONG.finditer(text) if _is_random(found[0])), None)


def _problem(span: Span, found: re.Match[str]) -> SecretInText:
    return SecretInText(span=span, begins=found[0][:6])


def _is_random(word: str) -> bool:
    """Whether letters and digits come in no order that people would write."""
    if not any(c.isdigit() for c in word) or not any(c.isalpha() for c in word):
        return False
    if _HEX.fullmatch(word):
        return _bits(word) > 3
    kinds = (str.isdigit, str.isupper, str.islower)
    if min(sum(map(kind, word)) for kind in kinds) < 3:
        return False
    return _bits(word) > 4 and re.search(r"[a-z]{7}", word) is None


def _bits(word: str) -> float:
    """How many bits each letter tells, by Shannon's entropy of the letters in the word."""
    total = len(word)
    return -sum(n / total * math.log2(n / total) for n in Counter(word).values())


def _texts(tree: ast.Node) -> Iterator[ast.Text]:
    pending: list[object] = [tree]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Text):
            yield each
        elif isinstance(each, tuple):
            pending.extend(reversed(each))
        elif isinstance(each, ast.Node):
            for name in _fields(type(each)):
                below = getattr(each, name)
                if below:
                    pending.append(below)


_FIELDS: dict[type[ast.Node], tuple[str, ...]] = {}
_WITHOUT_TEXT = frozenset(
    {"Span", "Trivia", "Name", "Name | None", "Duration", "Duration | None", "Window | None"}
    | {"str", "int", "bool", "Decimal", "Percent", "TimeOfDay", "CompareOp", "WithinOp"}
    | {"Channel", "Channel | Literal['notify']", "Unit", "Time", "datetime.time", "datetime.date"}
)


def _fields(kind: type[ast.Node]) -> tuple[str, ...]:
    """The fields of a tree that can have texts in them, last first."""
    found = _FIELDS.get(kind)
    if found is None:
        all_of_them = dataclasses.fields(kind)
        found = tuple(field.name for field in all_of_them if field.type not in _WITHOUT_TEXT)[::-1]
        _FIELDS[kind] = found
    return found
