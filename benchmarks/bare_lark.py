"""The grammar with nothing of ours around it: the yardstick for compiling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from lark import Lark

from cio_lang.source import Source

STARTS = {
    "event": "event_line",
    "attribute": "attribute_line",
    "segment": "segment_line",
    "journey": "journey_line",
}
"""The rule for a line below a declaration, by the word that the declaration starts with."""


def statements(sources: Sequence[Source]) -> list[tuple[Lark, str, str]]:
    """Every line that is not blank, with the parser and the rule for it."""
    grammar = (files("cio_lang.grammar") / "journey.lark").read_text(encoding="utf-8")
    parser = Lark(grammar, parser="lalr", start=["declaration", "share_line", *STARTS.values()])
    work: list[tuple[Lark, str, str]] = []
    rule = "declaration"
    for source in sources:
        for line in source.lines:
            if not line.strip():
                continue
            if line[0] != " ":
                work.append((parser, "declaration", line))
                rule = STARTS.get(line.split()[0], "declaration")
            else:
                share = re.match(r" *[0-9.]+%", line) is not None
                work.append((parser, "share_line" if share else rule, line.strip()))
    return work
