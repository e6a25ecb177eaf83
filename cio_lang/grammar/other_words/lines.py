"""Other words at the beginning of a line, as other tools and languages have them."""

from __future__ import annotations

import re

from cio_lang.grammar.other_words.rewrite import NAME, PEOPLE, QUOTED, UNIT, Rewrite, said

_WORD = r"[A-Za-z][\w-]*"
_LENGTH = rf"[0-9]+ ?{UNIT}"
_CLOCK = r"[0-9]{1,2}(?::[0-9]{2})? ?(?:[ap]m)?"
_TIME = r"[0-9]{1,2}:[0-9]{2}"
_WEEKDAY = "(?i:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_SOMEBODY = rf"(?:an? |the |any )?(?:user|customer|contact|subscriber|person|profile|{PEOPLE})"
_OTHERWISE = "What holds for everybody else begins with `otherwise`."
_LEAVE = "A run ends with `leave`."
_ENTRY = "A journey begins for `someone`."
_DIVIDED = "People are divided at random by `split`, with a line for each share."
_THEM = "(?:the |them to (?:do )?|someone to (?:do )?)?"
_AWAITED = "What people do is awaited by `wait until they do`, with `up to` and how long at most."
_COUNTED = "A number is added `to` an attribute or taken `from` it."
_CURRENCIES = {"dollar": "USD", "euro": "EUR", "pound": "GBP"}
_CODES = "(?i:usd|eur|gbp|sek|nok|dkk|chf|cad|aud|nzd|jpy|cny|inr|brl|mxn|pln|czk|huf|zar)"
_CURRENCY = rf"(?:{_CODES}|(?i:dollar|euro|pound)s?)"
_ONE_CURRENCY = "Amounts of one currency are `money in` and the three capitals of that currency."


def _in_currency(found: re.Match[str]) -> str:
    """`money in dollars` is `money in USD`."""
    written = found[1].lower()
    return f"money in {_CURRENCIES.get(written.removesuffix('s'), written.upper())}"


def _does(found: re.Match[str]) -> str:
    """`when user signs up` is `when someone does signs_up`."""
    return f"when someone does {'_'.join(found[1].split())}"


def _choices(written: str) -> str:
    """`free, Pro` is `"free", "Pro"`."""
    return ", ".join(f'"{word}"' for word in re.findall(_WORD, written))


