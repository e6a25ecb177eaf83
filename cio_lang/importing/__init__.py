"""People and events from files."""

from __future__ import annotations

from cio_lang.importing.mapping import (
    EventMapping,
    ImportMapping,
    PeopleMapping,
    event_mapping,
    people_mapping,
)
from cio_lang.importing.run import ImportResult, Progress, ReceivedAs, import_file

__all__ = [
    "EventMapping",
    "ImportMapping",
    "ImportResult",
    "PeopleMapping",
    "Progress",
    "ReceivedAs",
    "event_mapping",
    "import_file",
    "people_mapping",
]
