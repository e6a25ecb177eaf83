"""The demo's report: one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path

from cio_lang.backends import english
from cio_lang.demo.summary import JourneyFigures, Mail
from cio_lang.pictures import drawing
from cio_lang.pictures.sheet import whole
from cio_lang.record import record


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
    return whole("cio demo: eighteen months at CDNOW", body)


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
