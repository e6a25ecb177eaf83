"""For values: dates, times of day, money, numbers."""

from __future__ import annotations

from cio_lang.grammar.other_words.rewrite import UNIT, Rewrite, looked_up, said

_MONTHS = {
    word: f"{number:02}"
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for word in names
}
_MONTH = rf"(?i:{'|'.join(_MONTHS)})"
_OTHER_SIGNS = {"¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₪": "ILS"}
_CODES = "usd|eur|gbp|sek|nok|dkk|chf|cad|aud|nzd|jpy|cny|inr|brl|mxn|pln|czk|huf|zar"

_DATES = "Dates are written year-month-day, so that every reader takes them for the same day."
_MONEY = "An amount has `$`, `€` or `£`, or the three capitals of its currency."
_CLOCK = "Times of day are written as on a clock."
_COMPARED = "Comparisons are in words, one for each."
_AHEAD = "A stretch of time on from now is `in the next`."

DATES: tuple[Rewrite, ...] = (
    said(
        r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})",
        lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}",
        _DATES,
    ),
    said(
        rf"({_MONTH})\.? ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})",
        lambda found: f"{found[3]}-{_MONTHS[found[1].lower()]}-{int(found[2]):02}",
        _DATES,
    ),
    said(
        rf"([0-9]{{1,2}})(?:st|nd|rd|th|\.)? ({_MONTH})\.?,? ([0-9]{{4}})",
        lambda found: f"{found[3]}-{_MONTHS[found[2].lower()]}-{int(found[1]):02}",
        _DATES,
    ),
    said(rf"is older than ([0-9]+ {UNIT})", r"is more than \1 ago", _COMPARED),
    said(rf"is (?:newer|younger) than ([0-9]+ {UNIT})", r"is less than \1 ago", _COMPARED),
    said(rf"is less than ([0-9]+ {UNIT}) (?:ahead|away|from now)", r"is in the next \1", _AHEAD),
    said(rf"([0-9]+ {UNIT}) (?:from now|away|from today|later)", r"\1 ahead", _AHEAD),
    said(rf"is in ([0-9]+ {UNIT})", r"is \1 ahead", _AHEAD),
    said(r"([0-9]{1,2}) o'clock", lambda found: f"{found[1]:0>2}:00", _CLOCK),
    said(r"noon|midday", "12:00", "Times of day are written as on a clock."),
    said(r"midnight", "00:00", "Times of day are written as on a clock."),
    said(
        r"(?:their|the person's|local|in their)(?: local| own)? (?:time ?zone|time)|local time",
        "their time",
        "A time of day is `their time` or `workspace time`.",
    ),
)
VALUES: tuple[Rewrite, ...] = (
    said(r"US\$ ?([0-9.,]+)", r"$\1", _MONEY),
    looked_up(
        _OTHER_SIGNS,
        rf"(?P<it>[{''.join(_OTHER_SIGNS)}]) ?(?P<n>[0-9.,]*[0-9])",
        r"\g<n> {}",
        _MONEY,
    ),
    looked_up(
        _OTHER_SIGNS,
        rf"(?P<n>[0-9.,]*[0-9]) ?(?P<it>[{''.join(_OTHER_SIGNS)}])",
        r"\g<n> {}",
        _MONEY,
    ),
    said(
        rf"([0-9.,]*[0-9]) ?({_CODES})",
        lambda found: f"{found[1]} {found[2].upper()}",
        _MONEY,
    ),
    said(
        r"([$€£]?)([0-9]+)[kK]",
        lambda found: f"{found[1]}{found[2]}000",
        "Numbers are written out.",
    ),
    said(
        r"([$€£]?)([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]{1,2})(?: ?€)?",
        lambda found: (
            f"{'€' if '€' in found[0] else found[1]}{found[2].replace('.', '')}.{found[3]}"
        ),
        "A point stands before the cents; commas or nothing group the thousands.",
    ),
    said(
        r"([$€£]?[0-9]+),([0-9]{1,2})( ?€)?(?![0-9])",
        r"\1.\2\3",
        "A point stands before the cents; commas or nothing group the thousands.",
    ),
    said(r"true", "yes", "It is `yes` or `no`."),
    said(r"false", "no", "It is `yes` or `no`."),
)
