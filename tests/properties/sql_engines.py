"""Every engine that SQL of conditions is written for, with the tables that it reads."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any, ClassVar

import sqlalchemy as sa

from cio_lang import ir
from cio_lang.calendar_time import zone
from cio_lang.conditions import Moment
from cio_lang.store.beside import beside, beside_text
from cio_lang.store.condition_sql import Dialect, Question, expression, people_sql
from cio_lang.store.encoding import micros
from tests.stores import server

ZONE = "Europe/Berlin"

PEOPLE = ("id", "lot", "timezone", "attributes", "folded", "dates", "changed", "created_at")
EVENTS = ("person", "uid", "name", "at", "properties", "folded", "dates")
MEMBERSHIPS = ("segment", "person")
NUMBERS = {"id", "lot", "created_at", "person", "at"}
JSON = {"attributes", "folded", "dates", "changed", "properties"}

Rows = Sequence[tuple[Any, ...]]


class SqlEngine(ABC):
    """One engine; `fill` replaces all that is in its tables."""

    dialect: Dialect
    tables: ClassVar = {"people": PEOPLE, "events": EVENTS, "memberships": MEMBERSHIPS}

    def column(self, name: str) -> str:
        return f'"{name}" ' + (
            "BIGINT" if name in NUMBERS else self.json if name in JSON else "TEXT"
        )

    json = "TEXT"

    def create(self, table: str) -> str:
        return f"CREATE TABLE {table} ({', '.join(map(self.column, self.tables[table]))})"

    def close(self) -> None:
        self.connection.close()

    connection: Any

    @abstractmethod
    def fill(self, table: str, rows: Rows) -> None: ...

    @abstractmethod
    def rows(self, sql: str) -> list[int]: ...

    def ask(self, sql: str) -> set[int]:
        """The ids, none of which may come twice."""
        found = self.rows(sql)
        assert len(found) == len(set(found)), sql
        return set(found)


class OnSQLite(SqlEngine):
    dialect: Dialect = "sqlite"

    def __init__(self) -> None:
        # As in a store: SQLAlchemy puts functions of its own on each connection.
        self.held = sa.create_engine("sqlite://").connect()
        self.connection = self.held.connection.driver_connection
        for table in self.tables:
            self.connection.execute(self.create(table))

    def close(self) -> None:
        self.held.close()

    def fill(self, table: str, rows: Rows) -> None:
        self.connection.execute(f"DELETE FROM {table}")
        marks = ", ".join("?" * len(self.tables[table]))
        self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def rows(self, sql: str) -> list[int]:
        return [row[0] for row in self.connection.execute(sql)]


class OnPostgreSQL(SqlEngine):
    dialect: Dialect = "postgres"
    json = "JSONB"

    def __init__(self) -> None:
        import psycopg

        self.connection = psycopg.connect(server(), autocommit=True)
        for table in self.tables:
            self.connection.execute(self.create(table).replace("TABLE", "TEMP TABLE", 1))

    def fill(self, table: str, rows: Rows) -> None:
        self.connection.execute(f"TRUNCATE {table}")
        with self.connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def rows(self, sql: str) -> list[int]:
        return [row[0] for row in self.connection.execute(sql)]


class OnDuckDB(SqlEngine):
    dialect: Dialect = "duckdb"

    def __init__(self) -> None:
        import duckdb

        self.connection = duckdb.connect()
        for table in self.tables:
            self.connection.execute(self.create(table))

    def fill(self, table: str, rows: Rows) -> None:
        import pyarrow as pa

        names = self.tables[table]
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        kinds = [pa.int64() if name in NUMBERS else pa.string() for name in names]
        given = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        self.connection.register("given", pa.table(given, names=list(names)))
        self.connection.execute(f"DELETE FROM {table}")
        self.connection.execute(f"INSERT INTO {table} SELECT * FROM given")

    def rows(self, sql: str) -> list[int]:
        return [row[0] for row in self.connection.execute(sql).fetchall()]


class OnClickHouse(SqlEngine):
    """ClickHouse inside of this process (chdb)."""

    dialect: Dialect = "clickhouse"

    def __init__(self) -> None:
        from chdb.session import Session

        self.connection = self.session = Session()
        for table in self.tables:
            self.session.query(self.create(table) + " ENGINE = Memory")

    def column(self, name: str) -> str:
        kind = "Int64" if name in NUMBERS else "String"
        nullable = name in ("timezone", "folded", "dates")
        return f'"{name}" {f"Nullable({kind})" if nullable else kind}'

    def fill(self, table: str, rows: Rows) -> None:
        self.session.query(f"TRUNCATE TABLE {table}")
        if rows:
            values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
            self.session.query(f"INSERT INTO {table} VALUES {values}")

    def rows(self, sql: str) -> list[int]:
        text = self.session.query(sql, "CSV").bytes().decode()
        return [int(line) for line in text.split()]


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


EVERY = {each.dialect: each for each in (OnSQLite, OnPostgreSQL, OnDuckDB, OnClickHouse)}


def fill(engine: SqlEngine, people: Sequence[Moment]) -> None:
    """Write people into the tables; their ids are 1, 2, …"""
    persons, events, members = [], [], []
    for number, person in enumerate(people, 1):
        attributes = dict(person.attributes)
        timezone, folded, dates = beside(attributes, attributes.get("timezone"), ZONE)
        changed = {name: micros(at) for name, at in person.changed.items()}
        persons.append(
            (
                number,
                person.lot or 0,
                timezone,
                _dump(attributes),
                folded,
                dates,
                _dump(changed),
                micros(person.known_since),
            )
        )
        for position, event in enumerate(person.events):
            text = _dump(event.properties)
            events.append(
                (
                    number,
                    f"e{position:05}",
                    event.name,
                    micros(event.at),
                    text,
                    *beside_text(text, timezone, ZONE),
                )
            )
        members += [(segment, number) for segment in sorted(person.members)]
    engine.fill("people", persons)
    engine.fill("events", events)
    engine.fill("memberships", members)


def _dump(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)


def matching(engine: SqlEngine, condition: ir.Condition, people: Sequence[Moment]) -> set[int]:
    """The ids of the people for whom the SQL says that a condition holds."""
    return engine.ask(people_sql(condition, _question(engine, people)))


def matching_among(
    engine: SqlEngine, condition: ir.Condition, people: Sequence[Moment]
) -> set[int]:
    """The same for those with an odd id, asked as of a batch: an expression about each row."""
    odd = "SELECT h.id FROM people AS h WHERE h.id % 2 = 1"
    test = expression(condition, replace(_question(engine, people), among=odd))
    answer = f"CASE WHEN {test} THEN 1 ELSE 0 END"
    return engine.ask(f"SELECT p.id FROM people AS p WHERE p.id IN ({odd}) AND {answer} = 1")


def _question(engine: SqlEngine, people: Sequence[Moment]) -> Question:
    named = {str(person.attributes.get("timezone")) for person in people}
    zones = {name: tz for name in sorted(named) if (tz := zone(name, None)) is not None}  # type: ignore[arg-type]
    return Question(engine.dialect, people[0].now, zone(ZONE, UTC), people[0].segments, zones)
