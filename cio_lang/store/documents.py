"""Deployed documents: journeys, segments and templates, each with its versions.

A document is stored once by its digest and never changed.  A deployment names the version of a
document that is active; older ones stay, because runs are pinned to the graph that they entered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from cio_lang import graph_file, ir
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import nearest
from cio_lang.store.database import Connection, transaction
from cio_lang.store.encoding import instant, micros
from cio_lang.store.problems import UnknownGraph, UnknownTemplate
from cio_lang.store.state import Deployed, Deployment

_Document = tuple[str, str, str, str, str]  # digest, kind, name, title, body


def deploy(
    connection: Connection,
    graphs: Sequence[ir.Graph],
    templates: Mapping[str, str],
    at: datetime,
    author: str,
    note: str,
) -> Deployment:
    """Make `graphs` and `templates` the active ones, in one transaction.

    What is the same already keeps its version; what is no longer there is no longer active.  When a
    journey or segment was added or changed, everybody is due at `at`: who matches now is decided by
    looking.
    """
    wanted = {(doc[1], doc[2]): doc for doc in _documents(graphs, templates)}
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    with transaction(connection):
        active: dict[tuple[str, str], str] = {
            (kind, name): digest
            for kind, name, digest in connection.execute(
                "SELECT kind, name, digest FROM deployments WHERE active = 1"
            ).fetchall()
        }
        for place_of, document in sorted(wanted.items()):
            label = f"{document[1]} {document[2]}"
            if active.get(place_of) == document[0]:
                unchanged.append(label)
                continue
            (changed if place_of in active else added).append(label)
            _activate(connection, document, micros(at), author, note)
        gone = sorted(set(active) - set(wanted))
        for kind, name in gone:
            _deactivate(connection, kind, name)
        if any(not label.startswith("template ") for label in added + changed):
            connection.execute(
                "INSERT INTO due (person, at) SELECT id, ? FROM people WHERE true"
                " ON CONFLICT (person) DO UPDATE SET"
                " at = min(ifnull(at, excluded.at), excluded.at), revision = revision + 1",
                (micros(at),),
            )
    removed = tuple(f"{kind} {name}" for kind, name in gone)
    return Deployment(tuple(added), tuple(changed), tuple(unchanged), removed)


def _documents(graphs: Sequence[ir.Graph], templates: Mapping[str, str]) -> list[_Document]:
    documents: list[_Document] = [
        (graph_file.digest(graph), graph.kind, graph.name, graph.title, graph_file.dump(graph))
        for graph in graphs
        if not isinstance(graph, ir.TemplateGraph)  # comes as text, among the templates
    ]
    for name, body in templates.items():
        digest = sha256(f"template\x00{name}\x00{body}".encode()).hexdigest()
        documents.append((f"sha256:{digest}", "template", name, name, body))
    return documents


def _activate(connection: Connection, document: _Document, at: int, author: str, note: str) -> None:
    digest, kind, name, _, _ = document
    connection.execute(
        "INSERT INTO documents (digest, kind, name, title, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (digest) DO NOTHING",
        document,
    )
    _deactivate(connection, kind, name)
    connection.execute(
        "INSERT INTO deployments (kind, name, digest, version, applied_at, author, note)"
        " SELECT ?, ?, ?, ifnull(max(version), 0) + 1, ?, ?, ? FROM deployments"
        " WHERE kind = ? AND name = ?",
        (kind, name, digest, at, author, note, kind, name),
    )


def _deactivate(connection: Connection, kind: str, name: str) -> None:
    connection.execute(
        "UPDATE deployments SET active = 0 WHERE kind = ? AND name = ? AND active = 1",
        (kind, name),
    )


def revision(connection: Connection) -> tuple[int, int]:
    """Two numbers of which one changes whenever what is active does."""
    row = connection.execute(
        "SELECT ifnull(max(id), 0), ifnull(sum(id * active), 0) FROM deployments"
    ).fetchone()
    return int(row[0]), int(row[1])


def journeys(connection: Connection) -> list[Deployed]:
    """The active journeys by name."""
    rows = connection.execute(
        "SELECT d.digest, p.version, p.applied_at, d.body FROM deployments p"
        " JOIN documents d ON d.digest = p.digest"
        " WHERE p.active = 1 AND p.kind = 'journey' ORDER BY p.name"
    ).fetchall()
    return [
        Deployed(_journey(digest, body), digest, version, instant(at))
        for digest, version, at, body in rows
    ]


def graph(connection: Connection, digest: str) -> ir.JourneyGraph:
    """The journey graph with that digest, active or not; `UserMistake` where it is not stored."""
    row = connection.execute(
        "SELECT body FROM documents WHERE digest = ? AND kind = 'journey'", (digest,)
    ).fetchone()
    if row is None:
        raise UserMistake(UnknownGraph(span=place(connection.path), digest=digest))
    return _journey(digest, row[0])


def _journey(digest: str, body: str) -> ir.JourneyGraph:
    found = graph_file.load(body, digest)
    assert isinstance(found, ir.JourneyGraph)
    return found


def segments(connection: Connection) -> dict[str, ir.Condition]:
    """The conditions of the active segments by name; those kept by hand have none."""
    conditions: dict[str, ir.Condition] = {}
    for name, digest, body in connection.execute(
        "SELECT p.name, d.digest, d.body FROM deployments p JOIN documents d ON d.digest = p.digest"
        " WHERE p.active = 1 AND p.kind = 'segment' ORDER BY p.name"
    ).fetchall():
        segment = graph_file.load(body, digest)
        assert isinstance(segment, ir.SegmentGraph)
        if segment.where is not None:
            conditions[name] = segment.where
    return conditions


def template(connection: Connection, name: str) -> str:
    """The text of the active template; `UserMistake` where there is none of that name."""
    row = connection.execute(
        "SELECT d.body FROM deployments p JOIN documents d ON d.digest = p.digest"
        " WHERE p.active = 1 AND p.kind = 'template' AND p.name = ?",
        (name,),
    ).fetchone()
    if row is None:
        problem = UnknownTemplate(
            span=place(connection.path),
            template=name,
            suggestion=nearest(name, templates(connection)),
        )
        raise UserMistake(problem)
    return str(row[0])


def templates(connection: Connection) -> dict[str, str]:
    """The texts of the active templates by name."""
    return {
        name: body
        for name, body in connection.execute(
            "SELECT p.name, d.body FROM deployments p JOIN documents d ON d.digest = p.digest"
            " WHERE p.active = 1 AND p.kind = 'template' ORDER BY p.name"
        ).fetchall()
    }
