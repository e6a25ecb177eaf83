"""The demo: what it promises on its last screen, and what it shows on the way there."""

from __future__ import annotations

import gzip
import json
import re
import signal
import smtplib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cio_lang import ir
from cio_lang.compiler import compile_sources
from cio_lang.demo import example, purchases, run, workspace
from cio_lang.demo.inbox import Inbox
from cio_lang.mistake import UserMistake
from cio_lang.pictures import drawing
from cio_lang.pictures.layout import steps
from cio_lang.pictures.tree import tree
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.store import open_store
from cio_lang.workspace import Workspace
from tests.stores import schema

MAIL = """From: cio <hello@example.com>
To: c00001@example.com
Subject: Hello
Date: Mon, 03 Mar 1997 10:00:00 +0000
Message-ID: <one@example.com>

Hello
"""


def demo(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cio_lang.cli", "demo", "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def called_for(customer: purchases.Customer) -> Iterator[tuple[str, datetime]]:
    """The messages of one customer, worked out without anything of cio's."""
    orders = [order.at for order in customer.orders]
    end = run.month_ends()[-1]
    for template, at in (
        ("welcome", orders[0] + timedelta(hours=2)),
        ("second-purchase", later(orders[0], 30)),
    ):
        silent = len(orders) == 1 or orders[1] > at
        large = customer.orders[0].properties["amount"] >= 30
        if at <= end and (template == "welcome" or (silent and large)):
            yield template, at

    entered = None
    for number, order in enumerate(orders, 1):
        at = order + timedelta(days=60)
        silent = number == len(orders) or orders[number] > at
        if silent and at <= end and (entered is None or later(entered, 120) <= at):
            entered = at
            if number >= 3:
                yield "win-back-offer", at

    entered = None
    for number, order in enumerate(orders, 1):
        recent = [at for at in orders[:number] if at > order - timedelta(days=90)]
        starts = len(recent) == 3
        if starts and (entered is None or later(entered, 180) <= order):
            entered = order
            yield "vip-thanks", order


def later(at: datetime, days: int) -> datetime:
    """So many calendar days later in the shop: across a clock change, at the same hour."""
    return (at.astimezone(purchases.SHOP) + timedelta(days=days)).astimezone(UTC)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    ran = demo(tmp_path_factory.mktemp("first") / "out", "--limit", "300", "--json")
    assert ran.returncode == 0, ran.stderr
    outcome: dict[str, Any] = json.loads(ran.stdout)
    return outcome


@pytest.mark.slow
class TestReplay:
    def test_the_inbox_holds_what_the_outbox_says(self, first: dict[str, Any]) -> None:
        mail = first["mail"]
        assert mail["agrees"]
        assert mail["accepted"] == mail["received"] > 500
        assert mail["missing"] == mail["surplus"] == 0
        folder = Path(first["folder"])
        assert len(list(folder.glob("inbox/*/*.eml"))) == mail["received"]

    def test_two_runs_give_the_same_messages(self, first: dict[str, Any], tmp_path: Path) -> None:
        ran = demo(tmp_path / "second", "--limit", "300", "--json")
        second = json.loads(ran.stdout)
        assert second["mail"] == first["mail"]
        assert second["journeys"] == first["journeys"]
        assert second["story"] == first["story"]

    def test_on_postgresql_it_gives_the_same_messages(
        self, first: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with schema() as address:
            monkeypatch.setenv("CIO_STORE", address)
            options = ("--limit", "300", "--json", "--store", "env:CIO_STORE")
            for _ in range(2):  # the second takes the first away
                ran = demo(tmp_path / "out", *options)
                assert ran.returncode == 0, ran.stderr
                other = json.loads(ran.stdout)
                assert other["mail"] == first["mail"]
                assert other["journeys"] == first["journeys"]
                assert other["story"] == first["story"]
            assert not (tmp_path / "out" / "cio.db").exists()
            assert "env:CIO_STORE" in (tmp_path / "out" / "cio.toml").read_text()

    def test_every_journey_did_something_and_the_figures_add_up(
        self, first: dict[str, Any]
    ) -> None:
        assert {journey["journey"] for journey in first["journeys"]} == {
            "Welcome", "Second purchase", "Win-back", "VIP thanks",
        }  # fmt: skip
        for journey in first["journeys"]:
            assert journey["entered"] == journey["live"] + sum(journey["ends"].values())
            assert 0 < journey["goals"] <= journey["entered"]
        sent = sum(
            count
            for journey in first["journeys"]
            for statuses in journey["sent"].values()
            for count in statuses.values()
        )
        assert sent == first["mail"]["accepted"]

    def test_everybody_is_welcomed_once(self, first: dict[str, Any]) -> None:
        (welcome,) = [each for each in first["journeys"] if each["journey"] == "Welcome"]
        assert welcome["entered"] == first["people"] == 300
        assert welcome["sent"] == {'email "welcome"': {"accepted": 300}}

    def test_every_message_is_one_that_the_purchases_call_for(self, first: dict[str, Any]) -> None:
        """Held against the journeys as worked out by hand below, instant by instant."""
        database = sqlite3.connect(Path(first["folder"]) / "cio.db")
        made = database.execute(
            "SELECT p.key, o.template, o.made_at FROM outbox o JOIN people p ON p.id = o.person"
        ).fetchall()
        database.close()
        assert sorted(made) == sorted(
            (one.key, template, round(at.timestamp() * 1e6))
            for one in purchases.read(example.folder() / "cdnow.csv.gz", 300)
            for template, at in called_for(one)
        )

    def test_it_leaves_a_workspace_a_report_and_diagrams(self, first: dict[str, Any]) -> None:
        folder = Path(first["folder"])
        page = (folder / "report.html").read_text()
        assert first["person"] in page
        assert not re.search(r'(src|href)="https?:', page)
        for picture in re.findall(r"<svg.*?</svg>", page, re.S):
            ElementTree.fromstring(picture)
        assert {path.stem for path in (folder / "diagrams").glob("*.mmd")} >= {
            "welcome",
            "win-back",
        }
        check = [sys.executable, "-m", "cio_lang.cli", "compile", "--check"]
        assert subprocess.run(check, cwd=folder, check=False).returncode == 0
        assert (folder / "story.txt").read_text().count("\n") > 10

    def test_no_server_is_left_running(self, first: dict[str, Any]) -> None:
        running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        assert first["folder"] not in running.stdout

    def test_for_people_it_ends_with_tables_and_a_story(self, tmp_path: Path) -> None:
        ran = demo(tmp_path / "out", "--limit", "40")
        assert ran.returncode == 0, ran.stderr
        for words in ("Journey", "Entered", "Goal", "because", "└─ ", "The story of", "Where the"):
            assert words in ran.stdout
        assert "Every message arrived once, byte for byte." in ran.stdout
        assert "replaying 18 months" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_stops_its_servers_too(tmp_path: Path, told: signal.Signals) -> None:
    command = [sys.executable, "-m", "cio_lang.cli", "demo", "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        deadline = time.monotonic() + 120
        while not list(tmp_path.glob("out/inbox/*/*.eml")):
            assert running.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        running.send_signal(told)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in err
    assert out == b""
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in processes.stdout


def test_the_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("four years of work")
    ran = demo(tmp_path)
    assert ran.returncode == 2
    assert "holds files that the demo did not make" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_store_of_somebody_else_is_left_alone(store_place: Path | str) -> None:
    with open_store(store_place, create=True) as store:
        store.put_person("ann", {}, datetime.now(UTC))
    with pytest.raises(UserMistake) as mistake:
        workspace.fresh_store(store_place)
    assert [problem.code for problem in mistake.value.problems] == ["store-is-taken"]
    with open_store(store_place) as store:
        assert store.people_count() == 1


def test_a_store_of_the_demo_is_made_anew(store_place: Path | str) -> None:
    for _ in range(2):
        with workspace.fresh_store(store_place) as store:
            assert store.people_count() == 0
            store.put_person("ann", {}, datetime.now(UTC))


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(UserMistake) as mistake:
        workspace.fresh(file)
    assert [problem.code for problem in mistake.value.problems] == ["folder-is-taken"]
    assert file.read_text() == "mine"


def test_a_folder_of_the_demo_is_made_anew(tmp_path: Path) -> None:
    workspace.fresh(tmp_path / "out")
    (tmp_path / "out" / "old").write_text("from an earlier run")
    place = workspace.fresh(tmp_path / "out")
    assert not (tmp_path / "out" / "old").exists()
    assert place.name == "CDNOW"


# the purchases


def test_the_purchases_are_those_of_the_data_set() -> None:
    customers = list(purchases.read(example.folder() / "cdnow.csv.gz"))
    orders = [order for customer in customers for order in customer.orders]
    assert len(customers) == 23_570
    assert len(orders) == 69_659
    days = {order.at.astimezone(purchases.SHOP).date() for order in orders}
    assert (min(days), max(days)) == (date(1997, 1, 1), date(1998, 6, 30))
    for customer in customers:
        instants = [order.at for order in customer.orders]
        assert instants == sorted(set(instants))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "customer,day\n1,2\n",
        "customer_id,date,cds,amount_usd\nc1,1997-13-01,1,2.00\n",
        "customer_id,date,cds,amount_usd\nc1,1997-01-01,1\n",
        "customer_id,date,cds,amount_usd\nc1,1997-01-01,one,2.00\n",
    ],
)
def test_a_file_that_is_not_the_purchases_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cdnow.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(UserMistake) as mistake:
        list(purchases.read(path))
    assert [problem.code for problem in mistake.value.problems] == ["not-the-purchases"]


def test_purchases_cut_short_say_so(tmp_path: Path) -> None:
    whole = (example.folder() / "cdnow.csv.gz").read_bytes()
    for name, content in {"half.gz": whole[: len(whole) // 2], "text.gz": b"no gzip"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserMistake):
            list(purchases.read(tmp_path / name))
    with pytest.raises(UserMistake):
        list(purchases.read(tmp_path / "nothing.gz"))


def test_the_months_end_at_midnight_in_the_shop() -> None:
    ends = run.month_ends()
    assert len(ends) == 18
    local = [end.astimezone(purchases.SHOP) for end in ends]
    assert {(end.day, end.hour, end.minute) for end in local} == {(1, 0, 0)}
    assert local[-1].date() == date(1998, 7, 1)


# the inbox


def test_the_inbox_keeps_exactly_what_arrived(tmp_path: Path) -> None:
    content = MAIL.replace("\n", "\r\n").encode() + b".a line that starts with a dot\r\n"
    with Inbox(tmp_path / "inbox") as inbox:
        with smtplib.SMTP("127.0.0.1", inbox.port) as client:
            client.sendmail("hello@example.com", ["c00001@example.com"], content)
        (kept,) = inbox.messages()
    assert kept.parent.name == "1997-03"
    assert kept.name == "one.eml"
    assert kept.read_bytes() == content


def test_a_message_that_comes_twice_is_counted_twice(tmp_path: Path) -> None:
    with Inbox(tmp_path / "inbox") as inbox:
        with smtplib.SMTP("127.0.0.1", inbox.port) as client:
            for _ in range(2):
                client.sendmail("hello@example.com", ["c00001@example.com"], MAIL)
        assert len(inbox.messages()) == 2


# diagrams


def graph(body: str) -> ir.JourneyGraph:
    text = (
        "event signed_up\nattribute plan: text\n\n"
        f'journey "One"\n  when someone does signed_up\n\n{body}'
    )
    compiled = compile_sources([Source("one.journey", text)], Settings())
    (found,) = compiled.graphs
    assert isinstance(found, ir.JourneyGraph), compiled.problems
    return found


ARMS = """  if plan is "Pro"
    email "One for the professionals."
  otherwise if plan is "free"
    email "One for the curious."
    leave
  otherwise
    wait 2 days
  email "One for all who are left."
"""


def test_arms_that_meet_are_followed_once_by_what_comes_then() -> None:
    found = graph(ARMS)
    visits = dict.fromkeys(found.nodes, 7)
    drawn = tree("One", steps(found, {}), 7, visits).splitlines()
    assert [" ".join(line.split()) for line in drawn] == [
        "One 7 entered",
        '├─ if plan is "Pro"',
        '│ └─ email "One for the professionals." 7',
        '├─ if plan is "free"',
        '│ ├─ email "One for the curious." 7',
        "│ └─ leave 7",
        "├─ otherwise",
        "│ └─ wait 2 days 7",
        '└─ email "One for all who are left." 7',
    ]


def test_a_flow_chart_is_whole_and_says_each_step_once() -> None:
    found = graph(ARMS)
    picture = drawing.flow_chart('A "quoted" & <odd> title', steps(found, {}), 7, {})
    root = ElementTree.fromstring(picture)
    assert root.get("aria-label") == 'A "quoted" & <odd> title as a flow chart'
    assert picture.count('class="send"') == 3
    assert picture.count('class="wait"') == 1
    assert picture.count('class="leave"') == 1


def test_weeks_without_mail_are_drawn_empty() -> None:
    monday = date(1997, 1, 6)
    picture = drawing.weeks({}, monday, monday, 0)
    assert "<rect" not in picture
    ElementTree.fromstring(picture)
    picture = drawing.weeks({monday: 12_345}, monday, date(1998, 1, 5), 0)
    assert picture.count("<rect") == 1


# the example workspace


def test_the_example_compiles_lints_and_is_laid_out() -> None:
    from cio_lang.format import format_file
    from cio_lang.lint import lint

    place = Workspace.read(example.folder())
    sources = place.sources()
    compiled = compile_sources(sources, place.settings())
    assert compiled.problems == ()
    assert list(lint(compiled.checked)) == []
    for source, file in zip(sources, compiled.files, strict=True):
        assert format_file(file) == source.text


def test_the_scenarios_of_the_example_hold() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "cio_lang.cli", "test"],
        cwd=example.folder(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
