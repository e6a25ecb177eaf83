"""For the lines of scenarios about what others do: segments by hand, approvals, winners."""

from __future__ import annotations

from cio_lang.grammar.other_words.rewrite import NAME, QUOTED, Rewrite, said

_HAND = "Whom somebody puts into a segment is `added to` it, or `removed from` it."
_ANSWER = "Whoever is asked `approves` or `declines`."
_WINNER = "An arm wins, and everybody gets it from then on."

OTHERS: tuple[Rewrite, ...] = (
    said(
        r"(?:joins|enters|is put (?:in|into)|is added(?: (?:in|into|to))?)"
        r"(?: the)?(?: segment)?(?= \")",
        "is added to segment",
        _HAND,
    ),
    said(
        r"(?:leaves|is taken (?:out of|from)|is removed(?: from)?)(?: the)?(?: segment)?(?= \")",
        "is removed from segment",
        _HAND,
    ),
    said(
        rf"(?:rejects|refuses|denies|disapproves|turns down)(?= {QUOTED} for )", "declines", _ANSWER
    ),
    said(rf"(?:accepts|agrees to|allows|confirms)(?= {QUOTED} for )", "approves", _ANSWER),
    said(rf"({QUOTED}) wins(?: in| the)?(?: test)? ({QUOTED})", r"\1 wins experiment \2", _WINNER),
    said(
        rf"the winner of(?: experiment)? ({QUOTED}) (?:is|becomes) ({QUOTED})",
        r"\2 wins experiment \1",
        _WINNER,
    ),
    said(rf"(given {NAME}) in segment", r"\1 is in segment", "It is `is in segment`."),
)
