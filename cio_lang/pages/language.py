"""The language on one page, from the trees that its lines become; and the grammar as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, get_args

from cio_lang import ast
from cio_lang.pages.page import Page, page_of

__all__ = ["GRAMMAR", "LANGUAGE", "SECTIONS"]

Kinds = Sequence[type[Any]]

_STEPS = tuple(kind for kind in get_args(ast.Step) if kind is not ast.Leaf)
_ENTRIES = get_args(ast.Entry)
_PARTS = tuple(kind for kind in get_args(ast.Part) if kind not in _ENTRIES)

SECTIONS: tuple[tuple[str, str, Kinds], ...] = (
    (
        "Declarations",
        "What stands at the left margin of a `.journey` file.",
        get_args(ast.Declaration),
    ),
    (
        "Below declarations",
        "Lines of events, policies, guarantees and shares.",
        (ast.PropertyLine, ast.Said, ast.Cap, *get_args(ast.Promise), ast.Share, ast.HoldOut,
         ast.PickWinner),
    ),
    ("How a journey starts", "One of these, the first line of a journey.", _ENTRIES),
    ("Parts of a journey", "Above its steps, in this order.", _PARTS),
    (
        "Steps with others below them, and waits",
        "The other steps stand on [their own page](steps.md).",
        (*_STEPS, ast.AtTime, ast.AtDate, ast.InSlot, ast.EventPattern),
    ),
    (
        "Conditions",
        "Joined by `and` or `or`, not both without parentheses; `not (…)`; one per line means "
        "`and`; a line that ends with `any of` or `all of` opens a block of lines.",
        get_args(ast.Condition),
    ),
    ("What a comparison is about", "Its first words.", get_args(ast.Subject)),
    ("What is asked of it", "Its other words.", get_args(ast.Test)),
    ("When an event counts", "Behind `did` and behind totals.", (*get_args(ast.Window), ast.Count)),
    (
        "Values",
        "As they are written in conditions and steps.",
        (*get_args(ast.Value), ast.Percent, ast.Duration, ast.TimeOfDay),
    ),
    ("One-line statements", "What `cio say` takes.", get_args(ast.Statement)),
    ("Lines of a scenario", "What `cio test` carries out.", get_args(ast.ScenarioLine)),
)  # fmt: skip
"""Every kind of tree that something can be written as, by where it stands."""


_CALLED: Mapping[type[Any], str] = {
    ast.PropertyLine: "a property of an event",
    ast.Said: "other words for it",
    ast.Cap: "at most",
    ast.AtMostMessages: "nobody gets more than",
    ast.NoneBetween: "none between",
    ast.AtLeastOne: "everyone gets at least one",
    ast.OnEvent: "when someone does something",
    ast.OnMatch: "when someone matches a condition",
    ast.OnSegment: "when someone joins or leaves a segment",
    ast.OnDate: "before, on or after a date",
    ast.OnSchedule: "every day, weekday or month",
    ast.OnceFor: "once",
    ast.OnStart: "when started",
    ast.OnlyWhere: "only people where",
    ast.LeaveOnEvent: "leave when they do something",
    ast.LeaveWhenUnmatched: "leave when they no longer match",
    ast.LeaveWhere: "leave when a condition holds",
    ast.Once: "once ever",
    ast.TopicOf: "topic",
    ast.Quiet: "quiet hours",
    ast.SpreadOver: "send over",
    ast.WaitUntilMoment: "wait until a moment",
    ast.WaitUntil: "wait until something happens",
    ast.AtTime: "a time of day",
    ast.AtDate: "a date of theirs",
    ast.InSlot: "between two times of day",
    ast.EventPattern: "something that they do",
    ast.MessageTest: "messages",
    ast.TopLikely: "the most likely",
    ast.InDraw: "a random part of people",
    ast.Property: "a property of the event",
    ast.EntryProperty: "a property of the event that started the journey",
    ast.Aggregate: "a total, average, first, latest, …",
    ast.Compare: "one value",
    ast.OneOf: "one of several values",
    ast.Known: "known or not",
    ast.Within: "so far from now",
    ast.During: "in a day, week, month or year",
    ast.BetweenAgo: "between … ago",
    ast.Calendar: "in a day, week, month or year",
    ast.SinceDate: "since a day",
    ast.BetweenDates: "between two days",
    ast.Count: "how often",
    ast.YesNo: "yes or no",
    ast.Duration: "a length of time",
    ast.Fact: "what somebody did",
    ast.SetFact: "set an attribute",
    ast.SendTo: "send a message",
    ast.StartFor: "start a journey",
    ast.When: "when somebody does something",
    ast.WhenSet: "when an attribute changes",
    ast.GivenIn: "given somebody in a segment",
    ast.WhenMoved: "when somebody is put into a segment or taken out",
    ast.WhenAnswered: "when somebody is asked to approve",
    ast.WhenWon: "when an experiment is won",
    ast.ExpectMessage: "expect a message",
    ast.ExpectRun: "expect somebody in a journey",
    ast.ExpectAttribute: "expect an attribute",
    ast.ExpectMatch: "expect a condition",
}
"""Names of what the class is not called as a marketer would."""


def _language() -> str:
    return "\n".join(_lines()).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    yield "# The language"
    yield ""
    yield "Everything that can be written, a line for each. What it means when it runs is in"
    yield "[what journeys mean](../semantics.md); word by word it is in the [grammar](grammar.md)."
    for title, about, kinds in SECTIONS:
        yield from ("", f"## {title}", "", about, "")
        for kind in kinds:
            first, *others = (" ".join(each.split()) for each in _said_of(kind))
            yield f"- **{_spoken(kind)}**: {first}"
            yield from (f"  {each}" for each in others)


def _said_of(kind: type[Any]) -> Iterator[str]:
    """The paragraphs of a docstring without those about the tree itself."""
    return (each for each in page_of(kind).split("\n\n") if not each.startswith("In the tree"))


def _spoken(kind: type[Any]) -> str:
    """What a marketer would call it: `ChurnRisk` is `churn risk`."""
    if kind in _CALLED:
        return _CALLED[kind]
    name = kind.__name__.removesuffix("Declaration")
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip()


def _grammar() -> str:
    text = resources.files("cio_lang.grammar").joinpath("journey.lark").read_text("utf-8")
    return (
        "# The grammar\n\n"
        "The grammar that the parser is built from (Lark, LALR), as it is. Each line of a file is "
        "parsed\nby itself; which line stands below which is read from the indentation.\n\n"
        f"```lark\n{text.rstrip()}\n```\n"
    )


LANGUAGE = Page("docs/reference/language.md", "The language", _language)
GRAMMAR = Page("docs/reference/grammar.md", "The grammar", _grammar)
