"""What keeps a simulation from being carried out."""

from __future__ import annotations

from datetime import datetime, timedelta

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class NoSuchJourney(Problem):
    """A command names a journey that the workspace does not have."""

    code = "no-such-journey"
    journey: str
    known: tuple[str, ...]
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        shown = ", ".join(f"`{title}`" for title in self.known[:5])
        more = f" and {len(self.known) - 5} more" if len(self.known) > 5 else ""
        return Report(
            f"There is no journey `{self.journey}`.",
            f"The journeys of this workspace are {shown}{more}."
            if self.known
            else "This workspace has no journeys.",
            f"write `{self.suggestion}`" if self.suggestion else "name one of them, by its title",
        )


@record(kw_only=True)
class NotADay(Problem):
    """A beginning or an end is no day and no instant."""

    code = "not-a-day"
    option: str
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.option} {self.written}` is not a day.",
            "A day is written as year, month and day; a time of day may follow it.",
            f"write for example `{self.option} 2026-03-01`, or `{self.option} '2026-03-01 09:30'`",
        )


@record(kw_only=True)
class EndsBeforeItBegins(Problem):
    """The end of what is to be simulated lies before its beginning."""

    code = "ends-before-it-begins"
    start: str
    end: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`--to {self.end}` is before `--from {self.start}`.",
            "Time is replayed forwards, from the first to the second.",
            f"write `--from {self.end} --to {self.start}`",
        )


@record(kw_only=True)
class NothingToReplay(Problem):
    """Nothing is stored of the days that are to be simulated."""

    code = "nothing-to-replay"
    start: str
    end: str
    event: str | None
    stored: tuple[str, str] | None

    def report(self) -> Report:
        """What, why, one way out."""
        what = f"nobody did `{self.event}`" if self.event else "nobody was known"
        if self.stored is None:
            return Report(
                f"From {self.start} to {self.end} {what}.",
                f"The store has no `{self.event}` at all." if self.event else "The store is empty.",
                "bring history in first: `cio import events.csv`",
            )
        first, last = self.stored
        kind = f"`{self.event}`" if self.event else "what happened"
        return Report(
            f"From {self.start} to {self.end} {what}.",
            f"The store has {kind} from {first} to {last}.",
            f"write `--from {first} --to {last}`",
        )


@record(kw_only=True)
class NotSimulated(Problem):
    """A journey is entered in a way that history cannot be replayed for."""

    code = "not-simulated"
    title: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.title}` cannot be simulated.",
            "Stored history is replayed for journeys that start by an event or by starting to "
            "match, and this one starts in another way.",
            "try it out on people that you make up: `cio test` carries out scenarios",
        )


@record(kw_only=True)
class NotAPrice(Problem):
    """The price of a message cannot be read."""

    code = "not-a-price"
    written: str
    channels: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`--price {self.written}` is not a price.",
            f"A price is a channel ({', '.join(self.channels)}) and an amount for one message.",
            "write for example `--price email=0.0004`",
        )


def shown(at: datetime) -> str:
    """An instant in the zone that it carries, as these messages say it."""
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute) == (0, 0) else f"{at:%Y-%m-%d %H:%M}"


def shown_end(at: datetime) -> str:
    """The same for an end: the last instant of a day is that day."""
    over = at + timedelta(microseconds=1)
    midnight = (over.hour, over.minute, over.second, over.microsecond) == (0, 0, 0, 0)
    return f"{at:%Y-%m-%d}" if midnight else shown(at)
