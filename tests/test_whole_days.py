"""A date that is compared with a day is on it from its first instant to its last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cio_lang.conditions import Moment, holds
from cio_lang.grammar import parse_condition
from cio_lang.lower import condition
from cio_lang.schema import Schema
from cio_lang.source import Source

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def true_of(text: str, stored: object) -> bool:
    tree, problems = parse_condition(Source("<test>", text))
    assert tree is not None and not problems
    attributes = {} if stored is None else {"renews_at": stored}
    return holds(
        condition(tree, Schema()), Moment(attributes, (), NOW, BERLIN, NOW - timedelta(days=9))
    )


@pytest.mark.parametrize(
    ("stored", "on_it"),
    [
        ("2026-12-01", True),
        ("2026-12-01T23:59:59+01:00", True),
        ("2026-11-30T23:00:00+00:00", True),  # midnight in Berlin
        ("2026-11-30T22:59:59+00:00", False),
        ("2026-12-01T23:00:00+00:00", False),
        ("2026-12-02", False),
        ("soon", False),
        (None, False),
    ],
)
def test_a_moment_is_on_a_day_of_the_persons_zone(stored: object, on_it: bool) -> None:
    assert true_of("renews_at is 2026-12-01", stored) is on_it
    assert true_of("renews_at is one of 2026-12-01, 2027-01-01", stored) is on_it
    assert true_of("renews_at is between 2026-12-01 and 2026-12-01", stored) is on_it
    assert true_of("renews_at is not 2026-12-01", stored) is not on_it
    assert true_of("renews_at is not one of 2026-12-01, 2027-01-01", stored) is not on_it


def test_both_days_of_a_span_are_in_it() -> None:
    span = "renews_at is between 2026-11-30 and 2026-12-02"
    inside = [day for day in range(28, 31) if true_of(span, f"2026-11-{day}")]
    assert inside == [30]
    assert [day for day in range(1, 5) if true_of(span, f"2026-12-0{day}")] == [1, 2]
