"""Records: frozen dataclasses with slots that cost next to nothing until one is made.

`@dataclass` writes and compiles six methods for every class, a quarter of a millisecond each time.
There are hundreds of trees, nodes of graphs and mistakes, and a short run makes few of them.  So
`@record` shares what does not depend on the class, and compiles `__init__` when it is first called.
To the rest of the world a record is a dataclass: `fields`, `replace`, `asdict` and patterns work.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from inspect import get_annotations
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

__all__ = ["record"]

_T = TypeVar("_T")


@overload
def record(cls: type[_T], /) -> type[_T]: ...


@overload
def record(*, kw_only: bool) -> Callable[[type[_T]], type[_T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T] | None = None, /, *, kw_only: bool = False) -> Any:
    """What `@dataclass(frozen=True, slots=True)` is; `kw_only` as there."""
    if cls is None:
        return lambda cls: _made(cls, kw_only)
    return _made(cls, kw_only)


def _made(cls: type, kw_only: bool) -> type:
    """The class once more: slots have to be named when a class is made."""
    own = _own_fields(cls, kw_only)
    fields = _inherited_fields(cls) | own
    has = {slot for base in cls.__mro__[1:] for slot in base.__dict__.get("__slots__", ())}
    body = {name: value for name, value in vars(cls).items() if name not in own}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    return type(cls)(
        cls.__name__,
        cls.__bases__,
        {
            **_SHARED,
            "__init__": _Init(),
            "__slots__": tuple(name for name in own if name not in has),
            "__dataclass_fields__": fields,
            "__match_args__": tuple(name for name, each in fields.items() if not each.kw_only),
            "_compared": _getter([name for name, each in fields.items() if each.compare]),
            **body,
        },
    )


def _own_fields(cls: type, kw_only: bool) -> dict[str, Field[Any]]:
    fields: dict[str, Field[Any]] = {}
    for name, kind in get_annotations(cls).items():
        if str(kind).startswith("ClassVar"):
            continue
        default = cls.__dict__.get(name, MISSING)
        if type(default).__hash__ is None:
            raise ValueError(f"`{name}` of `{cls.__name__}` needs a `default_factory`")
        made: Any = default if isinstance(default, Field) else field(default=default)
        made.name, made.type, made.kw_only = name, kind, kw_only
        made._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
        fields[name] = made
    return fields


def _inherited_fields(cls: type) -> dict[str, Field[Any]]:
    fields: dict[str, Field[Any]] = {}
    for base in cls.__mro__[:0:-1]:
        fields |= base.__dict__.get("__dataclass_fields__", {})
    return fields


def _getter(names: list[str]) -> Callable[[Any], object]:
    """What reads these attributes of a record, for comparing and hashing."""
    return attrgetter(*names) if names else staticmethod(lambda one: ())


class _Init:
    """Stands for `__init__` until that is first called, or looked at, and then puts it there."""

    __slots__ = ("cls",)

    def __set_name__(self, cls: type, name: str) -> None:
        self.cls = cls

    def __get__(self, one: object, of: type | None = None) -> Any:
        init = _compiled(self.cls)
        self.cls.__init__ = init  # type: ignore[misc]
        return init if one is None else init.__get__(one)


def _compiled(cls: type) -> Any:
    """The `__init__` of a record: `def __init__(self, text, *, span=_default_span): …`."""
    fields = dataclasses.fields(cls)
    known: dict[str, Any] = {"_MISSING": MISSING}
    positional: list[str] = ["self"]
    named: list[str] = []
    body: list[str] = []
    for each in fields:
        name = value = each.name
        parameter = name
        # The slot itself sets what `__setattr__` refuses to, and faster than `object` would.
        known[f"_set_{name}"] = getattr(cls, name).__set__
        if each.default_factory is not MISSING:
            known[f"_new_{name}"] = each.default_factory
            parameter = f"{name}=_MISSING"
            value = f"_new_{name}() if {name} is _MISSING else {name}"
        elif each.default is not MISSING:
            known[f"_default_{name}"] = each.default
            parameter = f"{name}=_default_{name}"
        (named if each.kw_only else positional).append(parameter)
        body.append(f"_set_{name}(self, {value})")
    parameters = ", ".join([*positional, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}): {'; '.join(body) or 'pass'}", known)
    init = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    init.__annotations__ = {each.name: each.type for each in fields} | {"return": None}
    return init


# ── what all records share ───────────────────────────────────────────────────────────────────────


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._compared(self) == self._compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _repr(self: Any) -> str:
    shown = [f"{each.name}={getattr(self, each.name)!r}" for each in _fields(self) if each.repr]
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in _fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for each, value in zip(_fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_fields = dataclasses.fields


@dataclass(frozen=True)
class _Frozen:
    """Only for its parameters."""


_SHARED = {
    "__dataclass_params__": _Frozen.__dataclass_params__,  # type: ignore[attr-defined]
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _set,
    "__delattr__": _delete,
    "__getstate__": _get_state,
    "__setstate__": _set_state,
}
