"""Graph files: what is written is read back, and what cannot be run is not read."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, ClassVar, Literal

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang import graph_file, ir
from cio_lang.calendar_time import parse_duration
from cio_lang.graph_data import as_data, behaviour
from cio_lang.graph_file import digest, dump, json_schema, load, migrations
from cio_lang.graph_file.migrations import migrate
from cio_lang.graph_file.yaml_read import read
from cio_lang.graph_file.yaml_write import scalar, write
from cio_lang.mistake import UserMistake
from tests.graphs import TRIAL, conditions, documents, journeys, words

ROOT = Path(__file__).parent.parent
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def problem_of(text: str) -> str:
    with pytest.raises(UserMistake) as raised:
        load(text, "graphs/trial.yaml")
    return "\n".join(
        f"{one.span.line}:{one.span.column} {one.code}: {one.report().what}"
        for one in raised.value.problems
    )


def test_a_graph_reads_as_it_is_meant() -> None:
    assert dump(TRIAL).splitlines()[11:25] == [
        "      - {attribute: trial_started_at, op: ago, value: P7D}",
        "      - {event: activated, times: {op: exactly, n: 0}}",
        "reentry: {allow: after, after: P30D}",
        "only: {attribute: plan, op: is_not, value: Pro}",
        "exits: [{event: plan_upgraded}]",
        "goal: {event: plan_upgraded, within: P14D}",
        "topic: product-tips",
        "start: notify-need-help",
        "nodes:",
        "  notify-need-help:",
        '    send: {channels: [push, email, sms], text: "Need help getting started?"}',
        "    topic: product-tips",
        "    next: wait-3-days",
        "  wait-3-days: {wait: {for: P3D}, next: if-plan-is-pro}",
    ]


def test_text_of_several_lines_is_written_in_several_lines() -> None:
    assert (
        "      text: |\n        Hello {{ person.name }},\n        your trial ends soon.\n"
        in dump(TRIAL)
    )


@settings(max_examples=150, deadline=None)
@given(journeys())
def test_a_journey_is_read_back_as_it_was_written(graph: ir.JourneyGraph) -> None:
    text = dump(graph)
    assert load(text, "x") == graph
    assert dump(load(text, "x")) == text
    assert yaml.safe_load(text) == as_data(graph)


@settings(max_examples=100, deadline=None)
@given(conditions)
def test_a_segment_is_read_back_as_it_was_written(where: ir.Condition) -> None:
    graph = ir.SegmentGraph(1, "segment", "s", "S", ir.Origin("a", "sha256:0"), where)
    assert load(dump(graph), "x") == graph
    VALIDATOR.validate(as_data(graph))


@settings(max_examples=100, deadline=None)
@given(documents())
def test_a_document_is_read_back_as_it_was_written(graph: ir.Graph) -> None:
    text = dump(graph)
    assert load(text, "x") == graph
    assert dump(load(text, "x")) == text
    VALIDATOR.validate(as_data(graph))


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(words.filter(lambda key: len(key) < 100), words, max_size=4))
def test_every_text_survives(data: dict[str, str]) -> None:
    text = write(data)
    assert yaml.safe_load(text or "{}") == data
    if data:
        assert read(text, "x").data == data


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_every_number_survives(number: float) -> None:
    again = yaml.safe_load(scalar(number))
    assert again == number and type(again) is type(number)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text("{}[]:-,&*!|>'\"% \n#?ab1", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever a file holds, reading it gives a graph or says what is wrong."""
    try:
        load(text, "x")
    except UserMistake as mistake:
        assert mistake.problems
        for problem in mistake.problems:
            assert problem.report().what


@settings(max_examples=100, deadline=None)
@given(journeys(), st.data())
def test_a_damaged_graph_is_named_and_not_run(graph: ir.JourneyGraph, data: st.DataObject) -> None:
    """One key renamed anywhere: the message names a key, and nothing else is raised."""
    lines = dump(graph).splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    line = lines[at].replace("event", "evnt").replace("next", "nxt").replace("op:", "opp:")
    text = "\n".join([*lines[:at], line, *lines[at + 1 :]])
    try:
        load(text, "x")
    except UserMistake as mistake:
        assert all(problem.report().what for problem in mistake.problems)


