"""Calendar spans, anniversaries, and times of day across clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cio_lang import ir
from cio_lang.calendar_time import (
    Span,
    add_local,
    anniversary,
    calendar_days,
    days_seeing,
    parse_duration,
    zone,
)
from cio_lang.wall_clock import date_moment, next_scheduled, next_time, quiet_until, slot_opens

BERLIN = zone("Europe/Berlin", UTC)
NEW_YORK = zone("America/New_York", UTC)


def local(text: str, tz: object = BERLIN) -> datetime:
    """A local time that comes once."""
    return datetime.fromisoformat(text).replace(tzinfo=tz)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "first", "after"),
    [
        ("yesterday", "2026-06-02", "2026-06-03"),
        ("today", "2026-06-03", "2026-06-04"),
        ("tomorrow", "2026-06-04", "2026-06-05"),
        ("last_week", "2026-05-25", "2026-06-01"),
        ("this_week", "2026-06-01", "2026-06-08"),
        ("next_week", "2026-06-08", "2026-06-15"),
        ("last_month", "2026-05-01", "2026-06-01"),
        ("this_month", "2026-06-01", "2026-07-01"),
        ("next_month", "2026-07-01", "2026-08-01"),
        ("last_year", "2025-01-01", "2026-01-01"),
        ("this_year", "2026-01-01", "2027-01-01"),
        ("next_year", "2027-01-01", "2028-01-01"),
    ],
)
def test_spans_as_seen_from_a_wednesday(word: Span, first: str, after: str) -> None:
    found = calendar_days(word, date(2026, 6, 3))
    assert found == (date.fromisoformat(first), date.fromisoformat(after))
    for day in (found[0], date.fromordinal(found[1].toordinal() - 1)):
        seen_from, no_more = days_seeing(word, day)
        assert seen_from <= date(2026, 6, 3) < no_more


def test_next_month_from_the_31st() -> None:
    assert calendar_days("next_month", date(2026, 1, 31)) == (date(2026, 2, 1), date(2026, 3, 1))


def test_29_february_in_other_years() -> None:
    assert anniversary(date(1996, 2, 29), 2027) == date(2027, 2, 28)
    assert anniversary(date(1996, 2, 29), 2028) == date(2028, 2, 29)


def test_days_are_steps_and_hours_are_exact() -> None:
    start = local("2026-03-28T09:00")
    assert add_local(start, parse_duration("P1D"), BERLIN) == local("2026-03-29T09:00")
    assert add_local(start, parse_duration("PT24H"), BERLIN) == local("2026-03-29T10:00")


@pytest.mark.parametrize(
    ("now", "clock", "weekday", "expected"),
    [
        ("2026-06-03T08:59", "09:00", None, "2026-06-03T09:00"),
        ("2026-06-03T09:00", "09:00", None, "2026-06-03T09:00"),
        ("2026-06-03T09:01", "09:00", None, "2026-06-04T09:00"),
        ("2026-06-03T09:00", "10:00", "tuesday", "2026-06-09T10:00"),
        ("2026-06-02T11:00", "10:00", "tuesday", "2026-06-09T10:00"),
        ("2026-03-28T12:00", "02:30", None, "2026-03-29T03:00"),
    ],
)
def test_the_next_time_of_day(now: str, clock: str, weekday: str | None, expected: str) -> None:
    assert next_time(local(now), clock, weekday, BERLIN) == local(expected)


def test_their_weekday_is_not_that_of_utc() -> None:
    now = datetime(2026, 6, 2, 2, tzinfo=UTC)  # Monday evening in New York
    assert next_time(now, "22:00", "monday", NEW_YORK) == now
    assert next_time(now, "22:00", "tuesday", NEW_YORK) == datetime(2026, 6, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "start", "end", "weekdays", "expected"),
    [
        ("2026-06-03T09:00", "09:00", "17:00", False, "2026-06-03T09:00"),
        ("2026-06-03T17:00", "09:00", "17:00", False, "2026-06-04T09:00"),
        ("2026-06-05T17:00", "09:00", "17:00", True, "2026-06-08T09:00"),
        ("2026-06-06T01:00", "22:00", "02:00", True, "2026-06-06T01:00"),  # Friday's slot
        ("2026-06-07T01:00", "22:00", "02:00", True, "2026-06-08T22:00"),
    ],
)
def test_when_a_slot_opens(now: str, start: str, end: str, weekdays: bool, expected: str) -> None:
    slot = ir.WaitSlot(start, end, weekdays)
    assert slot_opens(local(now), slot, BERLIN) == local(expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-03T20:59", "2026-06-03T20:59"),
        ("2026-06-03T21:00", "2026-06-04T08:00"),
        ("2026-06-03T07:59", "2026-06-03T08:00"),
        ("2026-06-03T08:00", "2026-06-03T08:00"),
    ],
)
def test_quiet_hours_over_midnight(now: str, expected: str) -> None:
    assert quiet_until(local(now), ir.Quiet("21:00", "08:00"), BERLIN) == local(expected)


@pytest.mark.parametrize(
    ("every", "after", "expected"),
    [
        ("day", "2026-06-03T09:00", "2026-06-04T09:00"),
        ("monday", "2026-06-01T08:59", "2026-06-01T09:00"),
        ("monday", "2026-06-01T09:00", "2026-06-08T09:00"),
        ("weekday", "2026-06-05T09:00", "2026-06-08T09:00"),
        (1, "2026-06-01T09:00", "2026-07-01T09:00"),
        (31, "2026-02-01T00:00", "2026-02-28T09:00"),
    ],
)
def test_schedules(every: str | int, after: str, expected: str) -> None:
    schedule = ir.Schedule(every, "09:00")
    assert next_scheduled(local(after), schedule, BERLIN) == local(expected)


@pytest.mark.parametrize(
    ("stored", "about", "expected"),
    [
        ("2026-06-10", ir.DateMoment("d"), "2026-06-10T00:00"),
        ("2026-06-10", ir.DateMoment("d", "-P3D", "09:00"), "2026-06-07T09:00"),
        ("2026-06-10T15:30", ir.DateMoment("d", "P1M"), "2026-07-10T15:30"),
        ("2026-06-10T15:30", ir.DateMoment("d", "-PT2H"), "2026-06-10T13:30"),
        ("2020-06-10", ir.DateMoment("d", "P0D", "09:00"), "2020-06-10T09:00"),  # past
        ("1996-02-29", ir.DateMoment("d", "P0D", "08:00", yearly=True), "2027-02-28T08:00"),
        ("1990-06-03", ir.DateMoment("d", "P0D", "12:00", yearly=True), "2026-06-03T12:00"),
        ("1990-01-01", ir.DateMoment("d", "-P1D", "12:00", yearly=True), "2026-12-31T12:00"),
        ("soon", ir.DateMoment("d"), None),
        (None, ir.DateMoment("d"), None),
    ],
)
def test_moments_of_a_date(stored: object, about: ir.DateMoment, expected: str | None) -> None:
    now = local("2026-06-03T12:00")
    found = date_moment(stored, about, BERLIN, now)
    assert found == (None if expected is None else local(expected))
