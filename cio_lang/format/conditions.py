"""A condition in, its canonical text out.

Parentheses stand only where reading needs them: around an `and` or `or` inside another one, and
after `not`.
"""

from __future__ import annotations

from cio_lang import ast, text

FIRST_WORDS = frozenset({"did", "in", "inactive", "never", "not", "said", "they"})
"""Words that begin something else where a condition can begin: names equal to them are quoted."""

_COMPARISONS: dict[ast.CompareOp, str] = {
    "is": "is",
    "is_not": "is not",
    "more_than": "is more than",
    "at_least": "is at least",
    "less_than": "is less than",
    "at_most": "is at most",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "contains": "contains",
    "does_not_contain": "does not contain",
    "includes": "include",
    "does_not_include": "does not include",
    "before": "is before",
    "after": "is after",
}


def condition(written: ast.Condition) -> str:
    """Any condition, without parentheses around the whole."""
    match written:
        case ast.Comparison():
            return f"{subject(written.subject)} {test(written.test)}"
        case ast.Did():
            return (
                f"did {text.name(written.event)}{_where(written.where)}"
                f"{_count(written.count)}{_window(written.window)}"
            )
        case ast.DidNot():
            event = text.name(written.event)
            return f"did not do {event}{_where(written.where)}{_window(written.window)}"
        case ast.Never():
            return f"never did {text.name(written.event)}{_where(written.where)}"
        case ast.Inactive():
            return f"inactive for {text.duration(written.duration)}"
        case ast.InSegment():
            negated = "not " if written.negated else ""
            return f"{negated}in segment {text.quoted(written.segment.text)}"
        case ast.And():
            return " and ".join(map(_clause, written.parts))
        case ast.Or():
            return " or ".join(map(_clause, written.parts))
        case ast.Not():
            return f"not ({condition(written.part)})"


def where_all(where: ast.Condition | None) -> str:
    """The `where` at the end of a line, which takes a whole condition."""
    return "" if where is None else f" where {condition(where)}"


def subject(written: ast.Subject) -> str:
    """What a comparison is about."""
    match written:
        case ast.Attribute() | ast.Property():
            return first_name(written.name)
        case ast.EntryProperty():
            return f"event.{text.name(written.name)}"


def first_name(name: ast.Name) -> str:
    """A name at the beginning of a condition or line, quoted where it would be read as a word."""
    return text.quoted(name.text) if name.text in FIRST_WORDS else text.name(name)


def test(written: ast.Test) -> str:
    """What a comparison asks of its subject."""
    match written:
        case ast.Compare():
            return f"{_COMPARISONS[written.op]} {text.value(written.value)}"
        case ast.OneOf():
            values = ", ".join(map(text.value, written.values))
            return f"is {'not ' if written.negated else ''}one of {values}"
        case ast.Known():
            return "is unknown" if written.negated else "is known"
        case ast.Between():
            return f"is between {text.value(written.low)} and {text.value(written.high)}"
        case ast.Within():
            return _within(written.op, text.duration(written.duration))


def window(written: ast.Window) -> str:
    """A stretch of time."""
    match written:
        case ast.Last():
            return f"in the last {text.duration(written.duration)}"
        case ast.Calendar():
            return written.word
        case ast.BetweenAgo():
            unit = text.duration(ast.Duration(written.far, written.unit)).split(" ", 1)[1]
            return f"between {written.near} and {written.far} {unit} ago"
        case ast.SinceEntering():
            return "since entering"


def _within(op: ast.WithinOp, length: str) -> str:
    match op:
        case "in_next":
            return f"is in the next {length}"
        case "in_last":
            return f"is in the last {length}"
        case "more_than_ago":
            return f"is more than {length} ago"
        case "less_than_ago":
            return f"is less than {length} ago"
        case "ago":
            return f"is {length} ago"
        case "ahead":
            return f"is {length} ahead"


def _clause(written: ast.Condition) -> str:
    inner = condition(written)
    return f"({inner})" if isinstance(written, ast.And | ast.Or) else inner


def _where(where: ast.Condition | None) -> str:
    return "" if where is None else f" where {_clause(where)}"


def _count(count: ast.Count | None) -> str:
    if count is None:
        return ""
    op = {"at_least": "at least", "exactly": "exactly", "fewer_than": "fewer than"}[count.op]
    return f" {op} {count.times} {'time' if count.times == 1 else 'times'}"


def _window(written: ast.Window | None) -> str:
    return "" if written is None else f" {window(written)}"
