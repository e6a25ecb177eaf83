"""Pausing, resuming and stopping journeys, and going back to older versions of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cio_lang import ir
from cio_lang.cli import main
from cio_lang.mistake import UserMistake
from cio_lang.runtime.advance import Stepper, replay
from cio_lang.runtime.applying import apply
from cio_lang.runtime.control import pause, resume, rollback, stop
from cio_lang.runtime.dispatch import dispatch_all
from cio_lang.store import Store, open_store
from cio_lang.store.state import NewEvent
from tests.mail_server import MailServer
from tests.one_person import at, journey, mail, wait
from tests.stores import problem
from tests.test_versions import two_waits, without
from tests.workspace import ORDERED, channel, crowd, filled, send_all


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    """Three people in the first wait of a journey; the mail before it waits to be sent."""
    with filled(store_place, [two_waits()], crowd(3)) as opened:
        replay(opened, at(2), UTC)
        yield opened


def statuses(store: Store) -> list[str]:
    return sorted(
        row.status
        for name in ("p0", "p1", "p2")
        for row in store.messages_of(store.the_person(name).id)
    )


def live(store: Store) -> dict[str, int]:
    """Where the people inside stand."""
    return {str(group.node): group.people for group in store.deployments.groups()}


# ── pause and resume ─────────────────────────────────────────────────────────────────────────────


def test_of_a_paused_journey_nothing_is_sent_until_it_is_resumed(store: Store) -> None:
    pause(store, "two-waits", at(3))
    with MailServer() as server:
        assert send_all(store, server.port, at(4)).total == 0
        assert statuses(store) == ["held"] * 3
        assert store.next_retry() is None  # and so nobody looks every moment
        resume(store, "two-waits", at(5))
        assert dict(send_all(store, server.port, at(6)).counts) == {"accepted": 3}
        assert len(server.received) == 3


def test_waits_run_on_and_nobody_goes_on(store: Store) -> None:
    pause(store, "two-waits", at(3))
    stepper = Stepper(store, UTC)
    while stepper.advance_due(at(24 * 3)).people:
        pass
    assert live(store) == {"day": 3}
    assert statuses(store) == ["held"] * 3
    assert store.next_due() is None  # nothing is to be done again and again
    resume(store, "two-waits", at(24 * 4))
    replay(store, at(24 * 4), UTC)
    assert live(store) == {"week": 3}
    assert statuses(store) == ["queued"] * 6


def test_who_enters_meanwhile_begins_when_it_goes_on(store: Store) -> None:
    pause(store, "two-waits", at(3))
    store.put_events([NewEvent("late", "order_placed", at(4), {}, "late")])
    replay(store, at(5), UTC)
    late = store.the_person("late").id
    assert store.messages_of(late) == []
    assert [each.what for each in store.decisions_of(late)] == ["entered"]
    resume(store, "two-waits", at(6))
    replay(store, at(6), UTC)
    assert [row.made_at for row in store.messages_of(late)] == [at(6)]


def test_exits_and_goals_go_on_while_a_journey_is_paused(store_place: Path | str) -> None:
    graph = two_waits(exits=(ir.ExitOnEvent("left"),), goal=ir.Goal("paid"))
    with filled(store_place, [graph], crowd(2)) as store:
        replay(store, at(2), UTC)
        pause(store, "two-waits", at(3))
        store.put_events([NewEvent("p0", "left", at(4)), NewEvent("p1", "paid", at(4))])
        replay(store, at(5), UTC)
        (summary,) = store.runs_summary()
        assert (summary.reasons, summary.goals) == ({"did left": 1}, 1)


def test_other_journeys_of_the_same_people_go_on(store_place: Path | str) -> None:
    other = journey(ORDERED, {"a": wait("PT1H", "b"), "b": mail("Other.")}, name="other")
    with filled(store_place, [two_waits(), other], crowd(1)) as store:
        replay(store, at(1), UTC)
        pause(store, "two-waits", at(1.5))
        replay(store, at(24 * 2), UTC)
        person = store.the_person("p0").id
        sent = [(row.text, row.status) for row in store.messages_of(person)]
        assert sent == [("Thanks.", "held"), ("Other.", "queued")]


def test_what_another_process_has_claimed_is_not_sent(
    store_place: Path | str, store: Store
) -> None:
    """A pause comes between the claim and the sending."""

    async def send(port: int) -> int:
        email = channel(port)
        compose = email.compose

        def late(draft: object) -> object:
            if "two-waits" not in store.deployments.paused():
                pause(store, "two-waits", at(3))
            return compose(draft)  # type: ignore[arg-type]

        email.compose = late  # type: ignore[assignment, method-assign]
        try:
            with open_store(store_place) as dispatcher:
                return (await dispatch_all(dispatcher, [email], at(3))).total
        finally:
            await email.close()

    with MailServer() as server:
        assert asyncio.run(send(server.port)) == 0
        assert server.received == []
    store.claim_outbox(at(4), 10, 60.0)
    assert statuses(store) == ["held"] * 3


def test_what_another_process_makes_meanwhile_is_held(store: Store) -> None:
    """A batch was worked out before the pause, and is taken again when it is to be written."""
    stepper = Stepper(store, UTC)
    save, calls = store.deployed_revision, [0]

    def revision() -> tuple[int, int, str]:
        found = save()
        calls[0] += 1
        if calls[0] == 1:
            pause(store, "two-waits", at(3))
        return found

    store.deployed_revision = revision  # type: ignore[method-assign]
    stepper.advance_due(at(24 * 2))
    assert live(store) == {"day": 3}


def test_pausing_and_resuming_twice_is_the_same_as_once(store: Store) -> None:
    pause(store, "two-waits", at(3))
    pause(store, "TWO-WAITS", at(4))
    assert store.deployments.paused() == {"two-waits": at(3)}
    assert resume(store, "two-waits", at(5)).was_paused
    assert not resume(store, "two-waits", at(5)).was_paused


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_stopped_journey_is_empty_and_stays_out_of_force(store: Store) -> None:
    assert stop(store, "two-waits", at(3)) == 3
    assert live(store) == {}
    assert statuses(store) == ["skipped"] * 3
    done = apply(store, [without("bye")], {}, at(4)).deployment
    assert (done.stopped, done.added) == (("two-waits",), ())
    store.put_events([NewEvent("late", "order_placed", at(5), {}, "late")])
    replay(store, at(6), UTC)
    assert live(store) == {}
    assert resume(store, "two-waits", at(7)).version == 2
    store.put_events([NewEvent("late", "order_placed", at(8), {}, "later")])
    replay(store, at(9), UTC)
    assert live(store) == {"day": 1}


def test_a_paused_journey_can_be_stopped(store: Store) -> None:
    pause(store, "two-waits", at(3))
    stop(store, "two-waits", at(4))
    assert store.deployments.paused() == {}
    assert statuses(store) == ["skipped"] * 3


# ── rollback ─────────────────────────────────────────────────────────────────────────────────────


def test_going_back_puts_the_version_before_into_force_as_the_newest(store: Store) -> None:
    apply(store, [without("how")], {}, at(3), policy="move")
    done = rollback(store, "two-waits", None, at(4), author="ann", note="too bold")
    assert (done.to.version, done.number, done.steps) == (1, 3, ())
    versions = store.deployments.versions()["two-waits"]
    assert [(each.version, each.active) for each in versions] == [(1, False), (2, False), (3, True)]
    assert (versions[2].digest, versions[2].note) == (versions[0].digest, "too bold")
    assert rollback(store, "two-waits", 2, at(5), policy="move").number == 4
    assert {group.digest for group in store.deployments.groups()} == {versions[1].digest}
    assert rollback(store, "two-waits", 2, at(5)).number == 4  # as it is already


def test_going_back_takes_people_along_if_that_is_said(store: Store) -> None:
    apply(store, [without("how")], {}, at(3), policy="move")
    steps = rollback(store, "two-waits", None, at(4), policy="move").steps
    assert sum(step.group.people for step in steps) == 3
    replay(store, at(24 * 2), UTC)
    assert live(store) == {"week": 3}


def test_there_is_no_version_to_go_back_to(store: Store) -> None:
    with pytest.raises(UserMistake) as caught:
        rollback(store, "two-waits", None, at(4))
    assert problem(caught).code == "no-such-version"
    with pytest.raises(UserMistake) as caught:
        rollback(store, "two-waits", 7, at(4))
    assert "has no version 7" in problem(caught).report().what
    with pytest.raises(UserMistake) as caught:
        pause(store, "two-wait", at(4))
    assert problem(caught).suggestion == "two-waits"


def test_a_version_without_its_template_is_not_put_into_force(store: Store) -> None:
    welcome = ir.SendNode(ir.Message(("email",), template="welcome"))
    apply(store, [two_waits({"a": welcome})], {"welcome": "---\nsubject: a\n---\nb\n"}, at(3))
    apply(store, [two_waits()], {}, at(4))
    with pytest.raises(UserMistake) as caught:
        rollback(store, "two-waits", None, at(5))
    assert problem(caught).missing == ("template `welcome`",)
    assert store.deployments.versions()["two-waits"][-1].version == 3


# ── since when it is in force ────────────────────────────────────────────────────────────────────


def test_an_event_just_before_a_change_starts_the_journey_all_the_same(store: Store) -> None:
    store.put_events([NewEvent("late", "order_placed", at(3), {}, "late")])
    apply(store, [without("how")], {}, at(4))
    apply(store, [without("bye")], {}, at(4.5))
    replay(store, at(5), UTC)
    (entered, *_) = store.decisions_of(store.the_person("late").id)
    assert (entered.what, entered.detail["version"]) == ("entered", 3)


def test_another_beginning_counts_from_when_it_was_applied(store: Store) -> None:
    store.put_events([NewEvent("late", "paid", at(3), {}, "late")])
    apply(store, [replace(two_waits(), entry=ir.EventMatch("paid"))], {}, at(4))
    replay(store, at(5), UTC)
    (told,) = store.decisions_of(store.the_person("late").id)
    assert told.what == "not_entered"


# ── the commands ─────────────────────────────────────────────────────────────────────────────────

JOURNEY = """event signed_up

