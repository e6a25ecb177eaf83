"""Other words for lines about a whole journey, for shares, and for steps that hold others."""

from __future__ import annotations

import re

from cio_lang.grammar.other_words.rewrite import NAME, PEOPLE, QUOTED, UNIT, Rewrite, said

_LENGTH = rf"[0-9]+ ?{UNIT}"
_WHO = (
    rf"(?:someone|somebody|they|the person|(?:the |a )?(?:user|customer|contact|person|{PEOPLE}))"
)
_COMPARED = "more than|less than|at least|at most|over|above|under|below|is|of"

_TYPE = "(?:text|number|money|date|time|list|yes/no)"
_SENT = "(?:emails?|texts?|push|pushes|messages?)"
_COLON = "What kind of value it is stands behind a colon."
_LIMIT = "A limit for each person is `nobody gets more than`."
_ENTRY = "A journey begins for `someone`."
_EVERY = "A journey starts on days of the week or of the month, at a time of day."
_SEGMENT = "People join and leave segments."
_FILTER = "Who may enter is `only people where` and a condition."
_LEAVE = "What takes people out is `leave when they do` and the event."
_SHARE = "A share is its percentage, then its name in quotes; its steps stand below."
_ROUNDS = "Rounds are counted, and between them stands a `wait`."
_SET = "An attribute is set `to` a value."
_ADD = "A number is added `to` an attribute."

