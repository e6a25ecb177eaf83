"""What can be wrong with a scenario as written."""

from __future__ import annotations

from dataclasses import dataclass

from cio_lang.problem import Problem, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearScenarioLine(Problem):
    """A line of a scenario is none of the lines that scenarios have.

    Lines begin with `given`, `at`, `after`, `when`, `set` or `expect`.
    """

    code = "unclear-scenario-line"
    why: str
    example: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report("This line cannot be read.", self.why, f"write `{self.example}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOutsideScenario(Problem):
    """A line stands before the first `scenario` line."""

    code = "line-outside-scenario"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This line belongs to no scenario.",
            'Each scenario begins with a line `scenario "What it shows"`.',
            'write `scenario "What it shows"` above it',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingExpected(Problem):
    """A scenario has no `expect` line, so it could never fail."""

    code = "nothing-expected"
    scenario: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f'The scenario "{self.scenario}" expects nothing.',
            "Without an `expect` line it would pass whatever the journeys do.",
            'add what should happen, such as `expect email "welcome" to alice`',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeGoesBack(Problem):
    """An `at` line names a moment before the one that the scenario has come to."""

    code = "time-goes-back"
    now: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "This moment has passed already.",
            f"The scenario has come to {self.now}, and time only goes forward.",
            "write a later moment, or move the line up",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownJourney(Problem):
    """An expectation names a journey that the workspace does not have."""

    code = "unknown-journey"
    journey: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f'There is no journey "{self.journey}".',
            "What is expected of it could never be seen.",
            f'write "{self.suggestion}"'
            if self.suggestion
            else 'name a journey as its first line does: `journey "…"`',
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownScenarioPerson(Problem):
    """An expectation is about somebody who was not mentioned before it."""

    code = "unknown-scenario-person"
    person: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Nobody is called `{self.person}` in this scenario so far.",
            "People are those of the lines above that begin with `given` or `when`.",
            f"write `{self.suggestion}`" if self.suggestion else f"add `given {self.person}` above",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet(Problem):
    """What a scenario expects did not happen."""

    code = "expectation-failed"
    what: str
    instead: tuple[str, ...]
    help: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(self.what, "\n".join(self.instead), self.help)
