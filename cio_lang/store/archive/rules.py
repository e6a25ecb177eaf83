"""When an event leaves the hot store: rules and reach in, for each event an instant out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta

from cio_lang.calendar_time import earlier
from cio_lang.conditions.reach import Reach
from cio_lang.record import record
from cio_lang.store.events import HISTORY_AFTER


@record
class Rules:
    """The `[archive]` table of `cio.toml`.

    `where` is a folder or `s3://bucket/prefix`; `cold` the same for files older than `cold_days`
    (None: they stay where they are).  `keep_days` says for single events, or for all (`*`), after
    how many days they are thrown away for good.
    """

    where: str = "archive"
    cold: str | None = None
    hot_days: int = 30
    cold_days: int = 90
    keep_days: Mapping[str, int] = field(default_factory=dict)

    def kept(self, event: str) -> timedelta | None:
        """How long an event with that name is kept; None: for ever."""
        days = self.keep_days.get(event, self.keep_days.get("*"))
        return None if days is None else timedelta(days=days)


def leaves_hot(
    event: str, rules: Rules, reach: Reach, now: datetime, oldest_run: datetime | None
) -> datetime | None:
    """Events with that name from before this instant may go; None: all of them stay.

    `oldest_run` is when the oldest live run entered.
    """
    back = reach.of(event)
    if back is None:
        return None
    stays = max(back, timedelta(days=rules.hot_days), HISTORY_AFTER)
    cut = earlier(now, stays)
    if event in reach.since_entering and oldest_run is not None:
        cut = min(cut, oldest_run)
    return cut
