"""Exports of Segment and of Customer.io, Parquet, mapping files; rows that were set aside."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cio_lang.grammar import parse
from cio_lang.importing import ImportResult, event_mapping, export_mapping, import_file
from cio_lang.importing.formats import look
from cio_lang.importing.mapping_file import read_mapping
from cio_lang.importing.naming import snake
from cio_lang.importing.suggesting import suggest_mapping
from cio_lang.mistake import UserMistake
from cio_lang.schema import Schema, Settings, collect
from cio_lang.source import Source
from cio_lang.store import Store, open_store

EXAMPLES = Path(__file__).parent.parent / "examples" / "imports"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPEN = Schema(settings=Settings(timezone="UTC"))


@pytest.fixture
def store(store_place: Path | str) -> Iterator[Store]:
    with open_store(store_place, create=True) as opened:
        yield opened


def declared(text: str) -> Schema:
    file, problems = parse(Source("vocabulary.journey", text))
    assert problems == ()
    return collect([file], Settings(timezone="UTC"))


def copied(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copy(EXAMPLES / name, tmp_path / name))


def written(tmp_path: Path, *rows: dict[str, Any], name: str = "a.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def bring(store: Store, path: Path, schema: Schema = OPEN, **options: Any) -> ImportResult:
    found = look(path)
    assert found.format is not None
    how = export_mapping(schema, found.format)
    return import_file(store, path, how, now=NOW, currency="USD", kind=found.kind, **options)


def did(store: Store, person: str) -> list[tuple[str, str]]:
    return [(e.name, e.id) for e in store.events(store.the_person(person).id)]


# Segment


def test_calls_of_segment_say_who_did_what(tmp_path: Path, store: Store) -> None:
    path = copied(tmp_path, "segment.jsonl")
    assert look(path).format == "segment"
    result = bring(store, path)
    assert (result.read, result.events, result.rejected) == (13, 5, 2)
    assert did(store, "u-1001") == [
        ("page_viewed", "ajs-0001"),
        ("product_viewed", "ajs-0002"),
        ("order_completed", "ajs-0004"),
        ("screen_viewed", "ios-0006"),
    ]
    ann = store.the_person("u-1001")
    assert ann.attributes == {
        "email": "Ann@example.com",
        "first_name": "Ann",
        "plan": "pro",
        "address_city": "Berlin",
        "address_country": "DE",
        "timezone": "Europe/Berlin",
        "group_id": "acme",
        "group_name": "ACME",
        "group_employees": 42,
    }
    assert ann.changed["plan"] == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert ann.created_at == datetime(2026, 3, 1, 9, 58, 12, 621000, UTC)
    for name in (
        "5a1f7c2e-anon",
        "ff15bc0c20c4aa6cd50854ff165fd265",
        "ann@old-shop.example",
    ):
        assert store.the_person(name).key == "u-1001"
    order = store.events(ann.id)[2]
    assert order.properties["products"] == [{"product_id": "p-17", "quantity": 2}]
    assert store.the_person("77777777-anon").key == "77777777-anon"


def test_kinds_of_calls_that_are_none_are_set_aside(tmp_path: Path, store: Store) -> None:
    result = bring(store, copied(tmp_path, "segment.jsonl"))
    assert [(row.line, row.reason) for row in result.samples] == [
        (
            12,
            "`delete` is no kind of call of Segment (`alias`, `group`, `identify`, `page`,"
            " `screen`, `track`)",
        ),
        (13, "it has no `userId` and no `anonymousId`, and they say who it is about"),
    ]


def test_who_claims_the_email_of_another_is_told(tmp_path: Path, store: Store) -> None:
    result = bring(store, copied(tmp_path, "segment.jsonl"))
    assert result.conflicts == 1
    (conflict,) = result.conflict_examples
    assert (conflict.kind, conflict.value) == ("email", "ann@example.com")
    assert {conflict.owner, conflict.claimant} == {"u-1001", "u-1002"}
    assert store.conflict_count() == 1
    assert bring(store, tmp_path / "segment.jsonl", again=True).conflicts == 0


def call(kind: str, n: int, **more: Any) -> dict[str, Any]:
    at = (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=n)).isoformat()
    return {"type": kind, "messageId": f"m{n}", "timestamp": at} | more


def test_a_visitor_becomes_who_they_say_they_are_in_whatever_order(
    tmp_path: Path, store: Store
) -> None:
    """What came first may be in an earlier file: then two people become one."""
    first = written(tmp_path, call("track", 1, anonymousId="a", event="Viewed"), name="1.jsonl")
    bring(store, first)
    assert store.the_person("a").key == "a"
    second = written(
        tmp_path,
        call("track", 2, anonymousId="a", event="Viewed"),
        call("identify", 3, anonymousId="a", userId="u"),
        call("track", 4, anonymousId="a", event="Bought"),
        name="2.jsonl",
    )
    result = bring(store, second)
    assert (result.merged, store.people_count()) == (1, 1)
    assert store.the_person("a").key == "u"
    assert did(store, "u") == [("viewed", "m1"), ("viewed", "m2"), ("bought", "m4")]
    # A device that two people use is whose it was first.
    third = written(tmp_path, call("identify", 5, anonymousId="a", userId="v"), name="3.jsonl")
    assert bring(store, third).conflicts == 1
    assert store.the_person("a").key == "u" and store.people_count() == 2


def test_an_alias_makes_one_of_two(tmp_path: Path, store: Store) -> None:
    path = written(
        tmp_path,
        call("track", 1, userId="old", event="Bought"),
        call("track", 2, userId="new", event="Bought"),
        call("alias", 3, userId="new", previousId="old"),
        call("alias", 4, userId="new", previousId="older"),
        call("alias", 5, userId="new", previousId="new"),
    )
    result = bring(store, path)
    assert (result.merged, store.people_count()) == (1, 1)
    later = written(tmp_path, call("track", 6, userId="older", event="Bought"), name="b.jsonl")
    bring(store, later)
    assert did(store, "new") == [("bought", "m1"), ("bought", "m2"), ("bought", "m6")]


def test_names_are_those_that_the_workspace_declares(tmp_path: Path, store: Store) -> None:
    schema = declared(
        "event order_completed\n  total: money\n\nevent viewed\n\n"
        'attribute plan: one of "free", "pro"\n\nattribute signed_up_at: date\n'
    )
    path = written(
        tmp_path,
        call("track", 1, userId="u", event="Order Completed", properties={"total": 5, "x": 1}),
        call("track", 2, userId="u", event="Order Cancelled"),
        call("track", 3, userId="u", event="Order Completed", properties={"total": "much"}),
        call("identify", 4, userId="u", traits={"plan": "PRO", "shoe": 40}),
        call("identify", 5, userId="u", traits={"plan": "gold"}),
        call("identify", 6, userId="u", traits={"signedUpAt": 1767225600, "plan": None}),
        call("identify", 7, userId="u", traits="none"),
    )
    result = bring(store, path, schema)
    assert [row.reason.split(" (")[0] for row in result.samples] == [
        "`Order Cancelled` is no event that the workspace declares",
        "property `total`: `much` is no amount",
        "attribute `plan`: `gold` is not one of `free`, `pro`",
        "`traits` is no object",
    ]
    assert result.ignored == ("x", "shoe")
    assert store.the_person("u").attributes == {"signed_up_at": "2026-01-01T00:00:00+00:00"}


def test_what_a_warehouse_has_of_calls_is_read_the_same(tmp_path: Path, store: Store) -> None:
    """Customer.io's data pipelines write the calls as CSV or Parquet, objects as JSON in cells."""
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["type", "message_id", "user_id", "event", "properties", "timestamp"])
        writer.writerow(["track", "1", "u", "Bought", '{"amount": 5}', "2026-03-01T00:00:00Z"])
        writer.writerow(["track", "2", "u", "Bought", "{5", "2026-03-01T00:00:00Z"])
    result = bring(store, path)
    assert [row.reason for row in result.samples] == ["`properties` is not JSON"]
    (event,) = store.events(store.the_person("u").id)
    assert (event.name, event.properties) == ("bought", {"amount": 5})


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Order Completed", "order_completed"),
        ("orderCompleted", "order_completed"),
        ("HTTPServer Error", "http_server_error"),
        ("order_placed", "order_placed"),
        ("2nd Order", "_2nd_order"),
        ("Käufe getätigt", "käufe_getätigt"),
        ("注文", "注文"),
        ("***", "***"),
    ],
)
def test_names_become_names_of_the_language(written: str, name: str) -> None:
    assert snake(written) == name


