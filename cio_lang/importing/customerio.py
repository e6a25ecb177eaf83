"""What Customer.io gives out: people, activities, reports about messages, and calls of its API.

Sources: the pages of its App API (customers, activities, exports), of its reporting webhooks, of
its Track API (v2) and of its data-warehouse tables of people and attributes.  Times are whole
seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cio_lang.importing.cells import BadCell, in_unit
from cio_lang.importing.facts import Fact, Happened, Known, Names, Same, Who
from cio_lang.importing.naming import Naming, object_of, text_of
from cio_lang.store.encoding import micros
from cio_lang.store.limits import encoded

_VIEWS = {"page": "page_viewed", "screen": "screen_viewed"}

_MESSAGES = (
    *("attempted", "bounced", "clicked", "converted", "deferred", "delivered", "drafted"),
    *("dropped", "failed", "human_clicked", "human_opened", "machine_clicked", "machine_opened"),
    *("opened", "sent", "spammed", "suppressed", "undeliverable"),
)
"""What can happen to a message; an activity is called `opened_email`, a report `email_opened`."""

_CHANNELS = (
    *("email", "push", "sms", "in_app", "in_app_message", "slack", "webhook", "whatsapp"),
    *("inbox", "letter", "twilio", "action"),
)

_WHOSE = frozenset(
    (
        *("id", "cio_id", "email", "customer_id", "internal_customer_id", "email_addr"),
        *("identifiers", "timestamps", "devices", "workspace_id", "deleted", "suppressed"),
        *("created_at", "updated_at"),
    )
)
"""Fields of a person that are no attributes, or are read in a way of their own."""

_ABOUT_WHOM = frozenset(("customer_id", "identifiers", "recipient", "email_address"))

_LONG = frozenset(("body", "body_plain", "body_amp", "headers", "content"))
"""What a report can repeat of the message itself."""

_NOTHING = "says nothing that can be imported"


class CustomerioRows:
    """What rows of an export say."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    def facts(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        """What one row says; nothing where it is to be left out.  Raises `BadCell`."""
        if isinstance(row.get("customer"), Mapping):
            row = row["customer"]
        if "metric" in row and "object_type" in row:
            return self._report(row)
        if "attribute_name" in row and "internal_customer_id" in row:
            return self._attribute(row)
        if "action" in row and ("identifiers" in row or "primary" in row):
            return self._call(row)
        if "type" in row and ("customer_identifiers" in row or "customer_id" in row):
            return self._activity(row)
        if _is_person(row):
            return self._person(row)
        keys = ", ".join(f"`{key[:30]}`" for key in list(row)[:6])
        raise BadCell(
            f"a row with {keys} is none of Customer.io's that can be imported (people, activities,"
            " reports about messages)"
        )

    def _activity(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        kind = text_of(row, "type") or ""
        who = _who(object_of(row, "customer_identifiers"), text_of(row, "customer_id"))
        data = object_of(row, "data")
        if kind in ("event", "page", "screen"):
            told = text_of(row, "name") or ""
            if kind in _VIEWS:
                return self._event(row, who, _VIEWS[kind], {"name": told} | dict(data))
            return self._event(row, who, told, data)
        if kind == "attribute_change":
            return (Known(who, self._changed(row, data), _seconds(row, "timestamp")),)
        what, _, channel = kind.partition("_")
        for verb in _MESSAGES:
            if kind.startswith(f"{verb}_"):
                what, channel = verb, kind[len(verb) + 1 :]
        if what in _MESSAGES and channel in _CHANNELS:
            about = {"delivery_id": row.get("delivery_id")} | dict(data)
            return self._event(row, who, f"{channel}_{what}", _short(about))
        raise BadCell(f"`{kind[:40]}` is a kind of activity that {_NOTHING}")

    def _changed(self, row: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """`{"plan": {"from": "free", "to": "pro"}}`, or `{"plan": "pro"}`."""
        told = {
            name: each.get("to") if isinstance(each, Mapping) and "to" in each else each
            for name, each in data.items()
        }
        if not told and text_of(row, "name"):
            raise BadCell("the change of an attribute does not say what it became")
        return self._naming.attributes(_missing(told))

    def _report(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        kind, metric = text_of(row, "object_type") or "", text_of(row, "metric") or ""
        data = object_of(row, "data")
        who = _who(object_of(data, "identifiers"), text_of(data, "customer_id"))
        if kind == "customer":
            if metric not in ("subscribed", "unsubscribed"):
                raise BadCell(f"`{metric[:40]}` is a kind of report that {_NOTHING}")
            attributes = self._naming.attributes({"unsubscribed": metric == "unsubscribed"})
            return (Known(who, attributes, _seconds(row, "timestamp")),)
        if metric in ("subscribed", "unsubscribed") or metric in _MESSAGES:
            return self._event(row, who, f"{kind}_{metric}", _short(data))
        raise BadCell(f"`{metric[:40]}` is a kind of report that {_NOTHING}")

    def _call(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        kind, action = text_of(row, "type") or "person", text_of(row, "action") or ""
        if kind != "person":
            raise BadCell(f"`{kind[:40]}` is no person (objects and deliveries are not imported)")
        merging = action == "merge"
        who = _who(object_of(row, "primary" if merging else "identifiers"), None)
        at = _seconds(row, "timestamp") if row.get("timestamp") else None
        told = object_of(row, "attributes") or object_of(row, "data")
        if action == "identify":
            return (Known(who, self._naming.attributes(_missing(told)), at),)
        if action == "event":
            return self._event(row, who, text_of(row, "name") or "", told)
        if action in _VIEWS:
            told = {"name": text_of(row, "name")} | dict(told)
            return self._event(row, who, _VIEWS[action], told)
        if action == "add_device":
            return (Known(_with_devices(who, [row.get("device")]), {}, at),)
        if merging:
            other = text_of(object_of(row, "secondary"), "id", "email", "cio_id")
            if other is None or at is None:
                raise BadCell("a merge needs a `secondary` and a `timestamp`")
            return (Same(who, other, at),)
        raise BadCell(f"`{action[:40]}` is a kind of call that {_NOTHING}")

    def _person(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        identifiers = dict(object_of(row, "identifiers"))
        for ours, theirs in (
            ("cio_id", "internal_customer_id"),
            ("id", "customer_id"),
            ("email", "email_addr"),
        ):
            identifiers.setdefault(ours, row.get(ours) or row.get(theirs))
        if _yes(row.get("deleted")):
            raise BadCell("the person was deleted (`cio forget` erases who is in this store)")
        nested = row.get("attributes")
        told = dict(nested) if isinstance(nested, Mapping) else {}
        told |= {
            name: each
            for name, each in row.items()
            if name not in _WHOSE and not (name == "attributes" and isinstance(nested, Mapping))
        }
        created = told.pop("created_at", None) or row.get("created_at")
        for name in ("cio_id", "id"):
            told.pop(name, None)
        if identifiers.get("email"):
            told.setdefault("email", identifiers["email"])
        if _yes(row.get("suppressed")):
            told["unsubscribed"] = True
        who = _with_devices(_who(identifiers, None), row.get("devices"))
        facts: list[Fact] = []
        if created:
            facts.append(Known(who, {}, _in_seconds(created, "created_at")))
        told, since = _missing(told), object_of(row, "timestamps")
        for name in [name for name in told if since.get(name)]:
            attributes = self._naming.attributes({name: told.pop(name)})
            facts.append(Known(who, attributes, _in_seconds(since[name], name)))
        facts.append(Known(who, self._naming.attributes(told), None))
        return facts

    def _attribute(self, row: Mapping[str, Any]) -> Sequence[Fact]:
        cio_id = text_of(row, "internal_customer_id")
        name = text_of(row, "attribute_name")
        if cio_id is None or name is None:
            raise BadCell("it says neither whose attribute it is nor which")
        who = _who({"cio_id": cio_id}, None)
        found = self._naming.attributes(_missing({name: row.get("attribute_value")}))
        return (Known(who, found, _seconds(row, "timestamp")),)

    def _event(
        self, row: Mapping[str, Any], who: Who, told: str, properties: Mapping[str, Any]
    ) -> Sequence[Fact]:
        name = self._naming.event(told)
        if name is None:
            return ()
        values = self._naming.properties(name, properties)
        uid = text_of(row, "event_id", "id")
        text = encoded(who.key or who.first, values, "properties")
        return (Happened(who, uid, name, _seconds(row, "timestamp"), None, text),)


def _is_person(row: Mapping[str, Any]) -> bool:
    named = row.keys() & {"cio_id", "id", "email", "identifiers", "internal_customer_id"}
    return bool(named) and "type" not in row


def _who(identifiers: Mapping[str, Any], customer_id: str | None) -> Who:
    """By `id`; else by `cio_id` or email, under which they are known until they have an id."""
    key = text_of(identifiers, "id") or customer_id
    names: Names = ()
    cio_id, email = text_of(identifiers, "cio_id"), text_of(identifiers, "email")
    anonymous = text_of(identifiers, "anonymous_id")
    if cio_id is not None:
        names = (("alias", f"cio_{cio_id.removeprefix('cio_')}"),)
    if anonymous is not None:
        names = (*names, ("anonymous", anonymous))
    if key is None:
        if email is not None:
            names = (*names, ("email", email))
        if not names:
            raise BadCell("it has no `id`, `email` or `cio_id`, and they say who it is about")
    return Who(key, names, () if email is None else (email,))


def _with_devices(who: Who, devices: object) -> Who:
    if not isinstance(devices, list):
        return who
    tokens = [text_of(each, "id", "token") for each in devices if isinstance(each, Mapping)]
    names: Names = tuple(("device", token) for token in tokens if token is not None)
    return who._replace(names=(*who.names, *names))


def _missing(told: Mapping[str, Any]) -> dict[str, Any]:
    """Customer.io takes an attribute away that becomes empty text."""
    return {name: None if each == "" else each for name, each in told.items()}


def _short(data: Mapping[str, Any]) -> dict[str, Any]:
    left_out = _ABOUT_WHOM | _LONG
    return {name: each for name, each in data.items() if name not in left_out and each is not None}


def _yes(cell: object) -> bool:
    return cell is True or (isinstance(cell, str) and cell.strip().lower() in ("true", "1", "yes"))


def _seconds(row: Mapping[str, Any], name: str) -> int:
    if row.get(name) in (None, ""):
        raise BadCell(f"it has no `{name}`, and it is when it happened")
    return _in_seconds(row[name], name)


def _in_seconds(cell: object, name: str) -> int:
    if isinstance(cell, datetime):
        return micros(cell if cell.tzinfo else cell.replace(tzinfo=UTC))
    try:
        if isinstance(cell, str) and not cell.strip().lstrip("-").replace(".", "", 1).isdigit():
            found = datetime.fromisoformat(cell.strip())
            return micros((found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC))
        return micros(in_unit(cell, "seconds"))
    except BadCell as error:
        raise BadCell(f"`{name}`: {error}") from None
    except (ValueError, OverflowError):
        raise BadCell(f"`{name}`: `{str(cell)[:40]}` is no time") from None
