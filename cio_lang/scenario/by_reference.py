"""The reference interpreter as a machine of scenarios: a life for each person, and one clock.

It runs the whole language, at any speed.  What it decided is told in the words in which decisions
of the engine are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from cio_lang import ir
from cio_lang.backends import words
from cio_lang.conditions import Event, holds
from cio_lang.reference import Answer, Apply, Becomes, Did, Member, Message, Run, Story, Winner
from cio_lang.reference import Person as Somebody
from cio_lang.reference.life import Life
from cio_lang.scenario.machine import Passage, Seen, Sent
from cio_lang.schema import slug
from cio_lang.store.state import Decision, OutboxRow
from cio_lang.story import Happening, tell

__all__ = ["ByReference"]


class ByReference:
    """The journeys of a workspace and the people of one scenario."""

    def __init__(self, graphs: Sequence[ir.Graph], start: datetime, zone: tzinfo) -> None:
        self.now = start
        self.zone = zone
        self._applied = Apply(start, tuple(graphs))
        self._titles = {
            graph.name: graph.title for graph in graphs if isinstance(graph, ir.JourneyGraph)
        }
        self._lives: dict[str, Life] = {}
        self._happened = 0
        self._segments = {
            graph.name: graph.title for graph in graphs if isinstance(graph, ir.SegmentGraph)
        }
        self._won: list[Winner] = []
        self._by_others: dict[str, list[Decision]] = {}

    @property
    def people(self) -> Collection[str]:
        """The keys of everybody so far."""
        return self._lives.keys()

    def add(
        self,
        key: str,
        attributes: Mapping[str, Any],
        since: datetime,
        segments: Sequence[ir.Slug] = (),
    ) -> None:
        """Somebody new, known since then, and in some segments kept by hand already."""
        life = Life(Somebody(key, since, dict(attributes)), self.zone)
        self._lives[key] = life
        inside = [Member(self._applied.at, segment, True) for segment in segments]
        life.live([*inside, self._applied, *self._won], self.now)

    def happens(self, key: str, event: str, properties: Mapping[str, Any]) -> None:
        """The person does something now; who was not known before is new."""
        self._happened += 1
        done = Event(event, self.now, dict(properties), f"{key}-{self._happened:06}")
        self._known(key).live([Did(self.now, done)], self.now)

    def becomes(self, key: str, attribute: str, value: Any) -> None:
        """An attribute of the person changes now; who was not known before is new."""
        self._told(key, "becomes", "", {"attribute": attribute, "to": value})
        self._known(key).live([Becomes(self.now, attribute, value)], self.now)

    def moves(self, key: str, segment: ir.Slug, inside: bool) -> None:
        """Somebody puts the person into a segment kept by hand, or takes them out."""
        title = self._segments.get(segment, segment)
        self._told(key, "moved", "", {"segment": title, "inside": inside})
        self._known(key).live([Member(self.now, segment, inside)], self.now)

    def answers(self, key: str, journey: ir.Slug, who: str, approved: bool) -> bool:
        """Whoever is asked says yes or no of the person's run; no where nobody is asked now."""
        life = self._known(key)
        asked = (
            run.graph.nodes.get(run.node or "")
            for run in life.live_runs()
            if run.waiting and run.graph.name == journey
        )
        if not any(isinstance(node, ir.AskNode) and node.ask.who == who for node in asked):
            return False
        self._told(key, "answered", journey, {"who": who, "approved": approved})
        life.live([Answer(self.now, journey, approved)], self.now)
        return True

    def wins(self, experiment: str, arm: str) -> None:
        """An arm of an experiment turns out to be better, for everybody from now on."""
        self._won.append(Winner(self.now, slug(experiment), arm))
        for key, life in self._lives.items():
            self._told(key, "won", "", {"experiment": experiment, "arm": arm})
            life.live([self._won[-1]], self.now)

    def walk(self, until: datetime) -> None:
        """Everything that comes due up to and with `until`."""
        for life in self._lives.values():
            life.live([], until)
            life.now = max(life.now, until)  # what is asked of them next is asked then
        self.now = max(self.now, until)

    def seen(self, key: str) -> Seen:
        """What has become of the person so far."""
        story = self._lives[key].story
        return Seen(
            story.attributes,
            tuple(self._sent(story)),
            tuple(
                Passage(
                    _name(run, story),
                    run.graph.name,
                    run.entered,
                    run.left[0] if run.left else None,
                    run.left[1] if run.left else None,
                    run.goal_at,
                )
                for run in story.runs
            ),
        )

    def matches(self, key: str, condition: ir.Condition) -> bool:
        """Whether the condition holds for the person now."""
        return holds(condition, self._lives[key].moment())

    def timeline(self, key: str) -> tuple[str, ...]:
        """All that happened to the person, in lines."""
        story = self._lives[key].story
        theirs = [event for event in story.events if event.name != "message_sent"]
        others = self._by_others.get(key, ())
        # An answer comes before what it brings about; who wins changes what is drawn afterwards.
        won = [each for each in others if each.what == "won"]
        decided = [*(each for each in others if each.what != "won"), *_decisions(story), *won]
        made = sorted(decided, key=lambda each: each.at)
        return tuple(tell(Happening(theirs, made, _rows(story), self._titles), self.zone))

    def stories(self) -> Sequence[Story]:
        """What was told of everybody."""
        return [life.story for life in self._lives.values()]

    def _told(self, key: str, what: str, journey: str, detail: Mapping[str, Any]) -> None:
        """Keeps what others did about the person, for the timeline."""
        self._by_others.setdefault(key, []).append(
            Decision(0, None, journey, self.now, what, None, detail)
        )

    def _known(self, key: str) -> Life:
        if key not in self._lives:
            life = Life(Somebody(key, self.now), self.zone)
            self._lives[key] = life
            life.live([self._applied, *self._won], self.now)
        return self._lives[key]

    def _sent(self, story: Story) -> Iterator[Sent]:
        """Messages as they went out, then those that are still held."""
        gone = [each.message for each in story.decisions if each.what in {"sent", "skipped"}]
        skipped = {id(each.message): each.at for each in story.decisions if each.what == "skipped"}
        waiting = [each for each in story.messages if each.is_waiting]
        for message in (*gone, *waiting):
            if message is None:
                continue
            held = message.held[-1] if message.is_waiting and message.held else None
            yield Sent(
                _number(message, story),
                _name(message.run, story),
                message.run.graph.name,
                message.sent or skipped.get(id(message)) or message.made,
                message.channel or message.message.channels[0],  # type: ignore[arg-type]
                message.message.template,
                message.message.text,
                "held" if message.is_waiting else "skipped" if message.skipped else "sent",
                held[1] if held else message.skipped,
                held[0] if held else None,
            )


