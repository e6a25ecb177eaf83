"""How else people say what the language says in one way, and why it is said otherwise.

Data for `meant.py`.  The first that helps is offered, so what is more special comes first.
"""

from __future__ import annotations

from cio_lang.grammar.other_words import (
    beginnings,
    comparisons,
    draws,
    events,
    lines,
    people,
    scenarios,
    values,
)
from cio_lang.grammar.other_words.rewrite import Rewrite

__all__ = ["REWRITES", "Rewrite"]

REWRITES: tuple[Rewrite, ...] = (
    *beginnings.PARTS,
    *beginnings.DECLARATIONS,
    *beginnings.SHARES,
    *beginnings.STEPS,
    *lines.LINES,
    *scenarios.OTHERS,
    *people.SUBJECTS,
    *people.WHO,
    *comparisons.PREDICTIONS,
    *draws.DRAWS,
    *comparisons.HELD,
    *events.MESSAGES,
    *events.EVENTS,
    *events.HOW_OFTEN,
    *events.WHEN,
    *values.DATES,
    *values.VALUES,
    *comparisons.TOTALS,
    *comparisons.MEMBERSHIP,
    *comparisons.COMPARISONS,
    *people.WHAT,
)
"""All of them, in the order in which they are tried."""
