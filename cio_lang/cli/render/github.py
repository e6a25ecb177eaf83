"""Problems as workflow commands of GitHub Actions, which become annotations of a pull request.

Escaped as the runner's toolkit does: `%`, carriage return and line feed everywhere, and `:` and `,`
in properties as well.
"""

from __future__ import annotations

from cio_lang.cli.render.drawing import safe
from cio_lang.cli.render.renderer import Renderer
from cio_lang.problem import Problem

__all__ = ["GITHUB", "annotation"]


def annotation(problem: Problem) -> str:
    """`::error file=…,line=…::what why help`, on one line."""
    report, span = problem.report(), problem.span
    where = {
        "file": span.file,
        "line": span.line,
        "endLine": max(span.line, span.end_line),
        "title": problem.code,
    }
    # GitHub ignores columns of a place that runs over several lines.
    if span.end_line <= span.line:
        where |= {"col": span.column, "endColumn": span.end_column}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in where.items())
    text = f"{report.what}\n{report.why}\nHelp: {report.help}"
    return f"::{problem.severity} {properties}::{_data(safe(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


GITHUB = Renderer(
    name="github",
    summary="Annotations of a pull request on GitHub.",
    structured=True,
    render=lambda problems, _: "\n".join(annotation(problem) for problem in problems),
)
