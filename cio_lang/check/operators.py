"""Comparisons: what each is made for, and which types can answer it."""

from __future__ import annotations

from typing import Literal, get_args

from cio_lang import ast

Kind = ast.SimpleType | Literal["one of"]

Family = Literal["equality", "order", "range", "text", "list", "date"]
"""What a comparison is made for."""

MADE_FOR: dict[Family, str] = {
    "equality": "compares one value with another",
    "order": "compares numbers and amounts of money",
    "range": "compares numbers, amounts of money and dates",
    "text": "looks at the letters of text",
    "list": "looks into lists",
    "date": "compares dates",
}

FAMILIES: dict[Kind, tuple[Family, ...]] = {
    "text": ("equality", "text"),
    "number": ("equality", "order", "range"),
    "money": ("equality", "order", "range"),
    "date": ("equality", "range", "date"),
    "time": ("equality",),
    "yes/no": ("equality",),
    "list": ("list",),
    "one of": ("equality", "text"),
}

CAN: dict[Kind, str] = {
    "text": "`is`, `is one of`, `starts with`, `ends with` or `contains`",
    "number": "`is`, `is more than`, `is at least`, `is less than`, `is at most` or `is between`",
    "money": "`is`, `is more than`, `is at least`, `is less than`, `is at most` or `is between`",
    "date": "`is before`, `is after`, `is in the last` or `is in the next`",
    "time": "`is` or `is one of`, as in `is one of 09:00, 10:00`; for what is earlier or later, "
    "keep the hour as a number, and ask `is less than 10`",
    "yes/no": "`is yes` or `is no`",
    "list": "`include` or `does not include`",
    "one of": "`is` or `is one of`",
}

INSTEAD: dict[tuple[Kind, ast.CompareOp], ast.CompareOp] = {
    ("date", "more_than"): "after",
    ("date", "at_least"): "after",
    ("date", "less_than"): "before",
    ("date", "at_most"): "before",
    ("number", "after"): "more_than",
    ("number", "before"): "less_than",
    ("money", "after"): "more_than",
    ("money", "before"): "less_than",
    ("list", "is"): "includes",
    ("list", "is_not"): "does_not_include",
    ("list", "contains"): "includes",
    ("list", "does_not_contain"): "does_not_include",
    ("text", "includes"): "contains",
    ("text", "does_not_include"): "does_not_contain",
    ("one of", "includes"): "is",
    ("one of", "does_not_include"): "is_not",
}
"""What was probably meant where a type cannot answer."""

OP_FAMILY: dict[ast.CompareOp, Family] = {
    "is": "equality",
    "is_not": "equality",
    "more_than": "order",
    "at_least": "order",
    "less_than": "order",
    "at_most": "order",
    "starts_with": "text",
    "ends_with": "text",
    "contains": "text",
    "does_not_contain": "text",
    "includes": "list",
    "does_not_include": "list",
    "before": "date",
    "after": "date",
}

OPERANDS: dict[Family, tuple[type[ast.Value], ...]] = {
    "equality": (ast.Text, ast.Number, ast.Money, ast.Date, ast.Time, ast.YesNo),
    "order": (ast.Number, ast.Money),
    "range": (ast.Number, ast.Money, ast.Date),
    "text": (ast.Text,),
    "list": (ast.Text, ast.Number),
    "date": (ast.Date,),
}
"""The values that a comparison can do something with."""

OPERAND_WORDS: dict[Family, str] = {
    "equality": "a value",
    "order": "a number or an amount of money",
    "range": "two numbers, two amounts of money or two dates",
    "text": "text in quotes",
    "list": "text in quotes or a number",
    "date": "a date such as 2026-12-01",
}
"""The same in words."""


_SAID: dict[str, frozenset[Family]] = {
    "after": frozenset({"date"}),
    "at least": frozenset({"order"}),
    "at most": frozenset({"order"}),
    "before": frozenset({"date"}),
    "between": frozenset({"range"}),
    "in the last": frozenset({"date"}),
    "in the next": frozenset({"date"}),
    "less than": frozenset({"order", "date"}),  # a number, and 3 days ago
    "more than": frozenset({"order", "date"}),
    "not": frozenset({"equality"}),
    "one of": frozenset({"equality"}),
    **dict.fromkeys(get_args(ast.CalendarSpan), frozenset({"date"})),
}
"""The words behind `is` that only some types can answer, and what those are made for."""


def can_be_said(words: str, kind: Kind) -> bool:
    """Whether words of the language make sense behind `is` for a type."""
    if words in ("yes", "no"):
        return kind == "yes/no"
    needed = _SAID.get(words)
    return needed is None or not needed.isdisjoint(FAMILIES[kind])