# Customer.io


def test_people_activities_and_reports_of_customerio_are_one_story(
    tmp_path: Path, store: Store
) -> None:
    names = ("customerio-people.csv", "customerio-activities.json", "customerio-reports.jsonl")
    paths = [copied(tmp_path, name) for name in names]
    assert [look(path).format for path in paths[:1]] == ["customerio"]
    how = export_mapping(OPEN, "customerio")
    results = [import_file(store, path, how, now=NOW, currency="USD") for path in paths]
    assert [(r.read, r.rejected) for r in results] == [(4, 1), (4, 1), (3, 1)]
    assert [row.reason for result in results for row in result.samples] == [
        "it has no `id`, `email` or `cio_id`, and they say who it is about",
        "`added_to_segment_by_magic` is a kind of activity that says nothing that can be imported",
        "`teleported` is a kind of report that says nothing that can be imported",
    ]
    ann = store.the_person("c-1")
    assert ann.created_at == datetime(2026, 1, 1, tzinfo=UTC)
    # The export says that she is `pro` now, the activities that she became `team` before that.
    assert ann.attributes == {
        "email": "ann@example.com",
        "first_name": "Ann",
        "plan": "pro",
        "seats": 5,
        "unsubscribed": False,
    }
    assert did(store, "c-1") == [
        ("order_placed", "01A"),
        ("email_clicked", "01E4C4CT6YDC7Y5M7FE1GWWPQJ"),
    ]
    order, click = store.events(ann.id)
    assert order.properties == {"amount": 25.5, "items": 2}
    assert click.properties["href"] == "https://shop.example/offers"
    assert "recipient" not in click.properties
    assert did(store, "bob@example.com") == [("email_opened", "01C")]
    assert store.the_person("cio_03000002").key == "bob@example.com"
    assert store.people_count() == 3


