"""A page for each kind of problem: what it is, a case of it, and the message."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path

import cio_lang
from cio_lang.compiler import compile_sources
from cio_lang.mistake import place
from cio_lang.pages.elsewhere import ELSEWHERE
from cio_lang.pages.files import FOLDER
from cio_lang.pages.page import Page, cell, marked, page_of
from cio_lang.pages.transcripts import Transcript, transcripts
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.schema import Settings
from cio_lang.source import Source

__all__ = ["pages", "problem_kinds"]

_LONGEST = 25
"""Lines of the longest file that is shown as a case."""

_WIDEST = 100
"""Characters of the longest line that is shown as a case."""


@record
class Case:
    """A file with a problem in it; `codes` are all that it has."""

    text: str
    codes: tuple[str, ...]
    problem: Problem


def problem_kinds() -> Mapping[str, type[Problem]]:
    """Every kind of problem by its code; parts of cio that are not installed have none here."""
    for module in pkgutil.walk_packages(cio_lang.__path__, "cio_lang."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ImportError:
            continue
    kinds = [
        kind
        for kind in _below(Problem)
        if "code" in vars(kind) and kind.__module__.startswith("cio_lang.")
    ]
    return {kind.code: kind for kind in sorted(kinds, key=lambda kind: kind.code)}


def pages(cases: Path) -> tuple[Page, ...]:
    """The page of each code, and one that lists them; `cases` is the folder of test cases."""
    kinds = problem_kinds()
    shown, told = _cases(cases), transcripts(cases)
    listed = Page(f"{FOLDER}/README.md", "Problems", lambda: _list(kinds))
    return (
        listed,
        *(
            Page(
                f"{FOLDER}/{code}.md",
                code,
                lambda kind=kind: _page(kind, _best(kind.code, shown, told)),  # type: ignore[misc]
            )
            for code, kind in kinds.items()
        ),
    )


def _best(
    code: str, shown: Mapping[str, Case], told: Mapping[str, Transcript]
) -> Case | Transcript | None:
    """A journey that a page can show whole, else a transcript, else a journey in part."""
    case = shown.get(code)
    return case if case is not None and _shows(case.text) else told.get(code, case)


def _below(base: type[Problem]) -> Iterator[type[Problem]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)


def _list(kinds: Mapping[str, type[Problem]]) -> str:
    lines = [
        "# Problems",
        "",
        "Every kind of problem that cio can find, by its code: `cio explain CODE` prints its page.",
        "",
        "| code | | what it is |",
        "|---|---|---|",
    ]
    for code, kind in kinds.items():
        first = page_of(kind).split("\n\n")[0]
        lines.append(f"| [`{code}`]({code}.md) | {kind.severity} | {cell(first)} |")
    return "\n".join(lines) + "\n"


def _page(kind: type[Problem], case: Case | Transcript | None) -> str:
    lines = [f"# {kind.severity}\\[{kind.code}\\]", "", _said_of(kind), ""]
    match case:
        case Case():
            lines += ["## A case of it", "", *_shown(case)]
        case Transcript():
            lines += ["## A case of it", "", *case.lines()]
        case None if kind.code in ELSEWHERE:
            example = ELSEWHERE[kind.code]
            message = kind(span=place(""), **example.fields).report()
            lines += ["## What it says", "", example.why, "", *_message(message)]
        case None:
            lines = lines[:-1]
    return "\n".join(lines) + "\n"


def _shown(case: Case) -> Iterator[str]:
    label = "" if case.problem.severity == "warning" else f" {' '.join(case.codes)}"
    text, line = _clipped(case.text), case.problem.span.line
    yield from (f"```journey{label}", text.rstrip("\n"), "```", "", f"In line {line}:", "")
    yield from _message(case.problem.report())


def _message(report: Report) -> Iterator[str]:
    yield from (f"> {_quoted(report.what)}", ">", f"> {_quoted(report.why)}")
    if report.help:
        yield from (">", f"> **Help:** {_quoted(report.help)}")


def _clipped(text: str) -> str:
    """The text with what a page has no room for left out, and all of its characters to be seen."""
    text = "".join(
        each if each.isprintable() or each in "\n\t" else f"<U+{ord(each):04X}>" for each in text
    )
    lines = [
        line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
        for line in text.replace("\t", "⇥").split("\n")
    ]
    return "\n".join([*lines[:_LONGEST], "…"] if len(lines) > _LONGEST + 1 else lines)


def _said_of(kind: type[Problem]) -> str:
    """Its docstring without the paragraphs about fields, which begin with the name of one."""
    first, *others = page_of(kind).split("\n\n")
    begins = tuple(f"`{field.name}` " for field in fields(kind))
    return "\n\n".join([first, *(each for each in others if not each.startswith(begins))])


def _quoted(text: str) -> str:
    return "\n> ".join(marked(line) for line in text.split("\n"))


@cache
def _cases(folder: Path) -> Mapping[str, Case]:
    """The shortest case of each code among the journeys that do not compile, and of each rule.

    Files that a page cannot show as they are stand for what no other file shows.
    """
    found: dict[str, Case] = {}
    for path in sorted(folder.rglob("bad/*.journey")):
        text = path.read_bytes().decode("utf-8", "replace")
        for case in _in(text):
            code = case.problem.code
            if code not in found or _rank(case) < _rank(found[code]):
                found[code] = case
    return {**{code: _smaller(case) for code, case in found.items()}, **_of_rules()}


def _in(text: str) -> Iterator[Case]:
    settings = Settings(templates=frozenset({"welcome", "pro-tips"}))
    compiled = compile_sources([Source("case.journey", text)], settings)
    codes = tuple(problem.code for problem in compiled.problems)
    for problem in compiled.problems:
        yield Case(text, codes, problem)


def _smaller(case: Case) -> Case:
    """The case without the declarations, and lines of declarations, that it does not need."""
    for piece in re.findall(r"^\S.*\n(?:[ \t]+\S.*\n)*\n*", case.text, re.M)[:-1]:
        case = _without(piece, case)
    for line in re.findall(r"^  \w+: .*\n", case.text, re.M):
        case = _without(line, case)
    return case


def _without(piece: str, case: Case) -> Case:
    text = case.text.replace(piece, "", 1)
    for other in _in(text):
        same = other.problem.code == case.problem.code and other.codes == case.codes
        if same and other.problem.report() == case.problem.report():
            return other
    return case


def _of_rules() -> Mapping[str, Case]:
    from cio_lang.check import check
    from cio_lang.format import format_file
    from cio_lang.grammar import parse
    from cio_lang.lint import RULES

    found = {}
    for rule in RULES:
        tree, problems = parse(Source("case.journey", rule.bad))
        if not problems:
            text = format_file(tree)
            tree, _ = parse(Source("case.journey", text))
            checked, _ = check([tree], Settings())
            first = next(iter(rule.find(checked)), None)
            if first is not None:
                found[rule.code] = Case(text, (), first)
    return found


def _rank(case: Case) -> tuple[bool, int, int, str]:
    return not _shows(case.text), len(case.codes), len(case.text), case.text


def _shows(text: str) -> bool:
    lines: Sequence[str] = text.split("\n")
    return (
        len(lines) <= _LONGEST
        and max(map(len, lines)) <= _WIDEST
        and all(line.isprintable() for line in text.split("\n"))
        and "```" not in text
        and text.endswith("\n")
    )
