"""The words of one line, told apart by what may stand there.

A contextual lexer for Lark: the terminals come from the grammar, and a word is a keyword only
where the parser can use that keyword; anywhere else it is a name.  It never fails: what no terminal
matches becomes a word of kind `UNCLOSED` or `UNSUPPORTED`, which no rule takes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from lark.common import LexerConf
from lark.lexer import Lexer, PatternStr, Token

from cio_lang.grammar.lines import Written
from cio_lang.source import Span

_CONTEXTUAL = ("CURRENCY", "PRICE", "PERSON", "AND_THEN", "IN_ANY_YEAR", "UP_TO")
"""Terminals that overlap with names and figures: used only where the parser asks for them."""

_PHRASES = {"and": "AND_THEN", "in": "IN_ANY_YEAR", "up": "UP_TO", ",": "UP_TO"}
"""Terminals of several words, by the first word or mark."""


class Word(Token):
    """A word with its place in the file."""

    __slots__ = ("span",)
    span: Span

    def __new__(cls, kind: str, text: str, span: Span) -> Word:
        """A word of the given kind (the name of a terminal)."""
        word = str.__new__(cls, text)
        word.type = kind
        word.value = text
        word.span = span
        word.line = span.line
        word.column = span.column
        word.end_line = span.end_line
        word.end_column = span.end_column
        word.start_pos = word.end_pos = None
        return word


class Words(Lexer):
    """Cuts a `Written` line into words."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        named = {terminal.name: terminal for terminal in conf.terminals}
        self.keywords: dict[str, str] = {}
        marks: dict[str, str] = {}
        for terminal in conf.terminals:
            if isinstance(terminal.pattern, PatternStr):
                text = terminal.pattern.value
                if text.replace("-", "").isalpha():
                    self.keywords[text] = terminal.name
                if not text.isalpha():
                    marks[text] = terminal.name
        patterns = sorted(
            (t for t in conf.terminals if not isinstance(t.pattern, PatternStr)),
            key=lambda t: (-t.priority, -len(t.pattern.value)),
        )
        # Most words are names, so these are looked for before all that begins in another way.
        groups = [
            (marks[text], re.escape(text) + (r"\b" if text[-1].isalpha() else ""))
            for text in sorted(marks, key=lambda text: (not text[0].isalpha(), -len(text)))
        ]
        lettered = sum(text[0].isalpha() for text in marks)
        groups.insert(lettered, ("NAME", named["NAME"].pattern.value))
        groups += [
            (t.name, t.pattern.value)
            for t in patterns
            if t.name not in (*conf.ignore, *_CONTEXTUAL, "NAME")
        ]
        groups += [("UNCLOSED", r'"[^\n]*'), ("UNSUPPORTED", r"\S")]
        kinds = "|".join(f"(?P<{name}>{pattern})" for name, pattern in groups)
        self._any = re.compile(rf"\s*(?:{kinds})")
        self._person = re.compile(named["PERSON"].pattern.value)
        self._currency = re.compile(named["CURRENCY"].pattern.value)
        self._price = re.compile(named["PRICE"].pattern.value)
        self._phrases = {
            first: (name, re.compile(named[name].pattern.value + r"\b"))
            for first, name in _PHRASES.items()
        }

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """The words of a line, each told apart when the parser has taken the one before."""
        states = parser_state.parse_conf.states
        return self.cut(lexer_state.text, lambda: states[parser_state.state_stack[-1]])

    def cut(self, line: Written, accepted: Any) -> Iterator[Word]:
        """The words of a line; `accepted()` is asked before each for the terminals that fit."""
        text, file, number = line.text, line.file, line.number
        margin = line.column
        keywords, match, phrases = self.keywords, self._any.match, self._phrases
        position = 0
        while (found := match(text, position)) is not None:
            terminals: Collection[str] = accepted()
            assert found.lastgroup is not None
            kind = found.lastgroup
            word, position = found[kind], found.start(kind)
            if "PERSON" in terminals and (person := self._person.match(text, position)):
                word = person.group()
                kind = keywords.get(word, "PERSON")
                if kind not in terminals:
                    kind = "PERSON"
            elif kind == "NAME":
                keyword = keywords.get(word)
                if keyword is not None:
                    if keyword in terminals:
                        kind = keyword
                elif "PRICE" in terminals and (price := self._price.match(text, position)):
                    kind, word = "PRICE", price.group()
                elif "CURRENCY" in terminals and self._currency.fullmatch(word):
                    kind = "CURRENCY"
            if word in phrases and phrases[word][0] in terminals:
                longer = phrases[word][1].match(text, position)
                if longer is not None:
                    kind, word = phrases[word][0], longer.group()
            column = margin + position
            position += len(word)
            if kind == "BLOCK" and "\n" in word:
                rows = word.split("\n")
                last = number + len(rows) - 1
                span = Span(file, number, column, last, len(rows[-1]) + 1)
                number, margin = last, len(rows[-1]) + 1 - position
            else:
                span = Span(file, number, column, number, column + len(word))
            yield Word(kind, word, span)
