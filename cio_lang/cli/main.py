"""The group that all commands hang on: loads them lazily, and prints what went wrong.

Exit codes: 0 fine, 1 findings, 2 a call that cannot be met, 70 a mistake in cio itself, 130 Ctrl-C.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from pathlib import Path
from typing import Any

import click

from cio_lang import __version__
from cio_lang.cli import console
from cio_lang.cli.commands import COMMANDS
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report, nearest
from cio_lang.record import record

__all__ = ["main"]

_BUG = 70
_INTERRUPTED = 130
_PARTS = {
    "duckdb": "archive",
    "lsprotocol": "lsp",
    "psycopg": "postgres",
    "pyarrow": "archive",
    "pygls": "lsp",
}
"""The part of cio that a package belongs to, where it is not the runtime."""


@record(kw_only=True)
class NotInstalled(Problem):
    """A command needs a package that is not installed: cio comes in parts.

    `pip install cio-lang` brings what compiling needs, and no more.
    """

    code = "not-installed"
    package: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This command needs `{self.package}`, which is not installed.",
            "Compiling, checking and formatting need little; running journeys needs more.",
            f'install the rest: `pip install "cio-lang[{_PARTS.get(self.package, "runtime")}]"`',
        )


class Door(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of `COMMANDS`."""
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command by its name, imported now."""
        return next((entry.load() for entry in COMMANDS if entry.name == cmd_name), None)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and with the command that was probably meant."""
        name = args[0] if args else ""
        names = self.list_commands(ctx)
        if name and name not in names and not name.startswith("-"):
            meant = nearest(name, names)
            hint = f"Did you mean `{meant}`?" if meant else "`cio --help` lists them."
            ctx.fail(f"There is no command `{name}`. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; every way that it can stop becomes its message and its exit code."""
        # What a command imports stays: looking through it for garbage is a fifth of a short run.
        gc.set_threshold(100_000)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except UserMistake as mistake:
            console.problems(mistake.problems)
            ctx.exit(mistake.exit_code)
        except BrokenPipeError:
            _leave_pipe()
            ctx.exit(0)
        except (KeyboardInterrupt, click.Abort):
            console.note("")
            ctx.exit(_INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except ModuleNotFoundError as error:
            if ctx.params.get("debug") or (error.name or "cio_lang").startswith("cio_lang"):
                raise
            console.problems([NotInstalled(span=place("cio"), package=str(error.name))])
            ctx.exit(2)
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            console.note(
                f"cio itself went wrong: {type(error).__name__}: {error}\n"
                "Sorry: this is a mistake in cio and not in your files.\n"
                "Run it again as `cio --debug …` for what developers need to see."
            )
            ctx.exit(_BUG)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cio", message="%(prog)s %(version)s")
@click.option(
    "-C",
    "--workspace",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Run as if started in this folder.",
)
@click.option(
    "--debug",
    is_flag=True,
    envvar="CIO_DEBUG",
    help="Show where in cio an unexpected failure happened.",
)
@click.pass_context
def main(ctx: click.Context, folder: Path | None, debug: bool) -> None:
    """Write marketing as text, check it, test it, and run it.

    A workspace is a folder with a cio.toml: journeys, templates and scenarios, kept in git.
    Start with `cio init`; see everything work with `cio demo`.
    """
    if folder is not None:
        ctx.with_resource(contextlib.chdir(folder))


def _leave_pipe() -> None:
    """Whoever read the output has gone: nothing more may be written to it, not even on exit."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
