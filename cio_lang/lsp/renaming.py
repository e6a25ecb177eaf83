"""A name at a place and its new text in, the edits of every file out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from cio_lang import text
from cio_lang.grammar import words_of_the_language
from cio_lang.lsp.lookup import every_place, name_at
from cio_lang.lsp.naming import Named
from cio_lang.lsp.positions import Edit, Encoding, Range, range_of
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.schema import PERSON_ATTRIBUTES, Kind, slug


class CannotRename(ValueError):
    """Why a name stays as it is, in words for the person who asked."""


_PLAIN = re.compile(r"[^\W\d]\w*")
_RENAMED: Mapping[str, Kind | Literal["property"]] = {
    "event": "event",
    "attribute": "attribute",
    "property": "property",
    "segment": "segment",
    "topic": "topic",
    "template": "template",
    "journey": "journey",
}


def renameable(
    snapshot: Snapshot, label: str, line: int, column: int, encoding: Encoding
) -> Range | None:
    """The range of a name that can have another, or None."""
    named = name_at(snapshot, label, line, column)
    source = snapshot.source(label)
    if named is None or source is None or _refusal(snapshot, named) is not None:
        return None
    return range_of(named.span, source, encoding)


def rename(
    snapshot: Snapshot, label: str, line: int, column: int, new: str, encoding: Encoding
) -> Mapping[str, tuple[Edit, ...]]:
    """The edits of each file.  Raises `CannotRename`."""
    named = name_at(snapshot, label, line, column)
    if named is None:
        raise CannotRename("There is no name here to change.")
    refused = _refusal(snapshot, named) or _taken(snapshot, named, new)
    if refused is not None:
        raise CannotRename(refused)
    edits: dict[str, list[Edit]] = {}
    for place in every_place(snapshot, named):
        source = snapshot.source(place.span.file)
        if source is not None:
            written = _spelled(place, new)
            edits.setdefault(place.span.file, []).append(
                Edit(range_of(place.span, source, encoding), written)
            )
    return {file: tuple(each) for file, each in edits.items()}


def _refusal(snapshot: Snapshot, named: Named) -> str | None:
    if named.role == "draw":
        return "With another name everybody would be drawn anew."
    if named.role not in _RENAMED:
        return f"The name of {'an ' if named.role[0] in 'aeiou' else 'a '}{named.role} is its own."
    if named.role == "attribute" and named.text in {each.name for each in PERSON_ATTRIBUTES}:
        return f"Every workspace has `{named.text}`: messages and sending rely on its name."
    if named.role == "template" and named.text not in snapshot.schema.templates:
        return f"`{named.text}` is named by its file: rename `templates/{named.text}.email.md`."
    if named.role == "property" and named.event is None:
        return f"It cannot be told which event `{named.text}` belongs to."
    return None


def _taken(snapshot: Snapshot, named: Named, new: str) -> str | None:
    if not new.strip() or not new.isprintable():
        return "A name has at least one letter, and stands on one line."
    role = _RENAMED[named.role]
    if role == "property":
        event = snapshot.schema.events.get(named.event or "")
        known = () if event is None else [line.name.text for line in event.properties]
        others = set(known) - {named.text}
    else:
        others = set(snapshot.schema.names(role)) - {named.text}
    if new in others or (role != "property" and slug(new) in map(slug, others)):
        return f"There is already {_article(named.role)} `{new}`."
    bare = [each for each in every_place(snapshot, named) if _in_a_message(snapshot, each)]
    if bare and not _PLAIN.fullmatch(new):
        return f"`{named.text}` stands in messages, where a name is one word: letters, digits, `_`."
    return None


def _in_a_message(snapshot: Snapshot, place: Named) -> bool:
    source = snapshot.source(place.span.file)
    before = "" if source is None else source.line(place.span.line)[: place.span.column - 1]
    return re.search(r"\b(person|event)\s*\.\s*$", before) is not None and "{" in before


def _spelled(place: Named, new: str) -> str:
    """The new name as it is written there: quoted where the old one was, or where it has to be."""
    if place.written.startswith('"') or not _PLAIN.fullmatch(new):
        return text.quoted(new)
    return text.quoted(new) if new in words_of_the_language() else new


def _article(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"
