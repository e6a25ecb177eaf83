"""The engine, one rule at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cio_lang import ir
from cio_lang.runtime.engine import advance
from tests.one_person import START, Alice, at, deployed, event, journey, mail, wait

ORDERED = ir.EventMatch("order_placed")
QUIET_FOR_A_DAY = ir.Match(ir.InactiveTest("P1D"))
PRO = ir.AttributeTest("plan", "is", "Pro")


def alice(*graphs: ir.JourneyGraph, **parts: object) -> Alice:
    return Alice([deployed(graph) for graph in graphs], **parts)  # type: ignore[arg-type]


def test_an_event_starts_a_run_that_walks_to_its_wait_and_on() -> None:
    her = alice(
        journey(
            ORDERED,
            {"a": mail("Thanks"), "w": wait("PT2H", "b"), "b": mail("Bye")}
            | {"a": mail("Thanks", "w")},
        )
    )
    her.did(event("order_placed", 1))
    change = her.step(1)
    assert her.mails == [("Thanks", 1)]
    assert change.due == at(3) and change.handled_events == ["order_placed-1"]
    her.step(3)
    assert her.mails == [("Thanks", 1), ("Bye", 3)]
    assert her.reasons == ["finished"] and her.due is None
    assert [made.what for made in her.decisions] == [
        "entered",
        "sent",
        "waited",
        "sent",
        "finished",
    ]


def test_the_same_step_twice_is_the_same_change() -> None:
    her = alice(journey(ORDERED, {"a": mail("Thanks")}))
    her.did(event("order_placed", 1))
    graphs = {each.digest: each.graph for each in her.journeys}
    changes = [advance(her.state, her.journeys, graphs, {}, at(1), UTC) for _ in range(2)]
    assert changes[0] == changes[1] and changes[0].outbox[0].id


def test_events_after_now_wait_for_their_time() -> None:
    her = alice(journey(ORDERED, {"a": mail("Thanks")}))
    her.did(event("order_placed", 5))
    assert her.step(1).due == at(5) and her.mails == []


def test_a_where_narrows_the_entry() -> None:
    entry = ir.EventMatch("order_placed", ir.PropertyTest("amount", "more_than", 20))
    her = alice(journey(entry, {"a": mail("Thanks")}))
    her.did(event("order_placed", 1, amount=5), event("order_placed", 2, amount=50))
    her.replay(9)
    assert her.mails == [("Thanks", 2)]


def test_only_people_where_is_recorded_with_its_clause() -> None:
    only = ir.All((ir.AttributeTest("country", "known"), PRO))
    her = alice(journey(ORDERED, {"a": mail("Hi")}, only=only), attributes={"country": "US"})
    her.did(event("order_placed", 1))
    her.step(1)
    assert her.mails == []
    [refused] = her.said("not_entered")
    assert refused["reason"].startswith("only people where") and "plan" in refused["reason"]


@pytest.mark.parametrize(
    ("allow", "after", "mails"),
    [("once", None, [1]), ("every_time", None, [1, 30, 60]), ("after", "P2D", [1, 60])],
)
def test_reentry(allow: str, after: str | None, mails: list[float]) -> None:
    her = alice(journey(ORDERED, {"a": mail("x")}, allow=allow, after=after))
    her.did(*(event("order_placed", hours) for hours in (1, 30, 60)))
    her.replay(99)
    assert [hours for _, hours in her.mails] == mails
    assert len(her.said("not_entered")) == 3 - len(mails)


def test_one_live_run_per_journey() -> None:
    her = alice(journey(ORDERED, {"w": wait("P1D", "a"), "a": mail("x")}))
    her.did(event("order_placed", 1), event("order_placed", 2))
    her.replay(99)
    assert her.mails == [("x", 25)]
    assert her.said("not_entered") == [{"by": "did order_placed", "reason": "in it already"}]


def test_an_exit_and_the_entry_by_one_event() -> None:
    """The event that ends a run starts the next; the event that started a run does not end it."""
    exits = (ir.ExitOnEvent("order_placed"),)
    her = alice(journey(ORDERED, {"w": wait("P3D", "a"), "a": mail("x")}, exits=exits))
    her.did(event("order_placed", 1), event("order_placed", 2))
    her.replay(99)
    assert her.reasons == ["did order_placed", "finished"]
    assert her.mails == [("x", 74)]


def test_matching_starts_when_time_makes_it_true() -> None:
    her = alice(journey(QUIET_FOR_A_DAY, {"a": mail("Come back")}))
    her.did(event("order_placed", 1), event("order_placed", 20))
    her.replay(100)
    assert her.mails == [("Come back", 44)]


def test_who_matches_already_does_not_start() -> None:
    graph = journey(ir.Match(PRO), {"a": mail("x")}, allow="once")
    her = Alice([deployed(graph, at(5))], attributes={"plan": "Pro"}, due=at(5))
    her.replay(10)
    assert her.mails == [] and list(her.standings.values()) == [True]
    included = journey(ir.Match(PRO, "include"), {"a": mail("x")}, allow="once")
    her = Alice([deployed(included, at(5))], attributes={"plan": "Pro"}, due=at(5))
    her.replay(10)
    assert her.mails == [("x", 5)]


def test_who_becomes_known_later_starts_as_not_matching() -> None:
    graph = journey(ir.Match(PRO), {"a": mail("x")})
    her = Alice([deployed(graph)], attributes={"plan": "Pro"}, created_at=at(3), due=at(3))
    her.replay(10)
    assert her.mails == [("x", 3)]


def test_redefining_a_condition_starts_nobody() -> None:
    loose = journey(ir.Match(ir.AttributeTest("plan", "is", "free")), {"a": mail("x")})
    tight = journey(ir.Match(ir.AttributeTest("plan", "known")), {"a": mail("x")})
    her = Alice([deployed(loose)], attributes={"plan": "Pro"})
    her.replay(1)
    her.journeys, her.due = [deployed(tight, at(2))], at(2)
    her.replay(10)
    assert her.mails == []
    segment = journey(ir.Match(ir.SegmentTest("s")), {"a": mail("x")})
    her = Alice([deployed(segment)], {"plan": "Pro"}, segments={"s": ir.Not(PRO)})
    her.replay(1)
    her.segments, her.due = {"s": PRO}, at(2)
    her.replay(10)
    assert her.mails == []


def test_leave_when_they_no_longer_match() -> None:
    never = ir.EventTest("order_placed", times=ir.NOT_ONCE)
    graph = journey(
        ir.Match(never, "include"),
        {"w": wait("P1D", "a"), "a": mail("x")},
        exits=(ir.ExitWhen(ir.Not(never)),),
    )
    her = alice(graph)
    her.did(event("order_placed", 5))
    her.replay(99)
    assert her.mails == [] and her.reasons[0] is not None and her.reasons[0].startswith("when ")


def test_branches_see_the_entry_event_and_what_was_set() -> None:
    graph = journey(
        ORDERED,
        {
            "s": ir.SetNode(ir.Assignment("plan", "Pro"), "b"),
            "b": ir.BranchNode(
                (
                    ir.Case(ir.EntryTest("amount", "more_than", 90), "rich"),
                    ir.Case(PRO, "pro"),
                ),
                "other",
            ),
            "rich": mail("rich"),
            "pro": mail("pro"),
            "other": mail("other"),
        },
    )
    her = alice(graph)
    her.did(event("order_placed", 1, amount=5), event("order_placed", 2, amount=99))
    her.replay(9)
    assert her.mails == [("pro", 1), ("rich", 2)]
    assert [made["case"] for made in her.said("branch")] == [2, 1]
    assert her.attributes == {"plan": "Pro"}


def test_setting_an_attribute_acts_at_once() -> None:
    setter = journey(
        ORDERED,
        {"s": ir.SetNode(ir.Assignment("plan", "Pro"), "a"), "a": mail("too late")},
        exits=(ir.ExitWhen(PRO),),
        name="setter",
    )
    watcher = journey(ir.Match(PRO), {"a": mail("welcome to Pro")}, name="watcher")
    her = alice(setter, watcher)
    her.did(event("order_placed", 1))
    her.replay(9)
    assert her.mails == [("welcome to Pro", 1)]


def test_goals_count_after_the_end_and_only_in_time() -> None:
    goal = ir.Goal("paid", within="P1D")
    graph = journey(ORDERED, {"a": mail("x")}, goal=goal)
    for hours, counted in ((24, True), (25, True), (26, False)):
        her = alice(graph)
        her.did(event("order_placed", 1), event("paid", hours))
        her.replay(99)
        [run] = her.runs.values()
        assert (run.goal_at is not None) is counted, hours
    her = alice(graph)
    her.did(event("paid", 1), event("order_placed", 1))
    her.replay(99)
    assert [run.goal_at for run in her.runs.values()] == [None]


def test_a_goal_may_end_the_run() -> None:
    graph = journey(
        ORDERED, {"w": wait("P1D", "a"), "a": mail("x")}, goal=ir.Goal("paid", leave=True)
    )
    her = alice(graph)
    her.did(event("order_placed", 1), event("paid", 2))
    her.replay(99)
    assert her.mails == [] and her.reasons == ["goal"]


def test_history_starts_nothing() -> None:
    by_event = journey(ORDERED, {"a": mail("event")}, name="a")
    by_match = journey(ir.Match(ir.EventTest("order_placed")), {"a": mail("match")}, name="b")
    her = alice(by_event, by_match, created_at=at(1))
    her.did(event("order_placed", 2), history=True)
    her.step(100)
    assert her.mails == []
    assert all(her.standings.values())


def test_history_does_not_hide_what_holds_without_it() -> None:
    never = ir.EventTest("order_placed", times=ir.NOT_ONCE)
    pro = journey(ir.Match(PRO), {"a": mail("pro")}, name="a")
    new = journey(ir.Match(never), {"a": mail("never ordered")}, name="b")
    her = alice(pro, new, created_at=at(90), attributes={"plan": "Pro"})
    her.did(event("order_placed", 2), history=True)
    her.step(100)
    assert her.mails == [("pro", 100)]


def test_history_ends_runs_and_counts_goals() -> None:
    graph = journey(
        ORDERED,
        {"w": wait("P9D", "a"), "a": mail("x")},
        exits=(ir.ExitOnEvent("paid"),),
        goal=ir.Goal("paid"),
    )
    her = alice(graph)
    her.did(event("order_placed", 1))
    her.step(1)
    her.did(event("paid", 2), history=True)
    her.step(100)
    assert her.reasons == ["did paid"]
    assert [run.goal_at for run in her.runs.values()] == [at(2)]


def test_an_event_from_before_the_journey_starts_nothing() -> None:
    her = Alice([deployed(journey(ORDERED, {"a": mail("x")}), at(5))])
    her.did(event("order_placed", 4), event("order_placed", 5))
    her.replay(9)
    assert her.mails == [("x", 5)]
    assert her.said("not_entered")[0]["reason"] == "before this journey was applied"


def test_waits_after_a_pause_do_not_pile_up() -> None:
    nodes = {
        "w": wait("PT1H", "a"),
        "a": mail("one", "v"),
        "v": wait("PT1H", "b"),
        "b": mail("two"),
    }
    her = alice(journey(ORDERED, nodes))
    her.did(event("order_placed", 1))
    her.step(1)
    her.step(50)
    assert her.mails == [("one", 50)] and her.due == at(51)


def test_a_hand_made_circle_ends() -> None:
    nodes = {
        "a": ir.SetNode(ir.Assignment("x", 1), "b"),
        "b": ir.SetNode(ir.Assignment("x", 2), "a"),
    }
    her = alice(journey(ORDERED, nodes))
    her.did(event("order_placed", 1))
    her.step(1)
    assert her.reasons == ["goes round in circles"]
    her = alice(journey(ORDERED, {"a": mail("x", "gone")}))
    her.did(event("order_placed", 1))
    her.step(1)
    assert her.reasons == ["the step is missing"]


def test_a_journey_without_steps_is_over_at_once() -> None:
    her = alice(journey(ORDERED, {}))
    her.did(event("order_placed", 1))
    her.step(1)
    assert her.reasons == ["finished"]


def test_money_is_set_as_amount_and_currency() -> None:
    graph = journey(ORDERED, {"s": ir.SetNode(ir.Assignment("spent", ir.Money(5, "EUR")))})
    her = alice(graph)
    her.did(event("order_placed", 1))
    her.step(1)
    assert her.attributes == {"spent": {"amount": 5, "currency": "EUR"}}
    assert isinstance(START, datetime)
