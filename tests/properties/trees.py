"""Trees of every kind, for properties that hold for all of them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st

from cio_lang import ast
from cio_lang.grammar import tables
from cio_lang.grammar.values import LONGEST_TIME, UNITS_IN_A_YEAR
from cio_lang.steps.add_number import AddNumber
from cio_lang.steps.call import Call
from cio_lang.steps.membership import Membership
from cio_lang.steps.send import CHANNELS, Send
from cio_lang.steps.set_attribute import SetAttribute
from cio_lang.steps.start import Start
from cio_lang.steps.track import Track
from cio_lang.text import CURRENCIES


def briefly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The same strategy, without its parts in what hypothesis prints of it."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Any:
        return draw(strategy)

    return drawn()


KEYWORDS = sorted(tables.words().keywords)

# A lone surrogate cannot be written to a file; a line break in text is written `\n`.
characters = st.characters(exclude_categories=("Cs",))
free_text = st.text(characters, max_size=12)
words = st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True)
currencies = st.sampled_from(sorted(CURRENCIES))

names = st.one_of(
    st.sampled_from(["plan", "order_placed", "amount", "Größe", "x", "EUR", "Order Completed"]),
    st.sampled_from(KEYWORDS),
    words,
    free_text,
).map(ast.Name)


def row() -> st.SearchStrategy[str]:
    """One row of a block: no line break, no closing quotes, nothing to strip at its end."""
    return (
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters='\n\r"'), max_size=12)
        .map(str.rstrip)
        .map(lambda text: text.lstrip() or text.strip())
    )


quoted_texts = free_text.map(ast.Text)
blocks = st.lists(row(), min_size=1, max_size=4).map(
    lambda rows: ast.Text("\n".join(rows), block=True)
)
messages = st.one_of(quoted_texts, blocks)

decimals = st.decimals(
    min_value=Decimal(-(10**9)), max_value=Decimal(10**9), places=4, allow_nan=False
) | st.integers(-(10**14), 10**14).map(Decimal)
numbers = decimals.map(ast.Number)
money = st.builds(ast.Money, decimals, currencies)
money |= st.builds(ast.Money, decimals, st.sampled_from(["USD", "EUR", "GBP"]))
dates = st.dates(min_value=datetime.date(1, 1, 1)).map(ast.Date)
clocks = st.times().map(lambda time: ast.Time(time.replace(microsecond=0)))
times_of_day = st.builds(ast.TimeOfDay, clocks, st.booleans())
percents = st.decimals(0, 100, places=2).map(ast.Percent)
parts_of_draws = st.one_of(
    st.tuples(st.none(), st.decimals("0.01", 100, places=2).map(ast.Percent)),
    st.tuples(
        st.decimals(0, 50, places=2).map(ast.Percent),
        st.decimals("50.01", 100, places=2).map(ast.Percent),
    ),
)
values: st.SearchStrategy[Any] = st.one_of(
    quoted_texts, numbers, money, dates, clocks, st.booleans().map(ast.YesNo)
)

units = st.sampled_from(get_args(ast.Unit))


def _spans(unit: Any) -> st.SearchStrategy[int]:
    return st.integers(0, UNITS_IN_A_YEAR[unit] * LONGEST_TIME)


durations = units.flatmap(lambda unit: st.builds(ast.Duration, _spans(unit), st.just(unit)))

# ── conditions ───────────────────────────────────────────────────────────────────────────────────

tests: st.SearchStrategy[Any] = st.one_of(
    st.builds(ast.Compare, st.sampled_from(get_args(ast.CompareOp)), values),
    st.builds(ast.OneOf, st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(ast.Known, st.booleans()),
    st.builds(ast.Between, values, values),
    st.builds(ast.Within, st.sampled_from(get_args(ast.WithinOp)), durations),
    st.builds(ast.During, st.sampled_from(get_args(ast.CalendarSpan)), st.booleans()),
    st.builds(ast.HasBeen, values, durations),
)
past = ["today", "yesterday"]
past += [f"{word} {of}" for word in ("this", "last") for of in ("week", "month", "year")]
windows: st.SearchStrategy[Any] = st.one_of(
    st.builds(ast.Last, durations),
    st.sampled_from(past).map(ast.Calendar),
    units.flatmap(
        lambda unit: st.builds(ast.BetweenAgo, _spans(unit), _spans(unit), st.just(unit))
    ),
    st.builds(ast.SinceDate, dates),
    st.builds(ast.BetweenDates, dates, dates),
    st.builds(ast.SinceEntering),
)
maybe_window = st.none() | windows
counts = st.builds(
    ast.Count,
    st.sampled_from(["at_least", "exactly", "fewer_than", "more_than", "at_most"]),
    st.integers(0, 10**6),
)


def joined(clauses: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Conditions joined by `and`, `or` and `not`."""
    clauses = briefly(clauses)
    joint = st.recursive(
        clauses,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: ast.And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: ast.Or(tuple(parts))),
            st.builds(ast.Not, inner),
        ),
        max_leaves=4,
    )
    return briefly(joint)


