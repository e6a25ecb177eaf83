"""Simulation: it says what the engine did when the same history was lived, and writes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cio_lang import ir
from cio_lang.channels import Channel, Email, EmailSettings, Outgoing
from cio_lang.channels.outcome import ACCEPTED, Outcome
from cio_lang.cli import main
from cio_lang.compiler import compile_sources
from cio_lang.mistake import UserMistake
from cio_lang.pictures import plots
from cio_lang.runtime.advance import Stepper
from cio_lang.runtime.dispatch import dispatch_all
from cio_lang.schema import Settings
from cio_lang.simulate import Figures, Setting, page, run, simulate, telling
from cio_lang.simulate.looks import looks
from cio_lang.source import Source
from cio_lang.store import Store, open_store
from cio_lang.store.archive.moving import move
from cio_lang.store.problems import StoreOlder, StoreReadOnly
from cio_lang.store.state import Decision, NewEvent, PersonChange
from tests.stores import problem

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Berlin")

WORDS = """
event signed_up
event order_placed
  amount: money
event page_viewed

attribute email: text
attribute plan: one of "free", "Pro"
attribute visits: number
attribute greeted: yes/no
attribute timezone: text

segment "Key accounts", by hand
segment "Regulars"
  did order_placed at least 2 times in the last 3 days

segment "Silent or key"
  any of
    in segment "Key accounts"
    inactive for 2 days

journey "By event"
  when someone does order_placed where amount is at least $10
  only people where plan is not "free"
  leave when they do signed_up
  leave when in segment "Key accounts"
  goal order_placed within 5 days
  again after 2 days

  email "thanks"
  wait until 08:00
  if in segment "Regulars"
    add 1 to visits
    email "Dear regular, {{ person.visits }}"
  otherwise if plan is "Pro" and did page_viewed since entering
    wait 1 day
    email "You are a Pro"
  otherwise
    split
      50% "half"
        email "Half of you get this"
      50% "others"
        set greeted to yes

journey "By matching"
  when someone matches plan is "Pro" and did order_placed in the last 2 days
  leave when they no longer match
  goal page_viewed
  every time

  wait 6 hours
  email "It will be over"
  set plan to "free"

journey "Quiet ones"
  when someone matches in segment "Silent or key" including people who match already
  once ever

  notify "Come back, {{ person.name | upcase }}"
