"""Pausing, resuming and stopping a journey, and going back to a version of it.

A journey is named by its title or its name.  Each is one transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime

from cio_lang import ir
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, Report, nearest
from cio_lang.record import record
from cio_lang.runtime.policies import STOPPED, Policy, Step, carry_out
from cio_lang.store import Store
from cio_lang.store.deployments import Version

__all__ = [
    "JourneyNotApplied",
    "NoSuchVersion",
    "Resumed",
    "RolledBack",
    "VersionNeedsMore",
    "pause",
    "resume",
    "rollback",
    "stop",
    "versions_of",
]


@record(kw_only=True)
class JourneyNotApplied(Problem):
    """A journey is named that no `cio apply` has ever put into force."""

    code = "journey-not-applied"
    journey: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no journey `{self.journey}` in the store.",
            "Journeys come there with `cio apply`, and stay when they are taken away.",
            f"write `{self.suggestion}`" if self.suggestion else "`cio journeys` lists them",
        )


@record(kw_only=True)
class NoSuchVersion(Problem):
    """A journey is to go back to a version that it never had; `asked` None is the one before."""

    code = "no-such-version"
    journey: str
    asked: int | None
    last: int

    def report(self) -> Report:
        """What, why, one way out."""
        if self.asked is None:
            return Report(
                f"Journey `{self.journey}` has no earlier version to go back to.",
                "Only one was ever applied.",
                f'`cio stop "{self.journey}"` takes it out of force',
            )
        return Report(
            f"Journey `{self.journey}` has no version {self.asked}.",
            f"Its versions are 1 to {self.last}." if self.last > 1 else "It has only version 1.",
            f'name one of them, as in `cio rollback "{self.journey}" --to {self.last}`',
        )


@record(kw_only=True)
class VersionNeedsMore(Problem):
    """An older version of a journey uses a template or a segment that is not in force any more."""

    code = "version-needs-more"
    journey: str
    version: int
    missing: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"Version {self.version} of `{self.journey}` uses {', '.join(self.missing)}.",
            "That is not in force any more, and a version is only half of a journey without it.",
            "bring it back with `cio apply` first, or go back to another version",
        )


@record
class RolledBack:
    """The version that was gone back to, the number that it has now, and who was moved."""

    to: Version
    number: int
    steps: tuple[Step, ...]


@record
class Resumed:
    """Whether the journey was paused, and the version that is in force again if it was stopped."""

    was_paused: bool
    version: int | None


def versions_of(store: Store, journey: str) -> list[Version]:
    """Every version of a journey, by its name or a title of it; `UserMistake` where it has none."""
    every = store.deployments.versions()
    named = every.get(journey)
    if named is not None:
        return named
    wanted = journey.casefold()
    for versions in every.values():
        if versions[-1].title.casefold() == wanted:
            return versions
    titles = [versions[-1].title for versions in every.values()]
    close = nearest(journey, [*titles, *every])
    raise UserMistake(JourneyNotApplied(span=place(journey), journey=journey, suggestion=close))


def pause(store: Store, journey: str, at: datetime) -> Version:
    """Let nobody in a journey go on, and nothing of it be sent, until it is resumed."""
    with store.transaction():
        last = versions_of(store, journey)[-1]
        store.deployments.pause(last.journey, at)
    return last


def resume(store: Store, journey: str, at: datetime, author: str = "") -> Resumed:
    """Let a paused journey go on; put a stopped one into force again, in its last version."""
    with store.transaction():
        last = versions_of(store, journey)[-1]
        version = None
        if store.deployments.unstop(last.journey):
            _complete(store, last)
            version = store.deployments.put_in_force(last, at, author, "resumed")
        return Resumed(store.deployments.resume(last.journey, at), version)


def stop(store: Store, journey: str, at: datetime) -> int:
    """Take a journey out of force, and everybody out of it; how many they were."""
    with store.transaction():
        last = versions_of(store, journey)[-1]
        return store.deployments.stop(last.journey, STOPPED, at)


def rollback(
    store: Store,
    journey: str,
    to: int | None,
    at: datetime,
    *,
    policy: Policy = "pinned",
    author: str = "",
    note: str = "",
) -> RolledBack:
    """Put an older version of a journey into force again, as its newest one.

    By default the one before the one that is in force: the last that says something else.
    """
    with store.transaction():
        store.deployments.one_at_a_time()
        versions = versions_of(store, journey)
        target = _target(versions, to)
        _complete(store, target)
        if versions[-1].active and versions[-1].digest == target.digest:
            number = versions[-1].version  # it is in force already
        else:
            store.deployments.unstop(target.journey)
            number = store.deployments.put_in_force(
                target, at, author, note or f"back to version {target.version}"
            )
        steps = carry_out(store, policy, at, [target.journey])
    return RolledBack(target, number, tuple(steps))


def _target(versions: Sequence[Version], to: int | None) -> Version:
    last = versions[-1]
    if to is None:
        others = [each for each in versions if each.digest != last.digest]
        found = others[-1] if others else None
    else:
        found = next((each for each in versions if each.version == to), None)
    if found is None:
        problem = NoSuchVersion(
            span=place(last.title), journey=last.title, asked=to, last=last.version
        )
        raise UserMistake(problem)
    return found


def _complete(store: Store, version: Version) -> None:
    """Raise `UserMistake` where a version uses what is not in force any more."""
    graph = store.graph(version.digest)
    templates, segments = set(store.templates()), set(store.live.titles())
    missing = [
        f"{kind} `{name}`"
        for kind, name in dict.fromkeys(_used(graph))
        if name not in (templates if kind == "template" else segments)
    ]
    if missing:
        raise UserMistake(
            VersionNeedsMore(
                span=place(version.title),
                journey=version.title,
                version=version.version,
                missing=tuple(missing),
            )
        )


def _used(part: object) -> Iterator[tuple[str, str]]:
    """The templates and segments that a part of a graph names."""
    if isinstance(part, tuple | list):
        for one in part:
            yield from _used(one)
    elif isinstance(part, dict):
        for one in part.values():
            yield from _used(one)
    elif dataclasses.is_dataclass(part):
        if isinstance(part, ir.Message) and part.template is not None:
            yield "template", part.template
        elif isinstance(part, ir.SegmentTest):
            yield "segment", part.segment
        for field in dataclasses.fields(part):
            yield from _used(getattr(part, field.name))
