"""A record is what a frozen dataclass with slots would be."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, get_type_hints

import pytest

import cio_lang
from cio_lang.record import record


@record(kw_only=True)
class Base:
    """What all have."""

    place: int = field(default=0, compare=False, repr=False)


@record
class Plain(Base):
    """Fields of every kind."""

    kind: ClassVar[str] = "plain"
    name: str
    size: int = 1
    parts: dict[str, int] = field(default_factory=dict)

    def doubled(self) -> int:
        """A method."""
        return self.size * 2


@record
class Changed(Plain):
    """The default of a field above is another one."""

    size: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardBase:
    """As `Base`."""

    place: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Standard(StandardBase):
    """As `Plain`."""

    kind: ClassVar[str] = "plain"
    name: str
    size: int = 1
    parts: dict[str, int] = field(default_factory=dict)


@record
class Empty:
    """No fields."""


@record
class BelowStandard(Standard):
    """A record whose base is a plain dataclass."""

    more: int = 2


@dataclass(frozen=True, slots=True)
class StandardBelow(Plain):
    """A plain dataclass whose base is a record."""

    more: int = 2


def parameters(kind: type) -> list[tuple[str, object]]:
    return [(each.name, each.kind) for each in inspect.signature(kind).parameters.values()]


def test_it_looks_like_the_dataclass() -> None:
    assert parameters(Plain) == parameters(Standard)
    assert repr(Plain("a", 2)) == repr(Standard("a", 2)).replace("Standard", "Plain")
    assert get_type_hints(Plain) == get_type_hints(Standard)
    assert Plain.__match_args__ == Standard.__match_args__
    assert is_dataclass(Plain) and not hasattr(Plain("a"), "__dict__")
    for mine, theirs in zip(fields(Plain), fields(Standard), strict=True):
        assert all(
            getattr(mine, name) == getattr(theirs, name)
            for name in ("name", "type", "default", "default_factory", "compare", "kw_only", "repr")
        )


def test_values_and_defaults() -> None:
    one = Plain("a", place=7)
    assert (one.name, one.size, one.parts, one.place, one.kind) == ("a", 1, {}, 7, "plain")
    assert one.doubled() == 2
    assert Plain("a").parts is not Plain("a").parts
    assert Changed("a").size == 5 and Plain("a").size == 1
    assert replace(one, size=3) == Plain("a", 3) and replace(one, size=3).place == 7
    assert asdict(one) == {"place": 7, "name": "a", "size": 1, "parts": {}}
    match one:
        case Plain(name, 1):
            assert name == "a"
        case _:
            pytest.fail("a pattern finds the fields by their places")


def test_equal_by_what_is_compared_within_one_class() -> None:
    assert Plain("a", place=1) == Plain("a", place=2)
    assert Plain("a") != Plain("b")
    assert Plain("a", 5) != Changed("a")
    assert Plain("a") != "a"
    assert Empty() == Empty() and len({Empty(), Empty()}) == 1
    assert len({Base(place=1), Base(place=2)}) == 1


@pytest.mark.parametrize("wrong", [(), ("a", 1, {}, 7), ("a", 1, {}, 7, 8)])
def test_wrong_arguments_are_refused_by_the_name_of_the_class(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"^Plain\.__init__\(\) "):
        Plain(*wrong)


@pytest.mark.parametrize("name", ["name", "place", "other"])
def test_nothing_can_be_set(name: str) -> None:
    one = Plain("a")
    with pytest.raises(FrozenInstanceError):
        setattr(one, name, 1)
    with pytest.raises(FrozenInstanceError):
        delattr(one, name)
    assert one == Plain("a")


def test_a_default_that_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match="`parts` of `Bad`"):

        @record
        class Bad:
            """All would share one list."""

            parts: list[int] = []  # noqa: RUF012


def test_copies() -> None:
    one = Plain("a", 2, {"b": 3}, place=4)
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one and other.place == 4


def test_mixed_with_plain_dataclasses() -> None:
    assert BelowStandard("a", more=3).more == StandardBelow("a", more=3).more == 3
    assert BelowStandard("a", 1, {}, 3, place=4) == BelowStandard("a", more=3)
    assert StandardBelow("a", 1, {}, 3, place=4) == StandardBelow("a", more=3)


def test_init_is_compiled_when_a_class_is_first_used() -> None:
    @record
    class New:
        """Never made so far."""

        size: int

    assert not inspect.isfunction(vars(New)["__init__"])
    assert New(2).size == 2
    assert inspect.isfunction(vars(New)["__init__"])


def test_all_frozen_dataclasses_with_slots_are_records() -> None:
    folder = Path(cio_lang.__file__).parent
    slow = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*.py"))
        if re.search(
            r"^ *@dataclass\(frozen=True, slots=True(, kw_only=True)?\)", path.read_text(), re.M
        )
    ]
    assert slow == [], "these cost a cold start: use `@record` of cio_lang/record.py"
