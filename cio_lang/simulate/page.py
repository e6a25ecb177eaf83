"""A simulation as one HTML page with plots, that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from html import escape

from cio_lang.backends import english
from cio_lang.pictures import drawing, plots
from cio_lang.pictures.layout import Steps, steps
from cio_lang.pictures.sheet import whole
from cio_lang.simulate.figures import Figures
from cio_lang.simulate.telling import by_step, cost_lines, endings, heading, money, sends


def write(
    figures: Figures, segments: Mapping[str, str], prices: Mapping[str, Decimal], currency: str
) -> str:
    """The page; `segments` are the titles of segments by name."""
    below = steps(figures.graph, segments)
    title = figures.graph.title
    chart = drawing.flow_chart(title, below, figures.entered, figures.visits)
    body = "\n".join(
        [
            f"<h1>{escape(title)}: a simulation</h1>",
            f'<p class="lead">{escape(heading(figures))} The engine stepped '
            f"{figures.people:,} people through {figures.events:,} stored events on a virtual "
            "clock.</p>",
            _cards(figures, prices, currency),
            "<h2>The funnel</h2>",
            _funnel(figures, below),
            "<h2>When mail would have gone out</h2>",
            _calendar(figures),
            "<h2>Messages</h2>",
            _messages(figures, below),
            "<h2>Who entered, and how it ended</h2>",
            _entries(figures),
            "<h2>Limits</h2>",
            _limits(figures),
            "<h2>Cost</h2>",
            _cost(figures, prices, currency),
            "<h2>The journey</h2>",
            chart,
            f"<pre>{escape(english.emit(figures.graph))}</pre>",
        ]
    )
    return whole(f"{title}: a simulation", body)


def _cards(figures: Figures, prices: Mapping[str, Decimal], currency: str) -> str:
    cost = figures.cost(prices)
    cards = [
        (f"{figures.entered:,}", "times someone would have entered"),
        (f"{figures.messages:,}", "messages would have been sent"),
        (f"{sum(figures.skipped.values()):,}", "messages would have been skipped"),
    ]
    if figures.graph.goal is not None:
        share = f", {100 * figures.goals / figures.entered:.0f}%" if figures.entered else ""
        cards.append((f"{figures.goals:,}", f"reached the goal{share}"))
    if cost:
        cards.append((f"{money(sum(cost.values(), Decimal()))} {currency}", "by the prices given"))
    inner = "".join(f"<div><b>{escape(n)}</b>{escape(what)}</div>" for n, what in cards)
    return f'<div class="figures">{inner}</div>'


def _funnel(figures: Figures, below: Steps) -> str:
    rows = [("entered", figures.entered, 0), *_rows(figures, below, "")]
    return (
        plots.bars(rows, "How many came to each step")
        + '<p class="note">How often each step was reached; after the plus, in the other colour, '
        "those who still stood there at the end.</p>"
    )


def _rows(figures: Figures, below: Steps, indent: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for step in below:
        if step.arms:
            for arm in step.arms:
                inner = _rows(figures, arm.steps, f"{indent}› ")
                found += inner
            continue
        standing = figures.standing[step.node]
        found.append((indent + step.says, figures.visits[step.node] - standing, standing))
    return found


def _calendar(figures: Figures) -> str:
    if not figures.sent_on:
        return "<p>Nothing would have been sent.</p>"
    first = figures.start.astimezone(figures.zone).date()
    last = max([(figures.end - timedelta(microseconds=1)).astimezone(figures.zone).date(), first])
    (busiest, count), *_ = figures.sent_on.most_common(1)
    return (
        f"<h3>Each {plots.unit(first, last)}</h3>"
        + plots.columns(figures.sent_on, first, last, "Messages by day")
        + f'<p class="note">The busiest day would have been {busiest:%A} {busiest}, with {count:,}.'
        "</p><h3>The calendar</h3>"
        + plots.calendar(figures.sent_on, first, last, "Messages in the calendar")
        + "<h3>Hours of the week</h3>"
        + plots.week_hours(figures.sent_at, "Messages by weekday and hour")
        + f'<p class="note">Days and hours are those of {escape(str(figures.zone))}.</p>'
    )


def _messages(figures: Figures, below: Steps) -> str:
    rows = []
    for node, says in sends(below):
        sent, reasons = by_step(figures, node)
        why = "<br>".join(escape(reason) for reason, _ in reasons.most_common()) or "–"
        counts = "<br>".join(f"{count:,}" for _, count in reasons.most_common()) or "–"
        rows.append(
            f"<tr><td>{escape(says)}</td><td class=n>{figures.made[node]:,}</td>"
            f"<td class=n>{sent:,}</td><td class=n>{counts}</td><td>{why}</td></tr>"
        )
    got = [(_got(n), count, 0) for n, count in sorted(figures.each_got.items())][:12]
    return (
        "<table><tr><th>Step<th class=n>Made<th class=n>Sent<th class=n>Skipped<th>because</tr>"
        f"{''.join(rows)}</table><h3>How many messages people got</h3>"
        + plots.bars(got, "People by how many messages they got")
    )


def _got(count: int) -> str:
    return {0: "nothing", 1: "1 message"}.get(count, f"{count:,} messages")


def _entries(figures: Figures) -> str:
    if not figures.entered:
        return _table("Not entered because", figures.refused) or "<p>Nobody entered.</p>"
    first = figures.start.astimezone(figures.zone).date()
    last = max([*figures.entered_on, first])
    return (
        plots.columns(figures.entered_on, first, last, "Entries by day")
        + _table("Ended because", endings(figures))
        + _table("Not entered because", figures.refused)
    )


def _limits(figures: Figures) -> str:
    found = {
        f"{what.replace('_', ' ')}{': ' if reason else ''}{reason}": count
        for (what, reason), count in figures.limits.most_common()
    }
    return _table("Limit", found) or (
        "<p>No limit of the engine was hit. Who was not let in, or not again, is told above.</p>"
    )


def _cost(figures: Figures, prices: Mapping[str, Decimal], currency: str) -> str:
    told = "<br>".join(
        escape(" ".join(line.split())) for line in cost_lines(figures, prices, currency)
    )
    return (
        f"<p>{told}</p>"
        '<p class="note">Messages by the prices that were given, and nothing else.</p>'
    )


def _table(head: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    rows = "".join(
        f"<tr><td>{escape(said)}</td><td class=n>{count:,}</td></tr>"
        for said, count in counts.items()
    )
    return f"<table><tr><th>{head}<th class=n>Times</tr>{rows}</table>"
