"""`cio lint --fix`: make the fixes that need no further thought, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cio_lang.cli.compiling import Build
from cio_lang.cli.fmt import replace_file
from cio_lang.compiler import compile_sources
from cio_lang.lint import fixing, lint
from cio_lang.problem import Fix, Problem
from cio_lang.record import record
from cio_lang.schema import Settings
from cio_lang.source import Source

__all__ = ["Fixed", "findings", "fix"]

_ROUNDS = 20


@record
class Fixed:
    """What came of it: the workspace after all fixes, and the problems that are gone."""

    built: Build
    problems: tuple[Problem, ...]


def findings(built: Build) -> list[Problem]:
    """Every problem of the chosen files, in the order of their places."""
    found = list(built.compiled.problems)
    if not built.failed:
        from cio_lang import proof

        found += lint(built.compiled.checked)
        found += proof.over_policy(built.compiled.checked, built.compiled.graphs)
    found = [problem for problem in found if problem.span.file in built.chosen]
    return sorted(found, key=lambda each: (each.span.file, each.span.line, each.span.column))


def fix(built: Build) -> Fixed:
    """Fix what can be fixed, and write the files.

    After each round everything is compiled again.  A fix with which there are more problems than
    before is not made.
    """
    first = built
    done: list[Problem] = []
    refused: set[tuple[str, Fix]] = set()
    for _ in range(_ROUNDS):
        made = _round(built, refused)
        if made is None:
            break
        built, gone = made
        done += gone
    for name, source in built.sources.items():
        if source.text != first.sources[name].text:
            replace_file(_path(built, name), source.text)
    return Fixed(built, tuple(done))


def _round(built: Build, refused: set[tuple[str, Fix]]) -> tuple[Build, list[Problem]] | None:
    """All fixes of one round at once, or where that makes things worse one of them."""
    found = findings(built)
    offered = [
        (problem, made)
        for problem in found
        if (made := problem.fix()) is not None and (problem.code, made) not in refused
    ]
    chosen = set(fixing.apart(made for _, made in offered))
    all_at_once = [(problem, made) for problem, made in offered if made in chosen]
    for attempt in (all_at_once, *([one] for one in all_at_once)):
        if not attempt:
            continue
        after = _with(built, [made for _, made in attempt])
        if after is not None and _is_better(found, findings(after), attempt):
            return after, [problem for problem, _ in attempt]
        if len(attempt) == 1:
            refused.add((attempt[0][0].code, attempt[0][1]))
    return None


def _is_better(
    before: Sequence[Problem], after: Sequence[Problem], attempt: Sequence[tuple[Problem, Fix]]
) -> bool:
    """Whether errors are not more than before, and those fixed are gone.

    Warnings are only looked for where there are no errors, so then there may be more of them.
    """
    errors = [sum(1 for each in found if each.severity == "error") for found in (before, after)]
    if errors[1] > errors[0]:
        return False
    if errors[0] and not errors[1]:
        return True
    return len(after) <= len(before) - len({made for _, made in attempt})


def _with(built: Build, fixes: Sequence[Fix]) -> Build | None:
    """The workspace with fixes made; None where they change nothing."""
    texts = {name: source.text for name, source in built.sources.items()}
    for name in {made.span.file for made in fixes} & texts.keys():
        own = (made for made in fixes if made.span.file == name)
        texts[name] = fixing.applied(texts[name], own)
    sources = {name: Source(name, text) for name, text in texts.items()}
    if all(sources[name].text == source.text for name, source in built.sources.items()):
        return None
    settings = _settings(built, sources)
    bodies = {body.name for body in settings.bodies.values()}
    journeys = [source for name, source in sources.items() if name not in bodies]
    return replace(built, sources=sources, compiled=compile_sources(journeys, settings))


def _settings(built: Build, sources: Mapping[str, Source]) -> Settings:
    if built.workspace is None:
        schema = built.compiled.checked.schema
        return Settings(templates=schema.settings.templates - schema.templates.keys())
    settings = built.workspace.settings()
    return replace(settings, bodies=dict(_bodies(settings, sources)))


def _bodies(settings: Settings, sources: Mapping[str, Source]) -> Iterator[tuple[str, Source]]:
    for name, body in settings.bodies.items():
        yield name, sources.get(body.name, body)


def _path(built: Build, name: str) -> Path:
    return Path(name) if built.root is None else built.root / name
