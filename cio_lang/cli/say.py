"""`cio say`: tell or ask in one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cio_lang.cli import console
from cio_lang.cli.stores import opened
from cio_lang.mistake import UserMistake
from cio_lang.source import Source

if TYPE_CHECKING:
    from cio_lang import ast
    from cio_lang.schema import Schema
    from cio_lang.store import Store
    from cio_lang.workspace import Workspace

__all__ = ["command"]


@click.command("say")
@click.argument("lines", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print each answer as a line of JSON.")
@click.option("--dry-run", is_flag=True, help="Read back what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Add new people, and erase, without asking.")
def command(lines: tuple[str, ...], as_json: bool, dry_run: bool, yes: bool) -> None:
    """Tell or ask the workspace something in one line.

    \b
      cio say 'alice did order_placed with amount $99'
      cio say 'set plan of alice to "Pro"'
      cio say 'show alice'
      cio say 'show activity of alice in the last 30 days'
      cio say 'count people where plan is "Pro"'
      cio say 'people where did order_placed in the last 7 days'
      cio say 'why did alice not get "Welcome"'
      cio say 'forget alice'

    Several lines are carried out in order, all of them or, where one has a mistake, none.  Without
    LINES, they are read from standard input.
    """
    from cio_lang.say import carry_out, read

    sources = [
        Source(f"<line {n}>" if n > 1 else "<say>", each) for n, each in enumerate(_given(lines), 1)
    ]
    if not sources:
        raise click.UsageError("Say something, for example: cio say 'show alice'")
    workspace = console.here()
    schema = _schema(workspace)
    answers = [read(source, schema) for source in sources]
    found = [problem for _, problems in answers for problem in problems]
    console.problems(found, console.sources_by_name(sources))
    statements = [statement for statement, _ in answers if statement is not None]
    if len(statements) < len(answers):
        raise SystemExit(2)
    try:
        with opened(workspace) as store:
            if not (yes or dry_run or as_json):
                _ask_about_newcomers(statements, store)
                _ask_about_erasing(statements)
            for statement in statements:
                answer = carry_out(
                    statement, store, schema, workspace.zone, datetime.now(UTC), dry_run=dry_run
                )
                if as_json:
                    _print_line(dict(answer.data))
                else:
                    console.out("\n".join(answer.lines))
    except UserMistake as mistake:
        console.problems(mistake.problems, console.sources_by_name(sources))
        raise SystemExit(mistake.exit_code) from None


def _given(lines: tuple[str, ...]) -> Iterator[str]:
    texts = lines or (() if sys.stdin.isatty() else (console.standard_input().text,))
    for text in texts:
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield line


def _schema(workspace: Workspace) -> Schema:
    from cio_lang.grammar import parse
    from cio_lang.schema import collect

    files = [parse(source)[0] for source in workspace.sources()]
    return collect(files, workspace.settings())


def _ask_about_newcomers(statements: list[ast.Statement], store: Store) -> None:
    """On a terminal, a name that is new but close to a known one is asked about first."""
    from cio_lang.say import newcomer

    if not sys.stdin.isatty():
        return
    for statement in statements:
        new = newcomer(statement, store)
        if new is not None and new.similar:
            known = " or ".join(f"`{name}`" for name in new.similar)
            click.confirm(
                f"`{new.person}` is not known; did you mean {known}? Add `{new.person}`?",
                abort=True,
                err=True,
            )


def _ask_about_erasing(statements: list[ast.Statement]) -> None:
    """On a terminal, what cannot be undone is asked about first."""
    from cio_lang import ast

    if not sys.stdin.isatty():
        return
    for statement in statements:
        if isinstance(statement, ast.Forget):
            name = statement.person.text
            click.confirm(f"Erase all that is stored of `{name}`?", abort=True, err=True)


def _print_line(data: object) -> None:
    import json

    console.out(json.dumps(data, ensure_ascii=False))
