"""The JSON Schema's patterns for text that is more than text: lengths of time, times of day."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from cio_lang import ir

_LENGTH = (
    r"P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?"
    r"(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?$"
)
_PATTERNS = {
    "IsoDuration": rf"^{_LENGTH}",
    "Clock": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
}
_BEFORE_TOO = rf"^-?{_LENGTH}"
"""A distance to a date may lie before it."""

_AWAY = ("in_next", "in_last", "more_than_ago", "less_than_ago", "more_than_ahead", "ago", "ahead")
"""Comparisons whose value is a length of time."""


def narrow(definitions: dict[str, Any]) -> None:
    """Adds the patterns to the definitions of a schema, by the types that the fields have."""
    for name, definition in definitions.items():
        kind = getattr(ir, name, None)
        if not is_dataclass(kind):
            continue
        properties = definition["properties"]
        for each in fields(kind):
            written = properties.get(each.name.rstrip("_"))
            for type_name, pattern in _PATTERNS.items():
                if type_name in str(each.type).split(" | ") and written is not None:
                    _narrow(written, _BEFORE_TOO if each.name == "offset" else pattern)
        if {"op", "value"} <= set(properties):
            away = {"properties": {"op": {"enum": list(_AWAY)}}, "required": ["op"]}
            length = {"properties": {"value": {"type": "string", "pattern": f"^{_LENGTH}"}}}
            definition["allOf"] = [{"if": away, "then": length}]


def _narrow(written: dict[str, Any], pattern: str) -> None:
    for choice in written.get("anyOf", [written]):
        if choice.get("type") == "string":
            choice["pattern"] = pattern
