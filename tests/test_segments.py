"""Segments that keep themselves: what is looked at, what is written, and what survives a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cio_lang import ir
from cio_lang.membership import lines, why
from cio_lang.mistake import UserMistake
from cio_lang.query import people_where
from cio_lang.store import Store, open_store
from cio_lang.store.database import Database, open_database
from cio_lang.store.segments import judging, upkeep
from cio_lang.store.segments.direction import Push, push
from cio_lang.store.state import NewEvent
from cio_lang.store.tables import membership_changes, memberships, segments

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ABANDONED = ir.All(
    (
        ir.EventTest("cart_updated", window=ir.Window(last="P1D")),
        ir.EventTest("order_placed", None, ir.NOT_ONCE, ir.Window(last="P1D")),
    )
)
PRO = ir.AttributeTest("plan", "is", "Pro")
BOOKS = ir.EventTest("order_placed", ir.PropertyTest("category", "is", "books"))
INACTIVE = ir.InactiveTest("P7D")
GOOD = ir.All((PRO, ir.SegmentTest("vip")))


def graphs(**conditions: ir.Condition | None) -> list[ir.Graph]:
    origin = ir.Origin("journeys/x.journey", "sha256:" + "0" * 64)
    return [
        ir.SegmentGraph(1, "segment", name, name.replace("_", " ").capitalize(), origin, where)
        for name, where in conditions.items()
    ]


ALL = graphs(abandoned=ABANDONED, pro=PRO, books=BOOKS, idle=INACTIVE, good=GOOD, vip=None)


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


@pytest.fixture
def database(store_place: Path | str, store: Store) -> Iterator[Database]:
    """The tables of the same store, seen from outside."""
    with open_database(store_place) as opened:
        yield opened


def did(person: str, name: str, at: datetime = NOW, **properties: object) -> NewEvent:
    return NewEvent(person, name, at, properties, received_at=max(at, NOW))


def members(store: Store, segment: str) -> set[str]:
    """Who is in it as it is kept, not as it would be worked out."""
    return {
        store.person(person).key
        for person in range(1, store.people_count() + 1)
        if store.live.membership(segment, person).inside
    }


def changes(store: Store, key: str) -> list[tuple[str, str, str]]:
    person = store.the_person(key)
    return [(c.event, c.segment, c.cause) for c in store.membership_changes(person.id)]


def test_what_happens_brings_people_in_and_takes_them_out(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_events([did("ann", "cart_updated"), did("bob", "cart_updated")])
    assert members(store, "abandoned") == {"ann", "bob"}
    store.put_events([did("bob", "order_placed", NOW + HOUR, category="books")])
    assert members(store, "abandoned") == {"ann"}
    assert members(store, "books") == {"bob"}
    store.put_person("ann", {"plan": "pro"}, NOW + HOUR)
    assert members(store, "pro") == {"ann"}
    assert [store.live.size(name) for name in ("abandoned", "pro", "books")] == [1, 1, 1]
    assert changes(store, "bob") == [
        ("segment_entered", "abandoned", "event"),
        ("segment_left", "abandoned", "event"),
        ("segment_entered", "books", "event"),
    ]


def test_time_alone_takes_people_out_at_its_instant(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_events([did("ann", "cart_updated")])
    assert store.live.next_check() == NOW + DAY
    store.live.refresh(NOW + DAY - timedelta(microseconds=1))
    assert members(store, "abandoned") == {"ann"}
    store.live.refresh(NOW + 8 * DAY)
    assert members(store, "abandoned") == set()
    assert members(store, "idle") == {"ann"}
    ann = store.the_person("ann").id
    left, idle = store.membership_changes(ann)[-2:]
    assert (left.event, left.cause) == ("segment_left", "time")
    # A pause of eight days is walked through in steps of an eighth of a day at most.
    assert NOW + DAY <= left.at <= NOW + DAY + 8 * DAY / 64
    assert NOW + 7 * DAY <= idle.at <= NOW + 7 * DAY + DAY / 64


def test_an_event_that_lies_ahead_counts_when_its_time_has_come(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_events([NewEvent("ann", "cart_updated", NOW + HOUR, {}, received_at=NOW)])
    assert members(store, "abandoned") == set()
    store.live.refresh(NOW + HOUR)
    assert members(store, "abandoned") == {"ann"}


def test_redefining_writes_down_only_whose_standing_changed(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_people([("ann", {"plan": "Pro"}, NOW), ("bob", {"plan": "free"}, NOW)])
    wider = ir.AttributeTest("plan", "one_of", ("Pro", "free"))
    store.deploy(graphs(pro=wider), {}, NOW + HOUR)
    assert members(store, "pro") == {"ann", "bob"}
    assert changes(store, "ann")[-1] == ("segment_entered", "pro", "attribute")
    assert changes(store, "bob")[-1] == ("segment_entered", "pro", "redefined")
    bob = store.membership_changes(store.the_person("bob").id)[-1]
    assert not bob.starts_journeys
    ann = store.the_person("ann").id
    assert store.live.membership("pro", ann).since == NOW


def test_what_means_the_same_is_not_worked_out_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.deploy(ALL, {}, NOW)
    asked = watch(monkeypatch)
    renamed = [ir.SegmentGraph(1, "segment", g.name, "Other", g.source, g.where) for g in ALL]  # type: ignore[union-attr]
    store.deploy(renamed, {}, NOW + HOUR)
    assert asked == []
    assert {each.title for each in store.live.standings(NOW)} == {"Other"}


def watch(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The segments that are judged from now on, each with the number of people."""
    asked: list[tuple[str, int]] = []
    real = judging.judged

    def judged(*given: object) -> object:
        asked.append((given[2].name, len(given[3])))  # type: ignore[attr-defined, arg-type]
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(upkeep, "judged", judged)
    monkeypatch.setattr("cio_lang.store.segments.defining.judged", judged)
    return asked