"""

TEMPLATES = {"thanks": "---\nsubject: Thanks\n---\nThanks for {{ event.amount | ceil }}.\n"}

Step = tuple[float, str, str, Any]
"""Hours after the start, who, what, and with what."""


def compiled() -> tuple[ir.Graph, ...]:
    done = compile_sources(
        (Source("a.journey", WORDS),), Settings("USD", str(ZONE), frozenset(TEMPLATES))
    )
    assert not [each for each in done.problems if each.severity == "error"], [
        each.report() for each in done.problems
    ]
    return done.graphs


class Inbox(Email):
    """Mail that is taken at once, and goes nowhere."""

    async def deliver(
        self, take: Callable[[int], Sequence[Outgoing]]
    ) -> AsyncIterator[tuple[str, Outcome]]:
        while taken := take(50):
            for each in taken:
                yield each.id, ACCEPTED


def channels() -> list[Channel]:
    return [Inbox(EmailSettings("Shop <hi@shop.example>"))]


def lived(
    where: Path | str, graphs: Sequence[ir.Graph], history: Sequence[Step], end: float
) -> Store:
    """A store in which everything was done as it came: written, stepped and sent at its time."""
    store = open_store(where, create=True)
    lists = [each for each in graphs if isinstance(each, ir.SegmentGraph)]
    store.deploy(lists, {}, START - timedelta(days=30), "test")
    for step in sorted((step for step in history if step[0] < 0), key=lambda step: step[0]):
        written(store, *step)
    stepper = Stepper(store, ZONE)
    while stepper.advance_due(START - timedelta(microseconds=1)).people:
        pass  # what came before is handled before
    store.deploy(graphs, TEMPLATES, START, "test")
    ahead = sorted((step for step in history if step[0] >= 0), key=lambda step: step[0])
    until = START + end * HOUR
    while True:
        due = store.next_due()
        coming = START + ahead[0][0] * HOUR if ahead else None
        now = min((at for at in (due, coming) if at is not None), default=None)
        if now is None or now > until:
            return store
        while ahead and START + ahead[0][0] * HOUR <= now:
            written(store, *ahead.pop(0))
        while stepper.advance_due(now).people:
            pass
        asyncio.run(dispatch_all(store, channels(), now))


def written(store: Store, when: float, who: str, what: str, value: Any) -> None:
    at = START + when * HOUR
    if what == "is":
        store.put_person(who, value, at)
    elif what in ("add", "remove"):
        if store.find_person(who) is None:
            store.put_person(who, {}, at)
        change: Any = what
        store.live.change_list("Key accounts", change, [who], at)
    else:
        store.put_events([NewEvent(who, what, at, value, f"{what} {when}")])


def setting(graphs: Sequence[ir.Graph], title: str, end: float, **more: Any) -> Setting:
    (graph,) = [g for g in graphs if isinstance(g, ir.JourneyGraph) and g.title == title]
    values: dict[str, Any] = {
        "graph": graph,
        "segments": [each for each in graphs if isinstance(each, ir.SegmentGraph)],
        "templates": TEMPLATES,
        "channels": channels(),
        "start": START,
        "end": START + end * HOUR,
        "zone": ZONE,
    }
    return Setting(**(values | more))


def only(graphs: Sequence[ir.Graph], title: str) -> list[ir.Graph]:
    """One journey, and what it may need."""
    return [each for each in graphs if each.kind != "journey" or each.title == title]


# ── the law ──────────────────────────────────────────────────────────────────────────────────────

people = st.sampled_from(["ann", "bob", "cem"])
hours = st.integers(-400, 480).map(lambda quarter: quarter / 4)
amounts = st.sampled_from([5, 10, 49.9])
values = st.one_of(
    st.fixed_dictionaries({"plan": st.sampled_from(["free", "Pro", None])}),
    st.fixed_dictionaries({"email": st.sampled_from(["a@example.com", "nobody", None])}),
    st.fixed_dictionaries({"visits": st.integers(0, 3)}),
    st.fixed_dictionaries({"timezone": st.sampled_from(["Asia/Tokyo", "America/New_York", None])}),
    st.fixed_dictionaries({"name": st.just("Ann"), "email": st.just("ann@example.com")}),
)
steps = st.one_of(
    st.tuples(hours, people, st.just("order_placed"), st.builds(lambda a: {"amount": a}, amounts)),
    st.tuples(hours, people, st.sampled_from(["signed_up", "page_viewed"]), st.just({})),
    st.tuples(hours, people, st.just("is"), values),
    st.tuples(hours, people, st.sampled_from(["add", "remove"]), st.none()),
)
LIVES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@LIVES
@given(
    st.sampled_from(["By event", "By matching", "Quiet ones"]),
    st.lists(steps, max_size=14, unique_by=lambda step: (step[0], step[2])),
)
def test_it_says_what_the_engine_did_when_it_was_lived(
    tmp_path_factory: pytest.TempPathFactory, title: str, history: list[Step]
) -> None:
    graphs = only(compiled(), title)
    place = tmp_path_factory.mktemp("lived") / "cio.db"
    with lived(place, graphs, history, 130) as store:
        agrees(store, setting(graphs, title, 130))


LONG: list[Step] = [
    (-90, "ann", "is", {"email": "ann@example.com", "plan": "Pro", "visits": 1, "name": "Ann"}),
    (-80, "ann", "order_placed", {"amount": 12.5}),
    (1, "ann", "order_placed", {"amount": 20}),
    (2, "ann", "page_viewed", {}),
    (30, "ann", "order_placed", {"amount": 30}),
    (49.25, "ann", "order_placed", {"amount": 5}),
    (60, "ann", "order_placed", {"amount": 70}),
    (-5, "bob", "is", {"plan": "Pro"}),
    (3, "bob", "order_placed", {"amount": 99}),
    (4, "bob", "is", {"email": "bob@example.com", "timezone": "Asia/Tokyo"}),
    (5, "bob", "add", None),
    (7, "bob", "remove", None),
    (8, "bob", "order_placed", {"amount": 99}),
    (60, "bob", "is", {"plan": "free"}),
    (61, "bob", "order_placed", {"amount": 11}),
    (12, "cem", "order_placed", {"amount": 10}),
    (14, "cem", "signed_up", {}),
    (70, "cem", "is", {"email": "not an address"}),
    (72, "cem", "order_placed", {"amount": 10}),
]


@pytest.mark.parametrize("title", ["By event", "By matching", "Quiet ones"])
def test_it_says_so_on_each_database_and_changes_nothing_there(
    store_place: Path | str, title: str
) -> None:
    graphs = only(compiled(), title)
    lived(store_place, graphs, LONG, 130).close()
    before = content(store_place)
    with open_store(store_place, read_only=True) as store:
        figures = agrees(store, setting(graphs, title, 130))
    assert figures.entered and figures.messages and figures.ends
    assert content(store_place) == before


def agrees(store: Store, what: Setting) -> Figures:
    """Hold the simulation against what is stored of the journey: decisions, messages, runs."""
    changes: dict[int, PersonChange] = {}
    with pytest.MonkeyPatch.context() as patch:
        engine = run.replay_person

        def kept(state: Any, *arguments: Any) -> PersonChange:
            changes[state.person.id] = change = engine(state, *arguments)
            return change

        patch.setattr(run, "replay_person", kept)
        try:
            figures = simulate(store, what)
        except UserMistake as mistake:
            assert mistake.problems[0].code == "nothing-to-replay"
            figures = Figures(what.graph, what.start, what.end, what.zone)
    journey = what.graph.name
    sent: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for person in range(1, store.people_count() + 1):
        change = changes.get(person, PersonChange(person))
        lived = [made for made in store.decisions_of(person) if made.journey == journey]
        assert [seen(made) for made in change.decisions] == [seen(made) for made in lived]
        mine = [row for row in store.messages_of(person) if row.journey == journey]
        assert [(row.id, row.made_at, row.node) for row in change.outbox] == [
            (row.id, row.made_at, row.node) for row in mine
        ]
        for row in mine:
            to, key = (sent, row.channel) if row.status == "accepted" else (skipped, row.reason)
            to[str(key)] = to.get(str(key), 0) + 1
    assert figures.by_channel() == sent
    reasons = told(figures)["messages"]["skipped"]
    assert reasons == skipped
    for summary in store.runs_summary():
        if summary.journey == journey:
            assert (figures.entered, figures.live, figures.goals, dict(figures.ends)) == (
                summary.entered,
                summary.live,
                summary.goals,
                summary.reasons,
            )
    assert dict(figures.visits) == store.visits().get(journey, {})
    return figures


def seen(made: Any) -> tuple[Any, ...]:
    detail = {name: value for name, value in made.detail.items() if name != "version"}
    return made.at, made.what, made.run, made.node, detail


def told(figures: Figures) -> dict[str, Any]:
    from cio_lang.simulate.figures import as_json

    return as_json(figures, {}, "USD")


def content(place: Path | str) -> Any:
    """Every byte of the file; every row of every table where there is no file."""
    if isinstance(place, Path):
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(place.parent.iterdir())
            if path.is_file()
        }
    import psycopg

    from cio_lang.store.tables import metadata

    schema = place.rpartition("schema=")[2]
    with psycopg.connect(place.rpartition("schema=")[0].rstrip("?&")) as connection:
        return {
            name: sorted(connection.execute(f"SELECT t::text FROM {schema}.{name} t").fetchall())
            for name in metadata.tables
        }


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def ordered(place: Path | str, days: int = 10, each: int = 3) -> Store:
    """People who order once a day, one of them without an address."""
    store = open_store(place, create=True)
    for n in range(each):
        known = {"email": f"p{n}@example.com"} if n else {}
        store.put_person(f"p{n}", {"plan": "Pro", **known}, START - timedelta(days=20))
    store.put_events(
        NewEvent(
            f"p{n}", "order_placed", START + timedelta(days=day, hours=n), {"amount": 20}, f"{day}"
        )
        for n in range(each)
        for day in range(days)
    )
    return store


def test_messages_are_counted_by_step_day_hour_and_reason(store_place: Path | str) -> None:
    with ordered(store_place) as store:
        figures = simulate(store, setting(compiled(), "By event", 24 * 10))
    thanks = compiled_node(figures, "thanks")
    assert figures.people == 3 and figures.events == 30
    # Again after 2 days: on days 0, 2, 4, 6 and 8; all but the one without an address get it.
    assert figures.made[thanks] == 15
    assert figures.sent[(thanks, "email")] == 10
    assert figures.skipped[(thanks, "no address")] == 5
    assert figures.refused == {"entered too recently": 15}
    berlin = [
        (START + timedelta(days=day, hours=n)).astimezone(ZONE)
        for n in (1, 2)
        for day in range(0, 10, 2)
    ]
    for at in berlin:
        assert figures.sent_at[(at.weekday(), at.hour)] > 0 and figures.sent_on[at.date()] > 0
    assert sum(figures.sent_on.values()) == sum(figures.sent_at.values()) == figures.messages
    assert sum(n * count for n, count in figures.each_got.items()) == figures.messages
    assert figures.entered == figures.live + sum(figures.ends.values())


def compiled_node(figures: Figures, template: str) -> str:
    (found,) = [
        name
        for name, node in figures.graph.nodes.items()
        if isinstance(node, ir.SendNode) and node.send.template == template
    ]
    return found


def test_a_template_that_fails_is_a_reason(tmp_path: Path) -> None:
    with ordered(tmp_path / "cio.db") as store:
        broken = {"thanks": "---\nsubject: A\n---\n{{ event.amount | divided_by: 0 }}\n"}
        figures = simulate(store, setting(compiled(), "By event", 20, templates=broken))
    assert [why for (_, why) in figures.skipped if why.startswith("template failed: ")]


def test_it_costs_what_was_said(tmp_path: Path) -> None:
    with ordered(tmp_path / "cio.db") as store:
        figures = simulate(store, setting(compiled(), "By event", 24 * 10))
    prices = {"email": Decimal("0.0004")}
    assert figures.cost(prices) == {"email": figures.messages * Decimal("0.0004")}
    assert figures.cost({"sms": Decimal(1)}) == {}
    lines = "\n".join(telling.lines(figures, {}, prices, "EUR"))
    assert f"{figures.messages:,} email at 0.0004 EUR each" in lines
    assert "no price is set" in "\n".join(telling.lines(figures, {}, {}, "EUR"))


def test_people_are_as_they_were_or_as_they_are(tmp_path: Path) -> None:
    """Somebody whose attributes came with an import, long after what they did."""
    with open_store(tmp_path / "cio.db", create=True) as store:
        store.put_events([NewEvent("ann", "order_placed", START, {"amount": 20}, "1")])
        later = START + timedelta(days=90)
        store.put_person("ann", {"email": "ann@example.com", "plan": "Pro"}, later)
        then = simulate(store, setting(compiled(), "By event", 48))
        now = simulate(store, setting(compiled(), "By event", 48, as_now=True))
    assert dict(then.skipped.items()).keys() >= {(compiled_node(then, "thanks"), "no address")}
    assert then.messages == 0
    assert now.sent[(compiled_node(now, "thanks"), "email")] == 1 and not now.skipped


def test_events_that_the_journey_recorded_itself_do_not_count_twice(
    store_place: Path | str,
) -> None:
    graphs = only(compiled(), "By event")
    what = setting(graphs, "By event", 130)
    with lived(store_place, graphs, LONG, 130) as store:
        (ann, *_) = store.load_batch([store.the_person("ann").id])
        run = ann.runs[0]
        at = run.entered_at + HOUR
        made = Decision(
            ann.person.id, run.id, run.journey, at, "tracked", "x", {"event": "signed_up"}
        )
        before = told(simulate(store, what))
        store.save_batch([PersonChange(ann.person.id, decisions=[made])], at)
        store.put_events([NewEvent("ann", "signed_up", at, {}, f"x {run.id} 1")])
        assert {**told(simulate(store, what)), "seconds": 0} == {**before, "seconds": 0}
        # The same from outside ends the run.
        store.put_events([NewEvent("ann", "signed_up", at, {}, "another")])
        assert told(simulate(store, what))["ends"] != before["ends"]


def test_archived_events_count(tmp_path: Path) -> None:
    with ordered(tmp_path / "cio.db") as store:
        before = told(simulate(store, setting(compiled(), "By event", 24 * 10)))
        stepper = Stepper(store, ZONE)
        while stepper.advance_due(START + timedelta(days=100)).people:
            pass  # only what was handled is moved
        moved = move(store.archive, store.reach(), START + timedelta(days=200))
        assert moved.events == 30
        after = told(simulate(store, setting(compiled(), "By event", 24 * 10)))
    assert {**before, "seconds": 0} == {**after, "seconds": 0}


def test_a_store_that_is_only_read_refuses_to_be_written(store_place: Path | str) -> None:
    ordered(store_place).close()
    with open_store(store_place, read_only=True) as store:
        with pytest.raises(UserMistake) as caught:
            store.put_person("zoe", {}, START)
        assert isinstance(problem(caught), StoreReadOnly)
        assert store.people_count() == 3


def test_a_store_of_before_is_not_brought_up_by_reading(tmp_path: Path) -> None:
    place = tmp_path / "cio.db"
    with sqlite3.connect(place) as old:
        old.executescript((Path(__file__).parent / "old_stores" / "version-2.sql").read_text())
    old.close()
    before = place.read_bytes()
    with pytest.raises(UserMistake) as caught:
        open_store(place, read_only=True)
    assert isinstance(problem(caught), StoreOlder)
    assert place.read_bytes() == before


def test_a_journey_is_looked_at_no_further_than_it_looks() -> None:
    graphs = {graph.title: graph for graph in compiled() if isinstance(graph, ir.JourneyGraph)}
    segments = {
        graph.name: graph.where
        for graph in compiled()
        if isinstance(graph, ir.SegmentGraph) and graph.where is not None
    }
    by_event = looks(graphs["By event"], segments)
    assert by_event.events == {"order_placed", "signed_up", "page_viewed"}
    assert by_event.segments == {"regulars", "key-accounts"}
    assert by_event.since(START) == START - timedelta(days=3)
    quiet = looks(graphs["Quiet ones"], segments)
    assert quiet.events is None and quiet.segments == {"silent-or-key", "key-accounts"}


# ── the command and its page ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "journeys").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "cio.toml").write_text(
        'name = "Acme"\ntimezone = "Europe/Berlin"\n\n[prices]\nemail = 0.5\n'
    )
    (tmp_path / "journeys" / "a.journey").write_text(WORDS)
    (tmp_path / "templates" / "thanks.email.md").write_text(TEMPLATES["thanks"])
    ordered(tmp_path / "cio.db").close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cio(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="cio")


RANGE = ("--from", "2026-03-02", "--to", "2026-03-11")


def test_the_command_tells_the_same_in_words_in_json_and_on_a_page(workspace: Path) -> None:
    before = content(workspace / "cio.db")
    said = cio("simulate", "by event", *RANGE)
    assert said.exit_code == 0, said.output
    data = json.loads(cio("simulate", "by-event", *RANGE, "--json").stdout)
    drawn = cio("simulate", "By event", *RANGE, "--price", "email=0.25", "--html", "a & b.html")
    assert drawn.exit_code == 0, drawn.output
    assert {
        name: digest for name, digest in content(workspace / "cio.db").items() if name in before
    } == before
    assert data["from"] == "2026-03-01T23:00:00+00:00" and data["entered"] == 15
    assert "15 entered" in said.stdout and "as if applied on 2026-03-02" in said.stdout
    sent = data["messages"]["sent"]
    assert data["cost"]["total"] == str(Decimal("0.5") * sent) and data["cost"]["currency"] == "USD"
    assert f"{sent:,} email at 0.25 USD each" in drawn.stdout
    html = (workspace / "a & b.html").read_text()
    assert not list(workspace.glob(".a*"))
    pictures = [part.split("</svg>")[0] + "</svg>" for part in html.split("<svg")[1:]]
    assert len(pictures) >= 7
    for each in pictures:
        ElementTree.fromstring("<svg" + each)
    assert "http:" not in html and "https:" not in html and "<script" not in html
    assert f"<b>{sent:,}</b>" in html and "no address" in html


def test_progress_is_told_on_standard_error(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = cio("simulate", "By event", *RANGE)
    assert quick.stderr == ""
    monkeypatch.setattr("cio_lang.cli.simulate._EVERY", 0)
    told_of = cio("simulate", "By event", *RANGE)
    assert told_of.stderr == "3 of at most 3 people\n" and told_of.stdout == quick.stdout


def test_the_page_shows_each_day_and_hour_that_something_is_sent() -> None:
    first = START.date()
    counts = {first + timedelta(days=day): day for day in range(1, 400, 3)}
    last = first + timedelta(days=400)
    drawn = plots.calendar(counts, first, last, "Mail")
    ElementTree.fromstring(drawn)
    for day, count in counts.items():
        assert f"<title>{day:%a} {day}: {count:,}</title>" in drawn
    hours = plots.week_hours({(6, 23): 5, (0, 0): 1}, "Hours")
    assert "<title>Sun 23:00–23:59: 5</title>" in hours and hours.count("<rect") == 7 * 24
    weeks = ElementTree.fromstring(plots.columns(counts, first, last, "Mail"))
    tall = [float(each.attrib["height"]) for each in weeks.iter("rect")]
    assert len(tall) == len({(day - first).days // 7 for day in counts}) and min(tall) > 0


def test_long_ranges_are_told_by_week_and_month(tmp_path: Path) -> None:
    with ordered(tmp_path / "cio.db", days=40) as store:
        month = simulate(store, setting(compiled(), "By event", 24 * 40))
    lines = list(telling.lines(month, {}, {}, "USD"))
    assert [line for line in lines if line.startswith("  week from 2026-03-02")]
    assert "http" not in page.write(month, {}, {}, "USD")
    with ordered(tmp_path / "year.db", days=300) as store:
        year = simulate(store, setting(compiled(), "By event", 24 * 300))
    assert [line for line in telling.lines(year, {}, {}, "USD") if line.startswith("  July 2026")]
