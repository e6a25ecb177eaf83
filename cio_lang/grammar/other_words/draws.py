"""For parts of people that chance picks."""

from __future__ import annotations

import re
from decimal import Decimal

from cio_lang.grammar.other_words.rewrite import PEOPLE, QUOTED, Rewrite, said

_FIGURE = r"([0-9]{1,3}(?:\.[0-9]+)?)"
_PERCENT = r"(?:%|percent)"
_WHO = rf"(?:of |among )?(?:the |all |our )?(?:people|everybody|everyone|them|{PEOPLE})"
_FROM = r"(?:(?:drawn |chosen |picked )?by|of|in|from|for|of the draw|in the draw|draw)"
_GROUP = r"(?:holdout|hold-out|control|control group|sample|bucket|group)"
_NAMED = "Chance picks who is in it, and the name of the draw keeps them in."


def _last(found: re.Match[str]) -> str:
    start = (100 - Decimal(found[1])).normalize()
    return f"in {start:f}% to 100% of the draw {found[2]}"


DRAWS: tuple[Rewrite, ...] = (
    said(
        rf"in (?:the )?last {_FIGURE} ?{_PERCENT} (?:{_WHO} )?{_FROM} ({QUOTED})",
        _last,
        _NAMED,
    ),
    said(
        rf"(?:in |between )?(?:the )?{_FIGURE} ?{_PERCENT}? ?(?:to|and|-|–) ?{_FIGURE} ?{_PERCENT}"
        rf" (?:{_WHO} )?{_FROM} ({QUOTED})",
        r"in \1% to \2% of the draw \3",
        _NAMED,
    ),
    said(
        rf"(?:in )?(?:a |an |the )?(?:random |first )*{_FIGURE} ?{_PERCENT}?"
        rf" (?:{_WHO} )?{_FROM} ({QUOTED})",
        r"in the first \1% of the draw \2",
        _NAMED,
    ),
    said(
        rf"(?:in )?(?:a |an |the )?(?:random )?{_FIGURE} ?{_PERCENT}(?: random)?"
        rf" (?:{_WHO}(?: at random)?|{_GROUP})",
        r'in the first \1% of the draw "random"',
        _NAMED,
        whole=False,
    ),
    said(
        rf"in (?:the )?(?:draw|bucket) ({QUOTED})",
        r"in the first 10% of the draw \1",
        _NAMED,
        whole=False,
    ),
)
