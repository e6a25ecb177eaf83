"""What stands above the steps of a graph, in English: who enters, how often, what ends it."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ir
from cio_lang.backends.phrases import (
    at_clock,
    duration,
    hours,
    messages,
    moment,
    name,
    quoted,
    weekday,
)
from cio_lang.backends.steps import sliding
from cio_lang.backends.words import condition, event_of, people


def head(graph: ir.JourneyGraph) -> Iterator[str]:
    """A sentence for each thing that is said."""
    yield f"{entry(graph.entry)}."
    if graph.only is not None:
        yield f"Only {people(graph.only)} enter."
    yield f"{reentry(graph.reentry, graph.key)}."
    for one in graph.exits:
        yield f"{leaving(one)}."
    if graph.goal is not None:
        yield f"{goal(graph.goal)}."
    if graph.topic is not None:
        yield f"Its messages are about the topic {graph.topic}."
    if graph.quiet is not None:
        yield f"{quiet(graph.quiet)}."
    if graph.priority != "normal":
        yield f"{priority(graph.priority)}."
    if graph.exempt_from_caps:
        yield "Caps do not hold its messages."
    if graph.spread is not None:
        yield f"{spread(graph.spread)}."


def entry(starts: ir.Entry) -> str:
    """Who enters."""
    match starts:
        case ir.EventMatch():
            return f"Starts each time someone does {event_of(starts)}"
        case ir.Match(existing="include"):
            return f"Starts with {people(starts.match)}, also those who match already"
        case ir.Match():
            return f"Starts when someone comes to be among the {people(starts.match)}"
        case ir.JoinEntry():
            return f"Starts when someone comes into segment {starts.joins}"
        case ir.LeaveEntry():
            return f"Starts when someone goes out of segment {starts.leaves}"
        case ir.DateEntry():
            whom = "" if starts.audience is None else f", for {people(starts.audience)}"
            return f"Starts for each person {on(starts.date)}{whom}"
        case ir.ScheduleEntry():
            return f"Starts {schedule(starts.schedule)} for all {people(starts.audience)}"
        case ir.OnceEntry():
            return f"Starts once, when it is applied, for all {people(starts.once)}"
        case ir.StartEntry():
            return "Starts when another journey, the API or a person says so"


def on(date: ir.DateMoment) -> str:
    """`on birthday in every year at 09:00 their time`, `3 days before trial_ends_at`."""
    return f"on {moment(date)}" if date.offset in ("P0D", "-P0D") else moment(date)


def schedule(by: ir.Schedule) -> str:
    """`every Monday at 09:00 their time`."""
    at = at_clock(by.at, by.zone)
    if isinstance(by.every, int):
        last = " (or on the last day of a shorter month)" if by.every > 28 else ""
        return f"on day {by.every} of every month{at}{last}"
    if by.every == "weekday":
        return f"every day from Monday to Friday{at}"
    return f"every {by.every if by.every == 'day' else weekday(by.every)}{at}"


def reentry(rule: ir.Reentry, key: str | None = None) -> str:
    """How often one person may enter (with a key: for each value of it)."""
    same = "" if key is None else f" for the same {name(key)}"
    match rule.allow:
        case "once":
            each = "" if key is None else f" for each {name(key)}"
            return f"Each person enters once ever{each}"
        case "every_time":
            return f"A person can enter again{same} once they are through"
        case "after":
            return f"A person can enter again{same} {duration(rule.after or '')} after entering"


def leaving(one: ir.Exit) -> str:
    """When people leave before the end."""
    match one:
        case ir.ExitOnEvent():
            return f"Leave when they do {event_of(one)}"
        case ir.ExitWhen():
            return f"Leave as soon as this holds: {condition(one.when)}"


def goal(aim: ir.Goal) -> str:
    """What counts as success."""
    within = "" if aim.within is None else f" within {duration(aim.within)} of entering"
    then = "; then they leave" if aim.leave else ""
    return f"The goal is that they do {event_of(aim)}{within}{then}"


def quiet(held: ir.Quiet) -> str:
    """When no messages go out."""
    return f"No messages go out from {hours(held.start, held.end, held.zone)}: they wait"


def priority(level: str) -> str:
    """Who goes first where a cap lets only some messages through."""
    order = {"high": "before those", "normal": "along with those", "low": "after those"}
    return f"Where a cap lets only some messages through, its own go {order[level]} of others"


def spread(over: str) -> str:
    """How long the messages of one batch are spread over."""
    return f"The messages to people who enter together are spread over {duration(over)}"


def cap(limit: ir.Cap) -> str:
    """`at most 2 emails in any 24 hours`."""
    kind = messages(limit.channel)
    counted = kind.removesuffix("s") if limit.times == 1 else kind
    return f"A person gets at most {limit.times} {counted} {sliding(limit.per)}"


def document(graph: ir.SegmentGraph | ir.TopicGraph | ir.PolicyGraph | ir.TemplateGraph) -> str:
    """A graph that is not a journey, whole."""
    title = quoted(graph.title)
    match graph:
        case ir.SegmentGraph(where=None):
            return f"Segment {title}: people who are put into it by hand."
        case ir.SegmentGraph():
            whom = "" if graph.where is None else people(graph.where)
            return f"Segment {title}: {whom}."
        case ir.TopicGraph(transactional=True):
            return f"Topic {title}: transactional, sent without marketing consent and beyond caps."
        case ir.TopicGraph():
            return f"Topic {title}: people can unsubscribe from it."
        case ir.PolicyGraph():
            rules = [] if graph.quiet is None else [quiet(graph.quiet)]
            rules.extend(cap(limit) for limit in graph.caps)
            said = [f"{rule}." for rule in rules] or ["Nothing is said."]
            return "\n".join(["Policy for all journeys", "", *said])
        case ir.TemplateGraph():
            return "\n".join(_template(graph))


def _template(graph: ir.TemplateGraph) -> Iterator[str]:
    yield f"Template {quoted(graph.title)} for {messages(graph.channel)}"
    yield ""
    if graph.subject is not None:
        yield f"Its subject: {quoted(graph.subject)}"
    if graph.preheader is not None:
        yield f"Its preheader: {quoted(graph.preheader)}"
    yield f"Its text: {quoted(graph.body)}"
