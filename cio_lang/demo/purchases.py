"""The CDNOW purchases as people and events.

The data knows the day of a purchase and no hour, and no addresses.  Both are made up from the
customer's number, the same way every time: see `examples/cdnow/README.md`.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.store.state import NewEvent

COLUMNS = ["customer_id", "date", "cds", "amount_usd"]

SHOP = ZoneInfo("America/New_York")

FIRST_DAY = date(1997, 1, 1)
LAST_DAY = date(1998, 6, 30)


@record(kw_only=True)
class NotThePurchases(Problem):
    """The example's data file is missing, cut short or something else."""

    code = "not-the-purchases"
    reason: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.span.file}` is not the purchase history: {self.reason}.",
            "The demo replays this file, so it has to be whole.",
            "install cio again, or restore the file from git",
        )


@record
class Customer:
    """One customer with all their orders, oldest first."""

    key: str
    email: str
    first_day: date
    orders: tuple[NewEvent, ...]


def read(path: Path, limit: int | None = None) -> Iterator[Customer]:
    """The customers of the file in its order, at most `limit` of them.

    Raises UserMistake where the file is missing, cut short or has other columns.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames != COLUMNS:
                raise _mistake(path, f"its columns are {rows.fieldnames}, not {COLUMNS}")
            for number, (key, group) in enumerate(groupby(rows, lambda row: row["customer_id"])):
                if limit is not None and number >= limit:
                    return
                yield _customer(number, key, list(group))
    except (OSError, EOFError, KeyError, ValueError, TypeError) as error:
        raise _mistake(path, str(error) or "it ends too early") from error


def _mistake(path: Path, reason: str) -> UserMistake:
    return UserMistake(NotThePurchases(span=place(path), reason=reason))


def _customer(number: int, key: str, rows: list[dict[str, str]]) -> Customer:
    orders: list[NewEvent] = []
    for day, of_day in groupby(sorted(rows, key=_day), _day):
        for rank, row in enumerate(of_day):
            orders.append(
                NewEvent(
                    person=key,
                    name="order_placed",
                    at=_moment(number, rank, date.fromisoformat(day)),
                    properties={"amount": float(row["amount_usd"]), "cds": int(row["cds"])},
                    id=f"{key}-{len(orders) + 1}",
                )
            )
    return Customer(key, f"{key}@example.com", date.fromisoformat(_day(rows[0])), tuple(orders))


def _day(row: dict[str, str]) -> str:
    return row["date"]


def _moment(number: int, rank: int, day: date) -> datetime:
    """An instant on `day`, from 08:00 in the shop; the day's second order is 9 minutes later."""
    opening = datetime.combine(day, time(8), tzinfo=SHOP)
    minutes = (number * 37 + day.toordinal() * 101) % (10 * 60) + rank * 9
    return (opening + timedelta(minutes=minutes)).astimezone(UTC)
