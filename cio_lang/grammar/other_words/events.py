"""For what people did: events, messages, how often and when."""

from __future__ import annotations

from cio_lang.grammar.other_words.rewrite import (
    CHANNELS,
    DAY,
    FIGURES,
    NAME,
    QUOTED,
    UNIT,
    VERB,
    Rewrite,
    looked_up,
    said,
)

_DO = {
    "opened": "open",
    "clicked": "click",
    "received": "receive",
    "delivered": "deliver",
    "bounced": "bounce",
    "replied": "reply to",
}
_NOT_VERB = "open|click|receive|deliver|bounce|reply to|to"
_IN = "(?:in|within|during|over|for|since|of)"
_COUNTS = {"once": "1 time", "twice": "2 times", "thrice": "3 times"}

_MESSAGES = "Of messages people simply `opened` them, `clicked` them or `did not open` them."
_EVENTS = "Of events people `did` them, `did not do` them or `never did` them."
_WINDOW = "A stretch of time back from now is `in the last`."
_AHEAD = "A stretch of time on from now is `in the next`."
_TIMES = "How often is said in numbers: `at least 3 times`, `exactly 1 time`."
_PLACE = "A calendar span follows `is` at once."
_NEVER = "`never` looks at all of the past; in a stretch of time it is `did not do`."
_LENGTH = "A length of time is a number and a unit."

MESSAGES: tuple[Rewrite, ...] = (
    looked_up(
        _DO,
        rf"never (?P<it>{VERB})(?: to)? (?P<what>.*?)"
        r"(?= (?:in the last|today|yesterday|this|last|since|between)\b)",
        r"did not {} \g<what>",
        _NEVER,
    ),
    looked_up(
        {base.split()[0]: verb for verb, base in _DO.items()},
        r"did (?P<it>open|click|receive|deliver|bounce|reply)",
        "{}",
        _MESSAGES,
    ),
    looked_up(
        {base.split()[0] + "s": verb for verb, base in _DO.items()},
        r"(?P<it>opens|clicks|receives|delivers|bounces|replys)",
        "{}",
        _MESSAGES,
    ),
    said(
        rf"({VERB}|open|click) (?:the |their |our |my )?(?:last|latest|previous|first|recent) "
        r"(email|text|push|message)",
        r"\1 any \2",
        "Which message it was is told by its template; `any` is every one.",
    ),
    said(
        rf"({VERB}|did not (?:open|click|receive|deliver|bounce|reply to))"
        r"(?=$| (?:in the last|today|yesterday|this|last|since|between|and|or)\b)",
        r"\1 any message",
        "Which message it is about is said behind the verb.",
    ),
    looked_up(_DO, rf"(?:did|has|have) not (?P<it>{VERB})(?: to)?", "did not {}", _MESSAGES),
    looked_up(_DO, rf"(?:did|has|have)n't (?P<it>{VERB})(?: to)?", "did not {}", _MESSAGES),
    said(r"didn't (open|click|receive|deliver|bounce|reply)", r"did not \1", _MESSAGES),
    looked_up(_DO, rf"(?:was |were )?not (?P<it>{VERB})(?: to)?", "did not {}", _MESSAGES),
    said(rf"(?:did|has|have|was|were) ({VERB})", r"\1", _MESSAGES),
    said(r"(?:got|was sent)", "received", _MESSAGES),
    said(
        r"(clicked|click) (?:on a link in|on|(?:an? |the |any )?links? in|in)",
        r"\1",
        _MESSAGES,
    ),
    said(
        rf"({VERB}|open|click|receive) (?:an?|the)(?: (?:email|message))?(?= {QUOTED})",
        r"\1",
        _MESSAGES,
    ),
    said(rf"({VERB}|open|click|receive|to) (?:an?|the|some|all)(?= \w)", r"\1 any", _MESSAGES),
    looked_up(
        CHANNELS,
        rf"(?P<verb>{VERB}|{_NOT_VERB})(?: any)? (?P<it>{'|'.join(CHANNELS)})",
        r"\g<verb> any {}",
        _MESSAGES,
    ),
    said(
        rf"({VERB}|{_NOT_VERB}) (email|text|push|in-app|whatsapp|slack|message)",
        r"\1 any \2",
        _MESSAGES,
    ),
)
EVENTS: tuple[Rewrite, ...] = (
    said(rf"(?:did|does|do|has|have)n't (?:do |did |done )?({NAME})", r"did not do \1", _EVENTS),
    said(rf"(?:has|have|does|did) not (?:done |did |do )?({NAME})", r"did not do \1", _EVENTS),
    said(rf"(?:has|have) (?:done|did) ({NAME})", r"did \1", _EVENTS),
    said(rf"(?:never|not ever)(?: done| has done| do)? ({NAME})", r"never did \1", _EVENTS),
    said(
        r"never did (.*?)(?= (?:in the last|today|yesterday|this|last|since|between)\b)",
        r"did not do \1",
        _NEVER,
    ),
    said(
        rf"(?:and |but )?then (?:did not|never did|not)(?: do)? ({NAME})",
        r"and then did not do \1",
        "What did not follow is `and then did not do`.",
    ),
    said(rf"then did ({NAME})", r"then \1", "The second event follows `then` at once."),
    said(rf"(?:in|after|inside|in less than) ([0-9]+ {UNIT})", r"within \1", _LENGTH),
    said(r"(?:for|with|of) (?:the same|that|its) (\w+)", r"for this \1", "A key is `for this`."),
)
HOW_OFTEN: tuple[Rewrite, ...] = (
    said(
        rf"(?!did\b|do\b)({NAME}) (at least|at most|exactly|more than|fewer than) ([0-9]+ times?)",
        r"did \1 \2 \3",
        "Of events people `did` them so many times.",
    ),
    looked_up(
        _COUNTS,
        r"(?P<op>at least|at most|exactly|more than) (?P<it>once|twice|thrice)",
        r"\g<op> {}",
        _TIMES,
    ),
    looked_up(_COUNTS, r"(?:only|just) (?P<it>once|twice|thrice)", "exactly {}", _TIMES),
    said(r"([0-9]+)(?: or more|\+) times?", r"at least \1 times", _TIMES),
    said(r"([0-9]+) or (?:fewer|less) times?", r"at most \1 times", _TIMES),
    said(r"(?:less|under|below)(?: than)? ([0-9]+ times?)", r"fewer than \1", _TIMES),
    said(r"(?:over|above) ([0-9]+ times?)", r"more than \1", _TIMES),
    said(r"(?:no more than|up to|maximum) ([0-9]+ times?)", r"at most \1", _TIMES),
    said(r"(?:no fewer than|no less than|minimum) ([0-9]+ times?)", r"at least \1", _TIMES),
    said(r"(?:only|just) ([0-9]+ times?)", r"exactly \1", _TIMES),
)
_SPAN = (
    rf"(?:in the last [0-9]+ {UNIT}|today|yesterday|(?:this|last) (?:week|month|year)|since \w+)"
)
_OFTEN = "(?:at least|at most|exactly|more than|fewer than) [0-9]+ times?"