LINES: tuple[Rewrite, ...] = (
    said(r"^(?:else ?if|elif|elsif|or if)", "otherwise if", _OTHERWISE),
    said(r"^(?:or )?else(?: ?:)?", "otherwise", _OTHERWISE),
    said(
        r"^unless (.+)$",
        r"if not (\1)",
        "What is not to hold stands in `not (…)`.",
    ),
    said(
        rf"^wait(?: for)? (?:up to |at most |a maximum of )?({_LENGTH}) for {_THEM}({NAME})$",
        r"wait until they do \2, up to \1",
        _AWAITED,
    ),
    said(
        rf"^wait (?:until|for) (?:they (?:do|did) )?({NAME}) "
        rf"(?:or|for|up to|or for|or up to|within|at most|max) ({_LENGTH})$",
        r"wait until they do \1, up to \2",
        _AWAITED,
    ),
    said(
        rf"^wait for {_THEM}({NAME})$",
        r"wait until they do \1, up to 3 days",
        _AWAITED,
        whole=False,
    ),
    said(rf"^(?:after|in) ({_LENGTH})$", r"wait \1", "A step in which time passes is `wait`."),
    said(
        rf"^(?:wait|delay|pause|sleep|hold)(?: for)? ({_LENGTH})",
        r"wait \1",
        "A step in which time passes is `wait`.",
    ),
    said(
        rf"^wait until (?:at )?({_TIME}) (?:on )?(?:next )?({_WEEKDAY})",
        lambda found: f"wait until {found[2]} {found[1]:0>5}",
        "The day comes before the time.",
    ),
    said(
        rf"^wait until (?:on |next )?({_WEEKDAY}) at ({_TIME})",
        lambda found: f"wait until {found[1]} {found[2]:0>5}",
        "The time follows the day at once.",
    ),
    said(
        rf"^wait until (?:the )?(?:next |on )?({_WEEKDAY})$",
        lambda found: f"wait until {found[1].capitalize()} 09:00 their time",
        "A day of the week is written with the time of day.",
        whole=False,
    ),
    said(
        r"^wait until (?:tomorrow|the next day|next day|next morning)(?: morning)?$",
        "wait until 09:00 their time",
        "A time of day is the next one that comes.",
        whole=False,
    ),
    said(
        rf"^(email|text|push|in-app|whatsapp|slack|notify) (?:an? |the )?"
        rf"(?:template|message|notification|email|with|saying)? ?({QUOTED})(?: template| email)?",
        r"\1 \2",
        "Behind the channel stands the template or the text in quotes at once.",
    ),
    said(
        r"^notify (?:on |by |via |in |through )?(email|text|push|in-app|whatsapp|slack)(?= \")",
        r"\1",
        "A message on one channel begins with the channel; `notify` picks it.",
    ),
    said(r"^(?:exit|stop|end|quit|leave|remove) (?:when|if|once)", "leave when", _LEAVE),
    said(
        r"^(?:(?:exit|quit|stop|finish|leave)(?: (?:the |this )?journey)?"
        r"|end (?:the |this )?journey)$",
        "leave",
        _LEAVE,
    ),
    said(rf"^when {_SOMEBODY} (does|matches|joins|leaves)", r"when someone \1", _ENTRY),
    said(rf"^when {_SOMEBODY} (?:did|do|has done)", "when someone does", _ENTRY),
    said(rf"^when {_SOMEBODY} ({NAME}(?: {NAME})*)$", _does, _ENTRY),
    said(rf"^when {_SOMEBODY}(?= \w)", "when someone does", _ENTRY),
    said(
        rf"^(?:trigger(?:s|ed)?|start(?:s|ed)?|enter(?:s|ed)?|begin(?:s)?)(?: ?:| on| by| when)+ "
        rf"({NAME})$",
        r"when someone does \1",
        _ENTRY,
    ),
    said(rf"^when (?!some)({NAME})$", r"when someone does \1", _ENTRY),
    said(
        rf"^(?:webhook|post|request|http|fetch|ping)(?: to)? ({QUOTED})",
        r"call \1",
        "An address is called with `call`.",
    ),
    said(rf"^(?:increment|increase|raise) ({NAME}) by ([0-9.]+)$", r"add \2 to \1", _COUNTED),
    said(rf"^(?:increment|increase|raise) ({NAME})$", r"add 1 to \1", _COUNTED),
    said(
        rf"^(?:decrement|decrease|lower|reduce) ({NAME}) by ([0-9.]+)$",
        r"take \2 from \1",
        _COUNTED,
    ),
    said(rf"^(?:decrement|decrease|lower|reduce) ({NAME})$", r"take 1 from \1", _COUNTED),
    said(
        rf"^(?:set )?({NAME}) ?:?=",
        r"set \1 to",
        "An attribute is set `to` a value.",
    ),
    said(
        r"^(?:a ?/ ?b(?: ?test| split)?|ab test|random(?:i[sz]e)?(?: split)?|branch)$",
        "split",
        _DIVIDED,
    ),
    said(r"^split .*[0-9].*$", "split", _DIVIDED),
    Rewrite(
        re.compile(rf"^(attribute\s+{NAME}|{NAME})\s*:\s*({_WORD}(?:\s*[,|/]\s*{_WORD})+)$"),
        lambda found: f"{found[1]}: one of {_choices(found[2])}",
        "What an attribute can be is `one of` several texts in quotes.",
    ),
    said(
        r"^(event|attribute|segment|topic|journey|template|scenario|goal|key|priority|email|text|push"
        r"|in-app|whatsapp|slack|notify|call|wait|if|set) ?:",
        r"\1",
        "Behind the word that a line begins with stands no colon.",
    ),
    said(
        r"^(?:max(?:imum)?|no more than|up to|limit)(?: of| to)?(?= [0-9])",
        "at most",
        "The most that is allowed is `at most`.",
    ),
    said(
        rf"^quiet (?:hours|time)(?: from)? ?:? ?({_CLOCK}) ?(?:-|–|to|until|till) ?({_CLOCK})",
        r"quiet from \1 to \2",
        "Quiet hours go `from` one time of day `to` another.",
    ),
    said(r"([0-9]+(?:\.[0-9]+)?) (?:percent|pct|per cent)", r"\1%", "A share is written with `%`."),
    said(r"(?:boolean|bool|flag|true ?/ ?false)$", "yes/no", "What is so or not is `yes/no`."),
    said(r"(?:string|str|varchar|word|words)$", "text", "Words are `text`."),
    said(r"(?:int|integer|float|decimal|double|numeric)$", "number", "Figures are a `number`."),
    said(r"(?:datetime|timestamp|day)$", "date", "A day, with or without its time, is a `date`."),
    said(
        r"(?:(?i:currency|amount|price|cash)|(?i:dollar|euro|pound|cent)s?)$",
        "money",
        "Amounts with a currency are `money`.",
    ),
    said(rf"money(?: in)? \(?({_CURRENCY})\)?$", _in_currency, _ONE_CURRENCY),
    said(rf"({_CODES})$", _in_currency, _ONE_CURRENCY),
    said(
        r"^every(?:one|body) (?:gets|receives|will get) (?:an?|one|at least an?|at least one)",
        "everyone who enters gets at least one",
        "A promise is about everyone who enters a journey.",
    ),
    said(
        r"^no ?(?:one|body) (?:gets|receives|will get) more than",
        "nobody gets more than",
        "A limit for each person is `nobody gets more than`.",
    ),
    said(r"(?:array|tags|set|list of text|text\[\])$", "list", "Several values are a `list`."),
)
"""Whole first words alone: each is tried only where the line then reads further."""
