"""The demo from beginning to end: import, compile, deploy, replay, send, count, write down."""

from __future__ import annotations

import os
import threading
import time as time_module
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from cio_lang import graph_file
from cio_lang.backends import mermaid
from cio_lang.channels import Email, EmailSettings
from cio_lang.compiler import compile_sources
from cio_lang.demo import example, purchases, report, summary, workspace
from cio_lang.demo.inbox import Inbox
from cio_lang.demo.phases import Phases, Progress
from cio_lang.mistake import UserMistake
from cio_lang.record import record
from cio_lang.runtime.dispatch import Dispatched
from cio_lang.runtime.server import PrefectServer
from cio_lang.store import Store
from cio_lang.story import Happening, tell
from cio_lang.templates import load_folder
from cio_lang.workspace import Workspace
from cio_lang.workspace.graphs import graph_path

CONNECTIONS = 4
"""SMTP connections: more do not make a server on the same two cores quicker."""

MAIL = "sending mail"
REPLAY = "replaying 18 months"


@record
class Outcome:
    """What the demo did and where it wrote it down."""

    folder: Path
    people: int
    events: int
    steps: int
    flow_runs: int
    journeys: Sequence[summary.JourneyFigures]
    mail: summary.Mail
    person: str | None
    story: Sequence[str]
    seconds: dict[str, float]
    total: float

    @property
    def inbox(self) -> Path:
        """The folder of received messages."""
        return self.folder / "inbox"

    @property
    def report(self) -> Path:
        """The page that shows it all."""
        return self.folder / "report.html"


def run(out: Path, limit: int | None, progress: Progress, store_at: str | None = None) -> Outcome:
    """Run the demo into the folder `out`, for the first `limit` customers or for all.

    The store is a file in the folder, or `store_at`: `postgresql://…`, or `env:NAME`.
    Raises UserMistake where the folder or the store holds something else, or a server does not
    start.
    """
    phases = Phases(progress)
    place = workspace.fresh(out, store_at)
    with ExitStack() as stack:
        store = stack.enter_context(workspace.fresh_store(place.store_place))
        server = PrefectServer(place.root / "prefect")
        starting = _Starting(server)
        stack.callback(starting.stop)
        inbox = stack.enter_context(Inbox(place.root / "inbox"))
        with phases.phase("compiling journeys"):
            titles = deploy(place, store)
        with phases.phase("importing purchases", limit) as shown:
            people, events = load(store, limit, shown)
        with phases.phase("loading Prefect"):
            starting.wait_for_process()
            from cio_lang.runtime import flows  # noqa: F401

        with phases.phase("waiting for Prefect's server"):
            starting.wait()
        steps, flow_runs = _replay(server, place, inbox, phases)
        with phases.phase("stopping the servers"):
            starting.stop()
            inbox.stop()
        with phases.phase("counting the mail"):
            mail = summary.mail(store, inbox.messages())
        with phases.phase("writing the report"):
            figures = summary.journeys(store, titles)
            person = store.protagonist()
            told = _told(store, person, place) if person else []
            outcome = Outcome(
                place.root, people, events, steps, flow_runs, figures, mail, person, told, {}, 0.0
            )
            _write_down(outcome, inbox, phases)
    return replace(outcome, seconds=phases.seconds, total=phases.total)


def deploy(place: Workspace, store: Store) -> dict[str, str]:
    """Compile the example's journeys, keep the graphs as files, and put them into force.

    Returns the titles of segments by name.
    """
    compiled = compile_sources(place.sources(), place.settings())
    if compiled.failed:
        raise UserMistake(*compiled.problems)
    diagrams = place.root / "diagrams"
    diagrams.mkdir()
    for graph in compiled.graphs:
        # The same layout as `cio compile`, which finds them up to date.
        path = place.graphs / graph_path(graph)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(graph_file.dump(graph), encoding="utf-8")
        if graph.kind in ("journey", "segment"):
            (diagrams / f"{graph.name}.mmd").write_text(mermaid.emit(graph), encoding="utf-8")
    opening = datetime.combine(purchases.FIRST_DAY, time(), tzinfo=purchases.SHOP)
    store.deploy(compiled.graphs, load_folder(place.templates), opening.astimezone(UTC), "demo")
    return {graph.name: graph.title for graph in compiled.graphs if graph.kind == "segment"}


