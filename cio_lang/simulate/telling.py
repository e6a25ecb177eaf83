"""A simulation in words, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from cio_lang.pictures.layout import Steps, steps
from cio_lang.pictures.tree import tree
from cio_lang.simulate.figures import Figures
from cio_lang.simulate.problems import shown, shown_end

_DAYS, _WEEKS = 14, 26
"""Lines of the send calendar; where there are more days, weeks are told, and then months."""

_ENDS = {"finished": "came to the end", "leave": "the step `leave`"}


def lines(
    figures: Figures, segments: Mapping[str, str], prices: Mapping[str, Decimal], currency: str
) -> Iterator[str]:
    """The whole answer; `segments` are the titles of segments by name."""
    below = steps(figures.graph, segments)
    yield heading(figures)
    yield ""
    yield tree(figures.graph.title, below, figures.entered, figures.visits)
    yield ""
    yield from _people(figures)
    if figures.made:
        yield ""
        yield "Messages"
        yield from _messages(figures, below)
        yield ""
        yield "Send calendar"
        yield from _calendar(figures)
    yield ""
    yield "Limits"
    yield from _limits(figures)
    yield ""
    yield "Cost"
    yield from cost_lines(figures, prices, currency)


def heading(figures: Figures) -> str:
    """What this is, in one line."""
    start, end = (at.astimezone(figures.zone) for at in (figures.start, figures.end))
    return (
        f"{figures.graph.title}, as if applied on {shown(start)}, simulated to {shown_end(end)}. "
        "Nothing was sent."
    )


def endings(figures: Figures) -> dict[str, int]:
    """Why runs ended, as a person would say it, and how many have not."""
    ended = {_ENDS.get(reason, reason): count for reason, count in figures.ends.most_common()}
    return {**ended, "still in it": figures.live} if figures.live else ended


def sends(below: Steps) -> list[tuple[str, str]]:
    """Node and words of each step that sends, in the order of reading."""
    found: list[tuple[str, str]] = []
    for step in below:
        if step.kind == "send":
            found.append((step.node, step.says))
        for arm in step.arms:
            found += sends(arm.steps)
    return found


def by_step(figures: Figures, node: str) -> tuple[int, Counter[str]]:
    """How many messages of a step would have been sent, and how many not, by reason."""
    sent = sum(count for (step, _), count in figures.sent.items() if step == node)
    reasons = {why: count for (step, why), count in figures.skipped.items() if step == node}
    return sent, Counter(reasons)


def cost_lines(figures: Figures, prices: Mapping[str, Decimal], currency: str) -> Iterator[str]:
    """What it would have cost, by the prices that were given."""
    cost = figures.cost(prices)
    for channel, count in figures.by_channel().items():
        if channel in prices:
            price = f"{count:,} {channel} at {plain(prices[channel])} {currency} each"
            yield _row(price, f"{money(cost[channel])} {currency}")
        else:
            yield _row(f"{count:,} {channel}", "no price is set")
    if not figures.messages:
        yield "  nothing"
    elif len(cost) > 1:
        yield _row("in all", f"{money(sum(cost.values(), Decimal()))} {currency}")
    if figures.messages and not cost:
        yield "  `[prices]` in cio.toml sets them, or `--price email=0.0004`."


def money(amount: Decimal) -> str:
    """An amount with two places, more where it would be nothing otherwise."""
    return f"{amount:,.2f}" if amount >= 1 or not amount else f"{amount:.2g}"


def plain(amount: Decimal) -> str:
    """A price as it was written."""
    return f"{amount.normalize():f}"


def _people(figures: Figures) -> Iterator[str]:
    yield "People"
    yield _row("could enter", f"{figures.people:,}")
    yield _row("entered (different people)", f"{figures.entrants:,}")
    for reason, count in figures.refused.most_common():
        yield _row(f"not entered: {reason}", f"{count:,}")
    if figures.graph.goal is not None:
        share = f" ({100 * figures.goals / figures.entered:.0f}%)" if figures.entered else ""
        yield _row(f"reached the goal{share}", f"{figures.goals:,}")
    for said, count in endings(figures).items():
        yield _row(said if said == "still in it" else f"ended: {said}", f"{count:,}")


def _messages(figures: Figures, below: Steps) -> Iterator[str]:
    for node, says in sends(below):
        sent, reasons = by_step(figures, node)
        yield _row(says, f"{sent:,}")
        for reason, count in reasons.most_common(5):
            yield _row(f"  skipped: {reason}", f"{count:,}")
        if len(reasons) > 5:
            rest = sum(reasons.values()) - sum(count for _, count in reasons.most_common(5))
            yield _row("  skipped: other reasons", f"{rest:,}")
    most = max(figures.each_got, default=0)
    yield _row(f"most that one person got, by {figures.each_got[most]:,}", f"{most:,}")


def _calendar(figures: Figures) -> Iterator[str]:
    if not figures.sent_on:
        yield "  nothing would have been sent"
        return
    first, last = min(figures.sent_on), max(figures.sent_on)
    span = (last - first).days
    days: Counter[str] = Counter()
    for day, count in sorted(figures.sent_on.items()):
        monday = day - timedelta(days=day.weekday())
        if span < _DAYS:
            days[f"{day:%a} {day}"] += count
        elif span < 7 * _WEEKS:
            days[f"week from {monday}"] += count
        else:
            days[f"{day:%B %Y}"] += count
    most = max(days.values())
    for said, count in days.items():
        bar = "█" * max(1, round(34 * count / most))
        yield f"  {said:<22}{count:>10,}  {bar}"
    (busiest, count), *_ = figures.sent_on.most_common(1)
    yield f"  The busiest day would have been {busiest:%A} {busiest}, with {count:,}."


def _limits(figures: Figures) -> Iterator[str]:
    if not figures.limits:
        yield "  no limit of the engine was hit; who was not let in, or not again, is told above"
    for (what, reason), count in figures.limits.most_common():
        yield _row(f"{what.replace('_', ' ')}{': ' if reason else ''}{reason}", f"{count:,}")


def _row(says: str, figure: str) -> str:
    says = f"  {says}"
    if len(says) > 78:
        says = says[:77].rstrip() + "…"
    return says + " " * max(2, 92 - len(says) - len(figure)) + figure
