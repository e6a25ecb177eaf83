"""Deployed documents: journeys, segments and templates, each with its versions.

A document is stored once by its digest and never changed.  A deployment names the version of a
document that is active; older ones stay, because runs are pinned to the graph that they entered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from cio_lang import graph_file, ir
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import nearest
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, micros
from cio_lang.store.holding import mark, marked, unmark
from cio_lang.store.problems import UnknownGraph, UnknownTemplate
from cio_lang.store.segments import define
from cio_lang.store.state import Deployed, Deployment
from cio_lang.store.tables import deployments, documents, due, people, runs

_Document = tuple[str, str, str, str, str]  # digest, kind, name, title, body


def deploy(
    database: Database,
    graphs: Sequence[ir.Graph],
    templates: Mapping[str, str],
    at: datetime,
    author: str,
    note: str,
) -> Deployment:
    """Make `graphs` and `templates` the active ones, in one transaction.

    What is the same already keeps its version; what is no longer there is no longer active; what
    is stopped stays out of force.  When a
    journey or segment was added or changed, everybody is due at `at`: who matches now is decided by
    looking.
    """
    wanted = {(doc[1], doc[2]): doc for doc in _documents(graphs, templates)}
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    with database.transaction():
        one_at_a_time(database)
        stopped = [name for name in marked(database, "stopped") if ("journey", name) in wanted]
        for name in stopped:
            del wanted["journey", name]
        c = deployments.c
        rows = database.execute(sa.select(c.kind, c.name, c.digest).where(c.active == 1))
        active: dict[tuple[str, str], str] = {(kind, name): digest for kind, name, digest in rows}
        for place_of, document in sorted(wanted.items()):
            label = f"{document[1]} {document[2]}"
            if active.get(place_of) == document[0]:
                unchanged.append(label)
                continue
            (changed if place_of in active else added).append(label)
            _activate(database, document, micros(at), author, note)
        gone = sorted(set(active) - set(wanted))
        for kind, name in gone:
            _deactivate(database, kind, name)
        if any(not label.startswith("template ") for label in added + changed):
            _wake_everybody(database, micros(at))
        define(database, micros(at))
    removed = tuple(f"{kind} {name}" for kind, name in gone)
    return Deployment(tuple(added), tuple(changed), tuple(unchanged), removed, tuple(stopped))


def one_at_a_time(database: Database) -> None:
    """Wait until nobody else changes what is in force; SQLite's transaction has seen to it."""
    if database.dialect == "postgresql":
        database.driver(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", (f"deploy {database.schema}",)
        )


def as_it_is(database: Database) -> None:
    """Let nobody deploy until the transaction ends; on SQLite nobody else writes then."""
    if database.dialect == "postgresql":
        database.driver(
            "SELECT pg_advisory_xact_lock_shared(hashtext(%s))", (f"deploy {database.schema}",)
        )


def _documents(graphs: Sequence[ir.Graph], templates: Mapping[str, str]) -> list[_Document]:
    found: list[_Document] = [
        (graph_file.digest(graph), graph.kind, graph.name, graph.title, graph_file.dump(graph))
        for graph in graphs
        if not isinstance(graph, ir.TemplateGraph)  # comes as text, among the templates
    ]
    for name, body in templates.items():
        digest = sha256(f"template\x00{name}\x00{body}".encode()).hexdigest()
        found.append((f"sha256:{digest}", "template", name, name, body))
    return found


def _activate(database: Database, document: _Document, at: int, author: str, note: str) -> None:
    digest, kind, name, title, body = document
    if kind == "journey":
        _keep_since(database, name, body, at)
    database.execute(
        database.upsert(documents)
        .values(digest=digest, kind=kind, name=name, title=title, body=body)
        .on_conflict_do_nothing()
    )
    _deactivate(database, kind, name)
    c = deployments.c
    last = sa.select(sa.func.max(c.version)).where(c.kind == kind, c.name == name)
    database.execute(
        sa.insert(deployments).values(
            kind=kind,
            name=name,
            digest=digest,
            version=(database.execute(last)[0][0] or 0) + 1,
            applied_at=at,
            author=author,
            note=note,
        )
    )


def _keep_since(database: Database, name: str, body: str, at: int) -> None:
    """A journey that lets in whom it let in before has been in force since then.

    Or else an event that came just before it was changed would start nobody.
    """
    before = database.execute(_active("journey").where(deployments.c.name == name))
    if before and _journey(name, before[0][2]).entry == _journey(name, body).entry:
        mark(database, "since", name, instant(before[0][4]))
    else:
        unmark(database, "since", name)