def test_only_what_depends_on_a_change_is_looked_at(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_people([(name, {}, NOW - 30 * DAY) for name in ("ann", "bob")])
    store.put_events([did("ann", "signed_up", NOW - 20 * DAY)])
    store.live.refresh(NOW)
    asked = watch(monkeypatch)
    store.put_events([did("ann", "viewed")])
    assert asked == [("idle", 1)]  # she was: nothing else looks at `viewed`
    asked.clear()
    store.put_events([did("ann", "viewed", NOW + HOUR)])
    assert asked == []  # she is not idle any more, and no event can make her so
    store.put_events([did("ann", "order_placed", NOW + HOUR, category="games")])
    assert asked == []  # she is in none that a game could take her out of, or bring her into
    store.put_events([did("ann", "order_placed", NOW + HOUR, category="Books")])
    assert asked == [("books", 1)]
    asked.clear()
    store.put_events([did("ann", "order_placed", NOW + HOUR, category="books", again=True)])
    assert asked == []  # who bought books has bought books
    store.put_person("bob", {"city": "Rome"}, NOW + HOUR)
    assert asked == []
    store.put_person("bob", {"plan": "Pro"}, NOW + HOUR)
    assert sorted(asked) == [("good", 1), ("pro", 1)]


def test_without_segments_one_question_is_asked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Database.driver

    def driver(self: Database, sql: str, parameters: object = ()) -> object:
        asked.append(sql)
        return real(self, sql, parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "driver", driver)
    store.put_events([did("ann", "viewed")])
    about = ("segment", "membership")
    assert [sql for sql in asked if any(word in sql for word in about)] == [
        "SELECT 1 FROM segments LIMIT 1"
    ]


@pytest.mark.parametrize(
    ("condition", "way"),
    [
        (ir.EventTest("x"), Push.IN),
        (ir.EventTest("x", times=ir.NOT_ONCE), Push.OUT),
        (ir.Not(ir.EventTest("x")), Push.OUT),
        (ir.EventTest("x", times=ir.Times("exactly", 2)), Push.EITHER),
        (ir.EventTest("y"), Push.NOTHING),
        (ir.All((ir.EventTest("x"), ir.EventTest("x", times=ir.NOT_ONCE))), Push.EITHER),
        (ir.SequenceTest(ir.EventMatch("x"), ir.EventMatch("y"), "P1D"), Push.IN),
        (ir.SequenceTest(ir.EventMatch("y"), ir.EventMatch("x"), "P1D", True), Push.OUT),
        (ir.AggregateTest(ir.Aggregate("total", "x", "a"), "more_than", 5), Push.EITHER),
        (ir.AggregateTest(ir.Aggregate("largest", "x", "a"), "more_than", 5), Push.IN),
        (ir.InactiveTest("P1D"), Push.OUT),
        (ir.SegmentTest("inner"), Push.IN),
    ],
)
def test_which_way_an_event_pushes(condition: ir.Condition, way: Push) -> None:
    assert push(condition, "x", {"inner": ir.EventTest("x")}) is way


def test_lists_are_kept_by_hand(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_people([(name, {"plan": "Pro"}, NOW) for name in ("ann", "bob", "cy")])
    done = store.live.change_list("VIP", "add", ["ann", "bob"], NOW)
    assert (done.added, done.removed, done.size) == (2, 0, 2)
    assert members(store, "good") == {"ann", "bob"}
    assert store.live.change_list("vip", "add", ["ann"], NOW).added == 0
    done = store.live.change_list("vip", "replace", ["bob", "cy"], NOW)
    assert (done.added, done.removed, done.size) == (1, 1, 2)
    assert members(store, "good") == {"bob", "cy"}
    store.live.change_list("vip", "remove", ["bob"], NOW)
    assert members(store, "vip") == {"cy"}
    store.live.change_list("vip", "clear", [], NOW)
    assert store.live.size("vip") == store.live.size("good") == 0
    assert changes(store, "bob") == [
        ("segment_entered", "pro", "attribute"),
        ("segment_entered", "vip", "hand"),
        ("segment_entered", "good", "hand"),
        ("segment_left", "vip", "hand"),
        ("segment_left", "good", "hand"),
    ]


def test_a_list_with_somebody_unknown_stays_as_it_was(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_people([("ann", {}, NOW)])
    with pytest.raises(UserMistake, match="nobody called `zoe`"):
        store.live.change_list("vip", "add", ["ann", "zoe"], NOW)
    assert members(store, "vip") == set()
    with pytest.raises(UserMistake, match="Nobody can be put into `Pro`"):
        store.live.change_list("pro", "add", ["ann"], NOW)
    with pytest.raises(UserMistake, match="no segment `Vipp`"):
        store.live.change_list("Vipp", "add", ["ann"], NOW)


def test_members_of_a_list_are_known_to_journeys(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    ann = store.put_person("ann", {}, NOW)
    store.live.change_list("vip", "add", ["ann"], NOW)
    (state,) = store.load_batch([ann])
    assert state.members == {"vip"}
    assert store.due_people(NOW, 10) == [ann]


def test_a_segment_that_is_gone_leaves_nothing_but_its_history(
    store: Store, database: Database
) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_people([("ann", {"plan": "Pro"}, NOW)])
    store.deploy(graphs(books=BOOKS), {}, NOW + HOUR)
    assert [each.segment for each in store.live.standings(NOW)] == ["books"]
    assert database.execute(sa.select(sa.func.count()).select_from(memberships))[0][0] == 0
    assert changes(store, "ann") == [("segment_entered", "pro", "attribute")]


def test_people_who_turn_out_to_be_one(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_events([did("ann", "cart_updated"), did("bob", "order_placed", category="books")])
    store.put_person("bob", {"plan": "Pro"}, NOW)
    store.merge("ann", "bob", NOW + HOUR)
    standing = {each.segment: each.size for each in store.live.standings(NOW)}
    assert standing == {"abandoned": 0, "pro": 1, "books": 1, "idle": 0, "good": 0, "vip": 0}


def test_a_clock_that_was_wrong_is_put_right(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_events([did("ann", "cart_updated")])
    store.put_events([NewEvent("bob", "viewed", NOW + 900 * DAY, {})])
    store.live.refresh(NOW + 900 * DAY)
    assert members(store, "abandoned") == set()
    store.live.refresh(NOW + HOUR)
    assert members(store, "abandoned") == {"ann"}
    assert ("segment_entered", "abandoned", "redefined") in changes(store, "ann")


def test_figures(store: Store) -> None:
    store.deploy(ALL, {}, NOW - 20 * DAY)
    store.put_people([("ann", {"plan": "Pro"}, NOW - 10 * DAY)])
    store.put_people([("bob", {"plan": "Pro"}, NOW - 2 * DAY)])
    store.live.refresh(NOW)
    pro = next(each for each in store.live.standings(NOW) if each.segment == "pro")
    assert (pro.size, pro.growth_7, pro.growth_30) == (2, 1, 2)
    assert pro.changed_at == NOW - 2 * DAY
    assert pro.sizes == (0,) * 19 + (1,) * 8 + (2,) * 3


def test_why(store: Store) -> None:
    store.deploy(ALL, {}, NOW)
    store.put_events([did("ann", "cart_updated", NOW - HOUR)])
    assert lines(why(store, "abandoned", "ann", NOW), UTC) == [
        'ann is in "Abandoned" since 2026-03-01 12:00;'
        " if nothing else happens, they leave on 2026-03-02 11:00.",
        "  yes all of these",
        "    yes did cart_updated in the last 1 day: 1 time, the last 2026-03-01 11:00",
        "    yes did not do order_placed in the last 1 day: never",
    ]
    assert lines(why(store, "good", "ann", NOW), UTC) == [
        'ann is not in "Good".',
        "  no  all of these",
        '    no  plan is "Pro": plan is not known',
        '    no  in segment "Vip": not on the list, which is kept by hand',
    ]
    idle = why(store, "idle", "ann", NOW)
    assert (idle.inside, idle.until) == (False, NOW - HOUR + 7 * DAY)
    assert lines(why(store, "vip", "ann", NOW), UTC) == [
        'ann is not in "Vip": it is kept by hand, and they are not on the list.'
    ]


def test_a_live_query_asks_when_it_is_used(store: Store) -> None:
    query = people_where(store, PRO, NOW, UTC)
    store.put_people([(f"p{n:02}", {"plan": ("Pro", "free")[n % 2]}, NOW) for n in range(40)])
    assert query.count() == 20
    assert [person.key for person in query.preview(3)] == ["p00", "p02", "p04"]
    seen: list[str] = []
    assert query.each(lambda person: seen.append(person.key)) == 20
    assert seen == [person.key for person in query]
    assert str(query) == 'people whose plan is "Pro"'
    cost = query.cost()
    assert (cost.people, cost.events) == (40, 0)
    store.put_events([did("p01", "order_placed", category="books")])
    assert people_where(store, BOOKS, NOW, UTC).cost().events == 1


# kills

KILLED = """
import sys
from datetime import timedelta
from tests.test_segments import ALL, DAY, NOW, did, graphs, ABANDONED, ir
from cio_lang.store import open_store

place, work = sys.argv[1:]
store = open_store(place if "://" in place else __import__("pathlib").Path(place))
if work == "follow":
    store.put_events([did(f"p{n}", "order_placed") for n in range(30)])
elif work == "define":
    once = ir.EventTest("cart_updated", None, ir.AT_LEAST_ONCE, ir.Window(last="P2D"))
    store.deploy(graphs(abandoned=once), {}, NOW)
else:
    store.live.refresh(NOW + 2 * DAY)
"""


@pytest.mark.parametrize(
    ("work", "point", "before", "after"),
    [
        ("follow", "segments-followed", 30, 0),
        ("define", "segments-defined", 30, 30),
        ("refresh", "segments-refreshed", 0, 0),
    ],
)
def test_a_kill_loses_and_repeats_nothing(
    store: Store,
    database: Database,
    store_place: Path | str,
    work: str,
    point: str,
    before: int,
    after: int,
) -> None:
    """What the kill interrupted was not done at all, or whole; done again, it is done once."""
    store.deploy(graphs(abandoned=ABANDONED), {}, NOW)
    store.put_events([did(f"p{n}", "cart_updated") for n in range(30)])

    def run(crash: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(store_place), work],
            env={**os.environ, "CRASH_AT": crash},
            check=False,
        ).returncode

    assert run(point) == 137
    assert state(database)[0] == before
    assert run("") == 0
    size, counted, moves = state(database)
    assert size == counted == after
    again = run("")
    assert again == 0
    assert state(database) == (size, counted, moves)


def state(database: Database) -> tuple[int, int, int]:
    """The size that is written, members counted, and how often anybody came or went."""
    s = database.execute(sa.select(segments.c.size).where(segments.c.segment == "abandoned"))
    m = database.execute(sa.select(sa.func.count()).select_from(memberships))
    c = database.execute(sa.select(sa.func.count()).select_from(membership_changes))
    net = database.execute(
        sa.select(
            sa.func.sum(sa.case((membership_changes.c.entered.is_(True), 1), else_=-1))
        ).select_from(membership_changes)
    )
    assert net[0][0] == m[0][0]
    return s[0][0], m[0][0], c[0][0]


def test_another_zone_of_the_workspace_is_another_meaning(store: Store) -> None:
    today = ir.EventTest("viewed", window=ir.Window(calendar="today"))
    store.keep_settings("UTC", None, NOW)
    store.deploy(graphs(today=today), {}, NOW)
    store.put_events([did("ann", "viewed", NOW - 11 * HOUR)])
    assert members(store, "today") == {"ann"}
    store.keep_settings("America/New_York", None, NOW)
    assert members(store, "today") == set()
    assert changes(store, "ann")[-1] == ("segment_left", "today", "redefined")
