"""For comparisons, totals, membership and predictions."""

from __future__ import annotations

import re
from decimal import Decimal

from cio_lang.grammar.other_words.rewrite import (
    CHANNELS,
    FIGURES,
    NAME,
    PEOPLE,
    QUOTED,
    UNIT,
    VALUE,
    Rewrite,
    looked_up,
    said,
)

_FUNCTIONS = {
    "sum": "total",
    "mean": "average",
    "avg": "average",
    "max": "largest",
    "maximum": "largest",
    "highest": "largest",
    "biggest": "largest",
    "greatest": "largest",
    "min": "smallest",
    "minimum": "smallest",
    "lowest": "smallest",
    "last": "latest",
    "newest": "latest",
    "earliest": "first",
    "oldest": "first",
}
_FROM = "(?:of|in|from|for|on|over)"
_SIGNS = {
    ">=": "is at least",
    "=>": "is at least",
    "≥": "is at least",
    "<=": "is at most",
    "=<": "is at most",
    "≤": "is at most",
    "<>": "is not",
    "!=": "is not",
    "≠": "is not",
    "==": "is",
    "=": "is",
    ">": "is more than",
    "<": "is less than",
}
_SIGN = "|".join(map(re.escape, _SIGNS))

_COMPARED = "Comparisons are in words, one for each."
_PERCENT = "A chance is a percentage."
_PLAIN = "Membership needs no `is` before it."
_TOTALS = "It is the function, the property, `of` and the event: `total amount of order_placed`."


def _percent(figure: str, sign: str | None) -> str:
    """A chance as a percentage: without a sign, one below 1 is a fraction (0.7 is 70%)."""
    fraction = re.fullmatch(r"0?\.([0-9]{1,4})", figure) if sign is None else None
    return f"{(Decimal(f'0.{fraction[1]}') * 100).normalize():f}%" if fraction else f"{figure}%"


