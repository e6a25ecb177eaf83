"""What can be wrong with a graph file, and pydantic's verdict in those words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_type_hints

from cio_lang import ir
from cio_lang.mistake import place
from cio_lang.problem import Problem, Report, nearest
from cio_lang.record import record
from cio_lang.source import Span

Path = tuple[str | int, ...]


@record(kw_only=True)
class NewerFormat(Problem):
    """A graph was written by a newer cio than the one that reads it."""

    code = "newer-format"
    version: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This graph is in format {self.version}.",
            f"This cio reads formats up to {ir.FORMAT}; a newer one wrote the file.",
            "install the newer cio, or write the file again with this one: `cio compile`",
        )


@record(kw_only=True)
class NoFormat(Problem):
    """A file does not say which format of graph it is in."""

    code = "no-format"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This file does not say that it is a graph.",
            f"Each graph has a line `cio: {ir.FORMAT}`, the number of its format.",
            "write the file again with `cio compile`",
        )


@record(kw_only=True)
class UnknownKey(Problem):
    """A key that a graph does not have there."""

    code = "unknown-key"
    path: str
    suggestion: str | None
    known: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        meant = f"; did you mean `{self.suggestion}`?" if self.suggestion else "."
        keys = ", ".join(f"`{key}`" for key in self.known)
        return Report(
            f"`{self.path}`: there is no such key{meant}",
            f"The keys here are {keys}; any other would be quietly without effect.",
            f"write `{self.suggestion}`" if self.suggestion else "take it out",
        )


@record(kw_only=True)
class MissingKey(Problem):
    """A key that a graph must have there is not there."""

    code = "missing-key"
    path: str
    choices: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        keys = " or ".join(f"`{key}`" for key in self.choices)
        one = len(self.choices) == 1
        return Report(
            f"`{self.path}` has no {keys}.",
            "Nothing else says what this part does.",
            f"add {keys}" if one else "add the one that is meant",
        )


@record(kw_only=True)
class WrongValue(Problem):
    """A value that cannot stand where it does."""

    code = "wrong-value"
    path: str
    fact: str
    way_out: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.path}` {self.fact}.",
            "The journey cannot be run with it.",
            self.way_out,
        )


_Wait = ir.WaitFor | ir.WaitTime | ir.WaitDate | ir.WaitSlot
_CLASSES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in vars(ir).values()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind)
}
_FAMILIES = tuple(
    frozenset(kind.__name__ for kind in get_args(family))
    for family in (ir.Graph, ir.Condition, ir.Entry, ir.Exit, ir.GraphNode, _Wait)
)
_OWN_KEYS = {"HeldTest": "held", "TopTest": "top"}
"""The key that only this one of its family has, where it is not the first."""
_PLAIN = frozenset({"bool", "int", "float", "str"})


def explain(
    verdict: Sequence[Mapping[str, Any]], data: Any, places: Mapping[Path, Span], name: str
) -> tuple[Problem, ...]:
    """Pydantic's errors as problems, one for each thing that is wrong.

    For a part that can be one of several things, pydantic tries all and reports how each failed.
    Only what it says about the one that the part's own key names is kept.
    """
    found: dict[str, Problem] = {}
    for error in verdict:
        path, choices = _followed(error["loc"], data)
        if path is None:
            continue
        span = _nearest_place(path, places, name)
        problem = _problem(error, path, choices, data, span)
        found.setdefault(spelled(path), problem)
    # A misspelt key is also a missing one; one message is enough.
    meant = {
        _beside(problem.path, problem.suggestion)
        for problem in found.values()
        if isinstance(problem, UnknownKey) and problem.suggestion
    }
    return tuple(problem for path, problem in found.items() if path not in meant)


def _beside(path: str, key: str) -> str:
    head, dot, _ = path.rpartition(".")
    return f"{head}{dot}{key}"


def spelled(path: Path) -> str:
    """A path as it is read: `nodes.welcome.send`, `exits[2].when` (counted from 1)."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "graph"


