"""A template file in its parts: front matter and Markdown.

`templates/welcome.email.md` is

    ---
    subject: Welcome, {{ person.name }}!
    ---
    Hello {{ person.name }}, …

The front matter is read line by line and not as YAML, in which `{{ … }}` would be a mapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from cio_lang import ir
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report, nearest
from cio_lang.record import record
from cio_lang.source import Span

ENDING = ".email.md"
KEYS = ("subject",)


@record
class Parts:
    """`subject` is None for words without front matter; `line` is the first line of `body`."""

    subject: str | None
    body: str
    line: int = 1


@record(kw_only=True)
class TemplateWithoutSubject(Problem):
    """A template does not say what its subject is."""

    code = "template-without-subject"
    template: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The template `{self.template}` has no subject.",
            "Mail without a subject looks broken and is often taken for spam.",
            "start the file with three lines: `---`, `subject: What it is about`, `---`",
        )


@record(kw_only=True)
class UnknownTemplateKey(Problem):
    """The front matter of a template has a line that means nothing."""

    code = "unknown-template-key"
    written: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` means nothing at the top of a template.",
            "Only `subject: …` is known there; anything else would be ignored.",
            f"write `{self.suggestion}: …`" if self.suggestion else "take the line out",
        )


@record(kw_only=True)
class TemplateIsNotText(Problem):
    """A template file cannot be read as text."""

    code = "template-is-not-text"
    template: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The template `{self.template}` cannot be read as text.",
            "Templates are UTF-8 text, so that every letter arrives as it was written.",
            "save the file as UTF-8",
        )


def split(body: str) -> Parts:
    """The parts of a template's text; text without front matter is all body."""
    lines = body.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        return Parts(None, "\n".join(lines))
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            subject = next((v for k, v in map(_entry, lines[1:number]) if k == "subject"), None)
            rest = lines[number + 1 :]
            blank = next((i for i, text in enumerate(rest) if text.strip()), len(rest))
            return Parts(subject or None, "\n".join(rest[blank:]), number + 2 + blank)
    return Parts(None, "\n".join(lines))


def _entry(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return key.strip(), value


def problems(name: str, file: str, body: str) -> tuple[Problem, ...]:
    """What is wrong with the front matter of template `name`."""
    found: list[Problem] = []
    lines = body.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], start=2):
            if line.rstrip() == "---":
                break
            key = _entry(line)[0]
            if key and key not in KEYS and not key.startswith("#"):
                span = Span(file, number, 1, number, len(line) + 1)
                found.append(
                    UnknownTemplateKey(
                        span=span, written=line.strip(), suggestion=nearest(key, KEYS)
                    )
                )
    if split(body).subject is None:
        found.append(TemplateWithoutSubject(span=Span(file, 1, 1, 1, 1), template=name))
    return tuple(found)


def template_files(folder: Path) -> Mapping[str, Path]:
    """The files `NAME.email.md` in a folder by NAME; a folder that does not exist has none."""
    files = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []
    return {re.sub(re.escape(ENDING) + r"\Z", "", file.name): file for file in files}


def declared(graphs: Iterable[ir.Graph]) -> Mapping[str, str]:
    """The email templates written in journey files, as the text of a template file, by name."""
    texts: dict[str, str] = {}
    for graph in graphs:
        if isinstance(graph, ir.TemplateGraph) and graph.channel == "email":
            subject = " ".join((graph.subject or "").split())
            texts[graph.title] = f'---\nsubject: "{subject}"\n---\n{graph.body}\n'
    return texts


def load_folder(folder: Path) -> Mapping[str, str]:
    """The text of every template in a folder, by name.  Raises UserMistake for unreadable ones."""
    texts: dict[str, str] = {}
    for name, file in template_files(folder).items():
        try:
            texts[name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise UserMistake(TemplateIsNotText(span=place(file), template=name)) from error
    return texts
