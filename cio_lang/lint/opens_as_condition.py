"""Openings that a machine may have made."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast
from cio_lang.check import Checked
from cio_lang.check.wording import words
from cio_lang.lint.conditions import conditions, tests
from cio_lang.lint.rule import Rule
from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class OpensAsCondition(Problem):
    """A condition asks whether somebody opened an email.

    Mail programs fetch the pictures of every mail by themselves, for privacy or to look for
    viruses, and each time it looks as if a person had opened it; others never fetch any.  Whoever
    "opened" may not have seen it, whoever "did not open" may have read it.  A click is made by a
    person.  Openings in an app (`push`, `in-app`, `whatsapp`) are left alone.
    """

    code = "opens-as-condition"
    severity = "warning"
    condition: str
    instead: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.condition}` is not about people alone.",
            "Mail programs open mails by themselves, or hide that somebody did.",
            f"ask for a click: `{self.instead}`, or for what people do afterwards",
        )


def find(checked: Checked) -> Iterator[OpensAsCondition]:
    """Conditions on openings of emails."""
    opened = (
        test
        for condition in conditions(checked)
        for test in tests(condition)
        if isinstance(test, ast.MessageTest) and test.verb == "opened"
    )
    for test in opened:
        if _channel(test, checked) in (None, "email"):
            yield OpensAsCondition(
                span=test.span, condition=words(test), instead=words(_clicked(test))
            )


def _channel(test: ast.MessageTest, checked: Checked) -> ast.Channel | None:
    """The channel of the message, where it is known."""
    if test.channel is not None or test.message is None:
        return test.channel
    template = checked.schema.templates.get(test.message.value)
    return None if template is None else template.channel


def _clicked(test: ast.MessageTest) -> ast.MessageTest:
    return ast.MessageTest("clicked", test.message, test.channel, test.window, test.negated)


BAD = """\
journey "Tips"
  when someone does signed_up

  email "welcome"
  wait 3 days
  if opened "welcome"
    email "Here is what to do next."
"""

RULE = Rule(
    problem=OpensAsCondition,
    bad=BAD,
    good=BAD.replace("opened", "clicked"),
    fix="Ask for a click, or for what people do once they have read it.",
    find=find,
)
