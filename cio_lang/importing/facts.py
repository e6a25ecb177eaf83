"""What a row says: somebody is known, something happened, or two are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cio_lang.store.identity import Kind

Names = tuple[tuple[Kind, str], ...]


class Who(NamedTuple):
    """A person, by their key or else by the first of their names that is somebody's.

    Where neither is, they are made, with the first of `before` or of the names as their key; so
    `before` are keys under which they may be known from a time when their key was not.
    """

    key: str | None
    names: Names = ()
    before: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        """The key of somebody who has none."""
        return self.before[0] if self.before else self.names[0][1]


class Known(NamedTuple):
    """Attributes of a person, as of an instant in microseconds (None: the time of the import)."""

    who: Who
    attributes: Mapping[str, Any]
    at: int | None


class Happened(NamedTuple):
    """An event, its properties as JSON; without an id it is known by all that it says."""

    who: Who
    uid: str | None
    name: str
    at: int
    received: int | None
    properties: str


class Same(NamedTuple):
    """Who was called `other` before is this person."""

    who: Who
    other: str
    at: int


Fact = Known | Happened | Same
