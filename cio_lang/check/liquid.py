"""Variables in the words of a message: text with placeholders in, what they name out.

A small scanner and no parser: it knows which words in `{{ … }}` and `{% … %}` are names of
something, and which of those the text has made itself (`{% assign %}`, `{% for %}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cio_lang.record import record

_SKIPPED = re.compile(r"\{%-?\s*(raw|comment)\s*-?%\}.*?(?:\{%-?\s*end\1\s*-?%\}|\Z)", re.DOTALL)
_TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_PATH = re.compile(
    r"(?<![\w.|])([^\W\d][\w-]*\??)"  # the first name
    r"(?:\s*\.\s*([^\W\d][\w-]*\??)|\s*\[\s*(?:\"([^\"]*)\"|'([^']*)')\s*\])?"  # and the second
    r"(\s*:)?"
)
_FILTER = re.compile(r"\|\s*[^\W\d]\w*")
_WORDS = frozenset(
    {"and", "or", "not", "contains", "in", "true", "false", "nil", "null", "none", "empty"}
    | {"blank", "limit", "offset", "reversed", "with", "as", "by", "from", "to", "cols", "continue"}
)
"""Words of the template language that name nothing."""

_MADE = frozenset({"assign", "capture", "for", "tablerow", "increment", "decrement"})
_FOREIGN = frozenset({"include", "render", "layout", "block", "extends"})
_LOOP = frozenset({"forloop", "tablerowloop"})


_OPEN = re.compile(r"\{[{%](?:(?!\{[{%])[^\n])*")


def left_open(text: str) -> Iterator[tuple[int, int]]:
    """The places of placeholders and tags that begin in a text and do not end."""
    if "{{" not in text and "{%" not in text:
        return
    blank = _SKIPPED.sub(lambda found: " " * len(found[0]), text)
    blank = _TAG.sub(_without_whole, blank)
    for found in _OPEN.finditer(blank):
        yield found.start(), found.start() + len(found[0].rstrip())


def _without_whole(found: re.Match[str]) -> str:
    """Blanks for a tag that is whole; one that another begins inside of is not."""
    inside = found[1] if found[1] is not None else found[2]
    again = max(inside.rfind("{{"), inside.rfind("{%"))
    if again < 0:
        return " " * len(found[0])
    return found[0][: again + 2] + " " * (len(found[0]) - again - 2)


@record
class Variable:
    """`person.plan`: its two names, the place of its tag in the text, and what stands there.

    `softened` says that something is done where there is nothing to put in: the text has a
    `default`, or asks for it in a tag.
    """

    owner: str
    name: str | None
    start: int
    end: int
    tag: str
    softened: bool


@lru_cache(maxsize=4096)
def variables(text: str) -> tuple[Variable, ...]:
    """Every variable of a text in its order, without those that the text makes itself."""
    if "{" not in text:
        return ()
    return tuple(_variables(text))


def _variables(text: str) -> Iterator[Variable]:
    text = _SKIPPED.sub(lambda found: " " * len(found[0]), text)
    made = set(_LOOP)
    asks = "{%" in text
    for tag in _TAG.finditer(text):
        inside = tag[1] if tag[1] is not None else tag[2]
        inside = inside.strip("-").strip()
        if tag[2] is not None:
            word, _, inside = inside.partition(" ")
            if word in _FOREIGN:
                continue
            if word in _MADE:
                new = re.match(r"\s*([^\W\d][\w-]*)", inside)
                if new is not None:
                    made.add(new[1])
                    inside = inside[new.end() :]
        soft = asks or re.search(r"\|\s*default\b", inside) is not None
        for owner, name in _paths(inside):
            if owner not in made:
                yield Variable(owner, name, tag.start(), tag.end(), tag[0], soft)


def _paths(inside: str) -> Iterator[tuple[str, str | None]]:
    bare = _FILTER.sub("|", inside)
    quoted = [(found.start(), found.end()) for found in _TEXT.finditer(bare)]
    for found in _PATH.finditer(bare):
        if any(start < found.start() < end for start, end in quoted):
            continue
        name = found[2] or found[3] or found[4]
        if (found[5] and name is None) or (found[1] in _WORDS and name is None):
            continue
        yield found[1], name
