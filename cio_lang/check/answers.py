"""What others do in scenarios, answer and win, against what the steps of all journeys ask and try.

Afterwards whoever answers is asked by that journey, and what wins is an arm of that experiment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cio_lang import ast, text
from cio_lang.check.blocks import every
from cio_lang.problem import Fix, Problem, Report, nearest
from cio_lang.record import record


@record(kw_only=True)
class NotAsked(Problem):
    """Somebody answers in a scenario whom the journey does not ask."""

    code = "not-asked"
    who: str
    journey: str
    asked: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        named = f"`{self.journey}`"
        if not self.asked:
            return Report(
                f"{named} asks nobody to approve anything.",
                "So an answer comes to nothing.",
                'name a journey with a step such as `ask "Growth team" to approve`',
            )
        asked = " and ".join(text.quoted(who) for who in self.asked)
        return Report(
            f"{named} does not ask `{self.who}` to approve anything.",
            f"It asks {asked}; another's answer comes to nothing.",
            f"write {text.quoted(nearest(self.who, self.asked) or self.asked[0])}",
        )

    def fix(self) -> Fix | None:
        """Who is asked, where that is one."""
        return Fix(self.span, text.quoted(self.asked[0])) if len(self.asked) == 1 else None


@record(kw_only=True)
class UnknownExperiment(Problem):
    """An experiment is won in a scenario that no journey has."""

    code = "unknown-experiment"
    experiment: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no experiment `{self.experiment}`.",
            "No journey of this workspace has one with that title.",
            f"write {text.quoted(self.suggestion)}"
            if self.suggestion
            else "write the title just as it stands behind `experiment` in the journey",
        )

    def fix(self) -> Fix | None:
        """The title that was probably meant."""
        return None if self.suggestion is None else Fix(self.span, text.quoted(self.suggestion))


@record(kw_only=True)
class UnknownArm(Problem):
    """An experiment is won in a scenario by an arm that it does not have."""

    code = "unknown-arm"
    arm: str
    experiment: str
    arms: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        arms = " and ".join(text.quoted(arm) for arm in self.arms)
        meant = nearest(self.arm, self.arms)
        return Report(
            f"`{self.experiment}` has no share {text.quoted(self.arm)}.",
            f"Its shares are {arms}.",
            f"write {text.quoted(meant)}" if meant else "write one of those",
        )

    def fix(self) -> Fix | None:
        """The share that was probably meant."""
        meant = nearest(self.arm, self.arms)
        return None if meant is None else Fix(self.span, text.quoted(meant))


def check(declared: Sequence[ast.Declaration]) -> Iterator[Problem]:
    """Answers and winners in scenarios, against what the steps of the journeys ask and try out."""
    lines = [
        line for each in declared if isinstance(each, ast.Scenario) for line in each.lines
        if isinstance(line, ast.WhenAnswered | ast.WhenWon)
    ]  # fmt: skip
    if not lines:
        return
    steps = [
        (each.title.text, step)
        for each in declared
        if isinstance(each, ast.Journey)
        for step in every(each.steps)
    ]
    journeys = {each.title.text for each in declared if isinstance(each, ast.Journey)}
    arms: dict[str, list[str]] = {}
    for _, step in steps:
        if isinstance(step, ast.Experiment):
            labels = [share.label.value for share in step.shares]
            arms.setdefault(step.title.text, []).extend(labels)
    for line in lines:
        if isinstance(line, ast.WhenWon):
            yield from _won(line, arms)
        elif line.journey.text in journeys:
            asks = [
                step.who.value
                for journey, step in steps
                if journey == line.journey.text and isinstance(step, ast.Ask)
            ]
            if line.who.text not in asks:
                asked = tuple(dict.fromkeys(asks))
                who, journey = line.who.text, line.journey.text
                yield NotAsked(span=line.who.span, who=who, journey=journey, asked=asked)


def _won(
    line: ast.WhenWon, arms: Mapping[str, Sequence[str]]
) -> Iterator[UnknownExperiment | UnknownArm]:
    title, arm = line.experiment.text, line.arm.value
    if title not in arms:
        meant = nearest(title, arms)
        yield UnknownExperiment(span=line.experiment.span, experiment=title, suggestion=meant)
    elif arm not in arms[title]:
        labels = tuple(dict.fromkeys(arms[title]))
        yield UnknownArm(span=line.arm.span, arm=arm, experiment=title, arms=labels)