journey "Welcome"
  when someone does signed_up
  once ever

  email "Welcome!"
  wait 1 day
  email "How is it going?"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "cio.toml").write_text('name = "Acme"\n')
    (tmp_path / "journeys" / "welcome.journey").write_text(JOURNEY)
    assert cio("apply", "--author", "ann", "--note", "first").exit_code == 0
    assert cio("say", "--yes", "alice did signed_up").exit_code == 0
    with open_store(tmp_path / "cio.db") as store:
        Stepper(store, UTC).advance_due(datetime.now(UTC))
    return tmp_path


def cio(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="cio")


def test_journeys_tells_versions_and_who_is_where(folder: Path) -> None:
    told = cio("journeys").stdout
    assert told.startswith("Welcome: in force, version 1 of 20")
    assert "by ann: first" in told
    assert (
        "  1 entered, 0 reached the goal, 1 inside\n  version 1: 1 person\n    1  wait-1-day"
        in told
    )
    path = folder / "journeys" / "welcome.journey"
    path.write_text(JOURNEY.replace("1 day", "2 days"))
    assert cio("apply").exit_code == 0
    (data,) = json.loads(cio("journeys", "Welcome", "--json").stdout)["journeys"]
    assert (data["state"], data["entered"], data["inside"]) == ("in force", 1, 1)
    assert [each["version"] for each in data["versions"]] == [1, 2]
    assert data["inside_by_version"] == [
        {"version": 1, "people": 1, "steps": [{"step": "wait-1-day", "people": 1}]}
    ]
    back = cio("rollback", "Welcome", "--move")
    assert "Welcome is as version 1 was, which is version 3 now." in back.stdout
    assert json.loads(cio("rollback", "Welcome", "--json").stdout)["version"] == 4
    every = cio("journeys", "--versions").stdout
    assert "version 3 of" in every and "back to version 1" in every


