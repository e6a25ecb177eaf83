"""Files for scenarios alone: what else stands in a `.scenario` file is a problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast
from cio_lang.problem import Problem, Report
from cio_lang.record import record

ENDING = ".scenario"
"""How the names of files end that hold scenarios and nothing else."""


@record(kw_only=True)
class NotAScenario(Problem):
    """A `.scenario` file holds something that is no scenario.

    Those files say what must come of the journeys; they change nothing about them.
    """

    code = "not-a-scenario"
    what: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"A file that ends in `{ENDING}` cannot hold {self.what}.",
            "It holds scenarios alone, so that nothing in it can change what people get.",
            "move this to a file that ends in `.journey`; scenarios may stand there as well",
        )


def check(files: Sequence[ast.File]) -> Iterator[NotAScenario]:
    """What stands in `.scenario` files and is no scenario."""
    for file in files:
        if file.span.file.endswith(ENDING):
            for declaration in file.declarations:
                what = _what(declaration)
                if what is not None:
                    yield NotAScenario(span=declaration.span, what=what)


def _what(declaration: ast.Declaration) -> str | None:
    match declaration:
        case ast.EventDeclaration():
            return "an `event`"
        case ast.AttributeDeclaration():
            return "an `attribute`"
        case ast.SegmentDeclaration():
            return "a `segment`"
        case ast.TopicDeclaration():
            return "a `topic`"
        case ast.TemplateDeclaration():
            return "a `template`"
        case ast.Policy():
            return "a `policy`"
        case ast.Guarantee():
            return "a `guarantee`"
        case ast.Journey():
            return "a `journey`"
        case ast.Scenario():
            return None