def test_an_activity_list_is_told_by_what_it_holds(tmp_path: Path) -> None:
    assert look(copied(tmp_path, "customerio-activities.json")).format == "customerio"
    assert look(copied(tmp_path, "customerio-reports.jsonl")).format == "customerio"


def test_who_was_an_email_is_who_gets_an_id_later(tmp_path: Path, store: Store) -> None:
    first = {"cio_id": "1", "email": "bob@x.com", "attributes": {"plan": "free"}}
    bring(store, written(tmp_path, {"customer": {"identifiers": first}}, name="1.jsonl"))
    assert store.the_person("bob@x.com").key == "bob@x.com"
    later = {"identifiers": {"cio_id": "1", "email": "bob@x.com", "id": "b"}, "attributes": {}}
    result = bring(store, written(tmp_path, {"customer": later}, name="2.jsonl"))
    assert (result.merged, store.people_count()) == (1, 1)
    assert store.the_person("bob@x.com").key == "b"


def test_a_person_of_the_app_api_has_times_of_attributes_and_devices(
    tmp_path: Path, store: Store
) -> None:
    person = {
        "identifiers": {"cio_id": "1", "id": "b", "email": "bob@x.com"},
        "attributes": {"plan": "pro", "seats": "", "created_at": 1767225600},
        "timestamps": {"plan": 1767312000},
        "devices": [{"id": "token-1", "platform": "ios"}],
        "unsubscribed": True,
    }
    bring(store, written(tmp_path, {"customer": person}))
    bob = store.the_person("token-1")
    assert (bob.key, bob.attributes) == (
        "b",
        {"plan": "pro", "email": "bob@x.com", "unsubscribed": True},
    )
    assert bob.changed["plan"] == datetime(2026, 1, 2, tzinfo=UTC)
    assert bob.created_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_calls_of_the_track_api_are_carried_out(tmp_path: Path, store: Store) -> None:
    who = {"identifiers": {"id": "b"}, "type": "person", "timestamp": 1767225600}
    path = written(
        tmp_path,
        who | {"action": "identify", "attributes": {"plan": "pro"}},
        who | {"action": "event", "name": "Bought", "attributes": {"n": 1}},
        who | {"action": "page", "name": "/pricing"},
        who | {"action": "add_device", "device": {"token": "t1"}},
        who | {"action": "identify", "identifiers": {"id": "old"}},
        {"type": "person", "action": "merge", "timestamp": 1767225700}
        | {"primary": {"id": "b"}, "secondary": {"id": "old"}},
        who | {"action": "suppress"},
        who | {"action": "identify", "type": "object"},
        who | {"action": "event", "name": "Bought", "timestamp": 1767225600000},
        who | {"action": "event", "name": " "},
    )
    result = bring(store, path)
    assert [row.reason.split(" (")[0] for row in result.samples] == [
        "`suppress` is a kind of call that says nothing that can be imported",
        "`object` is no person",
        "`timestamp`: `1767225600000` is no time in seconds since 1970; in milliseconds, perhaps?",
        "the event has no name",
    ]
    assert sorted(name for name, _ in did(store, "t1")) == ["bought", "page_viewed"]
    assert store.the_person("old").key == "b"
    assert store.the_person("b").attributes == {"plan": "pro"}


