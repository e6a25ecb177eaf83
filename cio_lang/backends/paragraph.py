"""The steps of a journey as one paragraph of English.

Steps that follow one another are one sentence; what is done on one of several ways stands behind a
colon, ways inside of ways in brackets, so that it can be read in one way only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cio_lang import ir
from cio_lang.backends.outline import Outline, Way, outline
from cio_lang.backends.phrases import duration, name, percent, quoted
from cio_lang.backends.steps import asked, loop, step, trial, until, wait
from cio_lang.backends.words import condition


def paragraph(graph: ir.JourneyGraph) -> str:
    """All steps; a journey without any says so."""
    sentences = list(_sentences(outline(graph)))
    return " ".join(sentences) if sentences else "It has no steps."


def _sentences(steps: Sequence[Outline]) -> Iterator[str]:
    plain: list[str] = []
    after = False
    for one in steps:
        if _is_plain(one):
            plain.append(_plain(one))
            continue
        if plain:
            yield _begun(", then ".join(plain), after)
        plain, after = [], True
        yield f"{_capital(_structure(one))}."
    if plain:
        yield _begun(", then ".join(plain), after)


def _begun(sentence: str, after: bool) -> str:
    return f"After that, {sentence}." if after else f"{_capital(sentence)}."


def _inside(way: Way) -> str:
    """What is done on a way, in one clause."""
    said = [_plain(one) if _is_plain(one) else f"[{_structure(one)}]" for one in way.inside]
    left = bool(way.inside) and isinstance(way.inside[-1].node, ir.LeaveNode)
    if way.ends and not left and not (way.inside and way.inside[-1].ways):
        said.append("the journey ends")
    return ", then ".join(said) or _STRAIGHT_ON


_STRAIGHT_ON = "go straight on"


def _is_plain(one: Outline) -> bool:
    """Whether the same is done whatever comes of the step."""
    same = not any(way.inside or way.ends for way in one.ways)
    return not one.ways or (same and isinstance(one.node, ir.UntilNode))


def _plain(one: Outline) -> str:
    said = step(one.node)
    if one.seen:
        return f"go on with the step that says {quoted(said)}"
    return said[:1].lower() + said[1:]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _structure(one: Outline) -> str:
    """A step with several ways, and what is done on each."""
    done = [_inside(way) for way in one.ways]
    match one.node:
        case ir.BranchNode():
            cases = [f"if {condition(case.if_)}" for case in one.node.branch]
            whens = [cases[0], *(f"otherwise {case}" for case in cases[1:]), "otherwise"]
            return _ways(whens, done)
        case ir.WaitNode():
            date = one.node.wait.date.attribute if isinstance(one.node.wait, ir.WaitDate) else ""
            whens = ["then", f"for people with no {name(date)}"]
            if done[0] == _STRAIGHT_ON:
                whens, done = whens[1:], done[1:]
            return f"wait {wait(one.node.wait)}; {_ways(whens, done)}"
        case ir.UntilNode():
            late = duration(one.node.until.at_most or "")
            whens = ["when it comes", f"after {late} without it"]
            return f"wait {until(one.node.until)}; {_ways(whens, done)}"
        case ir.SplitNode():
            return f"draw a share for each person; {_ways(shares(one.node.split), done)}"
        case ir.ExperimentNode():
            held = held_out(one.node)
            whens = [*shares(one.node.arms), *([] if held is None else [held])]
            return f"experiment {trial(one.node.experiment)}; {_ways(whens, done)}"
        case ir.RepeatNode():
            return f"repeat {loop(one.node.repeat)}: {done[0]}"
        case ir.AskNode():
            return f"ask {asked(one.node.ask)}; {_ways(answers(one.node), done)}"
        case (
            ir.SendNode() | ir.CollectNode() | ir.ThrottleNode() | ir.SetNode() | ir.AddNode()
            | ir.TrackNode() | ir.MembershipNode() | ir.CallNode() | ir.StartNode()
            | ir.LeaveNode()
        ):  # fmt: skip
            return step(one.node)


def _ways(whens: Sequence[str], done: Sequence[str]) -> str:
    return "; ".join(f"{when}: {what}" for when, what in zip(whens, done, strict=True))


def shares(of: Sequence[ir.Share]) -> list[str]:
    """`50% ("discount")` for each share."""
    return [f"{percent(share.percent)} ({quoted(share.label)})" for share in of]


def held_out(node: ir.ExperimentNode) -> str | None:
    """Who is held out, if anyone."""
    out = node.experiment.hold_out
    return f"the {percent(out)} held out before the draw" if out else None


def answers(node: ir.AskNode) -> list[str]:
    """The two answers."""
    at_most = node.ask.at_most
    late = "" if at_most is None else f", or no answer within {duration(at_most)}"
    return ["approved", f"refused{late}"]
