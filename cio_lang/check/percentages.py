"""Percentages: a share, a risk or a confidence in, the problem with it out."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from cio_lang import ast, text
from cio_lang.problem import Problem, Report
from cio_lang.record import record

HUNDRED = Decimal(100)

Use = Literal["risk", "top", "draw", "share", "hold out", "winner"]

_BOUNDS: dict[Use, tuple[int, int, str, str]] = {
    "risk": (
        0,
        100,
        "A risk lies between 0% and 100%, so everybody would be on the same side of it.",
        "write a percentage in between, as in `churn risk is more than 70%`",
    ),
    "top": (
        0,
        100,
        "It has to leave somebody in and somebody out.",
        "write a percentage in between, as in `in the top 10%`",
    ),
    "draw": (
        0,
        100,
        "It has to leave somebody in and somebody out.",
        "write a percentage in between, as in `in the first 10%`",
    ),
    "share": (
        0,
        100,
        "A share with nobody in it is no share.",
        "write how many of 100 people it gets, or take the share out",
    ),
    "hold out": (
        0,
        100,
        "Some people have to be held out, and some have to be left to compare them with.",
        "write a small part, as in `hold out 10%`",
    ),
    "winner": (
        50,
        100,
        "At 50% the better arm is a coin toss, and at 100% nobody can ever be sure.",
        "write how sure it has to be, as in `pick the winner at 95%`",
    ),
}


@record(kw_only=True)
class PercentOutOfRange(Problem):
    """A percentage that means nothing where it stands: a share of 0%, a risk of 120%."""

    code = "percent-out-of-range"
    written: str
    use: Use

    def report(self) -> Report:
        """What, why, one way out."""
        _, _, why, way_out = _BOUNDS[self.use]
        what = {
            "risk": f"`{self.written}` tells nobody apart.",
            "top": f"`{self.written}` of all people is no selection.",
            "draw": f"`{self.written}` of a draw is no selection.",
            "share": f"A share of `{self.written}` cannot be given out.",
            "hold out": f"`{self.written}` cannot be held out.",
            "winner": f"A winner cannot be picked at `{self.written}`.",
        }[self.use]
        return Report(what, why, way_out)


def percent(written: ast.Percent, use: Use) -> PercentOutOfRange | None:
    """The problem with a percentage: it has to lie strictly between the bounds of its use."""
    low, high, _, _ = _BOUNDS[use]
    whole = use == "share" and written.value == high
    if low < written.value < high or whole:
        return None
    return PercentOutOfRange(span=written.span, written=text.percent(written), use=use)
