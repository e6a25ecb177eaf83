"""What is left over behind a line that is whole: its words in, the problem with them out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cio_lang.grammar import problems
from cio_lang.grammar.lines import shortened
from cio_lang.grammar.places import starters
from cio_lang.grammar.unquoted import SENDS, joined
from cio_lang.grammar.words import Word
from cio_lang.problem import Problem

_NOT_STEPS = ("when", "on", "in", "at", "every", "once", "again", "only", "send", "leave when")
"""Words that begin lines, and are left over for other reasons as well."""

_PROPERTIES = "put each property on a line of its own below it, indented, as in `amount: money`"


def left_over(
    words: Sequence[Word], at: int, start: str, expected: frozenset[str]
) -> Problem | None:
    """The problem with the words from `at` on, where the line is complete before them."""
    if "$END" not in expected:
        return None
    text, place = joined(words[at:])
    way_out = _way_out(words[0], text, start)
    if way_out is None:
        return problems.AfterTheEnd(span=place, words=shortened(text))
    return problems.AfterTheEnd(span=place, words=shortened(text), way_out=way_out)


def _at_once(first: str, moment: str) -> str:
    """What to do with a moment behind a line that is carried out at once."""
    if first in SENDS:
        return "take it out: it is sent at once; what is sent later is a journey"
    if first in ("show", "count", "people") and "-" in moment:
        return f"take it out, or write `show activity of alice since {moment}`"
    return (
        "take it out: what is said in one line is now; what was earlier comes in by `cio import`, "
        "and for a trial it is written in a scenario"
    )


def _way_out(first: str, text: str, start: str) -> str | None:
    """What to do with words behind a line, where it is likely enough."""
    if start == "declaration" and first == "event":
        return _PROPERTIES
    if start == "declaration" and first == "segment":
        condition = re.sub(r"^(?:where|who|with|if|when|:)\s+", "", text)
        return f"write `{condition}` on a line below it, indented"
    if start == "declaration" and first in ("policy", "guarantee"):
        return f"take it out: a {first} has no name"
    moment = re.match(r"(?:at|on)\s+([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}:[0-9]{2})", text)
    if start == "statement" and moment is not None:
        return _at_once(first, moment[1])
    if start != "journey_line":
        return None
    more = re.fullmatch(r"(?:,|and|\s)*([0-9]+\s+[a-z]+)", text)
    if first == "wait" and more is not None:
        return f"write `wait {more[1]}` on the next line"
    if first == "when" and text.startswith("and "):
        return f"write `only people where {text.removeprefix('and ')}` on a line of its own"
    if first == "when" and text.startswith("or "):
        return "write `when someone matches did … or did …`, or a second journey"
    later = re.fullmatch(r"(?:after|in|for)\s+([0-9]+\s+[a-z]+)(?:\s+later)?", text)
    if later is not None and first in SENDS:
        return f"write `wait {later[1]}` on the line above"
    rest = re.sub(r"^(?:(?:,|and|then)\s*)+", "", text)
    begins = rest.split(None, 1)[0] if rest else ""
    if begins not in starters("journey_line") or begins in _NOT_STEPS:
        return None
    below = ", indented below this one" if first in ("if", "otherwise") else ""
    return f"write `{rest}` on the next line{below}"
