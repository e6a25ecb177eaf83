"""`cio lsp`: the language in an editor."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("lsp")
def command() -> None:
    """Serve an editor, over standard input and output.

    Editors start this themselves: see docs/editor.md.  Speaks the Language Server Protocol:
    problems while typing, completion, hover, definition, references, rename, formatting, fixes.
    """
    from cio_lang.lsp.server import serve
    from cio_lang.pages import problem_file

    serve(problem_file)