PREDICTIONS: tuple[Rewrite, ...] = (
    said(
        r"likely to churn",
        "churn risk is more than 50%",
        "Churn is not an event; how likely it is, is its risk.",
    ),
    said(
        rf"likely to ({NAME})(?: within ([0-9]+ {UNIT}))?",
        lambda found: f"likely to {found[1]} in the next {found[2] or '30 days'}",
        "What is likely depends on how long one waits for it.",
    ),
    said(
        r"churn (?:risk|score|probability|chance)(?: is)?"
        r"(?: (?:above|over|greater than|higher than|>|more than|of))? ([0-9.]+)( ?%)?",
        lambda found: f"churn risk is more than {_percent(found[1], found[2])}",
        _PERCENT,
    ),
    said(
        r"churn (?:risk|score|probability|chance)(?: is)?"
        r" (?:below|under|lower than|<|less than) ([0-9.]+)( ?%)?",
        lambda found: f"churn risk is less than {_percent(found[1], found[2])}",
        _PERCENT,
    ),
    said(
        r"(at least|at most) ([0-9.]+)(?! ?%)",
        lambda found: f"{found[1]} {_percent(found[2], None)}",
        _PERCENT,
    ),
    said(r"churn risk is (?:very )?high", "churn risk is more than 70%", _PERCENT, whole=False),
    said(r"churn risk is (?:very )?low", "churn risk is less than 30%", _PERCENT, whole=False),
    said(
        rf"(?:(?:is|are) )?(?:in )?(?:the )?top ([0-9.]+) ?(?:%|percent)?"
        rf"(?: of (?:people|{PEOPLE}))?(?: (?:most )?likely to| to| of| for)? (?:do )?({NAME})",
        r"in the top \1% most likely to \2",
        "The whole of it is `in the top 10% most likely to` and the event.",
    ),
)
HELD: tuple[Rewrite, ...] = (
    said(
        rf"(?:is|was) ({VALUE}) (?:for|since)(?: at least| more than| the last)? ([0-9]+ {UNIT})",
        r"has been \1 for \2",
        "A value that has stood for a while is `has been`.",
    ),
    said(
        rf"has been ({VALUE}) (?:for |since )?(?:at least |more than |the last |over )?"
        rf"([0-9]+ {UNIT})",
        r"has been \1 for \2",
        "How long it has stood is `for` and a length of time.",
    ),
)
TOTALS: tuple[Rewrite, ...] = (
    said(
        rf"(total|average|smallest|largest|latest|first) of ({NAME}) {_FROM} ({NAME})",
        r"\1 \2 of \3",
        _TOTALS,
    ),
    looked_up(
        _FUNCTIONS,
        rf"(?P<it>{'|'.join(_FUNCTIONS)})(?: of)? (?P<p>{NAME}) {_FROM} (?P<e>{NAME})",
        r"{} \g<p> of \g<e>",
        _TOTALS,
    ),
    said(
        rf"(total|average|smallest|largest|latest|first) ({NAME}) {_FROM} ({NAME})",
        r"\1 \2 of \3",
        _TOTALS,
    ),
    said(rf"(?:count|how many|total number|number)(?: of)? ({NAME})", r"number of \1", _TOTALS),
)
MEMBERSHIP: tuple[Rewrite, ...] = (
    said(r"(?:is|are) not (in|subscribed)", r"not \1", _PLAIN),
    said(r"(?:isn't|aren't) (in|subscribed)", r"not \1", _PLAIN),
    said(r"(?:is|are|was) (inactive|in|subscribed|likely)", r"\1", _PLAIN),
    said(rf"in (?:the )?(?:segments? )?({NAME})", r"in segment \1", "A segment is `in segment`."),
    said(r"(?:belongs to|member of|part of|is an?) (?:the )?segment", "in segment", _PLAIN),
    said(r"(?:is )?unsubscribed from", "not subscribed to", "It is `not subscribed to`."),
    said(r"(subscribed to) (?:the )?topic", r"\1", "The name of the topic follows `to` at once."),
    said(r"subscribed(?: for)?(?= \")", "subscribed to", "The topic follows `subscribed to`."),
    said(
        r"(?:can't|can not|cannot|is not able to) (?:receive|get|be sent)(?: any| an?)?",
        "cannot receive",
        "Whether a message would arrive is `can receive` or `cannot receive`, and the channel.",
    ),
    said(
        r"can (?:receive|get|be sent)(?: any| an?)?",
        "can receive",
        "Whether a message would arrive is `can receive` or `cannot receive`, and the channel.",
    ),
    looked_up(
        CHANNELS,
        rf"receive (?P<it>{'|'.join(CHANNELS)})",
        "receive {}",
        "The channels are `email`, `text`, `push`, `in-app`, `whatsapp` and `slack`.",
    ),
)
COMPARISONS: tuple[Rewrite, ...] = (
    said(rf"in ([0-9]+ {UNIT})", r"is \1 ahead", "A time from now is so far `ahead`."),
    said(
        rf"(?:is )?in [\(\[]({VALUE}(?: ?, ?{VALUE})*)[\)\]]",
        r"is one of \1",
        "Several values stand behind `is one of`, with commas between them.",
    ),
    said(
        rf"(?:is )?not in [\(\[]({VALUE}(?: ?, ?{VALUE})*)[\)\]]",
        r"is not one of \1",
        "Several values stand behind `is not one of`, with commas between them.",
    ),
    said(
        rf"one of ({VALUE}(?: ?, ?{VALUE})*) ?,? (?:or|and) ({VALUE})",
        r"one of \1, \2",
        "Behind `one of` commas stand between the values.",
    ),
    looked_up(_SIGNS, rf"(?:is )?(?P<it>{_SIGN})", "{}", _COMPARED),
    said(r"is (?:greater|bigger|larger|higher|over|above)(?: than)?", "is more than", _COMPARED),
    said(r"(?:exceeds|above|over)", "is more than", _COMPARED),
    said(r"is (?:lower|smaller|fewer|under|below)(?: than)?", "is less than", _COMPARED),
    said(r"(?:below|under)", "is less than", _COMPARED),
    said(
        rf"is (more|less|at) ({VALUE})",
        lambda f: f"is {f[1]} {'least' if f[1] == 'at' else 'than'} {f[2]}",
        _COMPARED,
    ),
    said(
        r"(?<=\s)(more than|less than|at least|at most|one of|before|after|between)",
        r"is \1",
        _COMPARED,
    ),
    said(rf"(is not|is)(?: in)? \(?({VALUE}(?: ?, ?{VALUE})+)\)?", r"\1 one of \2", _COMPARED),
    said(rf"(is not|is) in(?= {QUOTED})", r"\1 one of", _COMPARED),
    said(
        rf"is (?:either )?({VALUE}) or ({VALUE})(?= (?:and|or|$)|$)",
        r"is one of \1, \2",
        _COMPARED,
    ),
    said(r"is (?:any|either) of", "is one of", _COMPARED),
    said(r"is (?:none of|not any of|neither)", "is not one of", _COMPARED),
    said(
        r"(?:is|are) (?:empty|missing|unset|null|blank|absent|not (?:set|known|present|filled))"
        r"|does not exist|is nothing",
        "is unknown",
        "A value that is not there is `unknown`.",
    ),
    said(
        r"(?:is|are) (?:set|present|filled|available|not (?:empty|unknown|missing|null|blank))"
        r"|exists",
        "is known",
        "A value that is there is `known`.",
    ),
    said(r"(?:isn't|is n't|ain't|does not equal|doesn't equal|not equals?)", "is not", _COMPARED),
    said(r"(?:do not|don't|doesn't|not) (contain|include)s?", r"does not \1", _COMPARED),
    said(r"(?:has|have|contain|is) not (contain|include)s?", r"does not \1", _COMPARED),
    said(r"(?:equals|equal to|is equal to|is exactly|was)", "is", _COMPARED),
    said(r"begins with", "starts with", _COMPARED),
    said(
        rf"({NAME}) (?:does not|doesn't) (start|end) with ({VALUE})",
        r"not (\1 \2s with \3)",
        _COMPARED,
    ),
    said(
        rf"(?:has|have|contains any of)(?= {QUOTED})", "include", "A list does `include` a value."
    ),
    said(rf"between ({VALUE}) (?:to|until|-|–) ({VALUE})", r"between \1 and \2", _COMPARED),
    said(
        r"([0-9.,]*[0-9]) ?(?:%|percent)",
        r"\1",
        "Only shares and predictions are percentages; any other number stands alone.",
    ),
    looked_up(FIGURES, rf"(?P<it>{'|'.join(FIGURES)})", "{}", "Numbers are written in figures."),
)
