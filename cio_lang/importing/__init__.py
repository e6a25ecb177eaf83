"""People and events from files."""

from __future__ import annotations

from cio_lang.importing.mapping import (
    EventMapping,
    ExportMapping,
    ImportMapping,
    PeopleMapping,
    event_mapping,
    export_mapping,
    people_mapping,
)
from cio_lang.importing.mapping_file import FORMATS as EXPORT_FORMATS
from cio_lang.importing.run import ImportResult, Progress, import_file
from cio_lang.importing.storing import ReceivedAs

__all__ = [
    "EXPORT_FORMATS",
    "EventMapping",
    "ExportMapping",
    "ImportMapping",
    "ImportResult",
    "PeopleMapping",
    "Progress",
    "ReceivedAs",
    "event_mapping",
    "export_mapping",
    "import_file",
    "people_mapping",
]