wheres = st.none() | joined(st.builds(ast.Comparison, st.builds(ast.Property, names), tests))
keys = st.none() | names
functions = st.sampled_from([name for name in get_args(ast.Function) if name != "number"])
subjects = st.one_of(
    st.builds(ast.Attribute, names),
    st.builds(ast.EntryProperty, names),
    st.builds(ast.Aggregate, functions, names, names, wheres, maybe_window),
    st.builds(ast.Aggregate, st.just("number"), st.none(), names, wheres, maybe_window),
)
channels = st.sampled_from(get_args(ast.Channel))
conditions: st.SearchStrategy[Any] = joined(
    st.one_of(
        st.builds(ast.Comparison, subjects, tests),
        st.builds(ast.Did, names, wheres, st.none() | counts, maybe_window, keys),
        st.builds(ast.DidNot, names, wheres, maybe_window, keys),
        st.builds(ast.Never, names, wheres, keys),
        st.builds(ast.Sequence, names, names, durations, st.booleans(), wheres, wheres),
        st.builds(ast.Inactive, durations),
        st.builds(
            ast.MessageTest,
            st.sampled_from(get_args(ast.MessageVerb)),
            st.none() | quoted_texts,
            st.none() | channels,
            maybe_window,
            st.booleans(),
        ),
        st.builds(ast.InSegment, names, st.booleans()),
        st.builds(ast.Subscribed, names, st.booleans()),
        st.builds(ast.CanReceive, channels, st.booleans()),
        st.builds(
            ast.ChurnRisk,
            st.sampled_from(["more_than", "at_least", "less_than", "at_most"]),
            percents,
        ),
        st.builds(ast.Likely, names, durations),
        st.builds(ast.TopLikely, percents, names),
        parts_of_draws.flatmap(
            lambda part: st.builds(
                ast.InDraw, st.just(part[1]), names, st.just(part[0]), st.booleans()
            )
        ),
    )
)

# ── journeys ─────────────────────────────────────────────────────────────────────────────────────

comments = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\n\r"), max_size=8
).map(str.rstrip)
trivia = st.builds(
    ast.Trivia,
    st.lists(comments, max_size=2).map(tuple),
    st.none() | comments,
    st.booleans(),
)