def _name(run: Run, story: Story) -> str:
    return next(f"run {n}" for n, each in enumerate(story.runs) if each is run)


def _number(message: Message, story: Story) -> str:
    return next(f"message {n}" for n, each in enumerate(story.messages) if each is message)


def _decisions(story: Story) -> Iterator[Decision]:
    """What was decided, and what the steps did besides."""
    runs = {(run.graph.name, run.entered): run for run in story.runs}
    for made in story.decisions:
        what: str = made.what
        detail: dict[str, Any] = {"reason": made.detail} if made.detail else {}
        match made.what:
            case "entered":
                run = runs.get((made.journey, made.at))
                by = "matched" if run is None or run.event is None else f"did {run.event.name}"
                detail = {"by": by}
            case "not entered":
                what = "not_entered"
            case "branch":
                detail = _taken(made.journey, made.detail, story)
            case "drawn":
                detail = {"share": made.detail}
            case "held":
                detail["message"] = _words(made.message) if made.message else None
                detail["until"] = None if made.until is None else made.until.isoformat()
            case "sent" | "skipped":
                what = "sent"
                detail = {"message": _number(made.message, story)} if made.message else {}
            case "goal" | "left" | "finished" | "joined" | "held out":
                pass
        yield Decision(0, None, made.journey, made.at, what, None, detail)
    for run in story.runs:
        for here, at in run.visits:
            changed = _changed(run.graph.nodes[here])
            if changed is not None:
                yield Decision(0, None, run.graph.name, at, "set", here, changed)
        if run.waiting and run.visits:
            until = {"until": run.due.isoformat()} if run.due else {}
            here, at = run.visits[-1]
            yield Decision(0, None, run.graph.name, at, "waited", here, until)


def _taken(journey: str, detail: str, story: Story) -> dict[str, Any]:
    """Which case of a branch held, in words; `detail` is `NODE: NUMBER`."""
    here, _, choice = detail.rpartition(": ")
    for run in story.runs:
        node = run.graph.nodes.get(here)
        if run.graph.name == journey and isinstance(node, ir.BranchNode) and choice.isdigit():
            return {"condition": words.condition(node.branch[int(choice)].if_)}
    return {}


def _changed(node: ir.GraphNode) -> dict[str, Any] | None:
    """What a step set, for the timeline."""
    if not isinstance(node, ir.SetNode):
        return None
    return {"attribute": node.set.attribute, "to": node.set.to}


def _rows(story: Story) -> list[OutboxRow]:
    """Messages that went out or were skipped, as the store keeps them."""
    return [
        OutboxRow(
            _number(each, story),
            0,
            _name(each.run, story),
            each.run.graph.name,
            each.node,
            0,
            each.message.channels,
            each.channel,
            each.message.template,
            each.message.text,
            each.topic,
            each.made,
            "skipped" if each.skipped else "accepted",
            each.skipped,
        )
        for each in story.messages
        if not each.is_waiting
    ]


def _words(message: Message) -> str:
    what = " ".join((message.message.template or message.message.text or "").split())
    return what if len(what) <= 60 else what[:59] + "…"
