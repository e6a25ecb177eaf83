"""Two workspaces, in two files or in two schemas of one server: nothing crosses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cio_lang.mistake import place
from cio_lang.runtime.advance import replay
from cio_lang.store import Store, tables
from cio_lang.store.database import Database, open_database
from cio_lang.store.events import put_events
from cio_lang.store.forget import forget
from cio_lang.store.merge import merge
from cio_lang.store.people import find_person, put_people
from cio_lang.store.state import NewEvent
from tests.one_person import START, at
from tests.stores import place_for
from tests.workspace import crowd, filled, two_mails

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def two(dialect: str, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    with ExitStack() as stack:
        opened = []
        for name in ("acme", "globex"):
            (tmp_path / name).mkdir()
            where = stack.enter_context(place_for(dialect, tmp_path / name))
            opened.append(stack.enter_context(open_database(where, create=True)))
        yield opened[0], opened[1]


def live(database: Database, mark: str) -> None:
    """What happens in a workspace: the same keys, emails and event ids as in the other."""
    rows = [(f"p{n}", {"email": f"p{n % 40}@x.com", "mark": mark}, NOW) for n in range(50)]
    put_people(database, rows)
    put_events(
        database,
        (
            NewEvent(f"p{n % 50}", "bought", NOW + n * HOUR, {"mark": mark}, id=f"e{n}")
            for n in range(120)
        ),
    )
    merge(database, "p1", "p2", NOW)
    forget(database, "p3", NOW)
    put_people(database, [("p4", {"mark": f"{mark}-later"}, NOW + HOUR)])


def content(database: Database) -> dict[str, list[str]]:
    """Everything that is stored, but for what is the store's own: its secret, and hashes by it."""
    own = {"meta", "forgotten"}
    return {
        table.name: sorted(str(tuple(row)) for row in database.execute(sa.select(table)))
        for table in tables.metadata.sorted_tables
        if table.name not in own
    }


def test_a_replay_beside_another_workspace_is_the_replay_alone(
    two: tuple[Database, Database], dialect: str, tmp_path: Path
) -> None:
    acme, globex = two
    (tmp_path / "alone").mkdir()
    with (
        place_for(dialect, tmp_path / "alone") as where,
        open_database(where, create=True) as alone,
    ):
        live(alone, "acme")
        expected = content(alone)
    live(acme, "acme")
    before = content(acme)
    assert before == expected
    live(globex, "globex")
    assert content(acme) == before
    assert "globex" not in str(content(acme)) and "acme" not in str(content(globex))
    assert str(content(globex)).replace("globex", "acme") == str(expected)


def test_what_is_forgotten_here_is_not_forgotten_there(two: tuple[Database, Database]) -> None:
    acme, globex = two
    for database in two:
        put_people(database, [("ann", {"email": "ann@x.com"}, NOW)])
    forget(acme, "ann", NOW)
    assert find_person(globex, "ann@x.com", place("x")) is not None
    assert put_people(globex, [("ann", {"plan": "Pro"}, NOW)]) == 0
    assert acme.setting("secret") != globex.setting("secret")
    acme_hashes, globex_hashes = (
        {row[0] for row in database.driver("SELECT hash FROM forgotten")} for database in two
    )
    assert acme_hashes and not globex_hashes
    forget(globex, "ann", NOW)
    assert not acme_hashes & {row[0] for row in globex.driver("SELECT hash FROM forgotten")}


def test_a_change_here_wakes_nobody_there(two: tuple[Database, Database]) -> None:
    acme, globex = two
    before = globex.data_version()
    put_people(acme, [("ann", {}, NOW)])
    assert globex.data_version() == before


def test_journeys_replayed_side_by_side_are_the_journeys_alone(
    dialect: str, tmp_path: Path
) -> None:
    def told(store: Store) -> list[object]:
        people = [store.the_person(key) for key in sorted(crowd(4))]
        return [
            (person, store.messages_of(person.id), store.decisions_of(person.id))
            for person in people
        ]

    with ExitStack() as stack:
        stores = []
        for name in ("alone", "acme", "globex"):
            (tmp_path / name).mkdir()
            where = stack.enter_context(place_for(dialect, tmp_path / name))
            stores.append(stack.enter_context(filled(where, [two_mails()], crowd(4))))
        alone, acme, globex = stores
        globex.put_people((key, {"name": "of globex"}, START) for key in crowd(4))
        for hours in (2, 20, 40):
            replay(acme, at(hours))
            replay(globex, at(hours))
            globex.put_events(
                NewEvent(key, "order_placed", at(hours), id=f"more-{hours}") for key in crowd(4)
            )
            claimed = globex.claim_outbox(at(hours), 3, 60)
            assert len(claimed) == 3
        for hours in (2, 20, 40):
            replay(alone, at(hours))
        assert told(acme) == told(alone)
        assert told(globex) != told(alone)
        assert len(acme.claim_outbox(at(50), 99, 60)) == 8
