"""What `cio plan` and `cio apply` share: the workspace, compiled and fit to be put into force."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence

from cio_lang import ir
from cio_lang.cli import compiling
from cio_lang.mistake import UserMistake
from cio_lang.record import record
from cio_lang.workspace import Workspace

__all__ = ["ToApply", "author", "to_apply"]


@record
class ToApply:
    """Graphs, and the texts of templates."""

    graphs: Sequence[ir.Graph]
    templates: Mapping[str, str]


def to_apply(workspace: Workspace) -> ToApply:
    """Compile the workspace; problems are printed, or raised, before anything is touched."""
    from cio_lang import templates
    from cio_lang.runtime.carried import not_carried

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
    return ToApply(built.compiled.graphs, texts)


def author(given: str | None) -> str:
    """Who does it: as given, else the name on this machine."""
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