@pytest.mark.parametrize(
    ("written", "instead", "expected"),
    [
        (
            "channels: [push",
            "chanels: [push",
            "22:12 unknown-key: `nodes.notify-need-help.send.chanels`: there is no such key; "
            "did you mean `channels`?",
        ),
        ("send:", "sned:", "unknown-key: `nodes.notify-need-help.sned`: there is no such key; did"),
        ("op: is_not", "op: isnt", "15:25 wrong-value: `only.op` is `isnt`."),
        ("next: wait-3-days", "next: wait-4-days", "`wait-4-days`, a step that is not there"),
        ("start: notify-need-help", "start: notify", "`start` is `notify`, a step that"),
        ("start: notify-need-help\n", "", "`start` is missing"),
        ("for: P3D", "for: 3 days", "`nodes.wait-3-days.wait.for` is `3 days`."),
        ("cio: 1", "cio: 2", "1:1 newer-format: This graph is in format 2."),
        ("cio: 1", "cio: yes", "`cio` is `true`"),
        ("cio: 1\n", "", "no-format: This file does not say that it is a graph."),
        ("kind: journey", "kind: journy", "`kind` is `journy`."),
        ("kind: journey\n", "", "`kind` is missing"),
        ("title: Trial conversion\n", "", "missing-key: `graph` has no `title`."),
        ("title: Trial conversion", "title: 5", "`title` is `5`."),
        ("title: Trial conversion", "title: 1_000", "`1_000` could be a number or not."),
        ("title: Trial conversion", "title: !!int 5", "gives a value a type of its own"),
        ("next: leave", "next: notify-need-help", "leads back to itself"),
        ("allow: after", "allow: after, allow: once", "`allow` is written twice."),
        ("allow: after, after", "allow: once, after", "`reentry` says `after` in one place only."),
        ("start: notify", "start: &a notify", "`a` stands for another part"),
        ("topic: product-tips", "topic: *a", "`a` stands for another part"),
        ("n: 0", "n: many", "`entry.match.all[2].times.n` is `many`."),
        ("n: 0", "n: -1", "`entry.match.all[2].times.n` is -1."),
        ("currency: USD", "currency: 5", "where.value.currency` is `5`."),
        ("only: {attribute", "only: {attribut", "did you mean `attribute`?"),
        ("op: is_not, value: Pro}", "op: is_not}", "`only.value` is not one value"),
        ("op: is_not, value: Pro}", "op: one_of, value: Pro}", "`only.value` is not a list"),
        ("op: is_not, value: Pro}", "op: known, value: Pro}", "stands beside `known`"),
        ("{since: entering}", "{since: entering, last: P3D}", "window` is not one window."),
        ("{since: entering}", "{}", "window` is not one window."),
        ("template: pro-tips", "channel: email", "send.channel`: there is no such key."),
        ("template: pro-tips", "template: a, text: b", "send` is not one message."),
        ("  leave: {leave: true}", "  leave: {leave: false}", "`nodes.leave.leave` is `false`."),
        ("exits: [", "exits: [[], ", "`exits[1]` is not a part with keys."),
        ("within: P14D", "within: [P14D]", "`goal.within` is a list."),
        ("source:", "source: {", "not-yaml: This is not YAML"),
        ("title: Trial", "title: \x00Trial", "characters that no text has"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(written: str, instead: str, expected: str) -> None:
    text = dump(TRIAL)
    assert written in text
    assert expected in problem_of(text.replace(written, instead, 1))


CASES = Path(__file__).parent / "cases" / "journeys"


@pytest.mark.parametrize(
    ("case", "written", "instead", "expected"),
    [
        ("repeat", "{wait: {for: P2D}", "{set: {attribute: a, to: 1}", "itself without a wait"),
        ("repeat", "next: notify-all-of-you", "next: email-welcome", "would go round for ever"),
        ("repeat", "body: email-welcome", "body: email", "a step that is not there"),
        ("repeat", "body: email-welcome\n", "\n", "`nodes.repeat-up-to-3-times` has no `body`"),
        ("repeat", "times: 3", "times: 0", "repeat.times` is 0."),
        ("split", "percent: 33.4", "percent: 33.3", "split` is 99.9% together."),
        ("split", "percent: 33.4", "percent: 133.4", "split[3].percent` is 133.4."),
        ("split", "label: plain", "lable: plain", "did you mean `label`?"),
        ("experiment", "hold_out: 10, ", "", "held_out` is where nobody goes."),
        ("experiment", "hold_out: 10", "hold_out: -1", "experiment.hold_out` is -1."),
        ("wait-until-something", "events: [{event: activated}], ", "", "until` waits for nothing."),
        ("wait-until-something", "at_most: P3D", "at_most: 3d", "until.at_most` is `3d`."),
        ("wait-until-something", "timeout: email-w", "timeout: w", "a step that is not there"),
        (
            "wait-until-a-date",
            "{wait: {for: P1D}, ",
            "{wait: {for: P1D}, missing: leave, ",
            "no date",
        ),
        (
            "wait-until-a-date",
            "{date: {attribute: r",
            "{dat: {attribute: r",
            "did you mean `date`?",
        ),
        ("wait-until-a-date", '"-P1D"', '"1 day"', "date.offset` is `1 day`."),
        ("wait-until-a-date", 'at: "09:00"', 'at: "9:00"', "date.at` is `9:00`."),
        ("wait-until-a-time", "weekday: tuesday", "weekday: tues", "wait.weekday` is `tues`."),
        ("wait-until-a-time", 'end: "17:00"', 'end: "24:00"', "wait.end` is `24:00`."),
        ("digest-and-throttle", "collect: PT1H", "collect: 1h", "collect` is `1h`."),
        ("digest-and-throttle", "times: 1", "times: 0", "throttle.times` is 0."),
        ("digest-and-throttle", "per: day", "per: year", "throttle.per` is `year`."),
        ("changes-of-a-person", "change: add", "change: put", "membership.change` is `put`."),
        ("changes-of-a-person", "by: 1", "by: one", "add.by` is `one`."),
        ("every-channel", "[slack]", "[slak]", "channels[1]` is `slak`."),
        ("manners", "priority: high", "priority: highest", "`priority` is `highest`."),
        ("manners", "spread: PT2H", "spread: 2h", "`spread` is `2h`."),
        ("entry-by-calendar", "every: day,", "every: dayly,", "schedule.every` is `dayly`."),
        (
            "conditions-on-totals",
            "function: total",
            "function: number",
            "has a property to count by",
        ),
        ("conditions-on-totals", "function: number", "function: total", "needs a property."),
        ("conditions-on-totals", '"2026-10-01"', "2026-13-01", "since_date` is `2026-13-01`."),
        (
            "conditions-on-totals",
            "op: between, value: [5, 9]",
            "op: between, value: 5",
            "a low and",
        ),
        ("conditions-held-for-a-while", "for: P7D", "for: a week", "`where.for` is `a week`."),
        ("conditions-held-for-a-while", "for: P7D", "forr: P7D", "did you mean `for`?"),
        ("conditions-on-predictions", "top: 2.5", "top: 250", "top` is 250"),
        ("conditions-on-predictions", "top: 2.5", "top: ten", ".top` is `ten`."),
        ("draws", "from: 10", "from: 110", "from` is 110"),
        ("draws", "from: 10", "from: 20", "to` is 12.5."),
        ("draws", "from: 10", "form: 10", "did you mean `from`?"),
        ("conditions-on-predictions", "percent: 70", "percent: 700", "percent` is 700."),
        ("conditions-on-sequences", "within: P7D", "within: 7", "within` is `7`."),
        ("conditions-on-spans-of-the-calendar", "next_month", "soon", "a span of the calendar."),
        ("policy", "times: 2", "times: -2", "caps[1].times` is -2."),
        ("policy", "quiet: {start", "quite: {start", "did you mean `quiet`?"),
        ("topics", "title: Product tips", "titel: Product tips", "did you mean `title`?"),
        ("topics", "kind: topic", "kind: topics", "`kind` is `topics`."),
        ("templates", "body: Your", "bodi: Your", "did you mean `body`?"),
    ],
)
def test_what_is_wrong_with_any_part_is_named(
    case: str, written: str, instead: str, expected: str
) -> None:
    texts = (CASES / f"{case}.yaml").read_text(encoding="utf-8").split("---\n")
    text = next(text for text in texts if written in text)
    assert expected in problem_of(text.replace(written, instead, 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("[1]", "A graph is keys and values."),
        ("cio: 1\n---\ncio: 1\n", "A second graph starts here."),
        ("a: " + "[" * 200 + "]" * 200, "levels deep"),
        ("? [a]\n: b", "not a plain name"),
        ("x" * 4_000_001, "4,000,001 characters"),
    ],
)
def test_what_is_not_a_graph_at_all_is_named(text: str, expected: str) -> None:
    assert expected in problem_of(text)


def test_a_journey_loads_the_same_however_it_is_laid_out() -> None:
    assert load(json.dumps(as_data(TRIAL)), "x") == TRIAL


def test_an_older_file_is_brought_up_to_date() -> None:
    def renamed(data: dict[str, object]) -> dict[str, object]:
        return {("name" if key == "id" else key): value for key, value in data.items()}

    assert migrate({"cio": 1, "id": "a"}, 1, [renamed, renamed]) == {"cio": 3, "name": "a"}
    assert migrate({"cio": 2, "id": "a"}, 2, [renamed, renamed]) == {"cio": 3, "name": "a"}


OLD = Path(__file__).parent / "cases" / "graph_format"
STORED = [
    pytest.param(int(path.parent.name[1:]), text, id=f"{path.parent.name}-{path.stem}-{number}")
    for path in sorted(OLD.glob("v*/*.yaml"))
    for number, text in enumerate(path.read_text(encoding="utf-8").split("---\n"), start=1)
]


@pytest.mark.parametrize(("version", "text"), STORED)
def test_a_stored_file_of_every_format_is_still_read(version: int, text: str) -> None:
    """The files are never written again: a newer format gets a folder of its own."""
    graph = load(text, "x")
    assert text.startswith(f"cio: {version}\n")
    if version == ir.FORMAT:
        assert dump(graph) == text
    if isinstance(graph, ir.JourneyGraph):
        assert behaviour(graph) == graph.behaviour


@dataclasses.dataclass(frozen=True)
class TopicOfTomorrow:
    """What a topic might be in a format 2: it has a label instead of a title."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    cio: Literal[2]
    kind: Literal["topic"]
    name: str
    label: str
    source: ir.Origin
    transactional: bool = False


def test_a_stored_file_is_read_in_a_format_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    def relabelled(data: dict[str, Any]) -> dict[str, Any]:
        return {("label" if key == "title" else key): value for key, value in data.items()}

    import pydantic

    monkeypatch.setattr(ir, "FORMAT", 2)
    monkeypatch.setattr(migrations, "MIGRATIONS", (relabelled,))
    adapter = pydantic.TypeAdapter(TopicOfTomorrow)
    monkeypatch.setattr(graph_file, "_adapter", lambda: adapter)
    text = (OLD / "v1" / "topics.yaml").read_text().split("---\n")[1]
    read_: Any = load(text, "x")
    assert read_ == TopicOfTomorrow(
        2, "topic", "receipts", "Receipts", read_.source, transactional=True
    )
    assert load(dump(read_), "x") == read_
    assert dump(read_).startswith("cio: 2\n")
    assert "format 3" in problem_of("cio: 3\nkind: topic\n")


def test_the_digest_is_of_what_is_written() -> None:
    assert digest(TRIAL) == digest(load(dump(TRIAL), "x"))
    assert digest(TRIAL).startswith("sha256:") and len(digest(TRIAL)) == 71


def test_the_published_schema_is_fresh() -> None:
    published = ROOT / "docs" / "reference" / "graph.schema.json"
    assert json.loads(published.read_text()) == SCHEMA, (
        "run: python -m cio_lang.graph_file > docs/reference/graph.schema.json"
    )


def test_the_schema_takes_what_is_written_and_nothing_else() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = as_data(TRIAL)
    VALIDATOR.validate(data)
    assert not VALIDATOR.is_valid({**data, "more": 1})
    assert not VALIDATOR.is_valid({**data, "nodes": {"a": {"sned": {}}}})


@settings(max_examples=50, deadline=None)
@given(journeys())
def test_the_schema_takes_every_journey(graph: ir.JourneyGraph) -> None:
    VALIDATOR.validate(as_data(graph))


def test_the_schema_knows_lengths_of_time_and_times_of_day() -> None:
    data: dict[str, Any] = as_data(TRIAL)
    for length, fine in {
        "P14D": True, "PT90M": True, "P1Y2M": True, "P2W": True, "PT1H30M5S": True,
        "2 weeks": False, "P": False, "PT": False, "P1DT": False, "14D": False, "-P1D": False,
        "": False, "P1.5D": False,
    }.items():  # fmt: skip
        goal = {**data, "goal": {"event": "plan_upgraded", "within": length}}
        assert VALIDATOR.is_valid(goal) == fine, length
        try:
            parse_duration(length)
        except ValueError:
            assert not fine
    for clock, fine in {"09:00": True, "23:59:59": True, "24:00": False, "9 am": False}.items():
        quiet = {**data, "quiet": {"start": clock, "end": "08:00"}}
        assert VALIDATOR.is_valid(quiet) == fine, clock
    for value, fine in {"P3D": True, "3 days": False, 3: False}.items():
        graph = {
            "cio": 1, "kind": "segment", "name": "a", "title": "A", "source": data["source"],
            "where": {"attribute": "at", "op": "in_next", "value": value},
        }  # fmt: skip
        assert VALIDATOR.is_valid(graph) == fine, value
        test = {"attribute": "at", "op": "is", "value": value}
        assert VALIDATOR.is_valid({**graph, "where": test})
