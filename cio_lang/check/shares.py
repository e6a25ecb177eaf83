"""Splits and experiments: what each gets out of 100."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from cio_lang import ast, names, text
from cio_lang.check import percentages
from cio_lang.check.empty import EmptyBlock
from cio_lang.problem import Fix, Problem, Report
from cio_lang.record import record
from cio_lang.schema import Schema
from cio_lang.source import Span


@record(kw_only=True)
class SharesDoNotSum(Problem):
    """The shares of a split or experiment do not sum to 100."""

    code = "shares-do-not-sum"
    total: str
    last: str | None
    place: Span

    def report(self) -> Report:
        """What, why, one way out."""
        over = Decimal(self.total.removesuffix("%")) > percentages.HUNDRED
        return Report(
            f"These shares come to {self.total}, not 100%.",
            "Some people would be in two shares at once."
            if over
            else "Some people would be in no share, and nothing says what becomes of them.",
            f"write `{self.last}` for the last one, or change the others"
            if self.last
            else "change them so that they come to 100%; a share may have no steps",
        )

    def fix(self) -> Fix | None:
        """The last share, so that all come to 100."""
        return None if self.last is None else Fix(self.place, self.last)


@record(kw_only=True)
class SameLabel(Problem):
    """Two shares of one split or experiment have the same name."""

    code = "same-label"
    label: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is already a share {text.quoted(self.label)}, in line {self.first.line}.",
            "Results are told apart by the names of the shares.",
            "give one of the two another name",
        )


@record(kw_only=True)
class EmptyLabel(Problem):
    """A share has no name."""

    code = "empty-label"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This share has no name.",
            "Results are told apart by the names of the shares.",
            'write what it tries, as in `50% "discount"`',
        )


@record(kw_only=True)
class OnlyOneShare(Problem):
    """A split or experiment with a single share."""

    code = "only-one-share"
    experiment: bool

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"This {'experiment' if self.experiment else 'split'} has only one share.",
            "There is nothing to compare it with."
            if self.experiment
            else "Everybody would go the same way, as they do without it.",
            'add another share, as in `50% "plain"`',
        )


@record(kw_only=True)
class ExperimentsDiffer(Problem):
    """Two experiments of one name have different arms or goals."""

    code = "experiments-differ"
    title: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        there = self.first
        where = f"line {there.line}" if there.file == self.span.file else f"{there.file}, line "
        where += "" if there.file == self.span.file else str(there.line)
        return Report(
            f"The experiment `{self.title}` in {where} is another one.",
            "People are drawn once for each name, so both would have to have the same shares and "
            "the same goal.",
            "give one of the two another name",
        )


def split(step: ast.Split) -> Iterator[Problem]:
    """Problems with the shares of a split."""
    yield from _shares(step.shares, step.span, False)


def experiment(step: ast.Experiment, schema: Schema) -> Iterator[Problem]:
    """Problems with an experiment's goal, arms, hold-out and winner."""
    unknown = names.event(step.goal, schema)
    if unknown is not None:
        yield unknown
    yield from _shares(step.shares, step.span, True)
    if step.hold_out is not None:
        problem = percentages.percent(step.hold_out.percent, "hold out")
        if problem is not None:
            yield problem
    if step.pick is not None:
        problem = percentages.percent(step.pick.confidence, "winner")
        if problem is not None:
            yield problem


def one_draw(experiments: Sequence[ast.Experiment]) -> Iterator[ExperimentsDiffer]:
    """Experiments of one name that are not alike."""
    seen: dict[str, ast.Experiment] = {}
    for step in experiments:
        first = seen.setdefault(step.title.text, step)
        if _drawn(first) != _drawn(step):
            yield ExperimentsDiffer(
                span=step.title.span, title=step.title.text, first=first.title.span
            )


def _drawn(step: ast.Experiment) -> object:
    arms = frozenset((share.label.value, share.percent) for share in step.shares)
    return arms, step.goal, step.hold_out


def _shares(shares: Sequence[ast.Share], span: Span, experiment: bool) -> Iterator[Problem]:
    if not shares:
        what = "This experiment" if experiment else "This split"
        yield EmptyBlock(span=span, what=what, way_out='add shares, as in `50% "discount"`')
        return
    seen: dict[str, Span] = {}
    sound = True
    for share in shares:
        label = share.label.value.strip().casefold()
        if not label:
            yield EmptyLabel(span=share.label.span)
        elif label in seen:
            yield SameLabel(span=share.label.span, label=share.label.value, first=seen[label])
        seen.setdefault(label, share.label.span)
        problem = percentages.percent(share.percent, "share")
        if problem is not None:
            sound = False
            yield problem
    if len(shares) == 1:
        yield OnlyOneShare(span=span, experiment=experiment)
    elif sound:
        yield from _sum(shares, span)


def _sum(shares: Sequence[ast.Share], span: Span) -> Iterator[SharesDoNotSum]:
    total = sum((share.percent.value for share in shares), Decimal(0))
    if total == percentages.HUNDRED:
        return
    last = shares[-1].percent
    rest = percentages.HUNDRED - (total - last.value)
    yield SharesDoNotSum(
        span=span,
        total=f"{text.number(total)}%",
        last=f"{text.number(rest)}%" if rest > 0 else None,
        place=last.span,
    )
