"""Who is meant by a name: emails, phone numbers, devices, aliases; and who has one in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cio_lang.mistake import UserMistake, place
from cio_lang.store import identity
from cio_lang.store.database import Database
from cio_lang.store.identity import Conflict, conflicts_of, identify, normal, people_named
from cio_lang.store.limits import Refused
from cio_lang.store.people import find_person, put_people, put_person
from cio_lang.store.problems import AmbiguousPerson

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def key_of(database: Database, ref: str) -> str | None:
    found = find_person(database, ref, place(ref))
    return None if found is None else found.key


def both(database: Database, ref: str) -> tuple[str, ...]:
    with pytest.raises(UserMistake) as caught:
        find_person(database, ref, place(ref))
    (problem,) = caught.value.problems
    assert isinstance(problem, AmbiguousPerson)
    return problem.keys


@pytest.mark.parametrize(
    ("kind", "text", "region", "form"),
    [
        ("email", "  Ann@Example.COM ", None, "ann@example.com"),
        ("email", "STRASSE@example.com", None, "strasse@example.com"),
        ("email", "   ", None, None),
        ("phone", "+49 (170) 123-4567", None, "+491701234567"),
        ("phone", "0170 1234567", "DE", "+491701234567"),
        ("phone", "(415) 555-2671", "US", "+14155552671"),
        ("phone", "0170 1234567", None, None),
        ("phone", "call me", "US", None),
        ("phone", "12", "US", None),
        ("device", " A1b2 ", None, "A1b2"),
        ("key", " as it is ", None, " as it is "),
        ("alias", "x" * 513, None, None),
        ("email", 5, None, None),
    ],
)
def test_a_name_has_one_form(kind: str, text: object, region: str | None, form: str | None) -> None:
    assert normal(kind, text, region) == form


def test_a_person_is_found_by_every_name(database: Database) -> None:
    database.keep_setting("region", "DE")
    ann = put_person(database, "ann", {"email": "Ann@x.com", "phone": "0170 1234567"}, NOW)
    assert identify(database, ann, "device", "d-1", NOW, "DE")
    assert identify(database, ann, "anonymous", "anon-7", NOW, "DE")
    assert identify(database, ann, "alias", "Annie", NOW, "DE")
    for ref in ("ann", "ANN@X.com", "+491701234567", "0170/1234567", "d-1", "anon-7", "Annie"):
        assert key_of(database, ref) == "ann"
    assert key_of(database, "annie") is None
    assert people_named(database, "device", ["d-1", "d-2"]) == {"d-1": "ann"}
    assert people_named(database, "email", [" ann@X.com"]) == {" ann@X.com": "ann"}
    assert people_named(database, "key", ["ann", "bob"]) == {"ann": "ann"}


def test_a_key_goes_before_an_email(database: Database) -> None:
    put_person(database, "ann", {"email": "bob@x.com"}, NOW)
    put_person(database, "bob@x.com", {}, NOW)
    assert key_of(database, "bob@x.com") == "bob@x.com"
    assert key_of(database, "BOB@x.com") == "ann"


def test_the_second_who_claims_an_email_does_not_get_it(database: Database) -> None:
    put_person(database, "ann", {"email": "team@x.com"}, NOW)
    bob = put_person(database, "bob", {"email": "Team@x.com"}, NOW + HOUR)
    assert conflicts_of(database) == [
        Conflict("email", "team@x.com", "ann", "bob", NOW + HOUR, None)
    ]
    found = find_person(database, "bob", place("bob"))
    assert found is not None and found.attributes == {"email": "Team@x.com"}
    assert both(database, "team@x.com") == ("ann", "bob")
    assert people_named(database, "email", ["team@x.com"]) == {"team@x.com": "ann"}
    assert not identify(database, bob, "alias", "b", NOW, None) or key_of(database, "b") == "bob"


def test_saying_it_again_is_no_second_conflict(database: Database) -> None:
    rows = [(key, {"email": "team@x.com"}, NOW) for key in ("ann", "bob", "ann", "bob")]
    put_people(database, rows)
    put_people(database, rows)
    assert [(each.owner, each.claimant) for each in conflicts_of(database)] == [("ann", "bob")]


def test_who_asked_next_gets_the_email_that_is_given_up(database: Database) -> None:
    for key in ("ann", "bob", "cid"):
        put_person(database, key, {"phone": "+491701234567"}, NOW)
    put_person(database, "ann", {"phone": None}, NOW + HOUR)
    assert both(database, "+491701234567") == ("bob", "cid")
    open_ = conflicts_of(database)
    assert [(each.owner, each.claimant) for each in open_] == [("bob", "cid")]
    settled = [each.how for each in conflicts_of(database, settled=True)]
    assert sorted(settled, key=str) == [None, "moved", "moved"]
    put_person(database, "cid", {"phone": "+14155552671"}, NOW + HOUR)
    assert conflicts_of(database) == []
    assert key_of(database, "+49 170 1234567") == "bob"


def test_a_device_of_somebody_else_stays_theirs(database: Database) -> None:
    ann, bob = (put_person(database, key, {}, NOW) for key in ("ann", "bob"))
    assert identify(database, ann, "device", "d-1", NOW, None)
    assert identify(database, ann, "device", "d-1", NOW, None)
    assert not identify(database, bob, "device", "d-1", NOW, None)
    assert [each.kind for each in conflicts_of(database)] == ["device"]
    assert people_named(database, "device", ["d-1"]) == {"d-1": "ann"}
    with pytest.raises(Refused):
        identify(database, ann, "device", "  ", NOW, None)


def test_many_people_who_share_many_emails(database: Database) -> None:
    rows = [(f"p{n}", {"email": f"e{n % 70}@x.com"}, NOW) for n in range(210)]
    assert put_people(database, rows) == 210
    conflicts = conflicts_of(database)
    assert len(conflicts) == 140
    assert {each.owner for each in conflicts} <= {key for key, values, _ in rows}
    assert len(identity.owners(database, {("email", f"e{n}@x.com") for n in range(80)})) == 70
