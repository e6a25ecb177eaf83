"""Trees that code can build, whether or not any text says them: drawn from the types of the fields.

A node that is added to the language is drawn without anything being written here.
"""

from __future__ import annotations

import dataclasses
import datetime
import types
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.steps import STEPS

WORDS = ["plan", "seats", "email", "created_at", "a", "b", "a b", "", "é", "Plan"]
TEXTS = [
    *WORDS,
    "{{ person.plann }} {{event.a|x}}",
    "{% for a in person.b %}{{ a.c }}{% endfor %} {{ b }} {{",
    "HELLO EVERYBODY",
    "re_" + "a1B2" * 8,
    "https://user:x@localhost/{{ event.a }}",
    "http://[::1",
]
NUMBERS = ["0", "1", "-3", "50", "100", "5.50", "1E+3", "99999999999"]
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.sampled_from(TEXTS),
    int: st.sampled_from([-1, 0, 1, 2, 7, 30, 10**12]),
    bool: st.booleans(),
    Decimal: st.sampled_from([Decimal(n) for n in NUMBERS]),
    datetime.date: st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 5)),
    datetime.time: st.sampled_from([datetime.time(9), datetime.time(21, 30)]),
    ast.Name: st.builds(ast.Name, st.sampled_from(WORDS)),
    ast.Trivia: st.just(ast.NO_TRIVIA),
}
_LEAVES = tuple(dict.fromkeys(kind.tree for kind in STEPS))
_SMALL = (ast.Comparison, ast.Wait, ast.Leave, ast.Did, ast.Attribute, ast.Known, *_LEAVES)
"""What is drawn where a tree is deep enough."""


@cache
def _fields(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    named = [field.name for field in dataclasses.fields(kind) if field.compare]
    return {name: hints[name] for name in named}


@st.composite
def tree(draw: st.DrawFn, kind: Any, depth: int = 5) -> Any:
    """A value of a type: of a union any member, of a tuple up to two."""
    if kind in _SIMPLE:
        return draw(_SIMPLE[kind])
    if kind is ast.Leaf:
        return draw(tree(draw(st.sampled_from(_LEAVES)), depth))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return draw(st.sampled_from(arguments))
    if origin in (Union, types.UnionType):
        few = [each for each in arguments if each is type(None) or each in _SMALL]
        return draw(tree(draw(st.sampled_from(few if depth < 1 and few else arguments)), depth - 1))
    if kind is type(None):
        return None
    if origin is tuple and arguments[-1] is not Ellipsis:
        return tuple(draw(tree(each, depth)) for each in arguments)
    if origin is tuple:
        most = 3 if depth > 2 else 2 if depth > 0 else 0
        return tuple(draw(tree(arguments[0], depth - 1)) for _ in range(draw(st.integers(0, most))))
    return kind(**{name: draw(tree(of, depth - 1)) for name, of in _fields(kind).items()})
