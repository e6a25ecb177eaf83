"""The demo's report: one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path

from cio_lang.backends import english
from cio_lang.demo import drawing
from cio_lang.demo.summary import JourneyFigures, Mail
from cio_lang.record import record

STYLE = """
:root { --page: #fbfaf7; --ink: #1d2330; --soft: #667085; --line: #d9d6cd; --card: #ffffff;
  --a: #3b5bdb; --b: #e8710a; --c: #0f9d76; --d: #b0409a; }
@media (prefers-color-scheme: dark) { :root { --page: #14161b; --ink: #e9e7e1; --soft: #9aa2b1;
  --line: #343944; --card: #1c2027; --a: #7c95ff; --b: #ff9f4a; --c: #3fcf9f; --d: #e583d1; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1000px; padding: 48px 24px 96px; background: var(--page);
  color: var(--ink); font: 16px/1.55 Georgia, "Iowan Old Style", serif }
h1 { font-size: 38px; line-height: 1.15; margin: 0 0 8px; font-weight: 600 }
h2 { font-size: 25px; margin: 56px 0 8px; padding-top: 20px; border-top: 1px solid var(--line) }
h3 { font-size: 17px; margin: 22px 0 6px }
p.lead { font-size: 18px; color: var(--soft); max-width: 44em; margin: 0 0 28px }
table, .figures, svg text, pre, .tag { font-family: system-ui, "Segoe UI", sans-serif }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 12px 0 }
th { text-align: left; color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line) }
th, td { padding: 7px 14px 7px 0; vertical-align: top } td { border-bottom: 1px solid var(--line) }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0 }
.figures div { flex: 1 1 150px; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: 14px 16px; font-size: 13px; color: var(--soft) }
.figures b { display: block; font-size: 27px; line-height: 1.2; color: var(--ink);
  font-variant-numeric: tabular-nums }
.tag { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin: 0 7px 0 0 }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 28px }
@media (max-width: 760px) { .pair { grid-template-columns: 1fr } }
pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; margin: 8px 0;
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px }
.mail { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 4px 22px 12px; margin: 12px 0; font-size: 15px }
.mail header { font: 13px/1.6 system-ui, sans-serif; color: var(--soft); padding: 12px 0 8px;
  border-bottom: 1px solid var(--line) } .mail header b { color: var(--ink) }
svg { display: block; max-width: 100%; height: auto; margin: 8px auto }
svg rect { fill: var(--card); stroke: var(--line); stroke-width: 1.2 }
svg rect.entry { fill: var(--ink); stroke: none } svg rect.entry + text, rect.entry + text + text {
  fill: var(--page) }