def test_tables_of_the_warehouse_are_read_from_parquet(tmp_path: Path, store: Store) -> None:
    people = tmp_path / "people.parquet"
    row = {"customer_id": "b", "internal_customer_id": "1", "email_addr": "bob@x.com"}
    when = {"deleted": False, "suppressed": True, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
    pq.write_table(pa.Table.from_pylist([row | when]), people)
    attributes = tmp_path / "attributes.parquet"
    changes = [
        {"internal_customer_id": "1", "attribute_name": name, "attribute_value": value}
        | {"timestamp": datetime(2026, 1, 2, tzinfo=UTC)}
        for name, value in (("plan", "pro"), ("gone", ""))
    ]
    pq.write_table(pa.Table.from_pylist(changes), attributes)
    assert bring(store, people).rejected == bring(store, attributes).rejected == 0
    bob = store.the_person("b")
    assert bob.attributes == {"email": "bob@x.com", "unsubscribed": True, "plan": "pro"}
    assert bob.changed["plan"] == datetime(2026, 1, 2, tzinfo=UTC)


# Parquet


def test_parquet_has_types_of_its_own(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.parquet"
    at = datetime(2026, 3, 1, 12)
    row = {
        "customer": 7,
        "at": at,
        "amount": Decimal("12.50"),
        "day": date(2026, 3, 2),
        "code": "007",
        "digits": "5",
        "gift": True,
        "tags": ["a", "b"],
        "nothing": None,
    }
    pq.write_table(pa.Table.from_pylist([row, row | {"amount": None, "gift": None}]), path)
    how = event_mapping(OPEN, "bought", "customer", "at")
    result = import_file(store, path, how, now=NOW, currency="USD")
    assert (result.stored, result.rejected) == (2, 0)
    first, second = sorted(
        store.events(store.the_person("7").id), key=lambda event: -len(event.properties)
    )
    assert first.at == at.replace(tzinfo=UTC)
    assert first.properties == {
        "amount": 12.5,
        "day": "2026-03-02",
        "code": "007",
        "digits": "5",
        "gift": True,
        "tags": ["a", "b"],
    }
    assert set(second.properties) == {"day", "code", "digits", "tags"}


def test_a_row_of_parquet_that_is_set_aside_is_corrected_as_json(
    tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"customer": "a", "at": "2026-03-01"}, {"customer": "", "at": "2026-03-01"}]
    pq.write_table(pa.Table.from_pylist(rows), path)
    how = event_mapping(OPEN, "bought", "customer", "at")
    result = import_file(store, path, how, now=NOW, currency="USD")
    assert result.rejected_file is not None
    text = result.rejected_file.read_text()
    result.rejected_file.write_text(text.replace('""customer"": """"', '""customer"": ""b""'))
    again = import_file(store, result.rejected_file, how, now=NOW, currency="USD")
    assert (again.stored, again.rejected) == (1, 0)
    assert store.the_person("b").key == "b"


# rows that were set aside


def test_rows_that_were_set_aside_are_corrected_and_imported(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "customer;at;amount;note\n"
        "ann;2026-03-01;5;fine\n"
        'bob;never;6;"two\nlines; and more"\n'
        "=cmd;2026-03-01;7\n"
        "eve;2026-03-01;8;x\n"
    )
    how = event_mapping(OPEN, "bought", "customer", "at")
    result = import_file(store, path, how, now=NOW, currency="USD")
    assert (result.stored, result.rejected) == (2, 2)
    set_aside = tmp_path / "a.csv.rejected.csv"
    assert result.rejected_file == set_aside
    with set_aside.open(newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["line", "1", "3", "5"]
    assert rows[3][2] == "'=cmd;2026-03-01;7"
    rows[2][2] = rows[2][2].replace("never", "2026-03-02")
    rows[3][2] = f"{rows[3][2]};"
    with set_aside.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    again = import_file(store, set_aside, how, now=NOW, currency="USD")
    assert (again.stored, again.rejected) == (2, 0)
    (event,) = store.events(store.the_person("bob").id)
    assert event.properties == {"amount": 6, "note": "two\nlines; and more"}
    assert store.the_person("=cmd").key == "=cmd"


# mapping files


def test_a_mapping_file_says_what_columns_mean(tmp_path: Path, store: Store) -> None:
    path = copied(tmp_path, "orders.csv")
    how = read_mapping(copied(tmp_path, "orders.toml"), OPEN)
    result = import_file(store, path, how, now=NOW, currency="EUR")
    assert (result.stored, result.rejected, result.left_out) == (2, 1, {"Storno": 1})
    assert result.samples[0].reason == (
        "`Bestellt am`: `31.02.2026 10:00` is no time that is written as `%d.%m.%Y %H:%M`"
    )
    (event,) = store.events(store.the_person("c-1").id)
    assert (event.name, event.id, event.properties) == ("order_placed", "1001", {"amount": 25.5})
    assert event.at == datetime(2026, 2, 3, 13, 30, tzinfo=UTC)


def test_a_mapping_file_can_be_yaml(tmp_path: Path, store: Store) -> None:
    how = tmp_path / "people.yaml"
    how.write_text(
        "rows: people\nperson: ID\ntime: {column: seit, written: seconds}\n"
        "attributes:\n  plan: Tarif\n  born: {column: geboren, type: date, written: '%d.%m.%Y'}\n"
    )
    path = tmp_path / "a.csv"
    path.write_text("ID,seit,Tarif,geboren\nann,1767225600,pro,24.12.1990\n")
    result = import_file(store, path, read_mapping(how, OPEN), now=NOW, currency="USD")
    assert result.rejected == 0
    ann = store.the_person("ann")
    assert ann.attributes == {"plan": "pro", "born": "1990-12-24"}
    assert ann.created_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_an_export_can_be_told_what_its_names_mean(tmp_path: Path, store: Store) -> None:
    how = tmp_path / "segment.toml"
    how.write_text(
        'format = "segment"\n[events]\n"Order Completed" = "bought"\n"Product Viewed" = false\n'
        '[attributes]\nfirstName = "name"\naddress_city = false\n'
    )
    path = copied(tmp_path, "segment.jsonl")
    result = import_file(store, path, read_mapping(how, OPEN), now=NOW, currency="USD")
    assert result.left_out == {"Product Viewed": 3}
    assert "bought" in dict(did(store, "u-1001"))
    attributes = store.the_person("u-1001").attributes
    assert attributes["name"] == "Ann" and "address_city" not in attributes
    total = result.stored + result.duplicates + result.rejected + 3
    assert result.read == total


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it does not say what the rows are"),
        ("rows = 'events'\nevent = 'a'", "it has no `time`"),
        ("rows = 'events'\nperson = 'a'\ntime = 'b'", "it has no `event`"),
        ("rows = 'people'", "it has no `person`"),
        ("rows = 'people'\npersn = 'a'", "`persn` means nothing in it"),
        ("rows = 'people'\nperson = 5", "`person` is no text"),
        ("rows = 'people'\nperson = 'a'\nzone = 'Mars'", "`Mars` is no time zone"),
        ("rows = 'people'\nperson = 'a'\nzone = '../x'", "`../x` is no time zone"),
        ("rows = 'people'\nperson = 'a'\nattributes = 5", "`attributes` holds no names"),
        ("rows = 'people'\nperson = 'a'\n[attributes]\na = 5", "`a` does not name a column"),
        ("rows = 'people'\nperson = 'a'\n[attributes]\na = {type = 'nmber'}", "`nmber` is no type"),
        ("rows = 'people'\nperson = 'a'\ntime = {written = 'x'}", "`x` is no way to write a time"),
        ("format = 'sgment'", "`sgment` is no format"),
        ("format = 'segment'\nevents = {a = 5}", "`events` does not give names to names"),
        ("rows = ", "it is not TOML"),
    ],
)
def test_a_mapping_file_that_says_too_little_is_refused(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(UserMistake) as caught:
        read_mapping(path, OPEN)
    (problem,) = caught.value.problems
    assert problem.code == "import-bad-mapping"
    assert reason in problem.report().what
    assert problem.report().help


def test_a_mapping_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    for path, content in ((tmp_path / "no.toml", None), (tmp_path / "a.yaml", b"\xff\xfe: [")):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(UserMistake) as caught:
            read_mapping(path, OPEN)
        assert caught.value.problems[0].code == "import-bad-mapping"
    (tmp_path / "b.yaml").write_text("a: [")
    with pytest.raises(UserMistake) as caught:
        read_mapping(tmp_path / "b.yaml", OPEN)
    assert "not YAML" in caught.value.problems[0].report().what


def test_what_is_suggested_can_be_used(tmp_path: Path, store: Store) -> None:
    """For each example: the suggestion is a mapping, with which rows are stored."""
    (tmp_path / "people.csv").write_text("email,plan,zip\na@x.com,pro,01234\nb@x.com,free,10115\n")
    for name in ("orders.csv", "segment.jsonl", "people.csv"):
        path = tmp_path / name
        if not path.exists():
            copied(tmp_path, name)
        how = tmp_path / f"{name}.toml"
        how.write_text(suggest_mapping(path, OPEN))
        if name == "orders.csv":  # whose ids have a German name
            assert 'person = ""' in how.read_text()
            how.write_text(how.read_text().replace('person = ""', 'person = "Kunde"'))
            assert "%d.%m.%Y %H:%M" in how.read_text()
        result = import_file(store, path, read_mapping(how, OPEN), now=NOW, currency="USD")
        assert result.stored > 0, name
    assert store.the_person("a@x.com").attributes["zip"] == "01234"


def test_a_suggestion_is_guessed_from_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Event ID,User Id,Event,Created At,Amount,Paid\n"
        "1,u1,Order Placed,1767225600,5.5,true\n"
        "2,u1,Order Placed,1767225601,6,false\n"
        "3,u2,Sign Up,1767225602,7,true\n"
    )
    schema = declared("event order_placed\n\nevent signed_up\n")
    assert suggest_mapping(path, schema).splitlines()[2:] == [
        'rows = "events"',
        'person = "User Id"',
        'time = { column = "Created At", written = "seconds" }',
        'id = "Event ID"',
        'event_column = "Event"',
        "",
        "[events]  # the name there, and the name here; `false` leaves an event out",
        '"Order Placed" = "order_placed"  # 2 rows',
        '"Sign Up" = "signed_up"  # 1 row',
        "",
        "[properties]",
        'amount = { column = "Amount", type = "number" }',
        'paid = { column = "Paid", type = "yes/no" }',
    ]


# who asked to be forgotten


def test_rows_about_who_was_forgotten_are_counted(tmp_path: Path, store: Store) -> None:
    store.put_person("ann", {"email": "ann@x.com"}, NOW)
    store.forget("ann", NOW)
    path = written(
        tmp_path,
        call("track", 1, userId="ann", event="Bought"),
        call("identify", 2, userId="ann2", traits={"email": "Ann@x.com"}),
        call("track", 3, userId="bob", event="Bought"),
    )
    result = bring(store, path)
    assert (result.forgotten, result.stored, result.duplicates, result.rejected) == (2, 1, 0, 0)
    assert store.people_count() == 1
