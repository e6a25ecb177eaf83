"""The TextMate grammar of the language, for editors and code hosts that colour by patterns.

Made from the words of the parser's grammar.  It colours by the form of words alone: what a name
stands for, the language server knows.
"""

from __future__ import annotations

import json
import re
from typing import Any

from cio_lang.grammar import opening_words, words_of_the_language
from cio_lang.pages.page import Page

__all__ = ["TEXTMATE"]


def _page() -> str:
    return json.dumps(_grammar(), ensure_ascii=False, indent=2) + "\n"


def _grammar() -> dict[str, Any]:
    words = words_of_the_language()
    opening = opening_words("declaration")
    steps = opening_words("journey_line") - opening
    return {
        "$comment": "Made by `cio docs` from cio_lang/grammar/journey.lark.",
        "name": "cio journey",
        "scopeName": "source.journey",
        "fileTypes": ["journey", "scenario"],
        "patterns": [
            {"include": "#english"},
            {"include": "#comment"},
            {"include": "#declaration"},
            {"include": "#step"},
            {"include": "#block"},
            {"include": "#text"},
            {"include": "#number"},
            {"include": "#word"},
            {"include": "#name"},
        ],
        "repository": {
            "english": {"match": "^\\s*>.*$", "name": "comment.line.documentation.journey"},
            "comment": {"match": "#.*$", "name": "comment.line.number-sign.journey"},
            "declaration": {
                "match": f'^({_any(opening)})(?![\\w-])(?:\\s+("(?:[^"\\\\]|\\\\.)*"|\\w+))?',
                "captures": {
                    "1": {"name": "keyword.declaration.journey"},
                    "2": {"name": "entity.name.section.journey"},
                },
            },
            "step": {
                "match": f"^\\s+({_any(steps)})(?![\\w-])",
                "captures": {"1": {"name": "keyword.control.journey"}},
            },
            "block": {
                "begin": '"""',
                "end": '"""',
                "name": "string.quoted.triple.journey",
                "patterns": [{"include": "#placeholder"}],
            },
            "text": {
                "begin": '"',
                "end": '"|$',
                "name": "string.quoted.double.journey",
                "patterns": [
                    {"match": "\\\\.", "name": "constant.character.escape.journey"},
                    {"include": "#placeholder"},
                ],
            },
            "placeholder": {
                "match": "\\{\\{.*?\\}\\}|\\{%.*?%\\}",
                "name": "variable.other.placeholder.journey",
            },
            "number": {
                "match": (
                    "-?[$€£]?\\b\\d[\\d,]*(?:\\.\\d+)?(?:%|:\\d{2}(?::\\d{2})?|-\\d{1,2}-\\d{1,2})?"
                ),
                "name": "constant.numeric.journey",
            },
            "word": {
                "match": f"(?<![\\w-])(?:{_any(words)})(?![\\w-])",
                "name": "keyword.other.journey",
            },
            "name": {"match": "[^\\W\\d]\\w*", "name": "variable.other.journey"},
        },
    }


def _any(words: frozenset[str]) -> str:
    """A pattern for any of some words, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


TEXTMATE = Page("editors/vscode/syntaxes/journey.tmLanguage.json", "The TextMate grammar", _page)
