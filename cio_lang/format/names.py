"""Names that would be read as words of the language where they stand, and so are quoted."""

from __future__ import annotations

from typing import get_args

from cio_lang import ast
from cio_lang.format.conditions import FIRST_WORDS

_DAYS = frozenset(get_args(ast.Weekday))
_SUBJECTS = frozenset(
    {"all", "any", "average", "between", "bounced", "can", "cannot", "churn", "clicked"}
    | {"delivered", "first", "largest", "latest", "likely", "number", "opened", "received"}
    | {"replied", "smallest", "subscribed", "total"}
)

AFTER_UNTIL = FIRST_WORDS | _DAYS | {day.lower() for day in _DAYS} | _SUBJECTS
"""What can begin the words behind `wait until`."""

AFTER_EXPECT = frozenset({*get_args(ast.Channel), "message", "no", "notify"}) | frozenset(
    {"emails", "texts", "pushes", "messages"}
)
"""What else can stand behind `expect` where a person or an attribute does."""
