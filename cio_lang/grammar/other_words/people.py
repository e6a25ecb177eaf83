"""For one-line statements."""

from __future__ import annotations

from cio_lang.grammar.other_words.rewrite import NAME, PEOPLE, QUOTED, VALUE, Rewrite, said

_WHO = "Who is meant is always `people where` and a condition."

_SUBJECT = (
    r"(?:they|he|she|someone|somebody|(?:the |an? |this )?(?:user|customer|person|contact"
    r"|subscriber|profile|member))"
)
_NOBODY_NAMED = "A condition is about the person anyway, so nobody is named in it."

SUBJECTS: tuple[Rewrite, ...] = (
    said(
        rf"{_SUBJECT} (?:have |has |had )?(did|never|opened|clicked|received|replied|inactive"
        r"|in segment|subscribed|can receive|cannot receive|likely)",
        r"\1",
        _NOBODY_NAMED,
    ),
    said(
        rf"{_SUBJECT} (?:is |are |was |were )(inactive|in segment|subscribed|likely)",
        r"\1",
        _NOBODY_NAMED,
    ),
    said(rf"{_SUBJECT} (?:have|has|had) (?:done )?({NAME})", r"did \1", _NOBODY_NAMED),
    said(
        rf"{_SUBJECT}(?:'s|\.| has a| with) ?({NAME})"
        r"(?= (?:is|has|does|contains|starts|ends|include)\b)",
        r"\1",
        _NOBODY_NAMED,
    ),
    said(
        rf"{_SUBJECT} (?:is|are) (?:an? )?({NAME})",
        r"\1 is yes",
        "What is so or not is asked with `is yes` or `is no`.",
    ),
    said(
        rf"{_SUBJECT} (?:is not|are not|isn't|aren't) (?:an? )?({NAME})",
        r"\1 is no",
        "What is so or not is asked with `is yes` or `is no`.",
    ),
)
WHO: tuple[Rewrite, ...] = (
    said(
        rf"(?:send|sent)(?= (?:{QUOTED}|\w+ to ))",
        "notify",
        "A message is sent by `notify`, or by its channel.",
    ),
    said(r"predict(?= for )", "predict churn", "What is predicted is `churn`, or an event."),
    said(rf"(?:show|list|find|get|select)(?: me)?(?: all)? (?:people|{PEOPLE})", "people", _WHO),
    said(rf"(?:how many|number of) (?:people|{PEOPLE})", "count people", _WHO),
    said(r"who(?= (?:did|never|opened|clicked))", "people where", _WHO),
    said(
        r"set (\S+)'s (\w+) to",
        r"set \2 of \1 to",
        "Whose attribute it is follows `of`.",
    ),
    said(
        rf"set ({NAME}) to ({VALUE}) (?:for|of) (\S+)",
        r"set \1 of \3 to \2",
        "Whose attribute it is follows `of`.",
    ),
    said(
        r"why (?:didn't|did not|has|hasn't) (\S+)(?: not)? (?:get|got|gotten|receive|received)",
        r"why did \1 not get",
        "It is `why did`, the person and `not get`.",
    ),
    said(
        r"why did (\S+)(?: not)? (?:receive|enter|see)",
        r"why did \1 not get",
        "It is `why did`, the person and `not get`.",
    ),
    said(
        rf"(?:people|{PEOPLE}) (?:that|which|whose|who|with|having) ({NAME})(?= [\"0-9$€£])",
        r"people where \1 is",
        _WHO,
    ),
    said(
        rf"(?:people|{PEOPLE}) (?:that|which|whose|who|with|if|when)(?: are| is| have)?",
        "people where",
        _WHO,
    ),
    said(rf"(?:all |every )?{PEOPLE}", "people", _WHO),
    said(r"(?:all people|everyone|everybody)", "people", _WHO),
    said(r"people is", "people where", _WHO),
)
WHAT: tuple[Rewrite, ...] = (
    said(
        rf"where ({NAME}) is(?= {VALUE})",
        r"with \1",
        "What an event was like is told `with` each detail and its value.",
    ),
    said(
        rf"(with|and|,) ({NAME}) ?(?:is|=|:|of)(?= {VALUE})",
        r"\1 \2",
        "What an event was like is told `with` each detail and its value.",
    ),
    said(
        r"(?:send|sent|sends) (?:an? |the )?(email|text|push|in-app|whatsapp|slack)(?: message)?",
        r"\1",
        "A message is sent by naming its channel.",
    ),
    said(r"(?:sms|message)", "text", "The channel is called `text`."),
    said(r"in app|inapp", "in-app", "The channel is called `in-app`."),
    said(r"for", "to", "A message goes `to` somebody."),
    said(r"to", "for", "Here it is done `for` somebody."),
    said(r"(?:on|with)", "for", "Here it is done `for` somebody."),
    said(
        r"(?:delete|erase|remove|gdpr) (\S+)",
        r"forget \1",
        "To delete a person is to `forget` them.",
    ),
)
