"""A single condition in the words of the language, short enough to stand in a message."""

from __future__ import annotations

from cio_lang import ast, text
from cio_lang.check.operators import WORDS


def words(condition: ast.Condition) -> str:
    """The condition as written, with longer parts left out."""
    match condition:
        case ast.Comparison():
            return f"{subject(condition.subject)} {_test(condition.test)}"
        case ast.Did():
            return f"did {_event(condition)}{_count(condition.count)}{_window(condition.window)}"
        case ast.DidNot():
            return f"did not do {_event(condition)}{_window(condition.window)}"
        case ast.Never():
            return f"never did {_event(condition)}"
        case ast.Inactive():
            return f"inactive for {text.duration(condition.duration)}"
        case ast.InSegment():
            name = text.quoted(condition.segment.text)
            return f"{'not ' if condition.negated else ''}in segment {name}"
        case ast.Not():
            inner = condition.part
            return "not (…)" if isinstance(inner, ast.And | ast.Or) else f"not ({words(inner)})"
        case ast.And() | ast.Or():
            return "(…)"


def subject(written: ast.Subject) -> str:
    """What a comparison is about."""
    prefix = "event." if isinstance(written, ast.EntryProperty) else ""
    return prefix + text.name(written.name)


def count(written: ast.Count) -> str:
    """`at least 3 times`."""
    times = f"{written.times} time{'' if written.times == 1 else 's'}"
    match written.op:
        case "at_least":
            return f"at least {times}"
        case "exactly":
            return f"exactly {times}"
        case "fewer_than":
            return f"fewer than {times}"


def _test(test: ast.Test) -> str:
    match test:
        case ast.Compare():
            return f"{WORDS[test.op]} {text.value(test.value)}"
        case ast.OneOf():
            values = ", ".join(text.value(value) for value in test.values)
            return f"is {'not ' if test.negated else ''}one of {values}"
        case ast.Known():
            return "is unknown" if test.negated else "is known"
        case ast.Between():
            return f"is between {text.value(test.low)} and {text.value(test.high)}"
        case ast.Within():
            return _within(test)


def _within(test: ast.Within) -> str:
    duration = text.duration(test.duration)
    match test.op:
        case "in_next":
            return f"is in the next {duration}"
        case "in_last":
            return f"is in the last {duration}"
        case "more_than_ago":
            return f"is more than {duration} ago"
        case "less_than_ago":
            return f"is less than {duration} ago"
        case "ago":
            return f"is {duration} ago"
        case "ahead":
            return f"is {duration} ahead"


def _event(condition: ast.Did | ast.DidNot | ast.Never) -> str:
    return text.name(condition.event) + ("" if condition.where is None else " where …")


def _count(written: ast.Count | None) -> str:
    return "" if written is None else f" {count(written)}"


def _window(window: ast.Window | None) -> str:
    match window:
        case None:
            return ""
        case ast.Last():
            return f" in the last {text.duration(window.duration)}"
        case ast.Calendar():
            return f" {window.word}"
        case ast.BetweenAgo():
            return f" between {window.near} and {window.far} {window.unit}s ago"
        case ast.SinceEntering():
            return " since entering"
