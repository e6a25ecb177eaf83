"""`cio lint --bounds`: the most messages that one person can get, as a table or as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cio_lang import ir
from cio_lang.proof import WINDOWS, Bound, Bounds
from cio_lang.proof.guarantees import path_of
from cio_lang.proof.journeys import channels_of, messages, workspace
from cio_lang.proof.lengths import CLOCK_CHANGE
from cio_lang.proof.outgoing import Outgoing
from cio_lang.proof.paths import WORDS

__all__ = ["as_data", "table"]

HEADS = ("hour", "day", "week", "30 days")
_ALL = "all journeys"
_LET = "what the policy lets through"


def table(graphs: Sequence[ir.Graph]) -> str:
    """A row for each journey and channel, one for all of them, and how any number can come."""
    outgoing = Outgoing(workspace(graphs), CLOCK_CHANGE)
    rows: list[tuple[str, ...]] = []
    for bounds in outgoing.asked:
        rows.append((bounds.graph.title, *_cells([bounds.of(None, window) for window in WINDOWS])))
        if len(bounds.channels) > 1:
            for channel in bounds.channels:
                cells = _cells([bounds.of(channel, window) for window in WINDOWS])
                rows.append((f"  {WORDS[channel]}", *cells))
    rows.append((_ALL, *_cells([outgoing.asks(None, window) for window in WINDOWS])))
    for channel in _channels(graphs):
        cells = _cells([outgoing.asks(channel, window) for window in WINDOWS])
        rows.append((f"  {WORDS[channel]}", *cells))
    if outgoing.is_held(None):
        rows.append((_LET, *_less(outgoing)))
    wide = max(len(row[0]) for row in rows)
    head = f"{'messages to one person, at most':{wide}}" + "".join(f"  {h:>7}" for h in HEADS)
    lines = [head.rstrip()]
    for row in rows:
        figures = "".join(f"  {cell:>7}" for cell in row[1:])
        lines.append(f"{row[0]:{len(head) - 36}}{figures}".rstrip())
    return "\n".join((*lines, *_reasons(outgoing.asked)))


def as_data(graphs: Sequence[ir.Graph]) -> dict[str, Any]:
    """The same as data; null is any number."""
    outgoing = Outgoing(workspace(graphs), CLOCK_CHANGE)
    channels: tuple[ir.Channel | None, ...] = (None, *_channels(graphs))
    return {
        "journeys": [
            {
                "journey": bounds.graph.name,
                "title": bounds.graph.title,
                "most": {
                    channel or "all": {
                        window: _one(bounds, channel, bounds.of(channel, window), window)
                        for window in WINDOWS
                    }
                    for channel in (None, *bounds.channels)
                },
            }
            for bounds in outgoing.asked
        ],
        "workspace": {
            "asked": {
                channel or "all": {w: outgoing.asks(channel, w).most for w in WINDOWS}
                for channel in channels
            },
            "sent": {
                channel or "all": {w: outgoing.of(channel, w).most for w in WINDOWS}
                for channel in channels
            },
        },
    }


def _one(bounds: Bounds, channel: ir.Channel | None, bound: Bound, window: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"most": bound.most}
    if bound.reason is not None:
        data["reason"] = bound.reason
    if bound.most != 0:
        data["path"] = path_of(bounds, channel, window)
    return data


def _cells(bounds: Sequence[Bound]) -> tuple[str, ...]:
    return tuple("any" if bound.most is None else f"{bound.most:,}" for bound in bounds)


def _less(outgoing: Outgoing) -> Iterator[str]:
    """Only where a policy makes it less: what it holds can come in a later week."""
    for window in WINDOWS:
        asked, sent = outgoing.asks(None, window), outgoing.of(None, window)
        less = sent.most is not None and (asked.most is None or sent.most < asked.most)
        yield _cells([sent])[0] if less else ""


def _reasons(asked: Sequence[Bounds]) -> Iterator[str]:
    unbounded = [bounds for bounds in asked if bounds.of(None, "month").most is None]
    if unbounded:
        yield ""
        yield "any: as many as there are occasions for"
    for bounds in unbounded:
        window = next(each for each in WINDOWS if bounds.of(None, each).most is None)
        reason = bounds.of(None, window).reason
        yield f"  {bounds.graph.title}: {reason}: {path_of(bounds, None, window)}"


def _channels(graphs: Sequence[ir.Graph]) -> tuple[ir.Channel, ...]:
    sends = [node for graph in workspace(graphs).journeys for node in messages(graph).values()]
    return channels_of(sends)
