"""`cio diff`: what changed in what happens."""

from __future__ import annotations

from pathlib import Path

import click

from cio_lang.cli import console, revisions
from cio_lang.mistake import UserMistake, place

__all__ = ["command"]


@click.command("diff")
@click.argument("sides", nargs=-1, metavar="[A] [B]")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@click.option("--markdown", is_flag=True, help="Print for a pull request.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where anything changed.")
@click.option(
    "--textconv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Print one version of a file in English, for `git diff`.",
)
def command(
    sides: tuple[str, ...],
    as_json: bool,
    markdown: bool,
    exit_code: bool,
    textconv: Path | None,
) -> None:
    """Show which steps were added, removed or changed.

    Compares graphs and not text: laying a journey out differently is no change.  A and B are files,
    folders or git revisions; B is by default the working tree, and A its last commit.

    \b
      cio diff                  the working tree against HEAD
      cio diff main             the working tree against main
      cio diff HEAD~1 HEAD      one commit
      cio diff old.journey new.journey
    """
    if textconv is not None:
        from cio_lang.cli.textconv import english

        click.echo(english(textconv, Path.cwd()), nl=False)
        return
    from cio_lang import diff, diff_render

    if len(sides) > 2:
        raise click.UsageError("Compare two things: `cio diff A B`.")
    before, after = _sides(sides)
    changes = diff.diff(before.graphs, after.graphs)
    if as_json:
        console.print_json(diff_render.as_json(changes))
    elif markdown:
        console.out(diff_render.render_markdown(changes, after.graphs).rstrip("\n"))
    elif changes:
        console.out(diff_render.render_text(changes).rstrip("\n"))
    else:
        console.note(f"No change in what happens between {before.label} and {after.label}.")
    if exit_code and changes:
        raise SystemExit(1)


def _sides(written: tuple[str, ...]) -> tuple[revisions.Side, revisions.Side]:
    if len(written) == 2:
        first, second = (_side(each) for each in written)
        return first, second
    workspace = console.here()
    return _side(written[0] if written else "HEAD"), revisions.working_tree(workspace)


def _side(written: str) -> revisions.Side:
    path = Path(written)
    if path.exists():
        return revisions.in_path(path)
    if not revisions.is_revision(Path.cwd(), written):
        raise UserMistake(revisions.NothingToCompare(span=place(written), written=written))
    return revisions.at_revision(console.here(), written)
