"""Events that cio records itself: a declaration in, a problem out.

Afterwards no event of the workspace has a name that stands for something that befell a message.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.problem import Problem, Report
from cio_lang.record import record

OURS = "message_"
"""How the names of the events begin that cio records of messages."""

_SAID = {
    "message_opened": "opened",
    "message_clicked": "clicked",
    "message_sent": "received",
    "message_delivered": "delivered",
    "message_bounced": "bounced",
    "message_replied": "replied to",
}


@record(kw_only=True)
class ReservedEvent(Problem):
    """A workspace declares an event whose name begins with `message_`.

    cio records such events itself: a message was sent, delivered, opened, clicked.
    """

    code = "reserved-event"
    event: str

    def report(self) -> Report:
        """What, why, one way out."""
        said = _SAID.get(self.event)
        return Report(
            f"`{self.event}` cannot be declared.",
            f"cio records what befalls messages itself, in events that begin with `{OURS}`.",
            f"take it out, and where it is used write `{said} any message`"
            if said
            else f"give it a name that does not begin with `{OURS}`",
        )


def check(event: ast.EventDeclaration) -> Iterator[ReservedEvent]:
    """The problem with the name of a declared event."""
    if event.name.text.startswith(OURS):
        yield ReservedEvent(span=event.name.span, event=event.name.text)
