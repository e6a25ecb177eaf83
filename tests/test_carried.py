"""What compiles and cannot be run yet is refused by name; the rest is run as the law says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from cio_lang import ir, templates
from cio_lang.cli import main
from cio_lang.compiler import compile_sources
from cio_lang.conditions import Event
from cio_lang.draw import share_at, split_point
from cio_lang.runtime.carried import not_carried
from cio_lang.runtime.engine import advance
from cio_lang.schema import Settings
from cio_lang.source import Source
from cio_lang.store.state import Deployed, PersonChange, PersonRow, PersonState

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday


def compiled(text: str) -> tuple[ir.Graph, ...]:
    built = compile_sources([Source("x.journey", text)], Settings())
    assert not [problem for problem in built.problems if problem.severity == "error"]
    return built.graphs


def run_of(steps: str, key: str = "alice", **attributes: object) -> PersonChange:
    (graph,) = compiled(f'journey "Test"\n  when someone does signed_up\n\n{steps}')
    assert isinstance(graph, ir.JourneyGraph)
    assert not not_carried([graph])
    event = Event("signed_up", START, {}, "1")
    person = PersonRow(1, key, dict(attributes), START)
    state = PersonState(person, [event], [(event, False)], [], {})
    deployed = Deployed(graph, "digest", 1, START - timedelta(days=1))
    return advance(state, [deployed], {}, {}, START, UTC)


@pytest.mark.parametrize(
    ("steps", "due"),
    [
        ("  wait until 09:00 their time", datetime(2026, 3, 3, 9, tzinfo=UTC)),
        ("  wait until 10:30 their time", datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
        ("  wait until Friday 08:00 their time", datetime(2026, 3, 6, 8, tzinfo=UTC)),
        (
            "  wait until between 12:00 and 17:00 their time on weekdays",
            datetime(2026, 3, 2, 12, tzinfo=UTC),
        ),
    ],
)
def test_a_wait_for_a_time_of_day_is_over_at_that_time(steps: str, due: datetime) -> None:
    change = run_of(f'{steps}\n  email "Good morning to you"\n')
    assert [run.due for run in change.runs] == [due]
    assert not change.outbox


def test_times_of_day_are_those_of_the_person() -> None:
    change = run_of(
        '  wait until 09:00 their time\n  email "Good morning"\n', timezone="Asia/Tokyo"
    )
    assert change.runs[0].due == datetime(2026, 3, 3, 0, tzinfo=UTC)


def test_a_split_draws_as_the_reference_does_and_reaches_every_share() -> None:
    steps = '  split\n    30% "a"\n      email "Text of a"\n    70% "b"\n      email "Text of b"\n'
    shares = (ir.Share(30, "a"), ir.Share(70, "b"))
    drawn = []
    for number in range(40):
        key = f"person {number}"
        change = run_of(steps, key)
        label = share_at(split_point(key, "test", 1), shares).label
        assert [row.text for row in change.outbox] == [f"Text of {label}"]
        drawn.append(label)
    assert set(drawn) == {"a", "b"}


def first_words(steps: str) -> list[str | None]:
    return [run_of(steps, f"person {number}").outbox[0].text for number in range(60)]


def test_other_names_of_shares_draw_nobody_anew() -> None:
    steps = """
  split
    50% "one"
      split
        50% "lower"
          email "Text a"
        50% "upper"
          email "Text b"
    50% "two"
      email "Text c"
"""
    said = first_words(steps)
    assert set(said) == {"Text a", "Text b", "Text c"}
    for old in ("one", "lower", "upper", "two"):
        assert first_words(steps.replace(old, "other")) == said
    assert first_words(steps.replace("Text b", "Text d")) == [
        "Text d" if text == "Text b" else text for text in said
    ]


def test_other_percentages_move_only_whom_they_must() -> None:
    steps = '  split\n    50% "a"\n      email "Text a"\n    50% "b"\n      email "Text b"\n'
    more = steps.replace("50%", "70%", 1).replace("50%", "30%", 1)
    pairs = set(zip(first_words(steps), first_words(more), strict=True))
    assert pairs == {("Text a", "Text a"), ("Text b", "Text a"), ("Text b", "Text b")}


def test_adding_counts_a_missing_number_as_none_and_leaves_text_alone() -> None:
    steps = "  add 2 to nudges\n"
    assert run_of(steps).attributes == {"nudges": 2}
    assert run_of(steps, nudges=3).attributes == {"nudges": 5}
    assert run_of(steps, nudges="many").attributes == {}


@pytest.mark.parametrize(
    ("steps", "what"),
    [
        ('  ask "Growth team" to approve\n', "`ask … to approve`"),
        ('  call "https://example.com/hook"\n', "`call`"),
        ("  at most 1 per day\n", "`at most … per …`"),
        ('  slack "Somebody signed up"\n', "messages by in-app, WhatsApp or Slack"),
        ("  if clicked any email\n    leave\n", "asking what became of messages"),
    ],
)
def test_what_the_engine_cannot_do_is_named(steps: str, what: str) -> None:
    text = f'journey "Test"\n  when someone does signed_up\n\n{steps}'
    (problem,) = not_carried(compiled(text))
    assert problem.what == (what,)


def test_apply_refuses_the_whole_workspace_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "journeys").mkdir()
    (tmp_path / "cio.toml").write_text('name = "shop"\n')
    (tmp_path / "journeys" / "a.journey").write_text(
        'journey "Weekly"\n  every Monday at 09:00 for people where seats is known\n\n'
        '  email "How was your week?"\n'
    )
    result = CliRunner().invoke(main, ["-C", str(tmp_path), "apply"])
    assert result.exit_code == 1, result.output
    assert "not-carried-out-yet" in result.output
    assert "starting by the calendar" in result.output
    assert not (tmp_path / "cio.db").exists()


def test_a_template_in_a_journey_file_is_mail_like_one_in_a_folder() -> None:
    graphs = compiled(
        'template "Welcome" for email\n  subject "Hello \\"you\\""\n'
        '  body """\n    *Welcome*\n  """\n'
    )
    text = templates.declared(graphs)["Welcome"]
    rendered = templates.render(text, {"person": {}, "event": {}})
    assert rendered.subject == 'Hello "you"'
    assert rendered.html is not None
    assert "<em>Welcome</em>" in rendered.html
