"""What `cio init` writes: small, and true: it compiles, lints clean and its scenario passes."""

from __future__ import annotations

from collections.abc import Mapping

from cio_lang.text import quoted

__all__ = ["files"]

_SETTINGS = """\
name = {name}
timezone = "UTC"      # the zone of people whose own is not known
currency = "USD"
store = "cio.db"

[email]
from = {sender}
host = "localhost"    # the SMTP server that takes mail
port = 1025
"""

_SCHEMA = """\
# What this workspace knows: what people do, and what is known of them.

event signed_up
  said "signed up", "registered"
  plan: one of "free", "Pro"

event order_placed
  said "placed an order", "placed a {amount} order", "bought"
  amount: money
  items: number

attribute name: text

attribute email: text

attribute plan: one of "free", "Pro"
  said "{plan} users", "on the {plan} plan"

topic "Getting started"
"""

_JOURNEY = """\
journey "Welcome"
  > Everybody who signs up gets a welcome, and after three days a hint,
  > unless they have ordered by then.
  when someone does signed_up
  leave when they do order_placed
  goal order_placed within 14 days
  once ever
  topic "Getting started"

  email "welcome"
  wait 3 days
  email "first-steps"
"""

_WELCOME = """\
---
subject: Welcome{% if person.name %}, {{ person.name }}{% endif %}!
---
Hello{% if person.name %} {{ person.name }}{% endif %},

it is good to have you here.

Just answer this email if you have a question.
"""

_FIRST_STEPS = """\
---
subject: Three things to try first
---
Hello{% if person.name %} {{ person.name }}{% endif %},

1. look around,
2. put something in your cart,
3. tell us what is missing.
"""

_SCENARIO = """\
scenario "A welcome at once, and a hint after three days"
  given alice with name "Alice" and email "alice@example.com"
  at 2026-03-02 09:00
  when alice does signed_up with plan "free"
  expect email "welcome" to alice
  after 2 days
  expect no email to alice
  after 1 day
  expect email "first-steps" to alice

scenario "No hint for people who have ordered"
  given bob with email "bob@example.com"
  at 2026-03-02 09:00
  when bob does signed_up
  expect email "welcome" to bob
  after 1 day
  when bob does order_placed with amount $49
  expect bob left "Welcome"
  expect bob reached the goal of "Welcome"
  after 7 days
  expect no email to bob
"""

_IGNORED = """\
cio.db
cio.db-shm
cio.db-wal
.cio/
"""

_README = """\
# {name}

Marketing as text, run by cio (`pip install cio-lang`).

| | |
|---|---|
| `cio.toml` | settings |
| `journeys/` | what should happen; `schema.journey` is what the workspace knows |
| `templates/` | messages: a subject and Markdown, with `{{{{ person.name }}}}` filled in |
| `scenarios/` | who gets what and when, carried out by `cio test` |
| `graphs/` | what the journeys compile to, kept in git: `cio compile` |
"""


def files(name: str) -> Mapping[str, str]:
    """The files of a new workspace called `name`, by their paths."""
    host = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")
    sender = f"{name} <hello@{host or 'workspace'}.example>".replace('"', "")
    return {
        "cio.toml": _SETTINGS.format(name=quoted(name or "workspace"), sender=quoted(sender)),
        "journeys/schema.journey": _SCHEMA,
        "journeys/welcome.journey": _JOURNEY,
        "templates/welcome.email.md": _WELCOME,
        "templates/first-steps.email.md": _FIRST_STEPS,
        "scenarios/welcome.scenario": _SCENARIO,
        ".gitignore": _IGNORED,
        "README.md": _README.format(name=name or "workspace"),
    }