svg rect.send { stroke: var(--a); stroke-width: 2 } svg rect.wait { stroke-dasharray: 5 4 }
svg text { font-size: 13px; fill: var(--ink) }
svg .says, svg .when, svg .count { text-anchor: middle }
svg .count { font-weight: 600; font-variant-numeric: tabular-nums }
svg .when { fill: var(--soft); font-style: italic }
svg .edge { fill: none; stroke: var(--soft); stroke-width: 1.2 } svg .tip { fill: var(--soft) }
svg .grid { stroke: var(--line) } svg .tick { text-anchor: end; font-size: 11px; fill: var(--soft) }
svg .month { font-size: 11px; fill: var(--soft) }
svg.weeks { margin: 0 } .series0 { --shade: var(--a) } .series1 { --shade: var(--b) }
.series2 { --shade: var(--c) } .series3 { --shade: var(--d) }
.tag { background: var(--shade) } svg.weeks rect { stroke: none; fill: var(--shade) }
"""


@record
class Page:
    """All that the page shows."""

    people: int
    events: int
    journeys: Sequence[JourneyFigures]
    mail: Mail
    person: str | None
    story: str
    letters: Sequence[Path]
    seconds: Mapping[str, float]
    total: float


def write(page: Page) -> str:
    """The page as HTML."""
    body = "\n".join(
        [
            "<h1>Eighteen months at CDNOW</h1>",
            '<p class="lead">Every purchase of the customers who first bought in early 1997, '
            "replayed through four journeys by the real engine, to a real mail server.</p>",
            _figures(page),
            "<h2>Mail in each week</h2>",
            _weeks(page.journeys),
            "<h2>The journeys</h2>",
            _table(page.journeys),
            *map(_journey, page.journeys),
            f"<h2>The story of {escape(page.person)}</h2>" if page.person else "",
            f"<pre>{escape(page.story)}</pre>" if page.person else "",
            "<h2>What arrived</h2>",
            *map(_letter, page.letters),
            "<h2>Where the time went</h2>",
            _seconds(page.seconds, page.total),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>cio demo: eighteen months at CDNOW</title><style>{STYLE}</style></head>"
        f"<body>\n{body}\n</body></html>\n"
    )


def _figures(page: Page) -> str:
    entered = sum(figures.entered for figures in page.journeys)
    goals = sum(figures.goals for figures in page.journeys)
    agreement = "the same messages, byte for byte" if page.mail.agrees else "NOT the same"
    cards = [
        (f"{page.people:,}", "people"),
        (f"{page.events:,}", "orders"),
        (f"{entered:,}", "times someone entered a journey"),
        (f"{goals:,}", "times a goal was reached"),
        (f"{page.mail.received:,}", f"messages received; outbox and inbox hold {agreement}"),
    ]
    inner = "".join(f"<div><b>{escape(n)}</b>{escape(what)}</div>" for n, what in cards)
    return f'<div class="figures">{inner}</div>'


def _weeks(journeys: Sequence[JourneyFigures]) -> str:
    every = sorted({week for figures in journeys for week in figures.weeks})
    if not every:
        return "<p>No mail was sent.</p>"
    return "\n".join(
        f'<h3><i class="tag series{shade}"></i>{escape(figures.graph.title)}</h3>'
        + drawing.weeks(figures.weeks, every[0], every[-1], shade)
        for shade, figures in enumerate(journeys)
    )


def _table(journeys: Sequence[JourneyFigures]) -> str:
    rows = "".join(
        f"<tr><td>{escape(figures.graph.title)}</td><td class=n>{figures.entered:,}</td>"
        f"<td class=n>{_lines(f'{sent.accepted:,}' for sent in figures.sent)}</td>"
        f"<td>{_lines(sent.step for sent in figures.sent)}</td>"
        f"<td class=n>{figures.goals:,}<br>{_share(figures.goals, figures.entered)}</td>"
        f"<td class=n>{_lines(f'{n:,}' for n in figures.endings().values())}</td>"
        f"<td>{_lines(figures.endings())}</td></tr>"
        for figures in journeys
    )
    return (
        "<table><tr><th>Journey<th class=n>Entered<th class=n>Sent<th>by step"
        f"<th class=n>Goal<th class=n>Ended<th>because</tr>{rows}</table>"
    )


def _journey(figures: JourneyFigures) -> str:
    chart = drawing.flow_chart(figures.graph.title, figures.steps, figures.entered, figures.visits)
    said = english.emit(figures.graph)
    return (
        f'<h3>{escape(figures.graph.title)}</h3><div class="pair">'
        f"<div>{chart}</div><pre>{escape(said)}</pre></div>"
    )


def _letter(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("html", "plain"))
    content = part.get_content() if part is not None else ""
    if part is None or part.get_content_type() != "text/html":
        content = f"<p>{escape(content)}</p>"
    return (
        f'<div class="mail"><header><b>{escape(str(message["Subject"]))}</b><br>'
        f"{escape(str(message['From']))} → {escape(str(message['To']))}, "
        f"{escape(str(message['Date']))}</header>{content}</div>"
    )


def _seconds(seconds: Mapping[str, float], total: float) -> str:
    rows = "".join(
        f"<tr><td>{escape(what)}</td><td class=n>{taken:.1f} s</td></tr>"
        for what, taken in seconds.items()
    )
    return f"<table>{rows}<tr><td>in all</td><td class=n>{total:.1f} s</td></tr></table>"


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(escape(one) for one in texts) or "–"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"
