"""Journeys against the policy: a checked workspace and its graphs in, problems out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ast, ir
from cio_lang.check import Checked
from cio_lang.proof.bounds import in_one_run, of_messages
from cio_lang.proof.guarantees import article, counted
from cio_lang.proof.journeys import Workspace, is_exempt, messages, workspace
from cio_lang.proof.paths import in_words
from cio_lang.proof.problems import BoundOverPolicy, PolicyHolds
from cio_lang.source import NOWHERE, Span

__all__ = ["held_by_policy", "over_policy"]


def over_policy(checked: Checked, graphs: Sequence[ir.Graph]) -> tuple[BoundOverPolicy, ...]:
    """Journeys that ask for more than a cap allows when they are entered once.

    In an ordinary week: what only a change of the clock brings about is left to the policy.
    """
    within = workspace(graphs)
    places = _places(checked)
    found: list[BoundOverPolicy] = []
    for graph in within.journeys:
        for cap, names in _capped(graph, within):
            bound = in_one_run(graph, names, within, 0)[cap.per]
            if not bound <= cap.times:
                found.append(
                    BoundOverPolicy(
                        span=places.get(graph.title, NOWHERE),
                        journey=graph.title,
                        cap=cap_words(cap),
                        most=counted(bound.most, cap.channel),
                        window=article(cap.per),
                        path=in_words(bound.trail, {graph.name: graph}, names),
                    )
                )
                break
    return tuple(found)


def held_by_policy(checked: Checked, graphs: Sequence[ir.Graph]) -> tuple[PolicyHolds, ...]:
    """Journeys that a cap holds only when somebody enters them again."""
    within = workspace(graphs)
    places = _places(checked)
    found: list[PolicyHolds] = []
    for graph in within.journeys:
        for cap, names in _capped(graph, within):
            if not in_one_run(graph, names, within, 0)[cap.per] <= cap.times:
                break
            bound = of_messages(graph, names, within, 0)[cap.per]
            if not bound <= cap.times:
                path = in_words(bound.trail, {graph.name: graph}, names)
                found.append(
                    PolicyHolds(
                        span=places.get(graph.title, NOWHERE),
                        journey=graph.title,
                        cap=cap_words(cap),
                        most=counted(bound.most, cap.channel),
                        window=article(cap.per),
                        path=path if bound.reason is None else f"{bound.reason} ({path})",
                    )
                )
                break
    return tuple(found)


def _capped(
    graph: ir.JourneyGraph, within: Workspace
) -> Iterator[tuple[ir.Cap, frozenset[ir.NodeId]]]:
    """Each cap with the messages of the journey that it holds."""
    for policy in within.policies:
        for cap in policy.caps:
            names = frozenset(
                name
                for name, node in messages(graph, cap.channel).items()
                if not is_exempt(graph, node, within)
            )
            if names:
                yield cap, names


def _places(checked: Checked) -> dict[str, Span]:
    return {
        declaration.title.text: declaration.title.span
        for file in checked.files
        for declaration in file.declarations
        if isinstance(declaration, ast.Journey)
    }


def cap_words(cap: ir.Cap) -> str:
    """A cap as the policy writes it."""
    return f"at most {counted(cap.times, cap.channel)} per {cap.per}"
