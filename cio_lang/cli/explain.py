"""`cio explain`: the page of a kind of problem."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping

import click

import cio_lang
from cio_lang.cli import console
from cio_lang.problem import Problem, nearest

__all__ = ["command"]


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a kind of problem by its code.

    The code stands in brackets behind `error` or `warning`.  Without CODE, all are listed.
    """
    pages = _pages()
    if code is None:
        width = max(map(len, pages))
        for each, kind in sorted(pages.items()):
            console.out(f"{each:{width}}  {_page(kind).splitlines()[0]}")
        return
    kind_found = pages.get(code.strip("[]"))
    if kind_found is None:
        meant = nearest(code, pages)
        hint = f"Did you mean `{meant}`?" if meant else "`cio explain` lists all of them."
        raise click.UsageError(f"There is no problem with the code `{code}`. {hint}")
    console.out(f"{kind_found.severity}[{kind_found.code}]\n\n{_page(kind_found)}")


def _pages() -> Mapping[str, type[Problem]]:
    """Every kind of problem by its code; parts of cio that are not installed have none here."""
    for module in pkgutil.walk_packages(cio_lang.__path__, "cio_lang."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ImportError:
            continue
    return {kind.code: kind for kind in _kinds(Problem) if "code" in vars(kind)}


def _kinds(base: type[Problem]) -> Iterator[type[Problem]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _page(kind: type[Problem]) -> str:
    return inspect.getdoc(kind) or kind.code
