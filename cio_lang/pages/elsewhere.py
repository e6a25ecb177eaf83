"""Problems that no file and no command of a healthy machine show: why not, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cio_lang.record import record

__all__ = ["ELSEWHERE", "Elsewhere"]


@record
class Elsewhere:
    """`why` there is no case; `fields` are those of an example, whose message is shown."""

    why: str
    fields: Mapping[str, Any]


_BY_PROGRAMS = (
    "It cannot be written down: a text like this is another problem. Only a program that puts "
    "journeys together itself can come to it."
)
_BY_CALLS = "Commands find this before; only a program that calls cio itself can come to it."
_OTHERS = "It takes two processes at once, or a server that is gone: no file can show it."
_MACHINE = "No file can show it: it is about the machine that cio runs on."

ELSEWHERE: Mapping[str, Elsewhere] = {
    "archive-damaged": Elsewhere(
        _MACHINE, {"where": "archive", "detail": "No magic bytes found at end of file"}
    ),
    "archive-unreachable": Elsewhere(
        _OTHERS, {"where": "s3://acme-events/cio", "detail": "Couldn't connect to server"}
    ),
    "bad-sender": Elsewhere(_BY_CALLS, {"sender": "Acme shop"}),
    "by-hand-with-conditions": Elsewhere(_BY_PROGRAMS, {"segment": "VIP"}),
    "disk-full": Elsewhere(_MACHINE, {"path": "cio.db"}),
    "duration-too-long": Elsewhere(_BY_PROGRAMS, {"written": "200 years"}),
    "empty-condition": Elsewhere(_BY_PROGRAMS, {"what": "This list of values"}),
    "export-too-many-columns": Elsewhere(
        "It takes more names of attributes than a page can hold.", {"columns": 2_817, "most": 2_000}
    ),
    "graph-not-stored": Elsewhere(
        "Commands keep a graph for as long as somebody is on it; only a store that was changed by "
        "hand can come to it.",
        {"digest": "sha256:1f0c"},
    ),
    "import-under-way": Elsewhere(_OTHERS, {"path": "orders.csv"}),
    "more-than-one-line": Elsewhere(_BY_CALLS, {}),
    "not-erased-yet": Elsewhere(_OTHERS, {"path": "cio.db"}),
    "not-installed": Elsewhere(_MACHINE, {"package": "prefect"}),
    "not-the-purchases": Elsewhere(
        "The purchases come with cio: only an installation changed by hand can come to it.",
        {"reason": "line 2 has no amount"},
    ),
    "nothing-written": Elsewhere(_BY_CALLS, {"example": "show alice"}),
    "only-properties-in-where": Elsewhere(
        _BY_PROGRAMS,
        {
            "event": "order_placed",
            "written": 'in segment "VIP"',
            "way_out": "put it outside the `where`, joined by `and`",
        },
    ),
    "port-in-use": Elsewhere(_MACHINE, {"port": 4200}),
    "prefect-did-not-start": Elsewhere(
        _MACHINE, {"seconds": 60, "log": "out/prefect.log", "last_lines": "No space left on device"}
    ),
    "prefect-missing": Elsewhere(_MACHINE, {}),
    "store-read-only": Elsewhere(_MACHINE, {"path": "cio.db"}),
    "store-is-taken": Elsewhere(
        "It takes a PostgreSQL server.", {"store": "postgresql://localhost/acme?schema=live"}
    ),
    "template-is-not-text": Elsewhere(_BY_CALLS, {"template": "welcome"}),
    "template-not-applied": Elsewhere(_BY_CALLS, {"template": "welcom", "suggestion": "welcome"}),
    "too-many-levels": Elsewhere(_BY_PROGRAMS, {"steps": True}),
}
