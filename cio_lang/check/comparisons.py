"""Pairs of tests of one thing: when both can never pass, and when one of two always passes.

A pair of which this cannot be told for certain counts as neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cio_lang import ast
from cio_lang.check.durations import seconds

Key = tuple[str, str | Decimal]
"""A value so that equal ones are equal: its kind first, text with its case folded."""


@dataclass(frozen=True, slots=True)
class _Range:
    """Values of one kind from low to high, as numbers; an end that is None is open for ever."""

    kind: str
    low: Decimal | None = None
    low_in: bool = False
    high: Decimal | None = None
    high_in: bool = False

    def has(self, key: Key) -> bool:
        """Whether a value may lie in the range; values of another kind may."""
        kind, value = key
        if kind != self.kind or not isinstance(value, Decimal):
            return True
        return not self.misses(_Range(kind, value, True, value, True))

    def misses(self, other: _Range) -> bool:
        """Whether the two ranges have no value in common."""
        return self.kind == other.kind and (self._below(other) or other._below(self))

    def _below(self, other: _Range) -> bool:
        high, low = self.high, other.low
        if high is None or low is None:
            return False
        return high < low or (high == low and not (self.high_in and other.low_in))


def exclude(one: ast.Test, other: ast.Test) -> bool:
    """Whether no value passes both.  To be asked both ways round."""
    if negate(one, other):
        return True
    if isinstance(one, ast.Known):
        return one.negated and needs_a_value(other)
    values, within = _values(one), _range(other)
    if values is None:
        own = _range(one)
        return own is not None and within is not None and own.misses(within)
    if within is not None:
        return not any(within.has(value) for value in values)
    others, ruled_out = _values(other), _ruled_out(other)
    if others is not None:
        one_kind = len({kind for kind, _ in values | others}) == 1
        return one_kind and not values & others
    return ruled_out is not None and values <= ruled_out


def negate(one: ast.Test, other: ast.Test) -> bool:
    """Whether each holds exactly where the other does not."""
    match one, other:
        case ast.Known(), ast.Known():
            return one.negated != other.negated
        case ast.OneOf() | ast.Compare(), ast.OneOf() | ast.Compare():
            values = _values(one)
            if values is not None:
                return values == _ruled_out(other)
            return (
                isinstance(one, ast.Compare)
                and isinstance(other, ast.Compare)
                and _OPPOSITE.get(one.op) == other.op
                and _key(one.value) == _key(other.value)
            )
        case _, ast.Compare() | ast.OneOf() | ast.Known() | ast.Between() | ast.Within():
            return False


_OPPOSITE: dict[ast.CompareOp, ast.CompareOp] = {
    "contains": "does_not_contain",
    "includes": "does_not_include",
}


def needs_a_value(test: ast.Test) -> bool:
    """Whether nothing that is missing passes."""
    match test:
        case ast.Compare():
            return test.op not in ("is_not", "does_not_contain", "does_not_include")
        case ast.OneOf() | ast.Known():
            return not test.negated
        case ast.Between() | ast.Within():
            return True


def _values(test: ast.Test) -> frozenset[Key] | None:
    """The only values that pass, where the test names them."""
    match test:
        case ast.Compare() if test.op == "is":
            return frozenset([_key(test.value)])
        case ast.OneOf() if not test.negated:
            return frozenset(_key(value) for value in test.values)
        case ast.Compare() | ast.OneOf() | ast.Known() | ast.Between() | ast.Within():
            return None


def _ruled_out(test: ast.Test) -> frozenset[Key] | None:
    """The only values that do not pass, where the test names them."""
    match test:
        case ast.Compare() if test.op == "is_not":
            return frozenset([_key(test.value)])
        case ast.OneOf() if test.negated:
            return frozenset(_key(value) for value in test.values)
        case ast.Compare() | ast.OneOf() | ast.Known() | ast.Between() | ast.Within():
            return None


def _key(value: ast.Value) -> Key:
    match value:
        case ast.Text():
            return "text", value.value.casefold()
        case ast.Number():
            return "number", value.value
        case ast.Money():
            return value.currency, value.amount
        case ast.Date():
            return "date", Decimal(value.value.toordinal())
        case ast.YesNo():
            return "yes/no", "yes" if value.value else "no"


def _range(test: ast.Test) -> _Range | None:
    """The range that passes, where the test is one."""
    match test:
        case ast.Compare():
            return _half(test.op, *_key(test.value))
        case ast.Between():
            (kind, low), (other, high) = _key(test.low), _key(test.high)
            if kind != other or not isinstance(low, Decimal) or not isinstance(high, Decimal):
                return None
            return _Range(kind, low, True, high, True)
        case ast.Within():
            return _around_now(test)
        case ast.OneOf() | ast.Known():
            return None


def _half(op: ast.CompareOp, kind: str, value: str | Decimal) -> _Range | None:
    if isinstance(value, str):
        return None
    match op:
        case "more_than" | "after":
            return _Range(kind, low=value)
        case "at_least":
            return _Range(kind, low=value, low_in=True)
        case "less_than" | "before":
            return _Range(kind, high=value)
        case "at_most":
            return _Range(kind, high=value, high_in=True)
        case (
            "is"
            | "is_not"
            | "starts_with"
            | "ends_with"
            | "contains"
            | "does_not_contain"
            | "includes"
            | "does_not_include"
        ):
            return None


def _around_now(test: ast.Within) -> _Range | None:
    """Seconds from now.  Ends count as in: a date is a whole day, which may lie on both sides."""
    away = Decimal(seconds(test.duration))
    zero = Decimal(0)
    match test.op:
        case "in_next":
            return _Range("now", zero, True, away, True)
        case "in_last":
            return _Range("now", -away, True, zero, True)
        case "more_than_ago":
            return _Range("now", high=-away, high_in=True)
        case "less_than_ago":
            return _Range("now", low=-away, low_in=True)
        case "ago" | "ahead":
            return None
