"""A mapping as it is written in a file, TOML or YAML, and as it is suggested for a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, get_args
from zoneinfo import ZoneInfo

from cio_lang import ast
from cio_lang.importing.cells import WRITTEN
from cio_lang.importing.mapping import (
    EventMapping,
    ExportFormat,
    ExportMapping,
    ImportMapping,
    PeopleMapping,
    attribute_types,
    check_names,
    export_mapping,
    property_types,
    undeclared,
)
from cio_lang.importing.problems import BadMapping
from cio_lang.mistake import UserMistake
from cio_lang.problem import nearest
from cio_lang.schema import Schema
from cio_lang.source import Span

FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

_KEYS = {
    "events": (
        *("rows", "person", "time", "zone", "event", "event_column", "id", "repeats"),
        *("events", "properties"),
    ),
    "people": ("rows", "person", "time", "zone", "attributes"),
    "export": ("format", "zone", "events", "attributes", "properties"),
}

_SIMPLE: dict[str, ast.Type] = {
    kind: ast.Type(kind) for kind in ("text", "number", "money", "date", "time", "yes/no", "list")
}


def read_mapping(path: Path, schema: Schema) -> ImportMapping:
    """The mapping in a file.

    Raises `UserMistake` where it cannot be read, names what is not declared, or lacks something.
    """
    return _Reader(path, schema).mapping()


class _Reader:
    def __init__(self, path: Path, schema: Schema) -> None:
        self._path, self._schema = path, schema
        self._place = Span(str(path), 1, 1, 1, 1)
        self._data = self._load()

    def mapping(self) -> ImportMapping:
        rows = self._data.get("rows")
        if "format" in self._data:
            return self._export()
        if rows == "people":
            return self._people()
        if rows == "events":
            return self._events()
        self._refuse(
            "it does not say what the rows are",
            'write `rows = "events"`, `rows = "people"` or `format = "segment"` into it',
        )

    def _load(self) -> dict[str, Any]:
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self._refuse("there is no such file", "`cio import --suggest-mapping FILE` writes one")
        except (OSError, UnicodeDecodeError):
            self._refuse("it is no file of text", "write it as TOML or YAML, in UTF-8")
        try:
            if self._path.suffix.lower() in (".yaml", ".yml"):
                import yaml

                data = yaml.safe_load(text)
            else:
                data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self._refuse(
                f"it is not TOML ({error})", "correct the line, or end its name in `.yaml`"
            )
        except Exception as error:  # whatever PyYAML finds wrong
            line = str(error).splitlines()[0]
            self._refuse(f"it is not YAML ({line})", "correct the line")
        if not isinstance(data, dict):
            self._refuse("it holds no names with values", "see `docs/importing.md` for an example")
        return data

    def _refuse(self, reason: str, way: str) -> NoReturn:
        raise UserMistake(
            BadMapping(span=self._place, path=str(self._path), reason=reason, way=way)
        )

    def _check_keys(self, which: str) -> None:
        allowed = _KEYS[which]
        for key in self._data:
            if key not in allowed:
                close = nearest(str(key), allowed)
                listed = ", ".join(f"`{each}`" for each in allowed)
                self._refuse(
                    f"`{key}` means nothing in it",
                    f"write `{close}`" if close else f"it can hold {listed}",
                )

    def _text(self, key: str) -> str | None:
        found = self._data.get(key)
        if found is not None and not isinstance(found, str):
            self._refuse(f"`{key}` is no text", f'write the name of a column: `{key} = "name"`')
        return found

    def _needed(self, key: str) -> str:
        found = self._text(key)
        if not found:
            self._refuse(f"it has no `{key}`", f'write `{key} = "…"` with the name of a column')
        return found

    def _zone(self) -> ZoneInfo:
        name = self._text("zone") or self._schema.settings.timezone
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self._refuse(f"`{name}` is no time zone", 'write one like `zone = "Europe/Berlin"`')

    def _time(self) -> tuple[str | None, dict[str, str]]:
        """The column that says when, and how it is written."""
        found = self._data.get("time")
        if not isinstance(found, dict):
            return self._text("time"), {}
        column, _, written = self._column("time", found)
        return column, {column: written} if written else {}

    def _column(self, name: str, given: Any) -> tuple[str, ast.Type | None, str | None]:
        """`"column"` or `{column = "column", type = "date", written = "%d.%m.%Y"}`."""
        if isinstance(given, str):
            return given, None, None
        if not isinstance(given, dict) or set(given) - {"column", "type", "written"}:
            way = f'write `{name} = "column"` or `{name} = {{ column = "…", type = "…" }}`'
            self._refuse(f"`{name}` does not name a column", way)
        column, kind, written = (given.get(key) for key in ("column", "type", "written"))
        if not isinstance(column, str):
            column = name
        if written is not None and not _is_way_to_write(written):
            ways = ", ".join(f"`{way}`" for way in WRITTEN)
            self._refuse(f"`{written}` is no way to write a time", f"write one like {ways}")
        return column, None if kind is None else self._type(str(kind)), written

    def _type(self, text: str) -> ast.Type:
        if text.startswith("money in ") and len(text) == 12:
            return ast.Type("money", currency=text[9:])
        if text not in _SIMPLE:
            close = nearest(text, _SIMPLE)
            kinds = ", ".join(f"`{kind}`" for kind in _SIMPLE)
            self._refuse(
                f"`{text}` is no type", f"write `{close}`" if close else f"write one of {kinds}"
            )
        return _SIMPLE[text]

    def _columns(
        self, key: str
    ) -> tuple[tuple[tuple[str, str], ...] | None, dict[str, ast.Type], dict[str, str]]:
        given = self._data.get(key)
        if given is None:
            return None, {}, {}
        if not isinstance(given, dict):
            self._refuse(f"`{key}` holds no names", f'write `[{key}]`, then `name = "column"`')
        pairs: list[tuple[str, str]] = []
        types: dict[str, ast.Type] = {}
        formats: dict[str, str] = {}
        for name, each in given.items():
            column, kind, written = self._column(str(name), each)
            pairs.append((str(name), column))
            if kind is not None:
                types[str(name)] = kind
            if written is not None:
                formats[column] = written
        return tuple(pairs), types, formats

    def _renamed(self, key: str) -> dict[str, str | None]:
        given = self._data.get(key, {})
        if not isinstance(given, dict) or not all(
            isinstance(each, str) or each is False for each in given.values()
        ):
            self._refuse(
                f"`{key}` does not give names to names",
                f'write `[{key}]`, then `"Name there" = "name_here"`, or `false` to leave it out',
            )
        return {str(name): each or None for name, each in given.items()}

    def _people(self) -> PeopleMapping:
        self._check_keys("people")
        attributes, types, formats = self._columns("attributes")
        known = attribute_types(self._schema)
        declared = bool(self._schema.attributes)
        names = [name for name, _ in attributes or ()]
        check_names(names, "attribute", known if declared else {}, self._place)
        time, how = self._time()
        return PeopleMapping(
            person=self._needed("person"),
            attributes=attributes,
            time=time,
            types=types | known if declared else known | types,
            declared=declared,
            zone=self._zone(),
            formats=formats | how,
        )

    def _events(self) -> EventMapping:
        self._check_keys("events")
        kind, events = self._text("event_column"), self._renamed("events")
        known = frozenset(self._schema.events) or None
        event = "" if kind is not None else self._needed("event")
        properties, types, formats = self._columns("properties")
        declared: Mapping[str, ast.Type] = {}
        if kind is None:
            declared = property_types(self._schema, event, self._place)
            names = [name for name, _ in properties or ()]
            check_names(names, "property", declared, self._place)
        for name in events.values() if known is not None else ():
            if name is not None and name not in (known or ()):
                raise UserMistake(undeclared("event", name, known or (), self._place))
        time, how = self._time()
        if time is None:
            self._needed("time")
        repeats = self._text("repeats") or "once"
        if repeats not in ("once", "each"):
            self._refuse(f"`repeats` is `{repeats}`", "write `once` or `each`")
        return EventMapping(
            event=event,
            person=self._needed("person"),
            time=time or "",
            id=self._text("id"),
            properties=properties,
            types=types | dict(declared),
            declared=bool(declared),
            zone=self._zone(),
            repeats="each" if repeats == "each" else "once",
            kind=kind,
            events=events,
            known=known if kind is not None else None,
            formats=formats | how,
        )

    def _export(self) -> ExportMapping:
        self._check_keys("export")
        named = self._text("format")
        for known in FORMATS:
            if known == named:
                mapping = export_mapping(self._schema, known)
                break
        else:
            ways = ", ".join(f"`{each}`" for each in FORMATS)
            self._refuse(f"`{named}` is no format", f"write one of {ways}")
        return replace(
            mapping,
            zone=self._zone(),
            events=self._renamed("events"),
            attributes=self._renamed("attributes"),
            properties=self._renamed("properties"),
        )


def _is_way_to_write(written: object) -> bool:
    return isinstance(written, str) and (written in WRITTEN or "%" in written)


def toml(values: Iterable[tuple[str, Any]]) -> list[str]:
    """Lines of TOML for names with texts."""
    return [f"{_key(name)} = {_literal(value)}" for name, value in values]


def _key(name: str) -> str:
    bare = name.replace("-", "").replace("_", "")
    return name if bare.isascii() and bare.isalnum() else _literal(name)


def _literal(value: Any) -> str:
    if value is False:
        return "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(toml(value.items())) + " }"
    plain = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in plain) + '"'
