"""Which events are new, where some that are stored already lie in files."""

from __future__ import annotations

from collections.abc import Sequence

from cio_lang.store import merge, people_writing
from cio_lang.store.archive.manifest import Archive
from cio_lang.store.archive.reading import stored
from cio_lang.store.events import EventRow


def not_archived(archive: Archive, rows: Sequence[EventRow]) -> Sequence[EventRow]:
    """Those that are not in a file already: the same id for the same person counts once."""
    database = archive.database
    last = database.driver("SELECT max(last_at) FROM archives")[0][0]
    old = [] if last is None else [row for row in rows if row[3] <= last]
    if not old:
        return rows
    ids = people_writing.ids_of(database, {row[0] for row in old})
    before = {person: (person, *merge.ids_before(database, person)) for person in set(ids.values())}
    asked = [
        (person, uid, at)
        for key, uid, _, at, *_ in old
        if key in ids
        for person in before[ids[key]]
    ]
    known = stored(archive, asked)
    owner = {each: kept for kept, all_of in before.items() for each in all_of}
    gone = {(owner[person], uid) for person, uid in known}
    return [row for row in rows if (ids.get(row[0]), row[1]) not in gone]
