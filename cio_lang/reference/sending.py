"""Which message goes out, when, and by which channel: quiet hours, caps, consent, reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cio_lang import ir
from cio_lang.calendar_time import exact, parse_duration
from cio_lang.conditions import Event, holds
from cio_lang.conditions.evaluate import UNSUBSCRIBED, reaches
from cio_lang.conditions.values import is_text
from cio_lang.draw import draw
from cio_lang.reference.steps import SLIDING, choose
from cio_lang.reference.story import Message
from cio_lang.wall_clock import next_time, quiet_until

if TYPE_CHECKING:
    from cio_lang.reference.life import Life

_PRIORITY = {"high": 0, "normal": 1, "low": 2}


def send_first(life: Life) -> bool:
    """Send the first message that may be sent now, by priority, then age; whether there was one.

    Those before it are skipped or held, and say why.
    """
    waiting = [each for each in life.story.messages if each.is_waiting]
    for each in sorted(waiting, key=lambda m: (_PRIORITY[m.run.graph.priority], m.made)):
        graph = each.run.graph
        if each.held and each.held[-1][0] > life.now:
            continue
        hold = _hour(life, each)
        if hold is None:
            each.skipped = _why_not(life, each)
            if each.skipped is not None:
                life.note(graph, "skipped", each.skipped, message=each)
                continue
            each.channel = _channel(life, each)
            hold = _cap(life, each)
        if hold is not None:
            each.held.append(hold)
            life.note(graph, "held", hold[1], message=each, until=hold[0])
            continue
        each.sent = life.now
        life.note(graph, "sent", message=each)
        about = {"channel": each.channel, "journey": graph.name}
        if each.message.template is not None:
            about["template"] = each.message.template
        life.did(Event("message_sent", life.now, about, f"sent {len(life.story.events)}"))
        return True
    return False


def _hour(life: Life, each: Message) -> tuple[datetime, str] | None:
    """Until when a message has to wait for its hour, and why."""
    for until, why in _hours(life, each):
        if until > life.now:
            return until, why
    return None


def _hours(life: Life, each: Message) -> Iterator[tuple[datetime, str]]:
    graph = each.run.graph
    if graph.spread is not None:
        part = draw(life.person.key, "spread", graph.name) / 100
        yield each.made + part * exact(parse_duration(graph.spread)), "spread"
    if each.message.best_time and not each.held:
        yield _best_time(life), "best time"
    policies = [] if is_exempt(life, each) else life.policies.values()
    for quiet in (graph.quiet, *(policy.quiet for policy in policies)):
        if quiet is not None:
            yield quiet_until(life.now, quiet, life.zone_of(quiet.zone)), "quiet hours"


def _best_time(life: Life) -> datetime:
    """The next such hour as most of the person's openings were in; now where there are none."""
    opened = [event.at for event in life.story.events if event.name == "message_opened"]
    hours = Counter(at.astimezone(life.tz).hour for at in opened)
    if not hours:
        return life.now
    hour = min(hours, key=lambda hour: (-hours[hour], hour))
    if life.now.astimezone(life.tz).hour == hour:
        return life.now
    return next_time(life.now, f"{hour:02}:00", None, life.tz)


def _why_not(life: Life, each: Message) -> str | None:
    """Why a message is not sent at all.  Exits and conditions are asked again if it was held."""
    if each.held and _has_left(life, each):
        return "left meanwhile"
    if each.held and not _still_wanted(life, each):
        return "no longer matches"
    if not _is_transactional(life, each):
        unsubscribed = life.story.attributes.get(UNSUBSCRIBED) is True
        if unsubscribed or each.topic in life.unsubscribed:
            return "unsubscribed"
    if _channel(life, each) is None:
        return "no address"
    return None


def _has_left(life: Life, each: Message) -> bool:
    """Whether an exit has ended the run since, or would if the run were still live."""
    run = each.run
    if run.by_exit or (run.goal_at is not None and run.goal is not None and run.goal.leave):
        return True
    return any(
        life.exit_holds(run, exit_)
        or (
            isinstance(exit_, ir.ExitOnEvent)
            and any(life.reaches(run, event, exit_) for event in life.story.events)
        )
        for exit_ in run.graph.exits
    )


def _still_wanted(life: Life, each: Message) -> bool:
    """Whether the journey is still for the person, and its branches would still lead here."""
    run = each.run
    if run.graph.only is not None and not holds(run.graph.only, life.moment(run)):
        return False
    for here, choice in each.choices:
        node = run.graph.nodes.get(here)
        if isinstance(node, ir.BranchNode) and choose(life, run, node) != choice:
            return False
    return True


def _channel(life: Life, each: Message) -> str | None:
    """The first channel that reaches the person, or whoever an attribute names."""
    if each.message.to is not None:
        known = is_text(life.story.attributes.get(each.message.to))
        return each.message.channels[0] if known else None
    moment = life.moment()
    return next((each for each in each.message.channels if reaches(each, moment)), None)


def _cap(life: Life, each: Message) -> tuple[datetime, str] | None:
    """Until when caps hold a message.  All that was sent counts, but for exempt messages."""
    if is_exempt(life, each):
        return None
    counted = [m for m in life.story.messages if m.sent is not None and not is_exempt(life, m)]
    for policy in life.policies.values():
        for cap in policy.caps:
            if cap.channel not in (None, each.channel):
                continue
            long: timedelta = SLIDING[cap.per]
            times = sorted(
                m.sent
                for m in counted
                if m.sent is not None
                and m.sent > life.now - long
                and cap.channel in (None, m.channel)
            )
            if len(times) >= cap.times:
                return times[-cap.times] + long, "cap"
    return None


def is_exempt(life: Life, each: Message) -> bool:
    """Whether policies hold a message not: transactional, or from a journey exempt from caps."""
    return each.run.graph.exempt_from_caps or _is_transactional(life, each)


def _is_transactional(life: Life, each: Message) -> bool:
    topic = life.topics.get(each.topic or "")
    return topic is not None and topic.transactional
