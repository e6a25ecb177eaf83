"""What messages are about: a journey in, problems out.

Afterwards people can unsubscribe from every message that is not one they have to get.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, text
from cio_lang.check.sending import messages
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span


@record(kw_only=True)
class MessageWithoutTopic(Problem):
    """A journey sends messages but has no topic, in a workspace that has topics.

    People who want less of something unsubscribe from a topic.  From messages without one they can
    only unsubscribe altogether, so one journey too many loses them for all.  A workspace without
    any topic is left alone.  `place` is where the line would go.
    """

    code = "message-without-topic"
    journey: str
    topics: tuple[str, ...]
    place: Span | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The messages of `{self.journey}` have no topic.",
            "Who does not want them could only unsubscribe from everything.",
            f"add a line `topic {text.quoted(self.topics[0])}` above the steps"
            + (", or another of the topics" if len(self.topics) > 1 else ""),
        )

    def fix(self) -> Fix | None:
        """The line, where there is only one topic that it can be."""
        if len(self.topics) > 1 or self.place is None:
            return None
        return Fix(self.place, f"  topic {text.quoted(self.topics[0])}\n")


@record(kw_only=True)
class ExemptFromCapsOnMarketing(Problem):
    """`exempt from caps` in a journey whose messages people do not have to get."""

    code = "exempt-from-caps-on-marketing"
    topic: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "These messages cannot be exempt from caps."
            if self.topic is None
            else f"Messages about {text.quoted(self.topic)} cannot be exempt from caps.",
            "Only a topic that is transactional, such as receipts, may go past what the workspace "
            "promises people at most.",
            "take the line out, or give the journey a topic that is declared as `transactional`"
            if self.topic is None
            else "take the line out, or declare the topic: "
            f"`topic {text.quoted(self.topic)}, transactional`",
        )


def check(journey: ast.Journey, schema: Schema) -> Iterator[Problem]:
    """Problems with what a journey's messages are about."""
    topic = next((part.topic for part in journey.parts if isinstance(part, ast.TopicOf)), None)
    if topic is None and schema.topics and any(messages(journey.steps)):
        last = journey.parts[-1].span if journey.parts else None
        line = None if last is None else last.end_line + 1
        yield MessageWithoutTopic(
            span=journey.title.span,
            journey=journey.title.text,
            topics=tuple(schema.topics),
            place=None if last is None or line is None else Span(last.file, line, 1, line, 1),
        )
    for part in journey.parts:
        if not isinstance(part, ast.ExemptFromCaps):
            continue
        declared = None if topic is None else schema.topics.get(topic.text)
        unknown = topic is not None and declared is None
        if not unknown and not (declared is not None and declared.transactional):
            name = None if topic is None else topic.text
            yield ExemptFromCapsOnMarketing(span=part.span, topic=name)
