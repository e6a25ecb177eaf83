"""The whole compiler, in order, on one screen.

    sources ──grammar.parse──▶ trees ──check──▶ Checked ──lower──▶ graphs ──proof──▶ promises hold

Each pass is a module whose docstring says what goes in, what comes out and what is true afterwards.
All of them are pure: no clock, no network, no chance, no environment.  The same sources give the
same graphs, and `graph_file.dump` writes the same bytes.

Reading on: `ast` is the journey as written, `ir` the graph as run, `problem` what a mistake is.
`lint` has its own command; it takes the same `Checked`.
"""

from __future__ import annotations

from collections.abc import Sequence

from cio_lang import ast, ir
from cio_lang.check import Checked, check, echoes
from cio_lang.grammar import parse
from cio_lang.lower import lower
from cio_lang.problem import Problem
from cio_lang.record import record
from cio_lang.schema import Settings
from cio_lang.source import Source


@record
class Compiled:
    """What came of each pass.  `graphs` is empty where there is an error among `problems`."""

    files: tuple[ast.File, ...]
    checked: Checked
    graphs: tuple[ir.Graph, ...]
    problems: tuple[Problem, ...]

    @property
    def failed(self) -> bool:
        """Whether any problem is an error."""
        return any(problem.severity == "error" for problem in self.problems)


def compile_sources(sources: Sequence[Source], settings: Settings) -> Compiled:
    """The graphs of every journey and segment in `sources`, and every problem on the way.

    Problems come in the order of their places; of those that only echo a line that could not be
    read, none comes.  Never raises for what a source says.
    """
    files: list[ast.File] = []
    problems: list[Problem] = []
    for source in sources:
        file, found = parse(source)
        files.append(file)
        problems.extend(found)

    by_name = {source.name: source for source in sources}
    checked, found = check(files, settings)
    problems.extend(echoes.silenced(found, tuple(problems), by_name))
    problems.sort(key=_place)

    graphs: tuple[ir.Graph, ...] = ()
    if not any(problem.severity == "error" for problem in problems):
        graphs = lower(checked, by_name)
        if any(isinstance(part, ast.Guarantee) for file in files for part in file.declarations):
            from cio_lang import proof  # few workspaces promise anything

            problems.extend(proof.broken(checked, graphs))
            problems.sort(key=_place)
            graphs = graphs if not any(problem.severity == "error" for problem in problems) else ()
    return Compiled(tuple(files), checked, graphs, tuple(problems))


def _place(problem: Problem) -> tuple[str, int, int]:
    return problem.span.file, problem.span.line, problem.span.column
