"""Templates with a person's values filled in: a text part from the Markdown, an HTML part from it.

Markdown becomes HTML once per template, before any value is filled in, so that a value is never
read as Markdown or as a template; Liquid then escapes it for HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

from cio_lang.record import record
from cio_lang.templates.parts import split

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

LOOP_LIMIT = 10_000
OUTPUT_LIMIT = 500_000  # bytes
NAMESPACE_LIMIT = 200_000  # bytes
SUBJECT_LENGTH = 78

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


class TemplateFailed(ValueError):
    """A template cannot be parsed, or cannot be filled in for one person; says why in one line."""


@record
class Rendered:
    """A message for one person.  `html` is None for words written in the journey itself."""

    subject: str
    text: str
    html: str | None


@record
class _Parsed:
    subject: BoundTemplate
    text: BoundTemplate
    html: BoundTemplate


def render(body: str, context: Mapping[str, Any]) -> Rendered:
    """A template's text (as `load_folder` gives it) with `context` filled in.

    `context` is plain data: `{"person": {…}, "event": {…}}`; what is missing in it is empty.
    Raises TemplateFailed.
    """
    parsed = _parsed(body)
    return Rendered(
        " ".join(_fill(parsed.subject, context).split()),
        _fill(parsed.text, context),
        _fill(parsed.html, context),
    )


def render_inline(words: str, context: Mapping[str, Any]) -> Rendered:
    """Words written in a journey: the subject is their first sentence or line.  Text only."""
    text = _fill(_inline(words), context)
    return Rendered(first_sentence(text), text, None)


def first_sentence(text: str) -> str:
    """The first sentence or line, whichever is shorter, cut at a word to at most 78 characters."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    sentence = re.match(r".+?[.!?…。！？](?=\s|\Z)", line)
    subject = sentence.group() if sentence else line
    if len(subject) <= SUBJECT_LENGTH:
        return subject.removesuffix(".")
    return subject[: SUBJECT_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def syntax_mistake(body: str) -> str | None:
    """Why a template cannot be parsed, or None where it can."""
    try:
        _parsed(body)
    except TemplateFailed as error:
        return str(error)
    return None


@lru_cache(maxsize=512)
def _parsed(body: str) -> _Parsed:
    parts = split(body)
    return _Parsed(
        _parse(_environment(escape=False), parts.subject or ""),
        _parse(_environment(escape=False), parts.body),
        _parse(_environment(escape=True), to_html(parts.body)),
    )


@lru_cache(maxsize=512)
def _inline(words: str) -> BoundTemplate:
    return _parse(_environment(escape=False), words)


def _parse(environment: Environment, source: str) -> BoundTemplate:
    from liquid.exceptions import LiquidError

    try:
        return environment.from_string(source)
    except LiquidError as error:
        raise TemplateFailed(_first_line(error)) from error


def _fill(template: BoundTemplate, context: Mapping[str, Any]) -> str:
    try:
        return template.render(**context)
    except Exception as error:  # a filter may raise anything; one person's row must not stop others
        raise TemplateFailed(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@lru_cache(maxsize=2)
def _environment(*, escape: bool) -> Environment:
    from liquid import Environment, Mode

    class Limited(Environment):
        loop_iteration_limit = LOOP_LIMIT
        output_stream_limit = OUTPUT_LIMIT
        local_namespace_limit = NAMESPACE_LIMIT

    environment = Limited(autoescape=escape, tolerance=Mode.STRICT, strict_filters=True)
    environment.filters = {name: _short_of(each) for name, each in environment.filters.items()}
    return environment


def _short_of(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, refusing long ranges: `(1..1000000000) | join` is no loop to Liquid's limits."""

    @wraps(filter_)
    def limited(*values: Any, **named: Any) -> Any:
        if any(isinstance(each, range) and len(each) > LOOP_LIMIT for each in values):
            raise ValueError(f"a range of more than {LOOP_LIMIT:,} numbers")
        return filter_(*values, **named)

    return limited


def to_html(markdown: str) -> str:
    """Markdown as HTML, with every `{{ … }}` and `{% … %}` as it was written.

    Each stands aside as a plain word meanwhile: Markdown would escape the quotes inside it, and
    encode it in the address of a link.  A tag that is alone in its paragraph loses the paragraph.
    """
    from markdown_it import MarkdownIt

    mark = "cioplace"
    while mark in markdown:
        mark += "x"
    tags: list[str] = []

    def aside(found: re.Match[str]) -> str:
        tags.append(found.group())
        return f"{mark}{len(tags) - 1}z"

    html = MarkdownIt("commonmark").enable("table").render(_TAG.sub(aside, markdown))
    html = re.sub(
        rf"<p>({mark}(\d+)z)</p>",
        lambda found: (
            found.group(1) if tags[int(found.group(2))].startswith("{%") else found.group()
        ),
        html,
    )
    return re.sub(rf"{mark}(\d+)z", lambda found: tags[int(found.group(1))], html)