WHEN: tuple[Rewrite, ...] = (
    said(
        rf"(for this {NAME}) ({_OFTEN} {_SPAN}|{_OFTEN}|{_SPAN})",
        r"\2 \1",
        "How often and when come first; `for this` and the key come last.",
    ),
    said(rf"is within ([0-9]+ {UNIT})", r"is in the next \1", _AHEAD),
    looked_up(
        FIGURES,
        rf"(?P<it>{'|'.join(FIGURES)}) (?P<unit>{UNIT})",
        r"{} \g<unit>",
        _LENGTH,
    ),
    said(
        rf"({NAME}) is not in the (last|next) ([0-9]+ {UNIT})",
        r"not (\1 is in the \2 \3)",
        "A stretch of time has no `not` of its own.",
    ),
    said(
        rf"(?:{_IN} )?(?:the )?(?:last|past|previous) ([0-9]+ {UNIT})",
        r"in the last \1",
        _WINDOW,
    ),
    said(
        rf"(?:{_IN} )?(?:the )?previous (week|month|year)",
        r"last \1",
        "The one before this is `last`.",
    ),
    said(
        rf"(?:{_IN} )?(?:the )?(?:last|past|previous) ({UNIT})",
        r"in the last 1 \1",
        _WINDOW,
    ),
    said(rf"(?:since|within|for) ([0-9]+ {UNIT})", r"in the last \1", _WINDOW),
    said(
        rf"(?:{_IN} )?(?:the )?(?:next|coming|following) ([0-9]+ {UNIT})",
        r"in the next \1",
        _AHEAD,
    ),
    said(rf"within ([0-9]+ {UNIT})", r"in the next \1", _AHEAD),
    said(
        rf"([0-9]+) ({UNIT}) ago",
        lambda found: f"between {found[1]} and {int(found[1]) + 1} {found[2].rstrip('s')}s ago",
        "An event falls into a stretch of time; one moment would be too short to hit.",
    ),
    said(rf"on ({DAY})", r"between \1 and \1", "A stretch of days has a first and a last one."),
    said(
        rf"(?:from|between) ({DAY}) (?:to|until|till|-) ({DAY})",
        r"between \1 and \2",
        "A stretch of days is `between` the first `and` the last.",
    ),
    said(rf"(?:from|after|starting) ({DAY})", r"since \1", "From a day on is `since`."),
    said(
        r"since (?:they entered|they joined|entry|the start|entering the journey|the entry)",
        "since entering",
        "What came after the run began is `since entering`.",
    ),
    said(r"(?:in|during|on) (this|last|next) (week|month|year)", r"\1 \2", _PLACE),
    said(r"(?:every|each|of any|of every|in every|in each) year", "in any year", _PLACE),
    said(
        rf"inactive (?:{_IN} )?(?:the )?(?:last |past |more than |at least )?([0-9]+ {UNIT})",
        r"inactive for \1",
        "How long somebody did nothing is `inactive for`.",
    ),
    said(r"this ((?!(?:week|month|year)\b)\w+)", r"for this \1", "A key is `for this`."),
)
