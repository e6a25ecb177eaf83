"""What the engine of this version carries out, and what it says of the rest.

The language is larger than the engine: everything compiles, is tested by the reference and read
back, and what cannot be run yet is refused by name when it is applied.  Nothing is passed over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from cio_lang import ir
from cio_lang.mistake import place
from cio_lang.problem import Problem, Report
from cio_lang.record import record

__all__ = ["NotCarriedOutYet", "not_carried"]

_LATER: dict[type[Any], str] = {
    ir.JoinEntry: "starting when someone joins a segment",
    ir.LeaveEntry: "starting when someone leaves a segment",
    ir.DateEntry: "starting by a date of the person's",
    ir.ScheduleEntry: "starting by the calendar",
    ir.OnceEntry: "`once for people where …`",
    ir.Quiet: "quiet hours",
    ir.Cap: "caps",
    ir.ExperimentNode: "`experiment`",
    ir.AskNode: "`ask … to approve`",
    ir.CollectNode: "`collect for …`",
    ir.ThrottleNode: "`at most … per …`",
    ir.MembershipNode: "`add to segment` and `remove from segment`",
    ir.CallNode: "`call`",
    ir.SubscribedTest: "`subscribed to …`",
    ir.ChurnTest: "`churn risk`",
    ir.LikelyTest: "`likely to …`",
    ir.TopTest: "`in the top … most likely to …`",
}


@record(kw_only=True)
class NotCarriedOutYet(Problem):
    """A workspace says something that compiles and that this version of cio cannot run yet.

    It is refused as a whole, so that nobody gets half of a journey.  `cio compile`, `cio lint` and
    `cio diff` take it as it is.
    """

    code = "not-carried-out-yet"
    title: str
    what: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.title}` uses {', '.join(self.what)}.",
            "This version of cio compiles and checks that, and does not carry it out yet.",
            "keep it out of what is applied until then; everything else can run",
        )


def not_carried(graphs: Sequence[ir.Graph]) -> tuple[NotCarriedOutYet, ...]:
    """For each graph with something that the engine does not carry out, what that is."""
    return tuple(
        NotCarriedOutYet(span=place(graph.source.file), title=graph.title, what=what)
        for graph in graphs
        if (what := tuple(dict.fromkeys(_found(graph))))
    )


def _found(part: object) -> Iterator[str]:
    if isinstance(part, tuple | list):
        for one in part:
            yield from _found(one)
    elif isinstance(part, dict):
        for one in part.values():
            yield from _found(one)
    elif dataclasses.is_dataclass(part):
        if (word := _LATER.get(type(part))) is not None:
            yield word
        yield from _more(part)
        for field in dataclasses.fields(part):
            yield from _found(getattr(part, field.name))


def _more(part: object) -> Iterator[str]:
    """What only some values of a part ask for."""
    event = getattr(part, "event", None)
    if isinstance(event, str) and event.startswith("message_"):
        yield "asking what became of messages"  # the engine records none of that as events
    if isinstance(part, ir.JourneyGraph):
        if part.key is not None:
            yield "`key`"
        if part.priority != "normal":
            yield "`priority`"
        if part.spread is not None:
            yield "`send over …`"
    elif isinstance(part, ir.EventTest) and part.key is not None:
        yield "`for this …`"
    elif isinstance(part, ir.Message):
        if part.to is not None:
            yield "a message to another address"
        if part.best_time:
            yield "`at their best time`"
        if not {"push", "email", "sms"}.issuperset(part.channels):
            yield "messages by in-app, WhatsApp or Slack"
    elif isinstance(part, ir.TemplateGraph):
        if part.channel != "email":
            yield "a template for another channel than email"
        if part.preheader is not None:
            yield "`preheader`"
