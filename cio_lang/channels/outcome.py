"""What became of a hand-over: one table for every channel.

The promise is at most one hand-over per message.  So the question after a failure is never "did it
work?" but "can it have worked?": where nothing can have been taken over, the message goes back in
the queue; where it can, it is `unknown` and stays so until evidence or a person settles it.
"""

from __future__ import annotations

from typing import Literal

from cio_lang.record import record

Result = Literal["accepted", "rejected", "deferred", "not_sent", "unknown"]
"""`deferred`: the server asked for another try. `not_sent`: it never had the whole message."""

Stage = Literal["connect", "sender", "recipient", "data", "end"]
"""How far a hand-over got; `end` means that the final dot was on its way."""


@record
class Outcome:
    """The result and the server's own words, or what went wrong."""

    result: Result
    detail: str = ""


ACCEPTED = Outcome("accepted")


def after_reply(code: int, text: str) -> Outcome:
    """What an SMTP reply other than success means: 4xx come again, 5xx never."""
    detail = f"{code} {' '.join(text.split())}".strip()
    return Outcome("deferred" if 400 <= code < 500 else "rejected", detail)


def after_silence(stage: Stage, why: str) -> Outcome:
    """What a lost connection or a time-out means at `stage`."""
    if stage == "end":
        return Outcome("unknown", f"no answer after the whole message was sent: {why}")
    return Outcome("not_sent", why)
