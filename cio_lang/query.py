"""People who meet a condition, as a question that is asked when it is used.

`people_where(store, condition, now, zone)` asks nothing yet.  Counting, walking through and looking
at the first few each ask the store once, and all see people as of `now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from itertools import islice
from typing import TYPE_CHECKING

from cio_lang import ir
from cio_lang.backends import words
from cio_lang.record import record

if TYPE_CHECKING:
    from cio_lang.store import Store
    from cio_lang.store.cost import Cost
    from cio_lang.store.state import PersonRow

__all__ = ["People", "people_where"]


@record
class People:
    """A live query: whoever meets the condition at `now`; nothing is kept between two askings."""

    store: Store
    condition: ir.Condition
    now: datetime
    zone: tzinfo

    def __str__(self) -> str:
        """Whom it takes, in words."""
        return words.people(self.condition)

    def __iter__(self) -> Iterator[PersonRow]:
        """All of them, by key."""
        return self.store.people_where(self.condition, self.now, self.zone)

    def count(self) -> int:
        """How many there are."""
        return self.store.count_where(self.condition, self.now, self.zone)

    def each(self, work: Callable[[PersonRow], object]) -> int:
        """Do something with each of them; how many there were."""
        done = 0
        for person in self:
            work(person)
            done += 1
        return done

    def preview(self, most: int = 10) -> list[PersonRow]:
        """The first few."""
        return list(islice(self, most))

    def cost(self) -> Cost:
        """What asking will take, estimated from what the store knows of its tables."""
        return self.store.cost_where(self.condition, self.now)

    def at(self, now: datetime) -> People:
        """The same question at another instant."""
        return People(self.store, self.condition, now, self.zone)


def people_where(store: Store, condition: ir.Condition, now: datetime, zone: tzinfo) -> People:
    """The people for whom a condition holds at `now`; `zone` is the workspace's."""
    return People(store, condition, now, zone)
