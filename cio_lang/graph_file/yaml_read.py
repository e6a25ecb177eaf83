"""YAML text in, plain data and the place of each part out.

Reads what a graph may be and nothing more: no anchors, aliases, tags or second documents, no key
twice, no text beyond `LARGEST` or nesting beyond `DEEPEST`.  A date stays text.  Built on the
events of PyYAML's parser (in C where it is there), so nothing is made before it was looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml import events

from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.source import Span

LARGEST = 4_000_000
"""Most characters of a file."""

DEEPEST = 150
"""Most mappings and lists inside one another: above the deepest condition that compiles, two levels
for each of its own, and below what Pydantic follows."""

Path = tuple[str | int, ...]

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,400})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,400}\.[0-9]{0,400}(?:[eE][-+]?[0-9]{1,3})?")


@record
class Read:
    """What a text holds, and where each part stands: `places["nodes", "welcome", "next"]`."""

    data: dict[str, Any]
    places: Mapping[Path, Span]


@record(kw_only=True)
class NotYaml(Problem):
    """A graph file is not YAML, or uses a part of YAML that has no place in a graph."""

    code = "not-yaml"
    found: str
    way_out: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            self.found,
            "A graph file is plain YAML: keys, lists and values, each of them written out.",
            self.way_out,
        )


_COMPILE_AGAIN = "write the file again with `cio compile`"


def read(text: str, name: str) -> Read:
    """The mapping that a text holds.  Raises `UserMistake` for anything else."""
    if len(text) > LARGEST:
        problem = NotYaml(
            span=place(name),
            found=f"This file has {len(text):,} characters; a graph has at most {LARGEST:,}.",
            way_out=_COMPILE_AGAIN,
        )
        raise UserMistake(problem)
    reader = _Reader(name)
    try:
        data = reader.document(yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as mistake:
        mark = mistake.problem_mark or mistake.context_mark
        span = place(name) if mark is None else _span(name, mark, mark)
        # The parser's own words name parts of YAML that the author of a journey never sees.
        found = f"This is not YAML: {mistake.problem or mistake.context}."
        raise UserMistake(NotYaml(span=span, found=found, way_out=_COMPILE_AGAIN)) from None
    except yaml.YAMLError:
        found = "This file holds characters that no text has."
        raise UserMistake(NotYaml(span=place(name), found=found, way_out=_COMPILE_AGAIN)) from None
    return Read(data, reader.places)


@dataclass(slots=True)
class _Reader:
    name: str
    places: dict[Path, Span] = field(default_factory=dict)

    def document(self, stream: Iterator[Any]) -> dict[str, Any]:
        next(stream)
        if isinstance(next(stream), events.StreamEndEvent):
            raise self.stop(place(self.name), "This file is empty.", _COMPILE_AGAIN)
        first = next(stream)
        data = self.value(first, stream, ())
        next(stream)
        after = next(stream)
        if not isinstance(after, events.StreamEndEvent):
            raise self.stop(self.span(after), "A second graph starts here.", "keep one in a file")
        if not isinstance(data, dict):
            raise self.stop(self.span(first), "A graph is keys and values.", _COMPILE_AGAIN)
        return data

    def value(self, event: Any, stream: Iterator[Any], path: Path) -> Any:
        self.places.setdefault(path, self.span(event))
        if isinstance(event, events.AliasEvent) or event.anchor is not None:
            found = f"`{event.anchor}` stands for another part of the file."
            raise self.stop(self.span(event), found, "write that part out in both places")
        if event.tag is not None:
            found = f"`{event.tag}` gives a value a type of its own."
            raise self.stop(self.span(event), found, f"take `{event.tag}` out")
        if isinstance(event, events.ScalarEvent):
            return self.scalar(event)
        if len(path) >= DEEPEST:
            found = f"This is more than {DEEPEST} levels deep."
            raise self.stop(self.span(event), found, "make the condition a segment of its own")
        if isinstance(event, events.SequenceStartEvent):
            listed: list[Any] = []
            while not isinstance(inner := next(stream), events.SequenceEndEvent):
                listed.append(self.value(inner, stream, (*path, len(listed))))
            return listed
        mapping: dict[str, Any] = {}
        while not isinstance(key := next(stream), events.MappingEndEvent):
            written = key.value if isinstance(key, events.ScalarEvent) else None
            if written is None or key.anchor is not None or key.tag is not None:
                found = "A key here is not a plain name."
                raise self.stop(self.span(key), found, "write a name before the `:`")
            if written in mapping:
                found = f"`{written}` is written twice."
                raise self.stop(self.span(key), found, "keep one of the two")
            inside = (*path, written)
            self.places[inside] = self.span(key)
            mapping[written] = self.value(next(stream), stream, inside)
        return mapping

    def scalar(self, event: Any) -> str | int | float | bool | None:
        text: str = event.value
        if not event.implicit[0]:
            return text
        kind: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
        kind = kind.removeprefix("tag:yaml.org,2002:")
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("true", "yes", "on")
        if kind == "int" and _INT.fullmatch(text):
            return int(text)
        if kind == "float" and _FLOAT.fullmatch(text):
            return float(text)
        if kind in ("int", "float"):
            found = f"`{text}` could be a number or not."
            way_out = f'write `"{text}"` for text, or the number in plain digits'
            raise self.stop(self.span(event), found, way_out)
        return text

    def span(self, event: Any) -> Span:
        return _span(self.name, event.start_mark, event.end_mark)

    def stop(self, span: Span, found: str, way_out: str) -> UserMistake:
        return UserMistake(NotYaml(span=span, found=found, way_out=way_out))


def _span(name: str, start: Any, end: Any) -> Span:
    """Marks count from 0; the end of a mapping's start event is where it starts."""
    return Span(name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
