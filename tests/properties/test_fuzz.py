"""A sample of `make fuzz`: no text breaks the compiler, and none keeps it busy for long."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from fuzz.hostile import HOSTILE
from fuzz.inputs import ODD, STRATEGIES
from fuzz.survival import survives


@pytest.mark.parametrize("kind", STRATEGIES)
def test_drawn_texts(kind: str) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STRATEGIES[kind])
    def run(text: str) -> None:
        survives(text)

    run()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    survives(HOSTILE[name](3000))


@pytest.mark.parametrize("piece", ODD, ids=ascii)
def test_odd_pieces_anywhere(piece: str) -> None:
    welcome = 'event signed_up\njourney "A"\n  when someone does signed_up\n  email "Hi"\n'
    for at in range(len(welcome) + 1):
        survives(welcome[:at] + piece + welcome[at:])


def test_a_template_whose_lines_cannot_be_read_is_reported_inside_its_file() -> None:
    broken = survives('\ttemplate "Hello" for email\n  subject "Hello"\n  body "Thanks."\n')
    assert broken.problems
    assert "empty-message" not in {problem.code for problem in broken.problems}