PARTS: tuple[Rewrite, ...] = (
    said(
        rf"^when (?:the |an? )?({NAME}) (?:event )?(?:happens|occurs|is done|fires|is fired"
        r"|is received|comes in|took place|takes place)$",
        r"when someone does \1",
        _ENTRY,
    ),
    said(
        rf"^when someone (?:enters|is in|is added to|gets into|becomes part of|moves into)"
        rf"(?: the)?(?: segment)? ({QUOTED})",
        r"when someone joins segment \1",
        _SEGMENT,
    ),
    said(
        rf"^when someone (?:exits|is out of|is removed from|drops out of|falls out of)"
        rf"(?: the)?(?: segment)? ({QUOTED})",
        r"when someone leaves segment \1",
        _SEGMENT,
    ),
    said(rf"^when someone (?!does|joins|leaves|matches)({NAME})$", r"when someone does \1", _ENTRY),
    said(
        rf"^when someone does ({NAME}) (?:with|if|having) ({NAME})(?= (?:{_COMPARED}))",
        r"when someone does \1 where \2",
        "What the event has to be like follows `where`.",
    ),
    said(
        r"^on (?:the |day )?([0-9]{1,2})(?:st|nd|rd|th)?(?: day)? (?:of )?(?:every|each|the) month",
        r"on day \1 of every month",
        "A day of the month is `on day`, its number and `of every month`.",
    ),
    said(
        rf"^({_LENGTH} (?:before|after) {NAME})(?= for (?:people|everyone))",
        r"\1 at 09:00 their time",
        "At what time of day it is has to be said, with `their time` or without.",
        whole=False,
    ),
    said(
        r"^every (?:1 )?weeks?(?: at ([0-9]{1,2}:[0-9]{2}))?",
        lambda found: f"every Monday at {found[1] or '09:00'}",
        _EVERY,
        whole=False,
    ),
    said(
        r"^(?:every (?:1 )?months?|monthly)(?: at ([0-9]{1,2}:[0-9]{2}))?",
        lambda found: f"on day 1 of every month at {found[1] or '09:00'}",
        _EVERY,
        whole=False,
    ),
    said(
        r"^weekly(?: at ([0-9]{1,2}:[0-9]{2}))?",
        lambda found: f"every Monday at {found[1] or '09:00'}",
        _EVERY,
        whole=False,
    ),
    said(
        r"^daily at ([0-9]{1,2}:[0-9]{2})",
        lambda found: f"every day at {found[1]:0>5}",
        _EVERY,
    ),
    said(r"^daily", "every day at 09:00", _EVERY, whole=False),
    said(
        r"^every (?:[0-9]+|other|second|third) (?:days?|weeks?|months?|years?|hours?|minutes?)"
        r"(?: at ([0-9]{1,2}:[0-9]{2}))?",
        lambda found: f"every day at {found[1] or '09:00'}",
        "It is looked on days of the week or of the month; a line such as `again after 3 days` "
        "below keeps those out who were in it lately.",
        whole=False,
    ),
    said(
        r"at ([0-9]{1,2})(?=$| for| their| workspace)",
        lambda found: f"at {found[1]:0>2}:00",
        "Times of day are written as on a clock.",
    ),
    said(rf"^goal (?:is|=|are) ({NAME})", r"goal \1", "Behind `goal` stands the event at once."),
    said(
        rf"^only (?:for )?(?:people|{PEOPLE}|those)(?: (?:where|who|with|whose|if|that|when))?",
        "only people where",
        _FILTER,
    ),
    said(r"^only (?:if|when|where|for)", "only people where", _FILTER),
    said(
        r"^(?:only )?once(?: (?:only|per|for each|for every)(?: \w+)?)?$",
        "once ever",
        "That nobody enters a second time is `once ever`.",
    ),
    said(r"^only once$", "once ever", "That nobody enters a second time is `once ever`."),
    said(
        rf"^(?:leave|exit|stop|end) (?:when|if|once) {_WHO} (?:does|did|do|has done|have done) "
        rf"({NAME})",
        r"leave when they do \1",
        _LEAVE,
    ),
    said(
        r"^(?:again|re-?enter|come back|allow again)(?: once)? (?:every|in|within|after)",
        "again after",
        "How long people have to stay away is `again after`.",
    ),
)
DECLARATIONS: tuple[Rewrite, ...] = (
    said(rf"^attribute ({NAME}) (?:is |as |= )?({_TYPE})$", r"attribute \1: \2", _COLON),
    said(rf"^({NAME}) ?(?:=|-|is|as) ?({_TYPE})$", r"\1: \2", _COLON),
    said(
        rf"^(attribute {NAME}|{NAME}) ?[:=] ?({QUOTED}(?: ?(?:,|or|/|\|) ?{QUOTED})+)$",
        lambda found: f"{found[1]}: one of {', '.join(re.findall(QUOTED, found[2]))}",
        "What an attribute can be is `one of` several texts in quotes.",
    ),
    said(
        rf"^([0-9]+) ({_SENT}) (?:per|a|an|each|every) (hour|day|week|month)",
        r"at most \1 \2 per \3",
        "The most that is allowed is `at most`.",
    ),
    said(r"^nobody gets(?= [0-9])", "nobody gets more than", _LIMIT),
    said(r"^never more than", "nobody gets more than", _LIMIT),
    said(
        rf"^no ({_SENT}) (?:at night|in the night|during the night)$",
        r"no \1 between 21:00 and 08:00 their time",
        "Which hours are meant is said as on a clock.",
        whole=False,
    ),
    said(
        rf"^expect ([^\s\"]+) (?:gets|receives|got|to get|to receive)(?: an?)? (\w+)( {QUOTED})?$",
        lambda found: f"expect {found[2]}{found[3] or ''} to {found[1]}",
        "What is expected comes first, and `to` whom behind it.",
    ),
    said(r"^show me(?= )", "show", "Who is shown follows `show` at once."),
)
SHARES: tuple[Rewrite, ...] = (
    said(rf"^({QUOTED}) ?[:=]? ?([0-9.]+) ?%$", r"\2% \1", _SHARE),
    said(r"^half", "50%", _SHARE),
    said(r"^([0-9.]+%) ?[:=-]", r"\1", _SHARE),
)
STEPS: tuple[Rewrite, ...] = (
    said(r"^(?:repeat|loop) ([0-9]+) ?x$", r"repeat \1 times", _ROUNDS),
    said(r"^(?:loop|iterate)(?= [0-9])", "repeat", _ROUNDS),
    said(r"^(?:repeat|loop|while)(?= until )", "repeat up to 3 times", _ROUNDS, whole=False),
    said(rf"^(?:repeat|loop) (?:every|each) {_LENGTH}$", "repeat 3 times", _ROUNDS, whole=False),
    said(rf"^set ({NAME}) to \1 ?\+ ?([0-9.]+)$", r"add \2 to \1", _ADD),
    said(rf"^set ({NAME}) to \1 ?- ?([0-9.]+)$", r"take \2 from \1", _ADD),
    said(rf"^set ({NAME}) (?:as|equal to|with|:|=>|->)(?= )", r"set \1 to", _SET),
    said(rf"^add ([0-9.]+) ({NAME})$", r"add \1 to \2", _ADD),
    said(
        rf"^(?:go to|goto|jump to|continue with|enter|begin|run)(?: the)?(?: journey)? ({QUOTED})$",
        r"start journey \1",
        "Another journey is started with `start journey`.",
    ),
    said(r"for (?:their |an? )?approval", "to approve", "People are asked `to approve`."),
)
