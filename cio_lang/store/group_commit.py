"""Single events and attributes from many threads, committed together and acknowledged afterwards.

A commit that waits for the disk takes as long for a thousand events as for one.  Whatever comes
while one commit is under way is stored by the next one: nobody waits for a clock, and the busier
it is, the larger the groups are.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self

from cio_lang.store.events import EventRow, check_row, event_row
from cio_lang.store.limits import Refused
from cio_lang.store.people_writing import PersonData, check_person
from cio_lang.store.state import NewEvent
from cio_lang.store.store import Store

GROUP = 1_000
"""At most so many in one transaction."""

ROOM = 10_000
"""So many may wait, one by one, before those who submit have to."""


class QueueFull(Exception):
    """As many as may wait are waiting: come back later."""


class _Submitted(NamedTuple):
    """Either an event or what becomes known of a person, and who waits for it to be stored."""

    stored: Future[None]
    event: EventRow | None = None
    person: PersonData | None = None


class GroupCommit:
    """A queue in front of an open store, and one thread that writes.

    Each `Future` ends after the commit that holds what was submitted; with `open_store(…,
    durable=True)` it is then on the disk.  What the store does not take ends in `Refused` by
    itself, and its neighbours are stored.  Where the store fails, all of that group end in its
    `UserMistake`, nothing of the group is stored, and the next group is tried again.  What was not
    acknowledged may be submitted again: an event counts once, and the same attribute at the same
    instant is no change.

    Any thread may submit.  In an event loop: `await asyncio.wrap_future(commits.submit(event, 0))`.
    """

    def __init__(self, store: Store, *, group: int = GROUP, room: int = ROOM) -> None:
        self._store, self._group, self._room = store, group, room
        self._waiting: deque[_Submitted] = deque()
        self._closed = False
        lock = threading.Lock()
        self._came, self._left = threading.Condition(lock), threading.Condition(lock)
        self._thread = threading.Thread(target=self._work, name="group commit", daemon=True)
        self._thread.start()

    def submit(self, event: NewEvent, timeout: float | None = None) -> Future[None]:
        """Have an event stored.

        Where the queue is full this waits; raises `QueueFull` after `timeout` seconds.
        """
        stored: Future[None] = Future()
        try:
            row = event_row(event)
            check_row(row)
        except Refused as refused:
            stored.set_exception(refused)
            return stored
        return self._add(_Submitted(stored, event=row), timeout)

    def submit_person(
        self,
        key: str,
        attributes: Mapping[str, Any],
        at: datetime,
        timeout: float | None = None,
    ) -> Future[None]:
        """The same for attributes of a person; None takes one away."""
        stored: Future[None] = Future()
        person = (key, dict(attributes), at)
        try:
            check_person(person)
        except Refused as refused:
            stored.set_exception(refused)
            return stored
        return self._add(_Submitted(stored, person=person), timeout)

    def close(self) -> None:
        """Store what is waiting, and take nothing more.  The store stays open."""
        with self._came:
            self._closed = True
            self._came.notify_all()
            self._left.notify_all()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _add(self, submitted: _Submitted, timeout: float | None) -> Future[None]:
        with self._left:
            there_is_room = self._left.wait_for(
                lambda: self._closed or len(self._waiting) < self._room, timeout
            )
            if self._closed:
                raise RuntimeError("the group commit is closed")
            if not there_is_room:
                raise QueueFull
            self._waiting.append(submitted)
            self._came.notify()
        return submitted.stored

    def _work(self) -> None:
        while group := self._next():
            # From here on nobody can take theirs back.
            group = [each for each in group if each.stored.set_running_or_notify_cancel()]
            try:
                refused = self._commit(group)
            except BaseException as error:
                for each in group:
                    each.stored.set_exception(error)
            else:
                for each in group:
                    if id(each.person) in refused:
                        each.stored.set_exception(refused[id(each.person)])
                    else:
                        each.stored.set_result(None)

    def _next(self) -> list[_Submitted]:
        """Those that wait, as soon as somebody does; none where it is closed and all are stored."""
        with self._came:
            self._came.wait_for(lambda: self._waiting or self._closed)
            count = min(len(self._waiting), self._group)
            group = [self._waiting.popleft() for _ in range(count)]
            self._left.notify(count)
            return group

    def _commit(self, group: list[_Submitted]) -> dict[int, Refused]:
        """Store a group; what was refused of people, for all that is known of them already."""
        people = [each.person for each in group if each.person is not None]
        events = [each.event for each in group if each.event is not None]
        refused: dict[int, Refused] = {}
        with self._store.transaction():
            if people:
                self._store.put_people(people, lambda row, why: refused.update({id(row): why}))
            if events:
                self._store.put_event_rows(events)
        return refused
