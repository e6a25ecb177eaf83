"""Every command, in the order that `cio --help` lists them."""

from __future__ import annotations

from importlib import import_module

import click

from cio_lang.record import record

__all__ = ["COMMANDS", "Entry"]


@record
class Entry:
    """One command: its module holds it as `command`, and is imported when it is used."""

    name: str
    module: str
    summary: str

    def load(self) -> click.Command:
        """The command itself."""
        command: click.Command = import_module(self.module).command
        return command


COMMANDS: tuple[Entry, ...] = (
    Entry("init", "cio_lang.cli.init", "Make a workspace: settings, a first journey, a scenario."),
    Entry("compile", "cio_lang.cli.compile", "Compile journeys to graphs."),
    Entry("fmt", "cio_lang.cli.fmt", "Write journeys in the one canonical layout."),
    Entry("lint", "cio_lang.cli.lint", "Find what compiles but was hardly meant."),
    Entry("diff", "cio_lang.cli.diff", "Show which steps were added, removed or changed."),
    Entry("test", "cio_lang.cli.test", "Carry out scenarios: people, events, expected messages."),
    Entry(
        "import",
        "cio_lang.cli.importing",
        "Bring in people or events from CSV, JSON or Parquet.",
    ),
    Entry("segments", "cio_lang.cli.segments", "List segments; explain who is in one, and why."),
    Entry("archive", "cio_lang.cli.archive", "Move old events out of the store, into files."),
    Entry("say", "cio_lang.cli.say", "Tell or ask the workspace something in one line."),
    Entry("plan", "cio_lang.cli.plan", "Show what `cio apply` would do."),
    Entry(
        "simulate",
        "cio_lang.cli.simulate",
        "Replay stored history through a journey; nothing is sent.",
    ),
    Entry("apply", "cio_lang.cli.apply", "Compile, and put the journeys into force."),
    Entry(
        "journeys",
        "cio_lang.cli.journeys",
        "List journeys, and who is at which step.",
    ),
    Entry("rollback", "cio_lang.cli.rollback", "Put an older version of a journey into force."),
    Entry("pause", "cio_lang.cli.pause", "Let a journey hold: nothing is sent."),
    Entry(
        "resume",
        "cio_lang.cli.resume",
        "Let a paused or stopped journey go on.",
    ),
    Entry("stop", "cio_lang.cli.stop", "Take a journey out of force, and everybody out of it."),
    Entry("outbox", "cio_lang.cli.outbox", "List messages that need somebody; settle them."),
    Entry("up", "cio_lang.cli.up", "Run the journeys: who is due, and what is to be sent."),
    Entry("doctor", "cio_lang.cli.doctor", "Check each part that running journeys needs."),
    Entry("demo", "cio_lang.cli.demo", "Replay 18 months of real purchases, from import to inbox."),
    Entry("timeline", "cio_lang.cli.timeline", "Tell one person's story."),
    Entry("merge", "cio_lang.cli.merge", "Make one person of two."),
    Entry("conflicts", "cio_lang.cli.conflicts", "List names that two people claim."),
    Entry("export", "cio_lang.cli.export", "Write people or events to a file."),
    Entry("forget", "cio_lang.cli.forget", "Erase every trace of a person."),
    Entry("review", "cio_lang.cli.review", "Write the comment of a pull request, in Markdown."),
    Entry("lsp", "cio_lang.cli.lsp", "Serve an editor, over standard input and output."),
    Entry("docs", "cio_lang.cli.docs", "Write the reference pages from the code."),
    Entry("explain", "cio_lang.cli.explain", "Explain a kind of problem by its code."),
)
