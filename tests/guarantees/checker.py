"""An independent judge of a store: what the outside world saw against what the tables say.

Written without the product's code: SQL, and a journal that the outside world keeps for itself, in
the order of things.  An entry is one of

    {"acknowledged": uid}                   the store said that it has this event
    {"handed": id, "to": address, "sha256"} the provider said yes to this message
    {"unsubscribed": address}               the store said that it knows that they want no more
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import yaml

Entry = Mapping[str, Any]
Table = list[dict[str, Any]]
_TABLES = {
    "events": "SELECT uid, handled FROM events",
    "documents": "SELECT digest, body FROM documents",
    "runs": "SELECT id, journey, digest, entry_event, visits, status, reason FROM runs",
    "outbox": "SELECT id, run, node, visit, status, message, message_sha FROM outbox",
    "decisions": "SELECT run, what, node, detail FROM decisions WHERE run IS NOT NULL ORDER BY id",
    "turned_away": "SELECT detail FROM decisions WHERE what = 'not_entered'",
}


def read_store(place: Path | str) -> dict[str, Table]:
    """Every table that is judged, as it stands."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            return _read(database.cursor())
    import psycopg

    parts = urlsplit(place)
    given = parse_qs(parts.query)
    schema = given.pop("schema")[0]
    rest = "&".join(f"{name}={value}" for name, values in given.items() for value in values)
    with psycopg.connect(urlunsplit(parts._replace(query=rest))) as connection:
        connection.execute(f"SET search_path TO {schema}")
        return _read(connection.cursor())


def _read(cursor: Any) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name, sql in _TABLES.items():
        cursor.execute(sql)
        columns = [column[0] for column in cursor.description]
        found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def faults(journal: Sequence[Entry], tables: Mapping[str, Table], floor: int) -> list[str]:
    """Every promise that is broken.  All work has been done, and at least `floor` was handed over.

    A store in which nothing happens keeps all promises: hence the floor.
    """
    found = [*_lost(journal, tables), *_made_twice(tables), *_handed_over(journal, tables)]
    found += [*_against_their_will(journal), *_off_the_path(tables)]
    handed = sum("handed" in entry for entry in journal)
    if handed < floor:
        found.append(f"only {handed} messages were handed over, and {floor} are expected")
    return found


def _lost(journal: Sequence[Entry], tables: Mapping[str, Table]) -> Iterator[str]:
    stored = Counter(event["uid"] for event in tables["events"])
    began = {run["entry_event"] for run in tables["runs"]}
    for entry in journal:
        uid = entry.get("acknowledged")
        if uid is not None and stored[uid] != 1:
            yield f"event {uid} was acknowledged and is stored {stored[uid]} times"
        if uid is not None and str(uid).startswith("o-") and uid not in began:
            yield f"event {uid} was acknowledged and started nobody"
    for event in tables["events"]:
        if not event["handled"]:
            yield f"event {event['uid']} was never handled"


def _made_twice(tables: Mapping[str, Table]) -> Iterator[str]:
    rows = Counter((row["run"], row["node"], row["visit"]) for row in tables["outbox"])
    for (run, node, visit), count in rows.items():
        if count > 1:
            yield f"run {run} has {count} messages for visit {visit} of {node}"
    for run in tables["runs"]:
        for node, visits in json.loads(run["visits"]).items():
            made = [visit for (of, at, visit) in rows if (of, at) == (run["id"], node)]
            if made and sorted(made) != list(range(1, visits + 1)):
                yield f"run {run['id']} came to {node} {visits} times and made messages {made}"


def _handed_over(journal: Sequence[Entry], tables: Mapping[str, Table]) -> Iterator[str]:
    rows = {row["id"]: row for row in tables["outbox"]}
    handed: dict[str, list[Entry]] = defaultdict(list)
    for entry in journal:
        if "handed" in entry:
            handed[entry["handed"]].append(entry)
    for row_id, entries in handed.items():
        if len(entries) > 1:
            yield f"message {row_id} was handed over {len(entries)} times"
        row = rows.get(row_id)
        if row is None:
            yield f"message {row_id} was handed over and is not in the outbox"
            continue
        if row["status"] not in {"accepted", "unknown"}:
            yield f"message {row_id} was handed over and counts as {row['status']}"
        if row["message_sha"] != sha256(row["message"]).hexdigest():
            yield f"message {row_id} is not the bytes whose hash was committed"
        if entries[0]["sha256"] != sha256(bytes(row["message"]).rstrip()).hexdigest():
            yield f"message {row_id} was handed over with other bytes than were committed"
    for row_id, row in rows.items():
        if row["status"] == "accepted" and row_id not in handed:
            yield f"message {row_id} counts as accepted and never came"
        if row["status"] not in {"accepted", "unknown", "skipped", "rejected"}:
            yield f"message {row_id} was left as {row['status']}"


def _against_their_will(journal: Sequence[Entry]) -> Iterator[str]:
    gone: set[str] = set()
    for entry in journal:
        if "unsubscribed" in entry:
            gone.add(entry["unsubscribed"])
        elif entry.get("to") in gone:
            yield f"message {entry['handed']} was handed over to who had unsubscribed"


def _off_the_path(tables: Mapping[str, Table]) -> Iterator[str]:
    """Each run is walked along the graph that it is pinned to, by what was decided."""
    graphs = {row["digest"]: yaml.safe_load(row["body"]) for row in tables["documents"]}
    decided: dict[str, Table] = defaultdict(list)
    for row in tables["decisions"]:
        decided[row["run"]].append(row)
    for run in tables["runs"]:
        graph = graphs.get(run["digest"])
        if graph is None:
            yield f"run {run['id']} is pinned to a graph that is not there"
            continue
        expected: str | None = graph["start"]
        made = []
        for step in decided[run["id"]]:
            if step["what"] in {"entered", "left", "goal"}:
                continue
            if step["what"] == "finished":
                if expected is not None:
                    yield f"run {run['id']} finished where {expected} comes next"
                break
            if step["node"] != expected:
                yield f"run {run['id']} came to {step['node']} where {expected} comes next"
                break
            if step["what"] == "sent":
                made.append(step["node"])
            expected = _next(graph["nodes"][expected], json.loads(step["detail"]))
        messages = sorted(row["node"] for row in tables["outbox"] if row["run"] == run["id"])
        if sorted(made) != messages:
            yield f"run {run['id']} decided to send {made} and has messages of {messages}"


def _next(node: Mapping[str, Any], detail: Mapping[str, Any]) -> str | None:
    found: str | None
    if "branch" in node:
        case = detail["case"]
        found = node.get("otherwise") if case == "otherwise" else node["branch"][case - 1]["next"]
    elif "split" in node:
        found = next(arm["next"] for arm in node["split"] if arm["label"] == detail["share"])
    else:
        found = node.get("next")
    return found
