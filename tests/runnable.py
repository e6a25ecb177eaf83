"""Trees of any kind as trees that the checks would let pass, as far as lowering asks for it."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from cio_lang import ast


def runnable(written: ast.Journey, entry: ast.Entry) -> ast.Journey:
    """The journey with one entry, percentages that add up, and a wait in every round."""
    parts = [part for part in written.parts if not isinstance(part, ast.Entry)]
    if not _has_an_opposite(entry):
        parts = [part for part in parts if not isinstance(part, ast.LeaveWhenUnmatched)]
    journey: ast.Journey = mended(dataclasses.replace(written, parts=(entry, *parts)))
    return journey


def _has_an_opposite(entry: ast.Entry) -> bool:
    if isinstance(entry, ast.OnDate):
        return entry.audience is not None
    return not isinstance(entry, ast.OnEvent | ast.OnStart)


def mended(tree: Any) -> Any:
    """Any tree, with what no check lets pass put right."""
    if isinstance(tree, tuple):
        return tuple(mended(part) for part in tree)
    if not isinstance(tree, ast.Node):
        return tree
    fields = {field.name: mended(getattr(tree, field.name)) for field in dataclasses.fields(tree)}
    tree = dataclasses.replace(tree, **fields)
    match tree:
        case ast.Comparison(test=ast.HasBeen()) if not isinstance(tree.subject, ast.Attribute):
            return dataclasses.replace(tree, test=ast.Known())
        case ast.Split() | ast.Experiment():
            return dataclasses.replace(tree, shares=_whole(tree.shares))
        case ast.Repeat():
            steps = (ast.Wait(ast.Duration(1, "day")), *tree.steps)
            return dataclasses.replace(tree, times=tree.times or 1, steps=steps)
        case ast.Throttle(times=0):
            return dataclasses.replace(tree, times=1)
    return tree


def _whole(shares: tuple[ast.Share, ...]) -> tuple[ast.Share, ...]:
    """The shares with percentages that are 100 together."""
    left = Decimal(100)
    found = []
    for share in shares[:-1]:
        percent = min(share.percent.value, left)
        found.append(dataclasses.replace(share, percent=ast.Percent(percent)))
        left -= percent
    return (*found, dataclasses.replace(shares[-1], percent=ast.Percent(left)))
