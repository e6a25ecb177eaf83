"""Lengths of time and calendar days, where clocks change and months differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import ast, ir
from cio_lang.calendar_time import (
    EARLIEST,
    LATEST,
    Period,
    add_local,
    add_months,
    calendar_window,
    day_ago,
    day_ahead,
    day_window,
    earlier,
    exact,
    instant_of,
    iso,
    later,
    local_day,
    parse_duration,
    start_of_day,
    zone,
)

BERLIN = zone("Europe/Berlin", UTC)
NEW_YORK = zone("America/New_York", UTC)
CAIRO = zone("Africa/Cairo", UTC)
ST_JOHNS = zone("America/St_Johns", UTC)
APIA = zone("Pacific/Apia", UTC)


def at(text: str, tz: tzinfo = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P1Y", Period(months=12)),
        ("P1Y2M", Period(months=14)),
        ("P2W", Period(days=14)),
        ("P3D", Period(days=3)),
        ("PT90M", Period(seconds=5_400)),
        ("PT1H30M5S", Period(seconds=5_405)),
        ("P1M2DT3S", Period(1, 2, 3)),
        ("P0D", Period()),
    ],
)
def test_an_iso_duration_is_a_period(text: str, period: Period) -> None:
    assert parse_duration(text) == period


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "3D", "P1DT", "p3d", "P-1D", "P1.5D", "P1D ", "P٣D", "PT1M1H"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        parse_duration(text)


@pytest.mark.parametrize("unit", get_args(ast.Unit))
def test_a_written_duration_survives_iso(unit: ast.Unit) -> None:
    periods = {
        "second": Period(seconds=2),
        "minute": Period(seconds=120),
        "hour": Period(seconds=7_200),
        "day": Period(days=2),
        "week": Period(days=14),
        "month": Period(months=2),
        "year": Period(months=24),
    }
    assert parse_duration(iso(ast.Duration(2, unit))) == periods[unit]
    assert iso(ast.Duration(2, "week")) == "P14D"


def test_a_window_has_days_of_24_hours_months_of_30_days_and_years_of_365() -> None:
    assert exact(Period(months=14, days=1, seconds=1)) == timedelta(days=365 + 60 + 1, seconds=1)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2024-03-30T09:00", "P1D", "2024-03-31T09:00"),  # a day of 23 hours
        ("2024-10-26T09:00", "P1D", "2024-10-27T09:00"),  # a day of 25 hours
        ("2024-03-30T02:30", "P1D", "2024-03-31T03:00"),  # no 02:30: the next instant there is
        ("2024-01-31T09:00", "P1M", "2024-02-29T09:00"),
        ("2023-01-31T09:00", "P1M", "2023-02-28T09:00"),
        ("2024-02-29T09:00", "P1Y", "2025-02-28T09:00"),
        ("2024-11-30T09:00", "P3M", "2025-02-28T09:00"),
    ],
)
def test_days_and_months_are_steps_on_the_calendar_of_the_zone(
    start: str, period: str, end: str
) -> None:
    assert add_local(at(start, BERLIN), parse_duration(period), BERLIN) == at(end, BERLIN)


def test_hours_are_exact_when_the_clock_changes() -> None:
    start = at("2024-03-31T01:30", BERLIN)
    assert add_local(start, parse_duration("PT24H"), BERLIN) == start + timedelta(hours=24)


def test_a_local_time_that_occurs_twice_takes_the_first() -> None:
    reached = add_local(at("2024-10-26T02:30", BERLIN), Period(days=1), BERLIN)
    assert reached == at("2024-10-27T00:30")
    assert reached.astimezone(BERLIN).fold == 0


def test_an_hour_from_the_second_half_past_two_is_half_past_three() -> None:
    second = at("2024-10-27T01:30")
    assert add_local(second, Period(seconds=3_600), BERLIN) == at("2024-10-27T03:30", BERLIN)


def test_a_gap_is_left_at_the_instant_of_the_change_whatever_the_second() -> None:
    for wall in ("2024-03-31T02:00:00", "2024-03-31T02:30:15.000005", "2024-03-31T02:59:59.999999"):
        assert instant_of(datetime.fromisoformat(wall), BERLIN) == at("2024-03-31T01:00")


def test_a_day_that_a_zone_skipped_is_the_next_day() -> None:
    change = at("2011-12-30T10:00")
    assert instant_of(datetime(2011, 12, 30, 12), APIA) == change
    assert day_window(date(2011, 12, 30), APIA) == (change, change)
    assert local_day(change, APIA) == date(2011, 12, 31)


def test_a_day_without_midnight_begins_when_its_clock_does() -> None:
    begins = start_of_day(date(2024, 4, 26), CAIRO)
    assert begins.astimezone(CAIRO).isoformat() == "2024-04-26T01:00:00+03:00"
    assert local_day(begins - timedelta(microseconds=1), CAIRO) == date(2024, 4, 25)


def test_a_day_that_has_begun_does_not_begin_again() -> None:
    # At one past midnight the clocks of Newfoundland went back to one past eleven.
    midnight = start_of_day(date(2010, 11, 7), ST_JOHNS)
    again = midnight + timedelta(minutes=30)
    assert again.astimezone(ST_JOHNS).date() == date(2010, 11, 6)
    assert local_day(again, ST_JOHNS) == date(2010, 11, 7)


def test_calendar_words_are_of_the_zone() -> None:
    now = at("2024-04-01T01:30", BERLIN)  # a Monday there, Sunday the 31st in UTC
    windows = {word: calendar_window(word, now, BERLIN) for word in get_args(ir.CalendarWord)}
    assert windows == {
        "today": (at("2024-04-01T00:00", BERLIN), at("2024-04-02T00:00", BERLIN)),
        "yesterday": (at("2024-03-31T00:00", BERLIN), at("2024-04-01T00:00", BERLIN)),
        "this_week": (at("2024-04-01T00:00", BERLIN), at("2024-04-08T00:00", BERLIN)),
        "this_month": (at("2024-04-01T00:00", BERLIN), at("2024-05-01T00:00", BERLIN)),
        "this_year": (at("2024-01-01T00:00", BERLIN), at("2025-01-01T00:00", BERLIN)),
        "last_week": (at("2024-03-25T00:00", BERLIN), at("2024-04-01T00:00", BERLIN)),
        "last_month": (at("2024-03-01T00:00", BERLIN), at("2024-04-01T00:00", BERLIN)),
        "last_year": (at("2023-01-01T00:00", BERLIN), at("2024-01-01T00:00", BERLIN)),
    }
    yesterday = windows["yesterday"]
    assert yesterday[1] - yesterday[0] == timedelta(hours=23)
    assert calendar_window("this_week", now, UTC)[0] == at("2024-03-25T00:00")


def test_days_ago_and_ahead_are_whole_days() -> None:
    now = at("2024-04-02T15:00", BERLIN)
    assert day_ago(now, Period(days=2), BERLIN) == day_window(date(2024, 3, 31), BERLIN)
    assert day_ahead(now, Period(months=1), BERLIN) == day_window(date(2024, 5, 2), BERLIN)
    assert day_ago(now, Period(seconds=16 * 3_600), BERLIN) == day_window(date(2024, 4, 1), BERLIN)


@pytest.mark.parametrize(
    "name",
    ["Mars/Olympus", "", "localtime", "America", "../UTC", "/etc/passwd", "a\0b", "x" * 5_000],
)
def test_a_name_that_is_no_zone_falls_to_the_default(name: str) -> None:
    assert zone(name, NEW_YORK) is NEW_YORK


def test_what_is_no_text_is_no_zone() -> None:
    assert zone(None, BERLIN) is zone(5, BERLIN) is zone(["UTC"], BERLIN) is BERLIN
    assert zone("UTC", BERLIN) is UTC


def test_the_ends_of_time_hold() -> None:
    far = parse_duration("P99999999Y")
    assert add_local(at("2024-01-01T00:00"), far, BERLIN) == LATEST
    assert add_local(at("2024-01-01T00:00"), parse_duration("PT99999999999999H"), UTC) == LATEST
    assert later(at("2024-01-01T00:00"), exact(far)) == LATEST
    assert earlier(at("2024-01-01T00:00"), exact(far)) == EARLIEST
    assert add_months(date(2024, 1, 31), -99_999) == EARLIEST.date()
    assert start_of_day(date.min, NEW_YORK) == EARLIEST
    assert start_of_day(date.max, NEW_YORK) == LATEST


ZONES = st.sampled_from([BERLIN, NEW_YORK, CAIRO, ST_JOHNS, APIA, UTC])
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2037, 1, 1), timezones=st.just(UTC))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(INSTANTS, ZONES)
def test_every_instant_is_in_one_day(instant: datetime, tz: tzinfo) -> None:
    start, end = day_window(local_day(instant, tz), tz)
    assert start <= instant < end


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(INSTANTS, st.integers(0, 400), ZONES)
def test_a_wait_never_ends_before_it_began(instant: datetime, days: int, tz: tzinfo) -> None:
    assert add_local(instant, Period(days=days), tz) >= instant
    assert add_local(instant, Period(seconds=days), tz) == instant + timedelta(seconds=days)
