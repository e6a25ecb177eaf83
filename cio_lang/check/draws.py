"""Draws: a part of one in, the problems with it out.

Afterwards the part leaves somebody in and somebody out, and the draw has a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, text
from cio_lang.check import percentages
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class EmptyPartOfDraw(Problem):
    """A part of a draw that ends where it begins, or before: `in 20% to 10% of the draw …`."""

    code = "empty-part-of-draw"
    start: str
    to: str

    def report(self) -> Report:
        """What, why, one way out."""
        if self.start == self.to:
            return Report(
                f"Nobody is in {self.start} to {self.to} of a draw.",
                "The part ends where it begins.",
                "write a larger percentage behind `to`, as in `in 10% to 20% of the draw …`",
            )
        return Report(
            f"Nobody is in {self.start} to {self.to} of a draw.",
            "The part ends before it begins.",
            f"write `{self.to} to {self.start}`",
        )

    def fix(self) -> Fix | None:
        """The same part, the smaller end first."""
        return None if self.start == self.to else Fix(self.span, f"{self.to} to {self.start}")


@record(kw_only=True)
class DrawWithoutName(Problem):
    """A draw whose name is empty: `in the first 10% of the draw ""`."""

    code = "draw-without-name"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This draw has no name.",
            "Its name is what decides who comes first, and keeps it apart from other draws.",
            'write what it is for, as in `the draw "holdout 2026"`',
        )


def check(written: ast.InDraw) -> Iterator[Problem]:
    """Problems with a part of a draw."""
    start, to = written.from_, written.to
    if start is not None and start.value >= to.value:
        yield EmptyPartOfDraw(
            span=start.span.to(to.span), start=text.percent(start), to=text.percent(to)
        )
    elif start is None or start.value == 0:
        # Only a part that begins with the first can be all of the draw, or nothing of it.
        problem = percentages.percent(to, "draw")
        if problem is not None:
            yield problem
    if not written.draw.text.strip():
        yield DrawWithoutName(span=written.draw.span)
