"""What can be asked of segments that keep themselves: `Store.live`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cio_lang.conditions import Moment
from cio_lang.source import Span
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant_or_none, micros
from cio_lang.store.segments import figures, lists, refreshing
from cio_lang.store.segments.live import Live, applied
from cio_lang.store.segments.moments import moments


class LiveSegments:
    """Members, sizes and changes of the segments of one store.

    Exact as of the last writing or `refresh`, whichever came later.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def refresh(self, now: datetime) -> int:
        """Let time pass: look at all who are due by `now`; how many (person, segment) they were."""
        return refreshing.refresh(self._database, micros(now))

    def next_check(self) -> datetime | None:
        """When time alone can next change anything."""
        return instant_or_none(refreshing.next_check(self._database))

    def find(self, segment: str, span: Span | None = None) -> Live:
        """The segment with that title or name; `UserMistake` where none is applied."""
        return lists.find(self._database, segment, span)

    def titles(self) -> dict[str, str]:
        """The titles of all segments that are applied, by name."""
        return {name: live.title for name, live in applied(self._database).segments.items()}

    def standings(self, now: datetime) -> list[figures.Standing]:
        """Every segment in figures: size, growth, last change."""
        return figures.standings(self._database, now)

    def size(self, segment: str) -> int:
        """How many people are in it; `UserMistake` where none of that name is applied."""
        return figures.size(self._database, self.find(segment).name) or 0

    def membership(self, segment: str, person_id: int) -> figures.Membership:
        """Whether a person is in it (by name), and since when."""
        return figures.membership(self._database, segment, person_id)

    def changes_of(self, person_id: int) -> list[figures.MembershipChange]:
        """Every time a person came into a segment or went out of one, in order."""
        return figures.changes_of(self._database, person_id)

    def changes_since(
        self, after: int, limit: int = 1_000
    ) -> list[tuple[int, figures.MembershipChange]]:
        """Changes of anybody, numbered, behind the one with the number `after`."""
        return figures.changes_since(self._database, after, limit)

    def change_list(
        self,
        segment: str,
        what: lists.Change,
        refs: Sequence[str],
        at: datetime,
        span: Span | None = None,
    ) -> lists.Changed:
        """Add people to a list kept by hand, remove them, make them all of it, or empty it."""
        return lists.change(self._database, segment, what, refs, at, span)

    def moment(self, person_id: int, live: Live, now: datetime) -> Moment:
        """A person at `now`, with all that the segment can ask about."""
        plan = applied(self._database)
        ((_, found),) = moments(self._database, plan, [person_id], live.names, now)
        return found