def lines(tree: Any, *fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Trees that stand on a line, with comments around some of them."""
    return st.builds(tree, *fields, trivia=st.just(ast.NO_TRIVIA) | trivia)


def _block(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lines = st.lists(st.tuples(inner, st.just(ast.NO_TRIVIA) | trivia), min_size=2, max_size=3)
    return st.builds(_lined, st.sampled_from([ast.And, ast.Or]), lines)


def _lined(joined: Any, lines: list[tuple[Any, ast.Trivia]]) -> Any:
    parts, around = zip(*lines, strict=True)
    return joined(parts, block=True, lines=around)


# Conditions that may stand as a block on lines of their own, with blocks in it.
blocks_or_lines = briefly(conditions | st.recursive(conditions, _block, max_leaves=4))

weekdays = st.sampled_from(get_args(ast.Weekday))
sides = st.sampled_from(["before", "after"])
entries = st.one_of(
    lines(ast.OnEvent, names, wheres),
    lines(ast.OnMatch, blocks_or_lines, st.booleans()),
    lines(ast.OnSegment, st.sampled_from(["joins", "leaves"]), names),
    lines(ast.OnDate, sides, names, times_of_day, durations, st.booleans(), st.none() | conditions),
    lines(
        ast.OnDate,
        st.just("on"),
        names,
        times_of_day,
        st.none(),
        st.booleans(),
        st.none() | conditions,
    ),
    lines(
        ast.OnSchedule,
        weekdays | st.sampled_from(["day", "weekday"]) | st.integers(1, 31),
        times_of_day,
        conditions,
    ),
    lines(ast.OnceFor, conditions),
    lines(ast.OnStart),
)
exits = st.one_of(
    lines(ast.LeaveOnEvent, names, wheres),
    lines(ast.LeaveWhenUnmatched),
    lines(ast.LeaveWhere, blocks_or_lines),
)
goals = lines(ast.Goal, names, wheres, st.none() | durations, st.booleans())
reentries = st.one_of(lines(ast.Once), lines(ast.EveryTime), lines(ast.AgainAfter, durations))
quiets = lines(ast.Quiet, times_of_day, times_of_day)


@st.composite
def parts(draw: st.DrawFn) -> tuple[Any, ...]:
    """Parts in the order in which a journey keeps them."""
    order = (entries, lines(ast.OnlyWhere, blocks_or_lines), exits, goals, reentries)
    drawn = [one for kind in order for one in draw(st.lists(kind, max_size=2))]
    manners = (
        lines(ast.Key, names),
        lines(ast.TopicOf, names),
        quiets,
        lines(ast.Priority, st.sampled_from(["high", "normal", "low"])),
        lines(ast.ExemptFromCaps),
        lines(ast.SpreadOver, durations),
    )
    return (*drawn, *(one for kind in manners for one in draw(st.lists(kind, max_size=1))))


whole_numbers = st.integers(0, 10**6)
simple_steps: st.SearchStrategy[Any] = st.one_of(
    lines(ast.Wait, durations),
    lines(
        ast.WaitUntilMoment,
        st.one_of(
            st.builds(ast.AtTime, times_of_day, st.none() | weekdays),
            st.builds(ast.AtDate, sides, names, durations, st.none() | times_of_day),
            st.builds(ast.AtDate, st.just("on"), names, st.none(), st.none() | times_of_day),
            st.builds(ast.InSlot, times_of_day, times_of_day, st.booleans()),
        ),
    ),
    lines(ast.Ask, quoted_texts, st.none() | durations),
    lines(ast.Collect, durations),
    lines(ast.Throttle, whole_numbers, st.sampled_from(["hour", "day", "week", "month"])),
    lines(ast.Leave),
    lines(Send, st.sampled_from(list(CHANNELS)), messages, st.none() | names, st.booleans()),
    lines(SetAttribute, names, values),
    lines(AddNumber, decimals, names),
    lines(Track, names, st.lists(st.tuples(names, values), max_size=3).map(tuple)),
    lines(Membership, st.sampled_from(["add", "remove"]), names),
    lines(Call, quoted_texts),
    lines(Start, names),
)


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    steps = st.lists(inner, min_size=1, max_size=3).map(tuple)
    few = st.lists(inner, max_size=2).map(tuple)
    arms = st.lists(lines(ast.Arm, conditions, steps), min_size=1, max_size=3).map(tuple)
    otherwise = st.none() | lines(ast.Otherwise, steps)
    shares = st.lists(lines(ast.Share, percents, quoted_texts, few), min_size=1, max_size=3).map(
        tuple
    )
    patterns = st.builds(ast.EventPattern, names, wheres)
    awaited = st.tuples(conditions, st.lists(patterns, max_size=2).map(tuple)) | st.tuples(
        st.none(), st.lists(patterns, min_size=1, max_size=2).map(tuple)
    )
    dates = st.builds(ast.AtDate, sides, names, durations, st.none() | times_of_day)
    return st.one_of(
        st.builds(ast.If, arms, otherwise),
        awaited.flatmap(
            lambda both: lines(
                ast.WaitUntil,
                st.just(both[0]),
                st.just(both[1]),
                st.none() | durations,
                few,
                otherwise,
            )
        ),
        lines(ast.WaitUntilMoment, dates, otherwise),
        lines(ast.Split, shares),
        lines(
            ast.Experiment,
            names,
            names,
            shares,
            st.none() | lines(ast.HoldOut, percents.filter(lambda percent: percent.value > 0)),
            st.none() | lines(ast.PickWinner, percents),
        ),
        lines(ast.Repeat, whole_numbers, steps, st.none() | conditions),
        lines(ast.Ask, quoted_texts, st.none() | durations, otherwise),
    )


steps = st.recursive(simple_steps, _larger, max_leaves=4)
english = st.lists(comments.map(lambda text: text.lstrip()), max_size=2).map(tuple)
journeys = lines(
    ast.Journey,
    names,
    english,
    parts(),
    st.lists(steps, min_size=1, max_size=3).map(tuple),
)

# ── declarations ─────────────────────────────────────────────────────────────────────────────────

types: st.SearchStrategy[Any] = st.one_of(
    st.builds(ast.Type, st.sampled_from(get_args(ast.SimpleType))),
    st.builds(
        ast.Type,
        st.just("money"),
        st.just(()),
        currencies,
    ),
    st.builds(ast.Type, st.just("one of"), st.lists(free_text, min_size=1, max_size=3).map(tuple)),
)
said = st.none() | lines(ast.Said, st.lists(free_text, min_size=1, max_size=3).map(tuple))
periods = st.sampled_from(["hour", "day", "week", "month"])
maybe_channel = st.none() | channels
caps = lines(ast.Cap, whole_numbers, maybe_channel, periods)
promises = st.one_of(
    lines(ast.AtMostMessages, whole_numbers, maybe_channel, periods),
    lines(ast.NoneBetween, maybe_channel, times_of_day, times_of_day),
    lines(ast.AtLeastOne, st.none() | names, maybe_channel),
)

# ── scenarios ────────────────────────────────────────────────────────────────────────────────────

people = st.builds(
    ast.PersonRef,
    st.one_of(
        st.sampled_from(["alice", "alice@example.com", "user 123", "42", "show", "activity"]),
        st.sampled_from(KEYWORDS),
        free_text,
    ),
)
pairs = st.lists(st.tuples(names, values), max_size=3).map(tuple)
moments = st.builds(ast.At, dates, st.none() | clocks)
fates = ["in", "not in", "goal", "entered", "did not enter", "left"]
scenario_lines = st.one_of(
    lines(ast.Given, people, pairs, st.none() | moments),
    lines(ast.GivenIn, people, names),
    lines(ast.WhenMoved, people, names, st.booleans()),
    lines(ast.WhenAnswered, people, st.booleans(), names, people),
    lines(ast.WhenWon, quoted_texts, names),
    lines(ast.At, dates, st.none() | clocks),
    lines(ast.When, people, names, pairs),
    lines(ast.WhenSet, names, people, values),
    lines(ast.After, durations),
    lines(
        ast.ExpectMessage,
        people,
        channels | st.just("message"),
        st.none() | messages,
        st.booleans(),
    ),
    lines(ast.ExpectRun, people, names, st.sampled_from(fates), st.none() | quoted_texts),
    lines(ast.ExpectAttribute, names, people, values),
    lines(ast.ExpectMatch, people, conditions),
)
declarations: st.SearchStrategy[Any] = st.one_of(
    lines(
        ast.EventDeclaration,
        names,
        said,
        st.lists(lines(ast.PropertyLine, names, types), max_size=3).map(tuple),
    ),
    lines(ast.AttributeDeclaration, names, types, said),
    lines(
        ast.SegmentDeclaration,
        names,
        st.lists(lines(ast.ConditionLine, blocks_or_lines), min_size=1, max_size=3).map(tuple),
        said,
    ),
    lines(ast.SegmentDeclaration, names, st.just(()), said, st.just(True)),
    lines(ast.TopicDeclaration, names, st.booleans()),
    lines(ast.Policy, quiets, st.lists(caps, max_size=2).map(tuple)),
    lines(ast.Policy, st.none(), st.lists(caps, min_size=1, max_size=2).map(tuple)),
    lines(ast.Guarantee, st.lists(promises, min_size=1, max_size=3).map(tuple)),
    lines(
        ast.TemplateDeclaration,
        names,
        channels,
        messages,
        st.none() | quoted_texts,
        st.none() | quoted_texts,
        st.just(()) | st.tuples(trivia, trivia, trivia),
    ),
    lines(ast.Scenario, names, st.lists(scenario_lines, min_size=1, max_size=4).map(tuple)),
    journeys,
)
files = st.builds(
    ast.File,
    st.lists(declarations, max_size=3).map(tuple),
    st.lists(comments, max_size=2).map(tuple),
)

# ── statements ───────────────────────────────────────────────────────────────────────────────────

matching = st.builds(ast.PeopleWhere, conditions)
recipients = people | matching
statements: st.SearchStrategy[Any] = st.one_of(
    st.builds(ast.Fact, people, names, st.lists(st.tuples(names, values), max_size=3).map(tuple)),
    st.builds(ast.SetFact, names, people, values),
    st.builds(ast.Show, people),
    st.builds(ast.ShowActivity, people, maybe_window),
    st.builds(ast.CountPeople, st.none() | conditions),
    matching,
    st.builds(ast.SendTo, channels | st.just("notify"), messages, recipients),
    st.builds(ast.StartFor, names, recipients),
    st.builds(ast.Preview, names, people),
    st.builds(ast.Write, channels, quoted_texts, st.none() | recipients),
    st.builds(ast.Suggest, st.integers(0, 99), names),
    st.builds(ast.Predict, st.none() | names, st.none() | durations, recipients),
    st.builds(ast.BestTime, channels, people),
    st.builds(ast.CompareSubjects, names),
    st.builds(ast.Improve, names),
    st.builds(ast.Forget, people),
    st.builds(ast.WhyNot, people, names),
)
