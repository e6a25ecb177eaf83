"""A condition in, its canonical text out.

Parentheses stand only where reading needs them: around an `and` or `or` inside another one, and
after `not`.
"""

from __future__ import annotations

from typing import get_args

from cio_lang import ast, text

WEEKDAYS: tuple[str, ...] = get_args(ast.Weekday)

FIRST_WORDS = frozenset(
    {
        "all",
        "any",
        "between",
        "did",
        "in",
        "inactive",
        "never",
        "not",
        "said",
        "then",
        "they",
        *WEEKDAYS,
        *(day.lower() for day in WEEKDAYS),
    }
)
"""Words that begin something else where a condition can begin: names equal to them are quoted."""

TEST_WORDS = frozenset(
    {"contain", "contains", "does", "ends", "has", "include", "includes", "is", "of", "starts"}
)
"""Words that a comparison goes on with: a property named like one is quoted in a total."""

_NOT = frozenset({"not"})

_DO: dict[ast.MessageVerb, str] = {
    "opened": "open",
    "clicked": "click",
    "received": "receive",
    "delivered": "deliver",
    "bounced": "bounce",
    "replied": "reply to",
}

COMPARISONS: dict[ast.CompareOp, str] = {
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
"""The words of each comparison."""


def condition(written: ast.Condition) -> str:
    """Any condition, without parentheses around the whole."""
    match written:
        case ast.Comparison():
            return f"{subject(written.subject)} {test(written.test)}"
        case ast.Did():
            return (
                f"did {text.name(written.event, _NOT)}{where_one(written.where)}"
                f"{_count(written.count)}{_window(written.window)}{_key(written.key)}"
            )
        case ast.DidNot():
            when = f"{_window(written.window)}{_key(written.key)}"
            return f"did not do {text.name(written.event)}{where_one(written.where)}{when}"
        case ast.Never():
            key = _key(written.key)
            return f"never did {text.name(written.event)}{where_one(written.where)}{key}"
        case ast.Sequence():
            then = "and then did not do" if written.negated else "then"
            return (
                f"did {text.name(written.first, _NOT)}{where_one(written.first_where)} "
                f"{then} {text.name(written.second)}{where_one(written.second_where)} "
                f"within {text.duration(written.within)}"
            )
        case ast.Inactive():
            return f"inactive for {text.duration(written.duration)}"
        case ast.MessageTest():
            return f"{_message(written)}{_window(written.window)}"
        case ast.InSegment():
            return f"{_no(written.negated)}in segment {text.quoted(written.segment.text)}"
        case ast.Subscribed():
            return f"{_no(written.negated)}subscribed to {text.quoted(written.topic.text)}"
        case ast.CanReceive():
            return f"{'cannot' if written.negated else 'can'} receive {written.channel}"
        case ast.ChurnRisk():
            op = written.op.replace("_", " ")
            return f"churn risk is {op} {text.percent(written.percent)}"
        case ast.Likely():
            within = text.duration(written.within)
            return f"likely to {text.name(written.event)} in the next {within}"
        case ast.TopLikely():
            percent = text.percent(written.percent)
            return f"in the top {percent} most likely to {text.name(written.event)}"
        case ast.InDraw():
            part = f"the first {text.percent(written.to)}"
            if written.from_ is not None:
                part = f"{text.percent(written.from_)} to {text.percent(written.to)}"
            name = text.quoted(written.draw.text)
            return f"{_no(written.negated)}in {part} of the draw {name}"
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
        case ast.Aggregate():
            of = "" if written.property is None else f"{text.name(written.property, TEST_WORDS)} "
            event = f"{text.name(written.event)}{where_one(written.where)}{_window(written.window)}"
            return f"{written.function} {of}of {event}"


def first_name(name: ast.Name) -> str:
    """A name at the beginning of a condition or line, quoted where it would be read as a word."""
    return text.quoted(name.text) if name.text in FIRST_WORDS else text.name(name)


def test(written: ast.Test) -> str:
    """What a comparison asks of its subject."""
    match written:
        case ast.Compare():
            return f"{COMPARISONS[written.op]} {text.value(written.value)}"
        case ast.OneOf():
            values = ", ".join(map(text.value, written.values))
            return f"is {'not ' if written.negated else ''}one of {values}"
        case ast.Known():
            return "is unknown" if written.negated else "is known"
        case ast.Between():
            return f"is between {text.value(written.low)} and {text.value(written.high)}"
        case ast.Within():
            return within(written.op, text.duration(written.duration))
        case ast.During():
            return f"is {written.span_of}{' in any year' if written.yearly else ''}"
        case ast.HasBeen():
            return f"has been {text.value(written.value)} for {text.duration(written.duration)}"


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
        case ast.SinceDate():
            return f"since {text.value(written.date)}"
        case ast.BetweenDates():
            return f"between {text.value(written.first)} and {text.value(written.last)}"
        case ast.SinceEntering():
            return "since entering"


def within(op: ast.WithinOp, length: str) -> str:
    """A date measured from now, that far away."""
    match op:
        case "in_next":
            return f"is in the next {length}"
        case "in_last":
            return f"is in the last {length}"
        case "more_than_ago":
            return f"is more than {length} ago"
        case "less_than_ago":
            return f"is less than {length} ago"
        case "more_than_ahead":
            return f"is more than {length} ahead"
        case "ago":
            return f"is {length} ago"
        case "ahead":
            return f"is {length} ahead"


def _clause(written: ast.Condition) -> str:
    inner = condition(written)
    return f"({inner})" if isinstance(written, ast.And | ast.Or) else inner


def where_one(where: ast.Condition | None) -> str:
    """The `where` of an event within a line: one comparison, or parentheses."""
    return "" if where is None else f" where {_clause(where)}"


def _count(count: ast.Count | None) -> str:
    if count is None:
        return ""
    return f" {count.op.replace('_', ' ')} {count.times} {'time' if count.times == 1 else 'times'}"


def _window(written: ast.Window | None) -> str:
    return "" if written is None else f" {window(written)}"


def _key(key: ast.Name | None) -> str:
    return "" if key is None else f" for this {text.name(key)}"


def _message(written: ast.MessageTest) -> str:
    if written.negated:
        verb = f"did not {_DO[written.verb]}"
    else:
        verb = "replied to" if written.verb == "replied" else written.verb
    if written.message is None:
        return f"{verb} any {written.channel or 'message'}"
    channel = "" if written.channel is None else f"{written.channel} "
    return f"{verb} {channel}{text.quoted(written.message.value)}"


def _no(negated: bool) -> str:
    return "not " if negated else ""
