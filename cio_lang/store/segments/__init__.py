"""Segments that keep themselves: who is in them, since when, and what changed.

`define` brings them to the documents that are active, `follow` (at the end of each transaction that
writes people or events) to what was written, `refresh` to what time alone changes.  The tables
`memberships` and `segments` are exact as of the last of these.
"""

from cio_lang.store.segments.defining import define
from cio_lang.store.segments.refreshing import next_check, refresh
from cio_lang.store.segments.touched import (
    attributes_changed,
    events_came,
    look_again,
    members_changed,
)

__all__ = [
    "attributes_changed",
    "define",
    "events_came",
    "look_again",
    "members_changed",
    "next_check",
    "refresh",
]
