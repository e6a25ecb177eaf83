"""What is asked again before a queued message is handed over.

Between the step that made a message and its hand-over there may be hours: a server that was away, a
retry, a process that died.  So the transaction that ends a run by an exit also skips what the run
has waiting, and the one that commits `attempting` looks once more whether the person still wants
messages.  Neither leaves a gap: the fence keeps off who had claimed the message before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from cio_lang.store.database import Database
from cio_lang.store.encoding import micros
from cio_lang.store.state import Run

LEFT = "left meanwhile"

OF_ITSELF = frozenset(
    {"finished", "leave", "goes round in circles", "the step is missing"}
    | {"this step is not carried out yet"}
)
"""How a run ends at one of its own steps; with every other reason it was ended from outside."""

_TRUE = {
    "sqlite": "json_type(people.attributes, '$.unsubscribed') = 'true'",
    "postgresql": "people.attributes -> 'unsubscribed' = CAST('true' AS jsonb)",
}


def has_left(status: str, reason: str | None) -> bool:
    """Whether a run was ended by an exit, or by hand."""
    return status == "finished" and reason not in OF_ITSELF


def skip_of_ended(database: Database, changed: Iterable[Run], now: datetime) -> None:
    """Skip what waits of runs that have just been ended by an exit; in the caller's transaction.

    What the same step makes is not there yet, and is sent: it came before the exit.
    """
    ended = [run.id for run in changed if has_left(run.status, run.reason)]
    if not ended:
        return
    waiting = f"run {database.within} AND status IN ('queued', 'deferred', 'held')"
    among = database.array(ended)
    if database.dialect == "postgresql":
        # In the order in which dispatchers lock them.
        locking = f"SELECT id FROM outbox WHERE {waiting} ORDER BY id FOR NO KEY UPDATE"
        database.driver(locking, (among,))
    set_ = f"UPDATE outbox SET status = 'skipped', reason = '{LEFT}', fence = fence + 1,"
    sql = database.marks(f"{set_} lease_until = 0, settled_at = ? WHERE ")
    database.driver(sql + waiting, (micros(now), among))


def consents(database: Database) -> str:
    """A condition on messages: their person has not unsubscribed."""
    unsubscribed = f"people.id = outbox.person AND {_TRUE[database.dialect]}"
    return f"NOT EXISTS (SELECT 1 FROM people WHERE {unsubscribed})"


def lock_people(database: Database, messages: Sequence[str]) -> None:
    """Nobody unsubscribes from here to the end of the transaction; people come before messages."""
    if database.dialect == "postgresql":
        database.driver(
            "SELECT id FROM people WHERE id IN (SELECT person FROM outbox WHERE id = ANY(%s))"
            " ORDER BY id FOR SHARE",
            (list(messages),),
        )
