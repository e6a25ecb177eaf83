"""Policies: what the workspace promises everybody in, problems out.

Afterwards there is one policy, and each of its caps can make a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cio_lang import ast
from cio_lang.check import clocks
from cio_lang.check.empty import EmptyBlock
from cio_lang.problem import Problem, Report
from cio_lang.record import record
from cio_lang.source import Span

HOURS = {"hour": 1, "day": 24, "week": 168, "month": 720}
"""How long a sliding window is."""


@record(kw_only=True)
class SecondPolicy(Problem):
    """A workspace with two policies."""

    code = "second-policy"
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        there = self.first
        place = f"line {there.line}"
        if there.file != self.span.file:
            place = f"{there.file}, {place}"
        return Report(
            f"There is already a policy, in {place}.",
            "A policy holds for the whole workspace, so there is only one.",
            "move its lines into the other one",
        )


@record(kw_only=True)
class CapOfZero(Problem):
    """`at most 0 emails per day`: nobody ever gets one."""

    code = "cap-of-zero"
    written: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` lets nothing through.",
            "Every message that it is about would be held for ever.",
            "write at least 1, or take the line out and send nothing of the kind",
        )


@record(kw_only=True)
class CapWithoutEffect(Problem):
    """A cap that another one never lets anybody reach."""

    code = "cap-without-effect"
    written: str
    other: str
    first: Span

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.written}` never makes a difference.",
            f"`{self.other}` in line {self.first.line} is reached before it.",
            "make it smaller, or take it out",
        )


def check(policy: ast.Policy) -> Iterator[Problem]:
    """Problems with one policy."""
    if policy.quiet is None and not policy.caps:
        yield EmptyBlock(
            span=policy.span,
            what="This policy",
            way_out="write below it what holds, as in `at most 5 messages per week`",
        )
    if policy.quiet is not None:
        quiet = policy.quiet
        yield from clocks.between(quiet.start, quiet.end, quiet.span, "quiet")
    for index, cap in enumerate(policy.caps):
        if cap.times < 1:
            yield CapOfZero(span=cap.span, written=words(cap))
            continue
        others = (*policy.caps[:index], *policy.caps[index + 1 :])
        stricter = next((o for o in others if _stricter(o, cap, o in policy.caps[:index])), None)
        if stricter is not None:
            yield CapWithoutEffect(
                span=cap.span, written=words(cap), other=words(stricter), first=stricter.span
            )


def only_one(policies: Iterable[ast.Policy]) -> Iterator[SecondPolicy]:
    """Every policy but the first."""
    first: ast.Policy | None = None
    for policy in policies:
        if first is not None:
            yield SecondPolicy(span=policy.span, first=first.span)
        first = first or policy


def words(cap: ast.Cap) -> str:
    """`at most 2 emails per day`."""
    what = {None: "message", "text": "text"}.get(cap.channel, cap.channel) or "message"
    plural = what if cap.times == 1 or what == "push" else f"{what}s"
    if cap.channel in ("push", "in-app", "whatsapp", "slack"):
        plural = f"{cap.channel} message{'' if cap.times == 1 else 's'}"
    return f"at most {cap.times} {plural} per {cap.per}"


def _stricter(other: ast.Cap, cap: ast.Cap, earlier: bool) -> bool:
    """Whether nobody gets as many as `cap` allows without more than `other` allows."""
    if other.times < 1 or other.channel not in (None, cap.channel):
        return False
    if HOURS[other.per] < HOURS[cap.per] or other.times > cap.times:
        return False
    same = (other.times, other.per, other.channel) == (cap.times, cap.per, cap.channel)
    return earlier or not same
