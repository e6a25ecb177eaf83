"""Warnings: `Checked` in, problems of severity `warning` out.

A journey with warnings compiles and runs; each warns of something that is certain to be there and
that few would mean.
"""

from __future__ import annotations

from cio_lang.check import Checked
from cio_lang.lint import (
    all_caps,
    branches_alike,
    english_differs,
    goal_out_of_reach,
    last_branch_takes_the_rest,
    looks_like_placeholder,
    opens_as_condition,
    placeholder_without_default,
    sends_back_to_back,
    text_too_long,
    two_journeys_one_event,
    wait_within_quiet,
)
from cio_lang.lint.rule import Rule
from cio_lang.problem import Problem

__all__ = ["RULES", "Rule", "lint"]

RULES: tuple[Rule, ...] = (
    all_caps.RULE,
    two_journeys_one_event.RULE,
    placeholder_without_default.RULE,
    text_too_long.RULE,
    sends_back_to_back.RULE,
    opens_as_condition.RULE,
    branches_alike.RULE,
    last_branch_takes_the_rest.RULE,
    wait_within_quiet.RULE,
    goal_out_of_reach.RULE,
    english_differs.RULE,
    looks_like_placeholder.RULE,
)
"""Every rule, in the order in which they were added."""


def lint(checked: Checked) -> tuple[Problem, ...]:
    """All warnings, in the order of the text."""
    order = {file.span.file: index for index, file in enumerate(checked.files)}
    found = [problem for rule in RULES for problem in rule.find(checked)]
    found.sort(key=lambda p: (order.get(p.span.file, len(order)), p.span.line, p.span.column))
    return tuple(found)