def load(store: Store, limit: int | None, progress: Progress) -> tuple[int, int]:
    """Store the customers and their orders, as received when they happened; returns how many."""
    people = events = 0
    source = purchases.read(example.folder() / "cdnow.csv.gz", limit)
    for batch in _batches(source, 2_000):
        store.put_people(
            (
                one.key,
                {"email": one.email, "customer_since": one.first_day.isoformat()},
                one.orders[0].at,
            )
            for one in batch
        )
        events += store.put_events(order for one in batch for order in one.orders)
        people += len(batch)
        progress.advance(len(batch), f"{people:,} people")
    return people, events


def month_ends() -> list[datetime]:
    """The instants at which the months of the replay end, in the shop's time."""
    ends: list[datetime] = []
    day = purchases.FIRST_DAY
    while day <= purchases.LAST_DAY:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        ends.append(datetime.combine(day, time(), tzinfo=purchases.SHOP).astimezone(UTC))
    return ends


def _replay(
    server: PrefectServer, place: Workspace, inbox: Inbox, phases: Phases
) -> tuple[int, int]:
    """Replay and send, month by month, in Prefect flow runs; returns steps and flow runs."""
    from cio_lang.runtime import flows

    ends = month_ends()
    channel = Email(
        EmailSettings(place.email.sender, "127.0.0.1", inbox.port, connections=CONNECTIONS)
    )
    phases.progress.begin(REPLAY, len(ends))
    sent = 0

    def count(done: Dispatched) -> None:
        nonlocal sent
        sent += done.total
        phases.progress.advance(0, f"{sent:,} messages")

    def through(instant: datetime) -> None:
        ended: date = instant.astimezone(purchases.SHOP).date() - timedelta(days=1)
        phases.progress.advance(1, f"{ended:%b %Y}, {sent:,} messages")

    try:
        replayed = flows.run_replay(
            server,
            place.store_place,
            ends,
            place.timezone,
            [channel],
            on_dispatched=count,
            on_instant=through,
        )
    finally:
        phases.progress.end()
    phases.add(REPLAY, replayed.advance_seconds)
    phases.add(MAIL, replayed.dispatch_seconds)
    return replayed.advanced.steps, replayed.flow_runs


def _told(store: Store, key: str, place: Workspace) -> list[str]:
    """A person's story, without the journeys that they did not enter."""
    person = store.the_person(key)
    happened = Happening(
        store.events(person.id),
        [made for made in store.decisions_of(person.id) if made.what != "not_entered"],
        store.messages_of(person.id),
        {deployed.graph.name: deployed.graph.title for deployed in store.journeys()},
    )
    return tell(happened, place.zone)


def _write_down(outcome: Outcome, inbox: Inbox, phases: Phases) -> None:
    page = report.Page(
        people=outcome.people,
        events=outcome.events,
        journeys=outcome.journeys,
        mail=outcome.mail,
        person=outcome.person,
        story="\n".join(outcome.story),
        letters=_letters(inbox.messages()),
        seconds=phases.seconds,
        total=phases.total,
    )
    outcome.report.write_text(report.write(page), encoding="utf-8")
    told = f"The story of {outcome.person}\n\n" + "\n".join(outcome.story) + "\n"
    (outcome.folder / "story.txt").write_text(told, encoding="utf-8")


def _letters(messages: Sequence[Path]) -> list[Path]:
    """One message of each kind, as told by the first letters of its subject."""
    kinds: dict[bytes, Path] = {}
    for path in messages:
        with path.open("rb") as file:
            head = file.read(600)
        subject = next((line for line in head.split(b"\r\n") if line.startswith(b"Subject:")), b"")
        kinds.setdefault(subject[:20], path)
    return list(kinds.values())[:6]


def _batches(
    customers: Iterator[purchases.Customer], size: int
) -> Iterator[list[purchases.Customer]]:
    batch: list[purchases.Customer] = []
    for customer in customers:
        batch.append(customer)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class _Starting:
    """Prefect's server on its way up, in a thread, while other work goes on."""

    def __init__(self, server: PrefectServer) -> None:
        self._server = server
        self._mistake: BaseException | None = None
        self._thread = threading.Thread(target=self._start, daemon=True)
        self._thread.start()

    def _start(self) -> None:
        try:
            self._server.start()
        except BaseException as error:
            self._mistake = error

    def wait_for_process(self) -> None:
        """Until its environment is set, which Prefect reads when it is imported."""
        while self._thread.is_alive() and "PREFECT_API_URL" not in os.environ:
            time_module.sleep(0.01)

    def wait(self) -> None:
        """Until it answers.  Raises what kept it from starting."""
        self._thread.join()
        if self._mistake is not None:
            raise self._mistake

    def stop(self) -> None:
        """Stop it, once it is up or has failed.  Harmless the second time."""
        self._thread.join()
        self._server.stop()
