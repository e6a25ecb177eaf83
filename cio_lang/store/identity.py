"""Who is meant by a key, an email, a phone number, a device: names in, people out.

The key of a person stands with the person; `identities` holds every other name, each of one person.
The attributes `email` and `phone` are names as long as they are what the attribute says.  Where a
second person has the same one, the attribute is stored and the name stays where it was: that is a
conflict, recorded for somebody to settle (merge the two, or correct one).  When the first gives the
name up, the next in line gets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from cio_lang.record import record
from cio_lang.store.bulk import insert_rows
from cio_lang.store.database import Database
from cio_lang.store.encoding import instant, micros
from cio_lang.store.limits import ID_BYTES, check_id, refused
from cio_lang.store.tables import conflicts, identities, people

Kind = Literal["key", "email", "phone", "device", "anonymous", "alias"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Name = tuple[str, str]
"""A kind and a value in its normal form."""

_LOOKS_LIKE_A_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./-]{4,24}")


@record
class Claim:
    """What a person's attributes name them: before a change and after it."""

    person: int
    before: frozenset[Name]
    after: frozenset[Name]
    at: int


@record
class Conflict:
    """Two people, by key, of whom only one can have the name; `how` is set where it is settled."""

    kind: str
    value: str
    owner: str
    claimant: str
    at: datetime
    how: str | None


def normal(kind: str, value: object, region: str | None) -> str | None:
    """The form in which a name is compared, or None where it is none.

    Emails in any letter case are one; phone numbers are E.164, those without a country are of
    `region` (`DE`, `US`).
    """
    if not isinstance(value, str) or not (text := value.strip()):
        return None
    if kind == "phone":
        return _e164(text, region)
    if kind == "key":
        text = value
    elif kind == "email":
        text = text.casefold()
    return text if len(text.encode()) <= ID_BYTES else None


def _e164(text: str, region: str | None) -> str | None:
    if not _LOOKS_LIKE_A_PHONE.fullmatch(text):
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def names_in(attributes: Mapping[str, Any], region: str | None) -> frozenset[Name]:
    """What attributes name a person."""
    return frozenset(
        (kind, name)
        for kind in ("email", "phone")
        if kind in attributes and (name := normal(kind, attributes[kind], region)) is not None
    )


def owners(database: Database, names: Iterable[Name]) -> dict[Name, int]:
    """Whose the names are; those that are nobody's are left out."""
    by_kind: dict[str, list[str]] = {}
    for kind, value in names:
        by_kind.setdefault(kind, []).append(value)
    return {
        (kind, value): person
        for kind, values in by_kind.items()
        for value, person in database.driver(
            database.marks("SELECT value, person FROM identities WHERE kind = ? AND value ")
            + database.within,
            (kind, database.array(values)),
        )
    }


def settle_claims(database: Database, claims: Sequence[Claim]) -> int:
    """Move names where attributes changed, inside a transaction; how many conflicts are new."""
    for claim in claims:
        for name in sorted(claim.before - claim.after):
            release(database, claim.person, name, claim.at)
    gained = sorted(
        (name, claim.person, claim.at) for claim in claims for name in claim.after - claim.before
    )
    return take(database, gained)


def take(database: Database, gained: Sequence[tuple[Name, int, int]]) -> int:
    """Give names (with person and instant) to who asks first; how many are another's already."""
    insert_rows(
        database,
        identities,
        ("kind", "value", "person", "since"),
        [(*name, person, at) for name, person, at in gained],
        "ON CONFLICT (kind, value) DO NOTHING",
    )
    whose = owners(database, {name for name, _, _ in gained})
    contested = [
        (*name, whose[name], person, at) for name, person, at in gained if whose[name] != person
    ]
    insert_rows(
        database,
        conflicts,
        ("kind", "value", "owner", "claimant", "at"),
        contested,
        "ON CONFLICT (kind, value, owner, claimant)"
        " DO UPDATE SET at = excluded.at, settled_at = NULL, how = NULL",
    )
    return len(contested)


def release(database: Database, person: int, name: Name, at: int) -> None:
    """A person no longer has a name; who asked for it next gets it."""
    c = conflicts.c
    here = sa.and_(c.kind == name[0], c.value == name[1])
    open_ = sa.and_(here, c.settled_at.is_(None))
    database.execute(
        sa.update(conflicts).where(open_, c.claimant == person).values(settled_at=at, how="kept")
    )
    i = identities.c
    mine = sa.and_(i.kind == name[0], i.value == name[1], i.person == person)
    if not database.execute(sa.delete(identities).where(mine)).changed:
        return
    line = [
        row[0]
        for row in database.execute(
            sa.select(c.claimant).where(open_, c.owner == person).order_by(c.at, c.id)
        )
    ]
    if not line:
        return
    heir, *rest = line
    take(database, [(name, heir, at)])
    database.execute(
        sa.update(conflicts).where(open_, c.owner == person).values(settled_at=at, how="moved")
    )
    take(database, [(name, other, at) for other in rest])


def identify(
    database: Database, person: int, kind: Kind, value: str, at: datetime, region: str | None
) -> bool:
    """Say that a device, an anonymous id or an alias is a person's; no where it is another's.

    Emails and phone numbers are set as attributes.  A name that another person has stays theirs,
    and the conflict is recorded.
    """
    found = normal(kind, value, region)
    if found is None:
        raise refused(value, f"this is no {kind}", f"give the {kind} as it is, or none")
    check_id(found, kind)
    with database.transaction():
        return not take(database, [((kind, found), person, micros(at))])


def people_named(
    database: Database, kind: Kind, values: Iterable[str], region: str | None = None
) -> dict[str, str]:
    """The keys of the people with these names, by the values as given; others are left out."""
    forms = {value: form for value in values if (form := normal(kind, value, region)) is not None}
    keys = list(set(forms.values()))
    query = (
        sa.select(identities.c.value, people.c.key)
        .join(people, people.c.id == identities.c.person)
        .where(identities.c.kind == kind, database.among(identities.c.value, keys))
    )
    found: dict[str, str] = {row[0]: row[1] for row in database.execute(query)}
    if kind == "key":
        own = sa.select(people.c.key).where(database.among(people.c.key, keys))
        found |= {row[0]: row[0] for row in database.execute(own)}
    return {value: found[form] for value, form in forms.items() if form in found}


def sharing(database: Database, name: Name) -> list[int]:
    """The ids of the people whose attributes have the name: the owner and who is in line."""
    c = conflicts.c
    whose = owners(database, [name])
    in_line = sa.select(c.claimant).where(
        c.kind == name[0], c.value == name[1], c.settled_at.is_(None)
    )
    return sorted({*whose.values(), *(row[0] for row in database.execute(in_line))})


def conflict_count(database: Database) -> int:
    """How many conflicts are open."""
    sql = "SELECT count(*) FROM conflicts WHERE settled_at IS NULL"
    return int(database.driver(sql)[0][0])


def conflicts_of(database: Database, *, settled: bool = False) -> list[Conflict]:
    """The conflicts that are open (or all), the oldest first."""
    owner, claimant = people.alias("o"), people.alias("c")
    c = conflicts.c
    query = (
        sa.select(c.kind, c.value, owner.c.key, claimant.c.key, c.at, c.how)
        .join(owner, owner.c.id == c.owner)
        .join(claimant, claimant.c.id == c.claimant)
        .order_by(c.at, c.id)
    )
    if not settled:
        query = query.where(c.settled_at.is_(None))
    return [
        Conflict(kind, value, one, other, instant(at), how)
        for kind, value, one, other, at, how in database.execute(query)
    ]
