"""Messages that nobody can unsubscribe from by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cio_lang import ast, text
from cio_lang.check import Checked
from cio_lang.lint.rule import Rule, journeys, sends
from cio_lang.problem import Problem, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingWithoutTopic(Problem):
    """A journey sends messages but has no topic, in a workspace that has topics.

    People who want less of something unsubscribe from a topic.  From messages without one they can
    only unsubscribe altogether, so one journey too many loses them for all.  A workspace without
    any topic is left alone.
    """

    code = "marketing-without-topic"
    severity = "warning"
    journey: str
    topics: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The messages of `{self.journey}` have no topic.",
            "Who does not want them could only unsubscribe from everything.",
            f"add a line `topic {text.quoted(self.topics[0])}` above the steps"
            + (", or another of the topics" if len(self.topics) > 1 else ""),
        )


def find(checked: Checked) -> Iterator[MarketingWithoutTopic]:
    """Journeys that send without a topic."""
    topics = tuple(checked.schema.topics)
    if not topics:
        return
    for journey in journeys(checked):
        has_topic = any(isinstance(part, ast.TopicOf) for part in journey.parts)
        if not has_topic and any(sends(journey.steps)):
            yield MarketingWithoutTopic(
                span=journey.title.span, journey=journey.title.text, topics=topics
            )


BAD = """\
topic "Product tips"

journey "Tips"
  when someone matches created_at is 7 days ago

  email "Did you know that you can export your data?"
"""

RULE = Rule(
    problem=MarketingWithoutTopic,
    bad=BAD,
    good=BAD.replace("ago\n", 'ago\n  topic "Product tips"\n'),
    fix="Say what the messages are about with a `topic` line.",
    find=find,
)
