"""Who asked to be forgotten: nothing of them is kept but a keyed hash of each of their names.

The secret of the hash is in the store, so that a hash says nothing to anybody without the store,
and one store's hashes mean nothing in another.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cio_lang.mistake import UserMistake, place
from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database
from cio_lang.store.identity import KINDS, Name, names_in, normal
from cio_lang.store.problems import PersonForgotten
from cio_lang.store.tables import forgotten


def hashes(database: Database, names: Iterable[Name]) -> dict[Name, str]:
    """The hash of each name."""
    secret = (database.setting("secret") or "").encode()
    return {
        name: hmac.new(secret, "\x00".join(name).encode(), sha256).hexdigest() for name in names
    }


def anybody(database: Database) -> bool:
    """Whether anybody was ever forgotten here; most stores need not look further."""
    return bool(database.driver("SELECT 1 FROM forgotten LIMIT 1"))


def among_forgotten(database: Database, names: Iterable[Name]) -> set[Name]:
    """Those of the names that were forgotten."""
    if not anybody(database):
        return set()
    by_hash = {value: name for name, value in hashes(database, names).items()}
    rows = database.driver(
        f"SELECT hash FROM forgotten WHERE hash {database.within}", (database.array(by_hash),)
    )
    return {by_hash[row[0]] for row in rows}


def remember(database: Database, names: Iterable[Name], at: int) -> None:
    """Keep the hashes of names, inside a transaction."""
    rows = [(value, name[0], at) for name, value in hashes(database, names).items()]
    insert_rows(database, forgotten, ("hash", "kind", "at"), rows, "ON CONFLICT (hash) DO NOTHING")


def lift(database: Database, names: Iterable[Name]) -> int:
    """Take hashes away, so that the names may be stored again; returns how many there were."""
    values = database.array(hashes(database, names).values())
    with database.transaction():
        sql = f"DELETE FROM forgotten WHERE hash {database.within}"
        return database.driver(sql, (values,)).changed


def refuse(database: Database, key: str, names: Iterable[Name]) -> None:
    """Raise `UserMistake` where one of the names was forgotten."""
    if among_forgotten(database, names):
        raise UserMistake(PersonForgotten(span=place(key), person=key))


def names_of_key(key: str) -> set[Name]:
    """A key, and what it may be besides: many name people by their email."""
    found: set[Name] = {("key", key)}
    for kind in ("email", "phone") if "@" in key or key.startswith("+") else ():
        form = normal(kind, key, None)
        if form is not None:
            found.add((kind, form))
    return found


def every_name(text: str, region: str | None) -> set[Name]:
    """Every name that a text may be."""
    return {(kind, form) for kind in KINDS if (form := normal(kind, text, region)) is not None}


def names_of_row(key: str, attributes: Mapping[str, Any], region: str | None) -> set[Name]:
    """The names in a row about a person."""
    return names_of_key(key) | names_in(attributes, region)
