"""Conditions that look back further than the hot store goes: asked of all tiers, through DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import names
from cio_lang.conditions.reach import reach
from cio_lang.store.archive.manifest import Archive
from cio_lang.store.archive.reading import every_tier
from cio_lang.store.condition_sql import Question, people_sql


def looks_past_hot(
    archive: Archive, condition: ir.Condition, segments: Mapping[str, ir.Condition]
) -> bool:
    """Whether an archived event may change an answer of the condition."""
    looks = reach([condition, *segments.values()])
    hot = timedelta(days=archive.rules.hot_days)
    asked = names(condition, segments)
    found = [looks.of(event) for event in asked.events]
    return (asked.any_event and looks.any_event > hot) or any(
        back is None or back > hot for back in found
    )


def matching(
    archive: Archive,
    condition: ir.Condition,
    now: datetime,
    tz: tzinfo,
    segments: Mapping[str, ir.Condition],
) -> list[int]:
    """The ids of the people who match at `now`, over all tiers, by key."""
    asked = names(condition, segments)
    with every_tier(archive, None if asked.any_event else asked.events) as connection:
        named = connection.sql("SELECT DISTINCT timezone FROM people WHERE timezone IS NOT NULL")
        zones = {name: zone(name, tz) for (name,) in named.fetchall()}
        sql = people_sql(condition, Question("duckdb", now, tz, segments, zones))
        rows = connection.sql(f"SELECT id FROM people WHERE id IN ({sql}) ORDER BY key").fetchall()
    return [row[0] for row in rows]
