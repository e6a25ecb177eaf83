"""Texts that are meant to use up time or memory, each of a size that is asked for."""

from __future__ import annotations

from collections.abc import Callable

_WELCOME = 'event signed_up\njourney "Welcome"\n  when someone does signed_up\n'


def _ifs(size: int) -> str:
    depth = max(1, int((size / 2) ** 0.5))
    rows = ("  " * (n + 1) + 'if plan is "Pro"\n' for n in range(depth))
    return _WELCOME + "".join(rows) + "  " * (depth + 1) + "leave\n"


def _blocks(size: int) -> str:
    depth = max(1, int((size / 2) ** 0.5))
    rows = ("  " * (n + 1) + ("any of\n" if n % 2 else "all of\n") for n in range(depth))
    return 'attribute plan: text\nsegment "Deep"\n' + "".join(rows) + "  " * (depth + 1) + "plan\n"


def _files(size: int) -> str:
    one = 'journey "Number {}"\n  when someone does signed_up\n  wait 2 days\n  email "Hello!"\n'
    count = max(1, size // len(one))
    return "event signed_up\n" + "".join(one.format(n) for n in range(count))


def _in_condition(inside: str) -> str:
    return f'attribute plan: text\nsegment "All"\n  {inside}\n'


HOSTILE: dict[str, Callable[[int], str]] = {
    "one letter": lambda n: "a" * n,
    "spaces": lambda n: " " * n,
    "tabs": lambda n: "\t" * n + "a",
    "empty lines": lambda n: "\n" * n,
    "carriage returns": lambda n: "\r" * n,
    "zeroes": lambda n: "\x00" * n,
    "comments": lambda n: "# a\n" * (n // 4),
    "quotes": lambda n: '"' * n,
    "a text that does not end": lambda n: _WELCOME + '  email "' + "a" * n,
    "a long text": lambda n: _WELCOME + '  email "' + "a " * (n // 2) + '"\n',
    "a block that does not end": lambda n: _WELCOME + '  email """\n' + "    a\n" * (n // 6),
    "opening parentheses": lambda n: _in_condition("(" * n),
    "parentheses": lambda n: _in_condition("(" * (n // 2) + 'plan is "a"' + ")" * (n // 2)),
    "many not": lambda n: _in_condition("not " * (n // 4) + "plan"),
    "many and": lambda n: _in_condition(" and ".join(['plan is "a"'] * max(1, n // 16))),
    "many or": lambda n: _in_condition(" or ".join(['plan is "a"'] * max(1, n // 16))),
    "nested if": _ifs,
    "nested blocks": _blocks,
    "a long number": lambda n: _in_condition("seats is more than " + "9" * n),
    "a long wait": lambda n: _WELCOME + f"  wait {'9' * n} days\n",
    "a staircase": lambda n: "\n".join(" " * k + "a" for k in range(int((2 * n) ** 0.5))),
    "unknown lines": lambda n: "sned an emial to peple\n" * (n // 23),
    "steps nowhere": lambda n: "  wait 3 days\n" * (n // 14),
    "one name again": lambda n: "event signed_up\n" * (n // 16),
    "unknown names": lambda n: _WELCOME + '  if plna is "a"\n    leave\n' * (n // 27),
    "one of many": lambda n: "attribute plan: one of " + ", ".join(['"a"'] * (n // 5)) + "\n",
    "placeholders": lambda n: _WELCOME + '  email "' + "{{ person.a }}" * (n // 14) + '"\n',
    "opening placeholders": lambda n: _WELCOME + '  email "' + "{{" * (n // 2) + '"\n',
    "tags of templates": lambda n: _WELCOME + '  email "' + "{% if a %}" * (n // 10) + '"\n',
    "right to left": lambda n: _WELCOME + '  email "' + "\u202eשלום" * (n // 5) + '"\n',
    "marks upon a letter": lambda n: "attribute e" + "\u0301" * n + ": text\n",
    "mixed tabs": lambda n: 'segment "A"\n' + "\t  a\n  \ta\n" * (n // 10),
    "many journeys": _files,
}
"""By name: about as many characters as asked for."""
