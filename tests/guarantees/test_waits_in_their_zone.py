"""Days are calendar days where the person is; hours are exact."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cio_lang.conditions import Event
from tests.one_person import Alice, deployed, journey, mail, wait
from tests.workspace import ORDERED


@pytest.mark.parametrize(
    ("zone", "entered", "duration", "sent"),
    [
        # Berlin's clocks go forward on 29 March 2026 at 02:00, back on 25 October at 03:00.
        ("Europe/Berlin", "2026-03-28T09:00", "P1D", "2026-03-29T09:00"),
        ("Europe/Berlin", "2026-10-24T09:00", "P1D", "2026-10-25T09:00"),
        ("Europe/Berlin", "2026-03-28T02:30", "P1D", "2026-03-29T03:00"),
        ("America/New_York", "2026-03-07T09:00", "P2D", "2026-03-09T09:00"),
        ("Europe/Berlin", "2026-01-31T09:00", "P1M", "2026-02-28T09:00"),
    ],
)
def test_days_are_calendar_days(zone: str, entered: str, duration: str, sent: str) -> None:
    tz = ZoneInfo(zone)
    start = datetime.fromisoformat(entered).replace(tzinfo=tz).astimezone(UTC)
    graph = journey(ORDERED, {"w": wait(duration, "a"), "a": mail("x")})
    her = Alice([deployed(graph, start)], {"timezone": zone}, created_at=start, due=start)
    her.did(Event("order_placed", start, {}, "e"))
    her.replay(24 * 300)
    [row] = her.outbox
    assert row.made_at.astimezone(tz).replace(tzinfo=None).isoformat("T", "minutes") == sent


def test_hours_are_exact() -> None:
    tz = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, 9, tzinfo=tz).astimezone(UTC)
    graph = journey(ORDERED, {"w": wait("PT24H", "a"), "a": mail("x")})
    her = Alice([deployed(graph, start)], {"timezone": "Europe/Berlin"}, start, due=start)
    her.did(Event("order_placed", start, {}, "e"))
    her.replay(24 * 300)
    [row] = her.outbox
    assert row.made_at.astimezone(tz).hour == 10


def test_a_zone_that_is_none_falls_back_to_the_workspace() -> None:
    start = datetime(2026, 3, 28, 9, tzinfo=UTC)
    graph = journey(ORDERED, {"w": wait("P1D", "a"), "a": mail("x")})
    her = Alice([deployed(graph, start)], {"timezone": "Mars/Olympus"}, start, due=start)
    her.did(Event("order_placed", start, {}, "e"))
    her.replay(24 * 300)
    assert her.outbox[0].made_at == datetime(2026, 3, 29, 9, tzinfo=UTC)