def _followed(loc: Sequence[str | int], data: Any) -> tuple[Path | None, tuple[str, ...]]:
    """Where in the file an error is, or None where it is about something that is not there.

    `choices` are the keys of which one must be there, where the part has none of them.
    """
    path: list[str | int] = []
    here = data
    for part in loc:
        if (
            isinstance(part, str)
            and part in _CLASSES
            and not (isinstance(here, dict) and part in here)
        ):
            family = next((names for names in _FAMILIES if part in names), frozenset({part}))
            keys = {_own_key(member): member for member in family}
            if part in GRAPHS:
                if isinstance(here, dict) and here.get("kind") != GRAPHS[part]:
                    return None, ()
            elif part == "Money":
                if not isinstance(here, dict):
                    return None, ()
            elif not isinstance(here, dict) or not keys.keys() & here.keys():
                return tuple(path), tuple(sorted(keys))
            elif len(family) > 1 and part != _meant(family, here):
                return None, ()
            continue
        if isinstance(part, str) and (part in _PLAIN or part.startswith("tuple[")):
            if isinstance(here, list) != part.startswith("tuple[") or isinstance(here, dict):
                return None, ()
            continue
        path.append(part)
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
    return tuple(path), ()


GRAPHS: Mapping[str, str] = {
    graph.__name__: get_args(get_type_hints(graph)["kind"])[0] for graph in get_args(ir.Graph)
}
"""Each class of graph and what its `kind` says."""


def _own_key(kind: str) -> str:
    return _OWN_KEYS.get(kind) or dataclasses.fields(_CLASSES[kind])[0].name.rstrip("_")


def _meant(family: frozenset[str], here: Mapping[str, Any]) -> str:
    """Which one of the family a part is, by the keys that it has."""
    has = [kind for kind in sorted(family) if _own_key(kind) in here]
    # `held` and `top` stand beside a key that is another's own.
    return next((kind for kind in has if kind in _OWN_KEYS), has[0])


def _nearest_place(path: Path, places: Mapping[Path, Span], name: str) -> Span:
    for length in range(len(path), -1, -1):
        if path[:length] in places:
            return places[path[:length]]
    return place(name)


def _problem(
    error: Mapping[str, Any], path: Path, choices: tuple[str, ...], data: Any, span: Span
) -> Problem:
    if choices:
        written = _at(data, path)
        if not isinstance(written, dict):
            return WrongValue(
                span=span,
                path=spelled(path),
                fact="is not a part with keys",
                way_out=f"write one of {', '.join(choices)} and its value",
            )
        for key in written:
            suggestion = nearest(key, choices)
            if suggestion:
                inside = spelled((*path, key))
                return UnknownKey(span=span, path=inside, suggestion=suggestion, known=choices)
        return MissingKey(span=span, path=spelled(path), choices=choices)
    key, here = str(path[-1]), _at(data, path)
    if error["type"] == "unexpected_keyword_argument":
        known = tuple(_keys_beside(error["loc"]))
        beside = _at(data, path[:-1])
        suggestion = nearest(key, [one for one in known if one not in beside])
        return UnknownKey(span=span, path=spelled(path), suggestion=suggestion, known=known)
    if error["type"] == "missing":
        return MissingKey(span=span, path=spelled(path[:-1]), choices=(key,))
    way_out = f"write {_EXPECTED.get(error['type'], 'what a graph has there')}"
    if error["type"] == "literal_error":
        expected = error["ctx"]["expected"].replace("'", "`")
        meant = nearest(str(here), expected.replace("`", "").replace(" or ", ", ").split(", "))
        way_out = f"write `{meant}`" if meant else f"write {expected}"
    elif any(part in _PLAIN for part in error["loc"]):
        way_out = "write text, a number, or true or false"
    fact = f"is {described(here)}"
    return WrongValue(span=span, path=spelled(path), fact=fact, way_out=way_out)


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "keys with their values",
    "dataclass_type": "keys with their values",
}


def _keys_beside(loc: Sequence[str | int]) -> Iterator[str]:
    """The keys that could stand where the last part of `loc` stands."""
    kind: Any = None
    inside = _inside()
    for part in loc[:-1]:
        if isinstance(part, str) and part in _CLASSES:
            kind = _CLASSES[part]
        elif kind is not None and isinstance(part, str):
            kind = inside.get((kind.__name__, part), kind)
    for field in dataclasses.fields(kind or ir.JourneyGraph):
        yield field.name.rstrip("_")


def _inside() -> Mapping[tuple[str, str], type]:
    """What part stands behind a key of another, where it is always the same."""
    found: dict[tuple[str, str], type] = {}
    for name, kind in _CLASSES.items():
        for key, hint in get_type_hints(kind).items():
            parts = [part for part in _parts_of(hint) if part.__name__ in _CLASSES]
            if len(parts) == 1:
                found[name, key.rstrip("_")] = parts[0]
    return found


def _parts_of(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and not get_args(hint):
        yield hint
    for inner in get_args(hint):
        yield from _parts_of(inner)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def described(value: Any) -> str:
    """A value as a message names it."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a part with keys"
    if isinstance(value, list):
        return "a list"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
