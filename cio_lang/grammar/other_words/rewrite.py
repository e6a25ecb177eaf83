"""Other words for something, what is said instead, and why."""

from __future__ import annotations

import re
from collections.abc import Callable

from cio_lang.record import record

NAME = r'(?:"(?:[^"\\]|\\.)*"|[^\W\d]\w*)'
QUOTED = r'"(?:[^"\\]|\\.)*"'
UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
VALUE = rf"(?:{QUOTED}|{DAY}|[$€£]?[0-9][0-9,.]*|yes|no)"
VERB = r"(?:opened|clicked|received|delivered|bounced|replied)"
PEOPLE = r"(?:users|customers|contacts|subscribers|persons|profiles|members)"
CHANNELS = {"sms": "text", "mail": "email", "mails": "email", "emails": "email", "texts": "text"}

FIGURES = {
    word: str(number)
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        1,
    )
}
FIGURES |= {"a": "1", "an": "1"}


@record
class Rewrite:
    """Other words, what is said instead (as for `re.Match.expand`), and why.

    `whole` is no where more than this has to be written, or something in it was made up, such as a
    time of day: it is shown as an example and not put in without being asked.
    """

    pattern: re.Pattern[str]
    meant: str | Callable[[re.Match[str]], str]
    why: str
    whole: bool = True


def said(
    pattern: str, meant: str | Callable[[re.Match[str]], str], why: str, *, whole: bool = True
) -> Rewrite:
    """A rewrite; a space in the pattern stands for any, and one with `?` for any or none."""
    spaced = pattern.replace(" ?", r"\s*").replace(" ", r"\s+")
    return Rewrite(re.compile(spaced), meant, why, whole)


def looked_up(table: dict[str, str], pattern: str, meant: str, why: str) -> Rewrite:
    """A rewrite in which `{}` of `meant` is what the table says of the group `it`."""

    def better(found: re.Match[str]) -> str:
        return found.expand(meant.replace("{}", table[found["it"].lower()]))

    return said(pattern, better, why)