def test_journeys_in_every_state(folder: Path) -> None:
    assert (
        "Welcome is paused; `cio resume welcome` lets it go on." in cio("pause", "Welcome").stdout
    )
    assert "Welcome: paused" in cio("journeys").stdout
    assert cio("resume", "Welcome").stdout == "Welcome goes on.\n"
    assert "neither paused nor stopped" in cio("resume", "Welcome").stdout
    assert json.loads(cio("pause", "Welcome", "--json").stdout)["state"] == "paused"
    assert cio("stop", "Welcome").stdout == "Welcome is stopped; 1 person left it.\n"
    told = cio("journeys").stdout
    assert "Welcome: stopped" in told and "left: 1 stopped" in told
    assert "stays stopped: journey welcome" in cio("apply").stdout
    assert "stays stopped" in cio("plan").stdout
    assert json.loads(cio("apply", "--json").stdout)["stopped"] == ["welcome"]
    assert "is in force again, as version 2" in cio("resume", "Welcome").stdout
    assert json.loads(cio("stop", "welcome", "--json").stdout)["people"] == 0
    assert json.loads(cio("resume", "welcome", "--json").stdout)["version"] == 3


def test_journeys_of_an_empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cio.toml").write_text('name = "Acme"\n')
    open_store(tmp_path / "cio.db", create=True).close()
    assert "`cio apply`" in cio("journeys").stderr
