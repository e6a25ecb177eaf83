"""What goes out once policies have held what is too much: bounds in, bounds out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf

from cio_lang import ir
from cio_lang.proof.bounds import Bound, Bounds, ever, of_journey, of_messages, together
from cio_lang.proof.journeys import (
    LENGTHS,
    Window,
    Workspace,
    channels_of,
    is_exempt,
    messages,
)


@dataclass(frozen=True)
class Outgoing:
    """Bounds of a workspace, with and without what its policies hold."""

    within: Workspace
    slack: int

    @cached_property
    def asked(self) -> tuple[Bounds, ...]:
        """What each journey asks for."""
        return tuple(of_journey(graph, self.within, self.slack) for graph in self.within.journeys)

    @cached_property
    def caps(self) -> tuple[ir.Cap, ...]:
        """All caps of all policies."""
        return tuple(cap for policy in self.within.policies for cap in policy.caps)

    def asks(self, channel: ir.Channel | None, window: Window) -> Bound:
        """The most that all journeys together ask for."""
        return together(journey.of(channel, window) for journey in self.asked)

    def of(self, channel: ir.Channel | None, window: Window) -> Bound:
        """The most that one person gets."""
        if not self.is_held(channel):
            return self.asks(channel, window)
        return together((self.part(True, channel, window), self._let_through(channel, window)))

    def is_held(self, channel: ir.Channel | None) -> bool:
        """Whether a cap ever has to hold a message of the channel (None: any message).

        What one cap holds comes later in a bunch, which then a cap on all messages can hold.
        """
        holding = [cap for cap in self.caps if self.holds(cap)]
        if any(cap.channel is None for cap in self.caps):
            return bool(holding)
        return any(channel is None or cap.channel == channel for cap in holding)

    def holds(self, cap: ir.Cap) -> bool:
        """Whether a cap ever has to hold a message."""
        return not self.part(False, cap.channel, cap.per) <= cap.times

    def _caps(self, channel: ir.Channel | None) -> Iterator[ir.Cap]:
        return (cap for cap in self.caps if channel is None or cap.channel in (None, channel))

    def _let_through(self, channel: ir.Channel | None, window: Window) -> Bound:
        """What caps let through of the messages that they may hold.

        What was held can go out later in a bunch: nothing but the caps limits it then.
        """
        if not self.is_held(channel):
            return self.part(False, channel, window)
        limits = [
            Bound(cap.times * -(-LENGTHS[window] // LENGTHS[cap.per]))
            for cap in self._caps(channel)
            if cap.channel in (None, channel)
        ]
        limits.append(together(self._ever(channel)))
        if channel is None:
            limits.append(together(self._let_through(each, window) for each in self._channels))
        return min(limits, key=lambda bound: inf if bound.most is None else bound.most)

    @cached_property
    def _channels(self) -> tuple[ir.Channel, ...]:
        sends = [node for graph in self.within.journeys for node in messages(graph).values()]
        return channels_of(sends)

    def part(self, exempt: bool, channel: ir.Channel | None, window: Window) -> Bound:
        """The most of the messages that policies leave alone, or of those that they do not."""
        return together(self._parts(exempt, channel, window))

    def _ever(self, channel: ir.Channel | None) -> Iterator[Bound]:
        for graph in self.within.journeys:
            yield ever(graph, self._counted(graph, False, channel), self.within)

    def _counted(
        self, graph: ir.JourneyGraph, exempt: bool, channel: ir.Channel | None
    ) -> frozenset[ir.NodeId]:
        return frozenset(
            name
            for name, node in messages(graph, channel).items()
            if is_exempt(graph, node, self.within) is exempt
        )

    def _parts(self, exempt: bool, channel: ir.Channel | None, window: Window) -> Iterator[Bound]:
        for journey in self.asked:
            counted = self._counted(journey.graph, exempt, channel)
            if len(counted) == len(messages(journey.graph, channel)):
                yield journey.of(channel, window)
            elif counted:
                yield of_messages(journey.graph, counted, self.within, self.slack)[window]
