"""The calls of Segment, as its sources send them and its storage destinations keep them.

Source: Segment's specification (common fields, identify, track, page, screen, group, alias).
Customer.io's data pipelines write the same calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from cio_lang.importing.cells import BadCell, Instants
from cio_lang.importing.facts import Fact, Happened, Known, Names, Same, Who
from cio_lang.importing.naming import Naming, object_of, snake, text_of
from cio_lang.store.limits import encoded

CALLS = frozenset({"identify", "track", "page", "screen", "group", "alias"})

_VIEWS = {"page": "page_viewed", "screen": "screen_viewed"}

_WHEN = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")
"""When it happened: Segment's own, corrected for the clock of the device, before the device's."""


class SegmentRows:
    """What calls say."""

    def __init__(self, naming: Naming, zone: tzinfo) -> None:
        self._naming = naming
        self._instants = Instants(zone)

    def facts(self, call: Mapping[str, Any]) -> Sequence[Fact]:
        """What one call says; nothing where it is to be left out.  Raises `BadCell`."""
        call = _camel(call)
        kind = (text_of(call, "type", "action") or "").lower()
        if not kind:
            raise BadCell("it has no `type`, so what it says cannot be told")
        if kind not in CALLS:
            known = ", ".join(f"`{each}`" for each in sorted(CALLS))
            raise BadCell(f"`{kind[:40]}` is no kind of call of Segment ({known})")
        if kind == "track":
            told = text_of(call, "event") or ""
            return self._event(call, told, object_of(call, "properties"))
        if kind in _VIEWS:
            return self._view(call, kind)
        if kind == "identify":
            return self._identify(call)
        return self._group(call) if kind == "group" else self._alias(call)

    def _event(
        self, call: Mapping[str, Any], told: str, properties: Mapping[str, Any]
    ) -> Sequence[Fact]:
        name = self._naming.event(told)
        if name is None:
            return ()
        who, values = self._who(call), self._naming.properties(name, properties)
        return (
            Happened(
                who,
                text_of(call, "messageId"),
                name,
                self._at(call),
                self._received(call),
                encoded(who.key or who.first, values, "properties"),
            ),
        )

    def _view(self, call: Mapping[str, Any], kind: str) -> Sequence[Fact]:
        properties = dict(object_of(call, "properties"))
        for field in ("name", "category"):
            if call.get(field):
                properties.setdefault(field, call[field])
        return self._event(call, _VIEWS[kind], properties)

    def _identify(self, call: Mapping[str, Any]) -> Sequence[Fact]:
        context = object_of(call, "context")
        traits = dict(object_of(context, "traits")) | dict(object_of(call, "traits"))
        zone = context.get("timezone")
        if isinstance(zone, str) and zone:
            traits.setdefault("timezone", zone)
        return (Known(self._who(call), self._naming.attributes(traits), self._at(call)),)

    def _group(self, call: Mapping[str, Any]) -> Sequence[Fact]:
        group = text_of(call, "groupId")
        if group is None:
            raise BadCell("it has no `groupId`, and it says which group somebody is in")
        traits = {"id": group} | dict(object_of(call, "traits"))
        found = self._naming.attributes(traits, "group_")
        return (Known(self._who(call), found, self._at(call)),)

    def _alias(self, call: Mapping[str, Any]) -> Sequence[Fact]:
        before = text_of(call, "previousId")
        key = text_of(call, "userId")
        if before is None or key is None:
            raise BadCell("an alias needs a `previousId` and a `userId`")
        return (Same(Who(key), before, self._at(call)),)

    def _who(self, call: Mapping[str, Any]) -> Who:
        names: Names = ()
        anonymous = text_of(call, "anonymousId")
        if anonymous is not None:
            names = (("anonymous", anonymous),)
        key = text_of(call, "userId")
        if key is None and not names:
            raise BadCell("it has no `userId` and no `anonymousId`, and they say who it is about")
        device = object_of(object_of(call, "context"), "device")
        token = text_of(device, "token")
        if token is not None:
            names = (*names, ("device", token))
        return Who(key, names)

    def _at(self, call: Mapping[str, Any]) -> int:
        for field in _WHEN:
            if call.get(field):
                try:
                    return self._instants.micros(call[field])
                except BadCell as error:
                    raise BadCell(f"`{field}`: {error}") from None
        raise BadCell("it has no `timestamp`, and it is when it happened")

    def _received(self, call: Mapping[str, Any]) -> int | None:
        return self._instants.micros(call["receivedAt"]) if call.get("receivedAt") else None


def _camel(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a call by the names of the specification, however the file writes them."""
    if "userId" in call or "anonymousId" in call:
        return call
    return {_CAMEL.get(snake(name), name): found for name, found in call.items()}


_CAMEL = {
    snake(name): name
    for name in (
        *("userId", "anonymousId", "messageId", "previousId", "groupId"),
        *("originalTimestamp", "sentAt", "receivedAt"),
    )
}
