"""`cio apply`: put the journeys into force."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click

from cio_lang.cli import compiling, console
from cio_lang.cli.stores import opened
from cio_lang.mistake import UserMistake

__all__ = ["command"]


@click.command("apply")
@click.option("--note", default="", help="What this change is for; kept with it.")
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print what changed as JSON.")
def command(note: str, dry_run: bool, as_json: bool) -> None:
    """Compile, and put the journeys into force.

    Journeys, segments and templates of the workspace become what runs.  People who are inside of a
    journey stay in the version that they entered.
    """
    from cio_lang import templates
    from cio_lang.runtime.carried import not_carried

    workspace = console.here()
    built = compiling.build((workspace.root,))
    built.show_problems()
    if built.failed:
        raise SystemExit(1)
    if later := not_carried(built.compiled.graphs):
        raise UserMistake(*later, exit_code=1)
    texts = {
        **templates.load_folder(workspace.templates),
        **templates.declared(built.compiled.graphs),
    }
    wrong = [
        problem
        for name, body in texts.items()
        for problem in templates.problems(name, f"templates/{name}.email.md", body)
    ]
    if wrong:
        raise UserMistake(*wrong, exit_code=1)
    with opened(workspace, create=True, dry_run=dry_run) as store:
        done = store.deploy(built.compiled.graphs, texts, datetime.now(UTC), _author(), note)
    parts = {
        "added": done.added,
        "changed": done.changed,
        "removed": done.removed,
        "unchanged": done.unchanged,
    }
    if as_json:
        console.print_json({**parts, "dry_run": dry_run})
        return
    for word in ("added", "changed", "removed"):
        for name in parts[word]:
            console.out(f"{'would be ' if dry_run else ''}{word}: {name}")
    verb = "Nothing was applied (dry run)" if dry_run else "Applied"
    console.out(f"{verb}: {', '.join(f'{len(names)} {word}' for word, names in parts.items())}.")


def _author() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
