"""A mapping that fits a file, guessed from its columns and its first rows, to be looked over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cio_lang.importing.cells import BadCell, number
from cio_lang.importing.formats import SAMPLE, Looked, look
from cio_lang.importing.mapping_file import toml
from cio_lang.importing.naming import snake
from cio_lang.importing.rows import Kind
from cio_lang.problem import nearest
from cio_lang.schema import Schema

_PERSON = (
    *("person", "person_id", "user_id", "customer_id", "contact_id", "member_id", "user"),
    *("customer", "contact", "email", "email_address", "e_mail", "id", "key", "phone"),
)
_TIME = (
    *("timestamp", "time", "at", "occurred_at", "event_time", "happened_at", "date", "datetime"),
    *("created_at", "created", "ordered_at", "sent_at", "received_at", "day"),
)
_ID = ("event_id", "message_id", "order_id", "transaction_id", "invoice_id", "uuid", "id")
_KIND = ("event", "event_name", "event_type", "type", "action", "kind", "name")

_DAY_FIRST = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{4}( \d{1,2}:\d{2}(:\d{2})?)?")
_SINCE_1970 = {10: "seconds", 13: "milliseconds", 16: "microseconds"}


def suggest_mapping(path: Path, schema: Schema, kind: Kind | None = None) -> str:
    """A mapping file in TOML.  Raises `UserMistake` where nothing of the file can be read."""
    found = look(path, kind)
    lines = [f"# What the columns of {path.name} mean; guessed from its first rows.", ""]
    if found.format is not None:
        lines += _of_export(found, schema)
    else:
        lines += _of_table(found, schema)
    return "\n".join(lines) + "\n"


def _of_export(found: Looked, schema: Schema) -> list[str]:
    lines = toml([("format", found.format)])
    told: Counter[str] = Counter()
    for row in found.rows:
        name = row.get("event") or (row.get("name") if row.get("type") == "event" else None)
        if isinstance(name, str):
            told[name] += 1
    if told:
        lines += ["", "[events]  # the name there, and the name here; `false` leaves an event out"]
        for name, count in told.most_common(200):
            lines.append(f"{toml([(name, _event(name, schema))])[0]}  # {_times(count, found)}")
    return lines


def _event(name: str, schema: Schema) -> str | bool:
    here = name if name in schema.events else snake(name)
    if not schema.events or here in schema.events:
        return here
    return nearest(here, schema.events) or False


def _times(count: int, found: Looked) -> str:
    rows = f"{count:,} {'row' if count == 1 else 'rows'}"
    return f"{rows} of the first {SAMPLE:,}" if len(found.rows) == SAMPLE else rows


def _of_table(found: Looked, schema: Schema) -> list[str]:
    columns = list(dict.fromkeys(name for name in found.columns if name))
    cells = {name: [row[name] for row in found.rows if name in row] for name in columns}
    instants = {name: way for name in columns if (way := _instant(cells[name])) is not None}
    person = _first(columns, _PERSON)
    free = [name for name in columns if name != person]
    # A file about people has nobody twice; when they came is no event.
    twice = person is not None and len(set(map(str, cells[person]))) < len(cells[person])
    kind = _first(free, _KIND[:4])
    time = _first([name for name in free if name in instants], _TIME)
    time = time or next((name for name in free if name in instants), None)
    events = kind is not None or (time is not None and twice)
    lines = toml([("rows", "events" if events else "people")])
    if person is None:
        lines += ["# No column looks like the id of a person: name it here.", 'person = ""']
    else:
        lines += toml([("person", person)])
    if time is not None:
        way = instants[time]
        lines += toml([("time", {"column": time, "written": way} if way else time)])
    elif events:
        lines += ["# No column looks like a time: name it here.", 'time = ""']
    used = {person, time}
    if events:
        lines += _what(found, schema, kind, free, used)
    values = [name for name in columns if name not in used]
    lines += ["", "[properties]" if events else "[attributes]"]
    names: set[str] = set()
    for name in values:
        here = snake(name)
        if here not in names:
            names.add(here)
            lines += toml([(here, _value(name, cells[name], instants.get(name)))])
    return lines


def _what(
    found: Looked, schema: Schema, kind: str | None, free: Sequence[str], used: set[str | None]
) -> list[str]:
    lines: list[str] = []
    event_id = _first([name for name in free if name not in used], _ID)
    if event_id is not None:
        ids = [row.get(event_id) for row in found.rows]
        if len(set(map(str, ids))) == len(ids) and None not in ids:
            lines += toml([("id", event_id)])
            used.add(event_id)
    if kind is None:
        known = sorted(schema.events)
        note = f"  # or: {', '.join(known[1:6])}" if len(known) > 1 else ""
        return [*lines, f"{toml([('event', known[0] if known else 'happened')])[0]}{note}"]
    used.add(kind)
    told = Counter(str(row[kind]) for row in found.rows if kind in row)
    lines += toml([("event_column", kind)])
    lines += ["", "[events]  # the name there, and the name here; `false` leaves an event out"]
    for name, count in told.most_common(200):
        lines.append(f"{toml([(name, _event(name, schema))])[0]}  # {_times(count, found)}")
    return lines


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    by_name = {snake(column): column for column in reversed(columns)}
    return next((by_name[name] for name in wanted if name in by_name), None)


def _value(name: str, cells: Sequence[Any], way: str | None) -> Any:
    kind = _type(cells, way)
    if kind is None:
        return name
    if way:
        return {"column": name, "type": kind, "written": way}
    return {"column": name, "type": kind}


def _type(cells: Sequence[Any], way: str | None) -> str | None:
    if not cells:
        return None
    if way is not None and not way.endswith("seconds"):
        return "date"
    if all(isinstance(cell, bool) or str(cell).lower() in ("true", "false") for cell in cells):
        return "yes/no"
    if all(isinstance(cell, list) for cell in cells):
        return "list"
    if all(_is_number(cell) for cell in cells):
        return "number"
    return "text"


def _is_number(cell: Any) -> bool:
    if isinstance(cell, int | float):
        return True
    text = str(cell).strip()
    if len(text) > 1 and text[0] == "0" and text[1] != ".":
        return False  # a postcode, a telephone number
    try:
        number(text)
    except BadCell:
        return False
    return True


def _instant(cells: Sequence[Any]) -> str | None:
    """How the times of a column are written (empty: ISO 8601); None where it has others."""
    if not cells:
        return None
    if all(isinstance(cell, datetime) or _is_iso(cell) for cell in cells):
        return ""
    texts = [str(cell).strip() for cell in cells]
    lengths = {len(text) for text in texts if text.isascii() and text.isdigit()}
    if len(lengths) == 1 and all(text.isdigit() for text in texts):
        return _SINCE_1970.get(lengths.pop())
    found = [_DAY_FIRST.fullmatch(text) for text in texts]
    if not all(found):
        return None
    marks = {each[1] for each in found if each}
    parts = {(each[2] is not None, each[3] is not None) for each in found if each}
    if len(marks) > 1 or len(parts) > 1:
        return None
    mark, (clock, seconds) = marks.pop(), parts.pop()
    first, second = (max(int(text.split(mark)[part]) for text in texts) for part in (0, 1))
    # `/` is American or not, and only a number beyond 12 tells; then it has to be looked over.
    day = first > 12 if mark == "/" and max(first, second) > 12 else mark != "/"
    way = f"%d{mark}%m{mark}%Y" if day else f"%m{mark}%d{mark}%Y"
    return way + (" %H:%M:%S" if seconds else " %H:%M" if clock else "")


def _is_iso(cell: Any) -> bool:
    if not isinstance(cell, str) or not re.match(r"\d{4}-\d\d", cell.strip()):
        return False
    try:
        datetime.fromisoformat(cell.strip())
    except ValueError:
        return False
    return True
