"""A line in, its tree out: the loop that follows the parser's tables.

Lark makes the tables and the functions for rules.  Its own loop would do the same, but it is
general: this one takes a third less time, in what most of a compilation is spent on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

import lark
from lark.parse_tree_builder import ExpandSingleChild
from lark.parsers.lalr_analysis import Shift

from cio_lang.grammar.lines import Written
from cio_lang.grammar.words import Word, Words
from cio_lang.source import NOWHERE

Reduction = tuple[int, Callable[[list[Any]], Any] | None, dict[int, int]]
"""The end of a rule: how many values it takes, what makes one of them (None: the only value stands
for itself), and the state that follows by the state before."""

_Unexpected: Any = lark.UnexpectedToken  # it has no types

END = Word("$END", "", NOWHERE)
"""What comes behind the last word of a line."""


class Driver:
    """Follows the tables of one parser."""

    def __init__(self, parser: lark.Lark) -> None:
        machine: Any = parser.parser.parser
        machine = machine.parser
        table, callbacks = machine.parse_table, machine.callbacks
        self.words: Words = parser.parser.lexer
        self.states: Mapping[int, Mapping[str, Any]] = table.states
        self.starts: Mapping[str, int] = table.start_states
        self.values: Mapping[str, Callable[[Word], Any]] = callbacks
        self.shifts: dict[int, dict[str, int]] = {state: {} for state in table.states}
        self.reductions: dict[int, dict[str, Reduction]] = {state: {} for state in table.states}
        follows: dict[str, dict[int, int]] = {}
        for state, row in table.states.items():
            for kind, (action, where) in row.items():
                if action is Shift:
                    self.shifts[state][kind] = where
                    follows.setdefault(kind, {})[state] = where
        made: dict[int, Reduction] = {}
        for state, row in table.states.items():
            for kind, (action, rule) in row.items():
                if action is not Shift:
                    if id(rule) not in made:
                        count, build = len(rule.expansion), callbacks[rule]
                        alone = count == 1 and isinstance(build, ExpandSingleChild)
                        after = follows[rule.origin.name]
                        made[id(rule)] = count, None if alone else build, after
                    self.reductions[state][kind] = made[id(rule)]
        for state in table.end_states.values():
            self.shifts[state]["$END"] = state

    def parse(self, line: Written, start: str) -> Any:
        """The tree of a line by the rule `start`.

        Raises `lark.UnexpectedToken` with the word that cannot come where it stands, and `Stop`.
        """
        shifts, reductions, values, table = self.shifts, self.reductions, self.values, self.states
        states = [self.starts[start]]
        built: list[Any] = []
        for word in chain(self.words.cut(line, lambda: table[states[-1]]), (END,)):
            kind = word.type
            while (onward := shifts[states[-1]].get(kind)) is None:
                reduction = reductions[states[-1]].get(kind)
                if reduction is None:
                    raise _Unexpected(word, set())
                count, build, follows = reduction
                if build is None:
                    states[-1] = follows[states[-2]]
                    continue
                begin = len(built) - count
                value = build(built[begin:])
                del built[begin:], states[begin + 1 :]
                built.append(value)
                states.append(follows[states[-1]])
            states.append(onward)
            value_of = values.get(kind)
            built.append(word if value_of is None else value_of(word))
        tree, _ = built
        return tree

    def before(self, line: Written, start: str, stopped: Word) -> tuple[int, ...]:
        """The states that the parser is in before it is given the word that it stops on."""
        states = [self.starts[start]]
        for word in self.words.cut(line, lambda: self.states[states[-1]]):
            if word.span == stopped.span:
                break
            self.advance(states, word.type)
        return tuple(states)

    def accepts(self, states: tuple[int, ...]) -> frozenset[str]:
        """The kinds of words that can come in these states."""
        kinds = (kind for kind in self.states[states[-1]] if kind.isupper())
        return frozenset(kind for kind in kinds if self.advance([*states], kind))

    def advance(self, states: list[int], kind: str) -> bool:
        """Goes on by a word without making values of it; whether it can come at all."""
        while (onward := self.shifts[states[-1]].get(kind)) is None:
            reduction = self.reductions[states[-1]].get(kind)
            if reduction is None:
                return False
            count, _, follows = reduction
            del states[len(states) - count :]
            states.append(follows[states[-1]])
        states.append(onward)
        return True