def reinstate(
    database: Database, journey: str, digest: str, at: datetime, author: str, note: str
) -> int:
    """Make a stored journey the active one again, as its newest version; returns its number."""
    c = documents.c
    rows = database.execute(
        sa.select(c.digest, c.kind, c.name, c.title, c.body).where(c.digest == digest)
    )
    with database.transaction():
        _activate(database, tuple(rows[0]), micros(at), author, note)
        _wake_everybody(database, micros(at))
    d = deployments.c
    active = sa.select(d.version).where(d.kind == "journey", d.name == journey, d.active == 1)
    return int(database.execute(active)[0][0])


def withdraw(database: Database, journey: str) -> None:
    """A journey is no longer active."""
    _deactivate(database, "journey", journey)


def _deactivate(database: Database, kind: str, name: str) -> None:
    c = deployments.c
    database.execute(
        sa.update(deployments).where(c.kind == kind, c.name == name, c.active == 1).values(active=0)
    )


def _wake_everybody(database: Database, at: int) -> None:
    """Make everybody due, if not before; a step that is being worked out is taken again."""
    everybody = sa.select(people.c.id, sa.literal(at, sa.BigInteger)).order_by(people.c.id)
    if database.dialect == "sqlite":
        # Or SQLite takes the ON of the conflict for that of a join.
        everybody = everybody.where(sa.true())
    insert = database.upsert(due).from_select(["person", "at"], everybody)
    new = insert.excluded.at
    database.execute(
        insert.on_conflict_do_update(
            index_elements=[due.c.person],
            set_={
                "at": sa.case((due.c.at < new, due.c.at), else_=new),
                "revision": due.c.revision + 1,
            },
        )
    )


def revision(database: Database) -> tuple[int, int, str]:
    """Two numbers and a text of which one changes whenever what is active or paused does."""
    row = database.driver(
        "SELECT coalesce(max(id), 0), coalesce(sum(id * active), 0) FROM deployments"
    )[0]
    return int(row[0]), int(row[1]), " ".join(marked(database, "paused"))


def _active(kind: str) -> sa.Select[tuple[str, str, str, int, int]]:
    """Name, digest, body, version and instant of applying of the active ones of a kind."""
    c = deployments.c
    return (
        sa.select(c.name, c.digest, documents.c.body, c.version, c.applied_at)
        .join(documents, documents.c.digest == c.digest)
        .where(c.active == 1, c.kind == kind)
    )


def journeys(database: Database) -> list[Deployed]:
    """The active journeys by name."""
    since = marked(database, "since")
    return [
        Deployed(_journey(digest, body), digest, version, since.get(name, instant(at)))
        for name, digest, body, version, at in sorted(tuple(database.execute(_active("journey"))))
    ]


def graph(database: Database, digest: str) -> ir.JourneyGraph:
    """The journey graph with that digest, active or not; `UserMistake` where it is not stored."""
    c = documents.c
    rows = database.execute(sa.select(c.body).where(c.digest == digest, c.kind == "journey"))
    if not rows:
        raise UserMistake(UnknownGraph(span=place(database.where), digest=digest))
    return _journey(digest, rows[0][0])


def in_force(database: Database) -> list[ir.Graph]:
    """Every graph that can still ask something: the active ones, and journeys with a live run."""
    c, r = documents.c, runs.c
    pinned = sa.select(r.digest).where(r.status == "live").distinct()
    active = sa.select(deployments.c.digest).where(deployments.c.active == 1)
    rows = database.execute(
        sa.select(c.digest, c.body).where(
            c.kind != "template", sa.or_(c.digest.in_(active), c.digest.in_(pinned))
        )
    )
    return [graph_file.load(body, digest) for digest, body in sorted(tuple(row) for row in rows)]


def _journey(digest: str, body: str) -> ir.JourneyGraph:
    found = graph_file.load(body, digest)
    assert isinstance(found, ir.JourneyGraph)
    return found


def segments(database: Database) -> dict[str, ir.Condition]:
    """The conditions of the active segments by name; those kept by hand have none."""
    conditions: dict[str, ir.Condition] = {}
    for name, digest, body, *_ in sorted(tuple(database.execute(_active("segment")))):
        segment = graph_file.load(body, digest)
        assert isinstance(segment, ir.SegmentGraph)
        if segment.where is not None:
            conditions[name] = segment.where
    return conditions


def template(database: Database, name: str) -> str:
    """The text of the active template; `UserMistake` where there is none of that name."""
    rows = database.execute(_active("template").where(deployments.c.name == name))
    if not rows:
        problem = UnknownTemplate(
            span=place(database.where),
            template=name,
            suggestion=nearest(name, templates(database)),
        )
        raise UserMistake(problem)
    return str(rows[0][2])


def templates(database: Database) -> dict[str, str]:
    """The texts of the active templates by name."""
    rows = sorted(tuple(database.execute(_active("template"))))
    return {name: body for name, _, body, *_ in rows}
