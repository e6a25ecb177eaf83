"""What is worked out when a row is written and stands beside it, as JSON text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cio_lang.store.database import Database

Beside = tuple[str | None, str | None, str | None]
"""The person's zone, casefolded texts, instants of dates."""


def beside(values: Mapping[str, Any], timezone: object, default: str) -> Beside:
    """What stands beside attributes or properties of a person who says to live in `timezone`."""
    return None, None, None


def beside_text(text: str, timezone: str | None, default: str) -> tuple[str | None, str | None]:
    """Casefolded texts and instants of dates of properties that are JSON text already."""
    return None, None


def default_zone(database: Database) -> str:
    """The workspace's zone."""
    return database.setting("timezone") or "UTC"


def rework_people(database: Database, people: Sequence[int]) -> None:
    """Work out again what stands beside the attributes of people."""
    return


def rework_events(database: Database, people: Sequence[int]) -> None:
    """Work out again what stands beside the events of people who live elsewhere now."""
    return
