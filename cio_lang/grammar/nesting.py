"""Lines below a journey in, its parts and steps out.

What follows a step on lines of its own is put together with it here: the arms of an `if`, the
shares of a split, the `otherwise` of a wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cio_lang import ast, text
from cio_lang.grammar import problems
from cio_lang.grammar.level import OWN_LINES, Level, first_word
from cio_lang.grammar.lines import Nest, shortened
from cio_lang.grammar.places import starters
from cio_lang.grammar.steps import Branch
from cio_lang.problem import nearest
from cio_lang.record import record
from cio_lang.source import Span

PARTS: tuple[tuple[type[ast.Line], ...], ...] = (
    (
        ast.OnEvent,
        ast.OnMatch,
        ast.OnSegment,
        ast.OnDate,
        ast.OnSchedule,
        ast.OnceFor,
        ast.OnStart,
    ),
    (ast.OnlyWhere,),
    (ast.LeaveOnEvent, ast.LeaveWhenUnmatched, ast.LeaveWhere),
    (ast.Goal,),
    (ast.Once, ast.EveryTime, ast.AgainAfter),
    (ast.Key,),
    (ast.TopicOf,),
    (ast.Quiet,),
    (ast.Priority,),
    (ast.ExemptFromCaps,),
    (ast.SpreadOver,),
)
"""Lines that stand above the steps, in their canonical order."""

_PARTS = frozenset(tree for trees in PARTS for tree in trees)

HOLDERS = ("if", "otherwise", "wait", "split", "experiment", "repeat", "ask")
"""First words of the steps that hold others, or that an `otherwise` continues."""

_ONE_OF_A_KIND = (ast.Share, ast.HoldOut, ast.PickWinner)


@record
class _Chain:
    """Whether the step above can be continued by an `otherwise`.

    `never` are its words where it always ends in the same way; `broken` says that its line could
    not be read, so that what continues it is not reported as well.
    """

    open: bool = False
    closed: bool = False
    broken: bool = False
    never: str = ""


class Steps(Level):
    """Reads the parts and steps of a journey."""

    __slots__ = ()

    def steps(
        self, nests: Sequence[Nest], parts: list[ast.Part] | None = None
    ) -> tuple[ast.Step, ...]:
        """The steps on lines of one level; parts of the journey above them go into `parts`."""
        steps: list[Any] = []
        chain = _Chain()
        empty = False
        waiting = list(reversed(nests))
        while waiting:
            nest = waiting.pop()
            tree = self.line(nest, "journey_line")
            if type(tree) in _PARTS:
                tree = self.with_conditions(tree, nest)
                chain = _Chain()
                if tree is not None:
                    self.part(nest.around(tree), nest, steps, parts)
            elif tree is None:
                if first_word(nest.line) in HOLDERS:
                    chain = _Chain(broken=True)
                self.unread(nest)
            elif isinstance(tree, Branch):
                if tree.kind == "if":
                    empty = not nest.children
                elif empty:
                    # Its `if` was told to have nothing below: the lines between are not indented.
                    chain = replace(chain, broken=True)
                chain = self.branch(tree, nest, chain, steps)
            elif isinstance(tree, _ONE_OF_A_KIND):
                chain = _Chain()
                self.misplaced(tree, nest)
            else:
                chain = self.step(tree, nest, steps)
            waiting.extend(self.left_below(nest))
        return tuple(steps)

    def part(
        self, part: Any, nest: Nest, steps: Sequence[ast.Step], parts: list[ast.Part] | None
    ) -> None:
        """A line about the whole journey, which stands above all steps.

        One that is out of place and the second of its kind costs one problem.
        """
        misplaced = parts is None or bool(steps)
        if parts is not None and not (misplaced and _is_second(part, parts)):
            parts.append(part)
        if misplaced:
            self.problems.append(
                problems.PartBelowSteps(
                    span=part.span,
                    words=_first_words(part, nest),
                    here=_meant_here(part),
                )
            )

    def step(self, step: Any, nest: Nest, steps: list[ast.Step]) -> _Chain:
        """One step with what is below it; whether an `otherwise` can continue it."""
        chain = _Chain()
        if isinstance(step, ast.WaitUntil):
            step = replace(step, met=self.steps(self.taken_from(nest)))
            chain = _Chain(open=True)
        elif isinstance(step, ast.WaitUntilMoment):
            always = not isinstance(step.moment, ast.AtDate)
            chain = _Chain(open=True, never=shortened(nest.line.text) if always else "")
        elif isinstance(step, ast.Ask):
            chain = _Chain(open=True)
        elif isinstance(step, ast.Repeat):
            step = replace(step, steps=self.below(nest, step.span))
        elif isinstance(step, ast.Split):
            step = self.split(step, nest)
        elif isinstance(step, ast.Experiment):
            step = self.experiment(step, nest)
        steps.append(nest.around(step))
        return chain

    def below(self, nest: Nest, span: Span) -> tuple[ast.Step, ...]:
        """The steps below a line that needs some."""
        if not nest.children:
            self.nothing_below(nest, span, "at least one step")
        return self.steps(self.taken_from(nest))

    def branch(self, branch: Branch, nest: Nest, chain: _Chain, steps: list[Any]) -> _Chain:
        """One arm with its steps: begins an `if`, or continues the step above."""
        if branch.kind == "if":
            assert branch.condition is not None
            below = self.below(nest, branch.span)
            arm = ast.Arm(branch.condition, below, span=branch.span, trivia=nest.trivia)
            steps.append(ast.If((arm,), span=branch.span))
            return _Chain(open=True)
        last = steps[-1] if steps else None
        if branch.condition is not None and chain.open and not isinstance(last, ast.If):
            chain = _Chain()
        if not chain.open or chain.closed or chain.never:
            self.cannot_continue(branch, nest, chain)
            self.steps(self.taken_from(nest))
            return replace(chain, broken=True, never="")
        below = self.below(nest, branch.span)
        assert isinstance(last, ast.If | ast.WaitUntil | ast.WaitUntilMoment | ast.Ask)
        if branch.condition is not None:
            assert isinstance(last, ast.If)
            arm = ast.Arm(branch.condition, below, span=branch.span, trivia=nest.trivia)
            steps[-1] = replace(last, arms=(*last.arms, arm))
            return chain
        steps[-1] = replace(
            last, otherwise=ast.Otherwise(below, span=branch.span, trivia=nest.trivia)
        )
        return replace(chain, closed=True)

    def cannot_continue(self, branch: Branch, nest: Nest, chain: _Chain) -> None:
        """Reports an `otherwise` that continues nothing, where nothing else was reported."""
        if chain.never:
            self.problems.append(problems.OtherwiseNeverNeeded(span=branch.span, words=chain.never))
        elif not chain.broken:
            self.problems.append(
                problems.OtherwiseWithoutIf(
                    span=branch.span if branch.condition is None else nest.line.span,
                    words=branch.kind,
                    after_otherwise=chain.closed,
                )
            )

    # ── shares ────────────────────────────────────────────────────────────────────────────────────

    def split(self, split: ast.Split, nest: Nest) -> ast.Split:
        """A split with the shares below it."""
        shares, _ = self.shares(nest, split.span, "split")
        return replace(split, shares=shares)

    def experiment(self, experiment: ast.Experiment, nest: Nest) -> ast.Experiment:
        """An experiment with the lines below it."""
        shares, others = self.shares(nest, experiment.span, "experiment")
        hold_out = next((line for line in others if isinstance(line, ast.HoldOut)), None)
        pick = next((line for line in others if isinstance(line, ast.PickWinner)), None)
        return replace(experiment, shares=shares, hold_out=hold_out, pick=pick)

    def shares(
        self, nest: Nest, span: Span, above: str
    ) -> tuple[tuple[ast.Share, ...], list[ast.HoldOut | ast.PickWinner]]:
        """The shares below a split or an experiment, and the other lines that stand there."""
        before = len(self.problems)
        shares: list[ast.Share] = []
        others: list[ast.HoldOut | ast.PickWinner] = []
        waiting = list(reversed(self.taken_from(nest)))
        while waiting:
            child = waiting.pop()
            tree: ast.Share | ast.HoldOut | ast.PickWinner | None = self.line(child, "share_line")
            match tree:
                case None:
                    self.unread(child)
                case ast.Share():
                    steps = self.steps(self.taken_from(child))
                    shares.append(replace(tree, steps=steps, trivia=child.trivia))
                case ast.HoldOut() | ast.PickWinner():
                    words = "hold out" if isinstance(tree, ast.HoldOut) else "pick the winner"
                    if above == "split":
                        self.problems.append(problems.NotInSplit(span=tree.span, words=words))
                    elif any(type(other) is type(tree) for other in others):
                        self.said_twice(tree.span, words, above)
                    else:
                        others.append(child.around(tree))
            waiting.extend(self.left_below(child))
        if not shares and len(self.problems) == before:
            self.nothing_below(nest, span, "its shares")
        return tuple(shares), others

    def misplaced(self, line: Any, nest: Nest) -> None:
        """A share, or a line about an experiment, among steps; what is below it is read."""
        words = shortened(nest.line.text)
        owner = "`split`" if isinstance(line, ast.Share) else "an `experiment`"
        self.problems.append(problems.ShareOutsideSplit(span=line.span, words=words, owner=owner))
        if isinstance(line, ast.Share):
            self.steps(self.taken_from(nest))

    def unread(self, nest: Nest) -> None:
        """Reads what is below a line that cannot be read, for its problems alone.

        Where its first word says that nothing can stand below it, that is left for the caller.
        """
        if not nest.children:
            return
        word = first_word(nest.line)
        known = word in starters("journey_line")
        meant = nearest(word.lower(), starters("declaration"))
        if nest.line.text.endswith((" any of", " all of")):
            self.conditions_or_steps(nest)
        elif word in ("split", "experiment"):
            before = len(self.problems)
            self.shares(nest, nest.line.span, word)
            # That something else stands below it is what comes of the line that is wrong.
            self.problems[before:] = [
                problem
                for problem in self.problems[before:]
                if not isinstance(problem, problems.StepBetweenShares)
            ]
        elif meant in OWN_LINES and not known:
            self.lines_below(nest, f"{meant}_line")
        elif word in HOLDERS or not known:
            self.steps([n for n in self.taken_from(nest) if not n.line.english], [])

    def conditions_or_steps(self, nest: Nest) -> None:
        """Reads what is below a line of which it is not certain what it opens."""
        for child in self.taken_from(nest):
            if child.line.english:
                self.line(child, "block_line")
                continue
            _, problem = self.read(child.line, "block_line")
            if problem is not None and self.read(child.line, "journey_line")[1] is not None:
                self.unreadable(problem)
            self.conditions_or_steps(child)


def _is_second(part: ast.Part, parts: Sequence[ast.Part]) -> bool:
    """Whether there is a line already that says the same of the journey as this one."""
    if isinstance(part, ast.Exit):
        return False
    kind = next(trees for trees in PARTS if isinstance(part, trees))
    return any(isinstance(other, kind) for other in parts)


def _meant_here(part: ast.Part) -> str:
    """How to say about this point of a journey what a line says about the whole of it."""
    match part:
        case ast.OnEvent():
            wait = f"wait until they do {text.name(part.event)}, up to 3 days"
            return f"to wait for it just here, write `{wait}`"
        case ast.LeaveOnEvent() | ast.LeaveWhenUnmatched() | ast.LeaveWhere():
            return "to end the run just here, write `leave` below an `if`"
        case ast.OnlyWhere():
            return "to go on with some people only, put the steps below an `if`"
        case (
            ast.OnMatch()
            | ast.OnSegment()
            | ast.OnDate()
            | ast.OnSchedule()
            | ast.OnceFor()
            | ast.OnStart()
            | ast.Goal()
            | ast.Once()
            | ast.EveryTime()
            | ast.AgainAfter()
            | ast.Key()
            | ast.TopicOf()
            | ast.Quiet()
            | ast.Priority()
            | ast.ExemptFromCaps()
            | ast.SpreadOver()
        ):
            return ""


def _first_words(part: ast.Part, nest: Nest) -> str:
    """The words of a line that say what it is."""
    count = 1
    if isinstance(part, ast.Exit | ast.ExemptFromCaps | ast.SpreadOver | ast.OnceFor):
        count = 2
    elif isinstance(part, ast.OnDate) and part.offset is not None:
        count = 3
    return " ".join(nest.line.text.split()[:count])
