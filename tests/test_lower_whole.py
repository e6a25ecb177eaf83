"""From trees of the whole language to graphs: structures, entries, conditions, documents."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from cio_lang import ast, ir
from cio_lang.backends import BACKENDS
from cio_lang.check import Checked
from cio_lang.diff import diff
from cio_lang.graph_data import as_data, reading_order, text_digest
from cio_lang.graph_file import dump, json_schema, load
from cio_lang.lower import ID_LENGTH, condition, journey, lower, segment, step_id
from cio_lang.schema import Schema
from cio_lang.steps.send import Send
from tests.properties import trees
from tests.runnable import mended, runnable

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
ORIGIN = ir.Origin("a.journey", "sha256:0")


def at(hour: int, *, theirs: bool = True) -> ast.TimeOfDay:
    return ast.TimeOfDay(ast.Time(datetime.time(hour)), theirs)


def lowered(
    *steps: ast.Step,
    parts: tuple[ast.Part, ...] = (),
    entry: ast.Entry | None = None,
) -> ir.JourneyGraph:
    """The graph of a journey that is made of trees, and can be read again."""
    starts = entry or ast.OnEvent(ast.Name("signed_up"))
    graph = journey(ast.Journey(ast.Name("A"), (), (starts, *parts), steps), Schema(), ORIGIN)
    assert load(dump(graph), "x") == graph
    return graph


DAY = ast.Wait(ast.Duration(1, "day"))


def email(words: str) -> Send:
    return Send("email", ast.Text(words))


def percent(number: str) -> ast.Percent:
    return ast.Percent(Decimal(number))


# ── structures ───────────────────────────────────────────────────────────────────────────────────

PRO = ast.Comparison(ast.Attribute(ast.Name("plan")), ast.Compare("is", ast.Text("Pro")))
AFTER = "email-all-of-you"
AFTERWARDS = email("All of you")


def node(graph: ir.JourneyGraph, name: str) -> Any:
    return graph.nodes[name]


def test_both_ways_of_a_wait_meet_at_the_next_step() -> None:
    until = ast.WaitUntil(
        PRO,
        (ast.EventPattern(ast.Name("activated")),),
        ast.Duration(3, "day"),
        (email("Well done"),),
        ast.Otherwise((email("A hand"),)),
    )
    made = lowered(until, AFTERWARDS)
    wait = node(made, "wait-until-plan-is-pro-or-activated")
    assert wait.until == ir.Until(
        ir.AttributeTest("plan", "is", "Pro"), (ir.EventMatch("activated"),), "P3D"
    )
    assert (wait.met, wait.timeout) == ("email-well-done", "email-a-hand")
    assert node(made, "email-well-done").next == node(made, "email-a-hand").next == AFTER


def test_a_wait_with_nothing_to_do_on_a_way_goes_straight_on() -> None:
    until = ast.WaitUntil(None, (ast.EventPattern(ast.Name("a")),), ast.Duration(3, "day"))
    wait = node(lowered(until, AFTERWARDS), "wait-until-a")
    assert (wait.met, wait.timeout) == (AFTER, AFTER)


def test_a_wait_without_an_end_has_no_time_out() -> None:
    until = ast.WaitUntil(None, (ast.EventPattern(ast.Name("a")),), None)
    wait = node(lowered(until, AFTERWARDS), "wait-until-a")
    assert (wait.met, wait.timeout) == (AFTER, None)


def test_people_without_the_date_take_otherwise_and_meet_the_rest() -> None:
    date = ast.AtDate("before", ast.Name("trial_ends_at"), ast.Duration(1, "day"), at(9))
    wait = ast.WaitUntilMoment(date, ast.Otherwise((email("No date"),)))
    made = lowered(wait, AFTERWARDS)
    assert node(made, "wait-until-1-day-before-trial-ends-at") == ir.WaitNode(
        ir.WaitDate(ir.DateMoment("trial_ends_at", "-P1D", "09:00")), AFTER, "email-no-date"
    )
    assert node(made, "email-no-date").next == AFTER


def test_people_without_the_date_end_where_nothing_is_said() -> None:
    wait = ast.WaitUntilMoment(ast.AtDate("on", ast.Name("renews_at")))
    made = lowered(wait, AFTERWARDS)
    assert node(made, "wait-until-renews-at") == ir.WaitNode(
        ir.WaitDate(ir.DateMoment("renews_at")), AFTER, None
    )


@pytest.mark.parametrize(
    ("moment", "name", "wait"),
    [
        (ast.AtTime(at(9)), "wait-until-09-00", ir.WaitTime("09:00")),
        (
            ast.AtTime(at(10, theirs=False), "Tuesday"),
            "wait-until-tuesday-10-00",
            ir.WaitTime("10:00", "tuesday", "workspace"),
        ),
        (
            ast.InSlot(at(9), at(17), weekdays=True),
            "wait-until-between-09-00-and-17-00-on-weekdays",
            ir.WaitSlot("09:00", "17:00", weekdays=True),
        ),
        (
            ast.AtDate("after", ast.Name("born"), ast.Duration(2, "week")),
            "wait-until-2-weeks-after-born",
            ir.WaitDate(ir.DateMoment("born", "P14D")),
        ),
    ],
)
def test_moments_that_are_waited_for(moment: Any, name: str, wait: Any) -> None:
    assert node(lowered(ast.WaitUntilMoment(moment), AFTERWARDS), name).wait == wait


def test_shares_meet_and_an_empty_one_goes_straight_on() -> None:
    split = ast.Split(
        (
            ast.Share(percent("33.3"), ast.Text("discount"), (email("For you"), ast.Leave())),
            ast.Share(percent("66.7"), ast.Text("nothing")),
        )
    )
    made = lowered(split, AFTERWARDS)
    assert node(made, "split-discount-nothing").split == (
        ir.Share(33.3, "discount", "email-for-you"),
        ir.Share(66.7, "nothing", AFTER),
    )
    assert node(made, "email-for-you").next == "leave"


def test_who_is_held_out_of_an_experiment_meets_the_rest() -> None:
    shares = tuple(
        ast.Share(percent("50"), ast.Text(label), (email(f"Words of {label}"),)) for label in "ab"
    )
    experiment = ast.Experiment(
        ast.Name("Subject line"),
        ast.Name("order_placed"),
        shares,
        ast.HoldOut(percent("10")),
        ast.PickWinner(percent("95")),
    )
    made = lowered(experiment, AFTERWARDS)
    trial = node(made, "experiment-subject-line")
    assert trial.experiment == ir.Trial("subject-line", "order_placed", 10, 95)
    assert [arm.next for arm in trial.arms] == ["email-words-of-a", "email-words-of-b"]
    assert trial.held_out == AFTER
    assert node(made, "email-words-of-a").next == AFTER
    alone = lowered(ast.Experiment(ast.Name("S"), ast.Name("order_placed"), shares))
    assert node(alone, "experiment-s").experiment == ir.Trial("s", "order_placed")


def test_a_round_leads_back_to_its_repeat() -> None:
    choice = ast.If((ast.Arm(PRO, (ast.Leave(),)),))
    made = lowered(ast.Repeat(3, (email("Again and again"), DAY, choice), PRO), AFTERWARDS)
    assert node(made, "repeat-up-to-3-times") == ir.RepeatNode(
        ir.Loop(3, ir.AttributeTest("plan", "is", "Pro")), "email-again-and-again", AFTER
    )
    assert node(made, "if-plan-is-pro").otherwise == "repeat-up-to-3-times"
    assert next(iter(made.nodes)) == "repeat-up-to-3-times"


def test_a_repeat_in_a_repeat_leads_back_to_the_inner_then_to_the_outer() -> None:
    inner = ast.Repeat(2, (DAY, email("In the middle")))
    made = lowered(ast.Repeat(3, (inner, DAY)), AFTERWARDS)
    assert node(made, "email-in-the-middle").next == "repeat-up-to-2-times"
    assert node(made, "repeat-up-to-2-times").next == "wait-1-day-2"
    assert node(made, "wait-1-day-2").next == "repeat-up-to-3-times"
    assert node(made, "repeat-up-to-3-times").next == AFTER


def test_a_wait_in_the_inner_repeat_is_one_in_the_outer() -> None:
    inner = ast.Repeat(2, (DAY, email("In the middle")))
    made = lowered(ast.Repeat(3, (email("At first"), inner)), AFTERWARDS)
    assert node(made, "repeat-up-to-2-times").next == "repeat-up-to-3-times"


def test_who_is_refused_does_not_go_on_unless_it_is_said() -> None:
    ask = ast.Ask(ast.Text("Growth team"), ast.Duration(2, "day"))
    made = lowered(ask, AFTERWARDS)
    assert node(made, "ask-growth-team") == ir.AskNode(
        ir.Approval("Growth team", "P2D"), AFTER, None
    )
    otherwise = ast.Otherwise((email("Not this time"),))
    made = lowered(ast.Ask(ast.Text("Growth team"), None, otherwise), AFTERWARDS)
    assert node(made, "ask-growth-team").refused == "email-not-this-time"
    assert node(made, "email-not-this-time").next == AFTER


def test_digests_and_throttles_lead_on() -> None:
    made = lowered(ast.Collect(ast.Duration(1, "hour")), ast.Throttle(1, "day"), AFTERWARDS)
    assert node(made, "collect-for-1-hour") == ir.CollectNode("PT1H", "at-most-1-per-day")
    assert node(made, "at-most-1-per-day") == ir.ThrottleNode(ir.Rate(1, "day"), AFTER)


def test_steps_behind_ways_that_all_leave_are_not_there() -> None:
    ways = tuple(
        ast.Share(percent("50"), ast.Text(label), (email(f"Words of {label}"), ast.Leave()))
        for label in "ab"
    )
    assert AFTER not in lowered(ast.Split(ways), AFTERWARDS).nodes


# ── entries ──────────────────────────────────────────────────────────────────────────────────────

PRO_NODE = ir.AttributeTest("plan", "is", "Pro")


@pytest.mark.parametrize(
    ("written", "entry", "allow"),
    [
        (ast.OnSegment("joins", ast.Name("Very VIP")), ir.JoinEntry("very-vip"), "every_time"),
        (ast.OnSegment("leaves", ast.Name("VIP")), ir.LeaveEntry("vip"), "every_time"),
        (
            ast.OnDate("before", ast.Name("ends"), at(9), ast.Duration(3, "day"), audience=PRO),
            ir.DateEntry(ir.DateMoment("ends", "-P3D", "09:00"), PRO_NODE),
            "every_time",
        ),
        (
            ast.OnDate("on", ast.Name("birthday"), at(9, theirs=False), yearly=True),
            ir.DateEntry(ir.DateMoment("birthday", "P0D", "09:00", "workspace", yearly=True)),
            "every_time",
        ),
        (
            ast.OnSchedule("Monday", at(9), PRO),
            ir.ScheduleEntry(ir.Schedule("monday", "09:00"), PRO_NODE),
            "every_time",
        ),
        (
            ast.OnSchedule(31, at(9), PRO),
            ir.ScheduleEntry(ir.Schedule(31, "09:00"), PRO_NODE),
            "every_time",
        ),
        (ast.OnceFor(PRO), ir.OnceEntry(PRO_NODE), "once"),
        (ast.OnStart(), ir.StartEntry(), "every_time"),
    ],
)
def test_entries(written: ast.Entry, entry: ir.Entry, allow: str) -> None:
    made = lowered(DAY, entry=written)
    assert made.entry == entry
    assert made.reentry.allow == allow


@pytest.mark.parametrize(
    ("written", "gone"),
    [
        (ast.OnSegment("joins", ast.Name("VIP")), ir.Not(ir.SegmentTest("vip"))),
        (ast.OnSegment("leaves", ast.Name("VIP")), ir.SegmentTest("vip")),
        (ast.OnceFor(PRO), ir.Not(PRO_NODE)),
        (ast.OnSchedule("day", at(9), PRO), ir.Not(PRO_NODE)),
        (ast.OnDate("on", ast.Name("a"), at(9), audience=PRO), ir.Not(PRO_NODE)),
    ],
)
def test_what_no_longer_matching_means(written: ast.Entry, gone: ir.Condition) -> None:
    made = lowered(DAY, parts=(ast.LeaveWhenUnmatched(),), entry=written)
    assert made.exits == (ir.ExitWhen(gone),)


@pytest.mark.parametrize(
    "part",
    [
        ast.TopicOf(ast.Name("Tips")),
        ast.Key(ast.Name("cart_id")),
        ast.Quiet(at(21), at(8)),
        ast.Priority("high"),
        ast.ExemptFromCaps(),
        ast.SpreadOver(ast.Duration(2, "hour")),
    ],
)
def test_another_manner_changes_what_happens(part: ast.Part) -> None:
    plain, mannered = (
        lowered(Send("notify", ast.Text("Hi there")), parts=p) for p in ((), (part,))
    )
    assert plain.behaviour != mannered.behaviour


def test_normal_priority_is_no_change() -> None:
    plain = lowered(Send("notify", ast.Text("Hi there")))
    said = lowered(Send("notify", ast.Text("Hi there")), parts=(ast.Priority("normal"),))
    assert plain == said


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


def date(year: int, month: int, day: int) -> ast.Date:
    return ast.Date(datetime.date(year, month, day))


def days(n: int) -> ast.Duration:
    return ast.Duration(n, "day")


ORDER = ast.Name("order_placed")
MORE = ast.Compare("more_than", ast.Number(Decimal(5)))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            ast.Did(ORDER, key=ast.Name("cart_id")),
            ir.EventTest("order_placed", key="cart_id"),
        ),
        (
            ast.DidNot(ORDER, window=ast.Calendar("last month")),
            ir.EventTest(
                "order_placed", times=ir.NOT_ONCE, window=ir.Window(calendar="last_month")
            ),
        ),
        (
            ast.Did(ORDER, count=ast.Count("at_most", 2), window=ast.SinceDate(date(2026, 10, 1))),
            ir.EventTest(
                "order_placed",
                times=ir.Times("at_most", 2),
                window=ir.Window(since_date="2026-10-01"),
            ),
        ),
        (
            ast.Never(ORDER, key=ast.Name("cart_id")),
            ir.EventTest("order_placed", times=ir.NOT_ONCE, key="cart_id"),
        ),
        (
            ast.Comparison(
                ast.Aggregate("total", ast.Name("amount"), ORDER, window=ast.Last(days(90))), MORE
            ),
            ir.AggregateTest(
                ir.Aggregate("total", "order_placed", "amount", window=ir.Window(last="P90D")),
                "more_than",
                5,
            ),
        ),
        (
            ast.Comparison(ast.Aggregate("number", None, ORDER), MORE),
            ir.AggregateTest(ir.Aggregate("number", "order_placed"), "more_than", 5),
        ),
        (
            ast.Comparison(
                ast.Attribute(ast.Name("plan")), ast.HasBeen(ast.Text("trial"), days(7))
            ),
            ir.HeldTest("plan", "trial", "P7D"),
        ),
        (
            ast.Comparison(ast.Attribute(ast.Name("born")), ast.During("this month", yearly=True)),
            ir.AttributeTest("born", "during_yearly", "this_month"),
        ),
        (
            ast.Comparison(ast.Attribute(ast.Name("ends")), ast.During("next week")),
            ir.AttributeTest("ends", "during", "next_week"),
        ),
        (
            ast.Sequence(ast.Name("signed_up"), ORDER, days(7)),
            ir.SequenceTest(ir.EventMatch("signed_up"), ir.EventMatch("order_placed"), "P7D"),
        ),
        (
            ast.Sequence(ast.Name("signed_up"), ORDER, days(7), negated=True),
            ir.SequenceTest(
                ir.EventMatch("signed_up"), ir.EventMatch("order_placed"), "P7D", missing=True
            ),
        ),
        (
            ast.MessageTest("opened", ast.Text("Welcome")),
            ir.EventTest("message_opened", ir.PropertyTest("template", "is", "Welcome")),
        ),
        (
            ast.MessageTest("received", None, "text", ast.Last(days(7)), negated=True),
            ir.EventTest(
                "message_sent",
                ir.PropertyTest("channel", "is", "sms"),
                ir.NOT_ONCE,
                ir.Window(last="P7D"),
            ),
        ),
        (ast.MessageTest("clicked"), ir.EventTest("message_clicked")),
        (
            ast.MessageTest("bounced", ast.Text("Welcome"), "email"),
            ir.EventTest(
                "message_bounced",
                ir.All(
                    (
                        ir.PropertyTest("template", "is", "Welcome"),
                        ir.PropertyTest("channel", "is", "email"),
                    )
                ),
            ),
        ),
        (
            ast.Subscribed(ast.Name("Product tips"), negated=True),
            ir.Not(ir.SubscribedTest("product-tips")),
        ),
        (ast.CanReceive("in-app"), ir.ReachTest("in_app")),
        (ast.CanReceive("text", negated=True), ir.Not(ir.ReachTest("sms"))),
        (ast.ChurnRisk("more_than", percent("70.0")), ir.ChurnTest("more_than", 70)),
        (ast.Likely(ORDER, days(30)), ir.LikelyTest("order_placed", "P30D")),
        (ast.TopLikely(percent("2.5"), ORDER), ir.TopTest(2.5, "order_placed")),
        (ast.InDraw(percent("2.5"), ast.Name("A b")), ir.DrawTest("A b", 2.5)),
        (
            ast.InDraw(percent("20"), ast.Name("A b"), percent("10"), negated=True),
            ir.Not(ir.DrawTest("A b", 20, 10)),
        ),
        (
            ast.And((PRO, ast.Or((PRO, PRO), block=True)), block=True),
            ir.All((PRO_NODE, ir.Any_((PRO_NODE, PRO_NODE)))),
        ),
    ],
)
def test_conditions(written: ast.Condition, expected: ir.Condition) -> None:
    assert condition(written, Schema()) == expected


# ── other documents ──────────────────────────────────────────────────────────────────────────────


def documents(*declarations: ast.Declaration) -> tuple[ir.Graph, ...]:
    made = lower(Checked((ast.File(declarations),), Schema()), {})
    assert tuple(load(dump(graph), "x") for graph in made) == made
    for graph in made:
        VALIDATOR.validate(as_data(graph))
        for backend in BACKENDS:
            assert backend.emit(graph)
    return made


NOWHERE = ir.Origin("<made>", text_digest(""))


def test_a_topic_a_policy_and_a_template_are_graphs() -> None:
    made = documents(
        ast.TopicDeclaration(ast.Name("Receipts"), transactional=True),
        ast.Policy(
            ast.Quiet(at(21), at(8)), (ast.Cap(2, "email", "day"), ast.Cap(5, None, "week"))
        ),
        ast.TemplateDeclaration(
            ast.Name("Welcome"), "text", ast.Text("Hello!"), subject=ast.Text("Hi")
        ),
    )
    assert made == (
        ir.PolicyGraph(
            1,
            "policy",
            "policy",
            "Policy",
            NOWHERE,
            ir.Quiet("21:00", "08:00"),
            (ir.Cap(2, "day", "email"), ir.Cap(5, "week")),
        ),
        ir.TemplateGraph(
            1, "template", "welcome", "Welcome", NOWHERE, "sms", "Hello!", subject="Hi"
        ),
        ir.TopicGraph(1, "topic", "receipts", "Receipts", NOWHERE, transactional=True),
    )


def test_a_segment_kept_by_hand_has_no_condition() -> None:
    by_hand = ast.SegmentDeclaration(ast.Name("Key accounts"), (), by_hand=True)
    (made,) = documents(by_hand)
    assert made == ir.SegmentGraph(1, "segment", "key-accounts", "Key accounts", NOWHERE)


def test_promises_and_scenarios_are_no_graphs() -> None:
    promise = ast.AtMostMessages(3, None, "week")
    assert documents(ast.Guarantee((promise,)), ast.Scenario(ast.Name("A"), ())) == ()


# ── any tree at all ──────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None)
@given(trees.journeys, trees.entries)
def test_every_journey_that_can_be_written_becomes_a_graph_that_can_be_read(
    written: ast.Journey, entry: ast.Entry
) -> None:
    graph = journey(runnable(written, entry), Schema(), ORIGIN)
    assert load(dump(graph), "x") == graph
    assert dump(load(dump(graph), "x")) == dump(graph)
    assert reading_order(graph) == tuple(graph.nodes)
    VALIDATOR.validate(as_data(graph))
    for backend in BACKENDS:
        assert backend.emit(graph).endswith("\n")
    assert diff({"a": graph}, {"a": graph}) == ()


@settings(max_examples=200, deadline=None)
@given(trees.conditions)
def test_every_condition_that_can_be_written_is_read_back(written: ast.Condition) -> None:
    lines = (ast.ConditionLine(mended(written)),)
    graph = segment(ast.SegmentDeclaration(ast.Name("A"), lines), Schema(), ORIGIN)
    assert load(dump(graph), "x") == graph
    assert graph.where == condition(lines[0].condition, Schema())
    VALIDATOR.validate(as_data(graph))


@settings(max_examples=200, deadline=None)
@given(trees.steps)
def test_an_id_is_a_short_plain_word(step: ast.Step) -> None:
    made = step_id(step)
    assert 0 < len(made) <= ID_LENGTH
    assert made.isascii() and made.replace("-", "").isalnum() and not made.endswith("-")


def test_an_amount_is_written_as_it_was_said() -> None:
    exact = ast.Comparison(
        ast.Attribute(ast.Name("a")), ast.Compare("is", ast.Number(Decimal("0.1")))
    )
    assert condition(exact, Schema()) == ir.AttributeTest("a", "is", 0.1)
