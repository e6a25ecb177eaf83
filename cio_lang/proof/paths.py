"""Ways through journeys in words: trails in, sentences out."""

from __future__ import annotations

from collections.abc import Mapping

from cio_lang import ir, text
from cio_lang.proof.lengths import DAY, HOUR
from cio_lang.proof.profile import Again, Passed, Trail, steps_of

WORDS: Mapping[ir.Channel, str] = {
    "push": "push",
    "email": "email",
    "sms": "text",
    "in_app": "in-app",
    "whatsapp": "whatsapp",
    "slack": "slack",
}
"""What a journey writes to send by a channel."""

SHOWN = 5
"""So many messages of a way are named."""


def in_words(
    trail: Trail, graphs: Mapping[str, ir.JourneyGraph], counted: frozenset[ir.NodeId]
) -> str:
    """The messages of a trail, each with the time since the one before.

    `email "a"`, 3 days later `email "b"`, entered again 1 hour later: `email "a"`.
    """
    said: list[str] = []
    seconds = 0
    again = False
    sent = 0
    for step in steps_of(trail):
        seconds += step.seconds
        if isinstance(step, Again):
            again = True
        elif step.node in counted:
            sent += 1
            if sent > SHOWN:
                continue
            said.append(_after(seconds, again, bool(said)) + f"`{_words(step, graphs)}`")
            seconds, again = 0, False
    if sent > SHOWN:
        said.append(f"and so on, {sent:,} in all")
    return ", ".join(said)


def send_words(node: ir.SendNode) -> str:
    """A message as its journey writes it, its words cut short."""
    channels = node.send.channels
    verb = "notify" if len(channels) > 1 else WORDS[channels[0]]
    words = " ".join((node.send.template or node.send.text or "").split())
    return f"{verb} {text.quoted(words if len(words) <= 40 else words[:39].rstrip() + '…')}"


def length_words(seconds: int) -> str:
    """`3 days`, `1 hour`; of lengths that are not whole days or hours, hours and minutes."""
    if seconds % DAY == 0:
        return _counted(seconds // DAY, "day")
    hours, rest = divmod(seconds, HOUR)
    parts = [_counted(hours, "hour")] if hours else []
    if rest // 60:
        parts.append(_counted(rest // 60, "minute"))
    return " and ".join(parts) or _counted(rest, "second")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _after(seconds: int, again: bool, later: bool) -> str:
    if not later:
        return ""
    if again:
        when = f" {length_words(seconds)} later" if seconds else " at once"
        return f"entered again{when}: "
    return f"{length_words(seconds)} later " if seconds else "at once "


def _words(step: Passed, graphs: Mapping[str, ir.JourneyGraph]) -> str:
    node = graphs[step.journey].nodes[step.node]
    return send_words(node) if isinstance(node, ir.SendNode) else step.node
