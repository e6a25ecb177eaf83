"""An `expect` line in, what there was instead out where it did not come true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

from cio_lang import ast, ir
from cio_lang.lower import condition as lower_condition
from cio_lang.scenario.machine import Machine, Passage, Seen, Sent
from cio_lang.scenario.problems import Unmet
from cio_lang.schema import Schema, slug
from cio_lang.story import moment, said

__all__ = ["Expectation", "Expecting"]

Expectation = ast.ExpectMessage | ast.ExpectRun | ast.ExpectAttribute | ast.ExpectMatch

_FATES: Mapping[str, str] = {
    "entered": "entered",
    "did not enter": "did not enter",
    "in": "is in",
    "not in": "is not in",
    "left": "left",
    "goal": "reached the goal of",
}

_CHANNELS: Mapping[str, ir.Channel] = {"text": "sms", "in-app": "in_app"}
"""Words for channels that graphs call otherwise."""

_WORDS: Mapping[str, str] = {name: word for word, name in _CHANNELS.items()}

_SEE = "see the timeline below for what happened"


class Expecting:
    """What lines have been about so far, so that each message is expected once."""

    def __init__(self, machine: Machine, schema: Schema, zone: tzinfo) -> None:
        self.machine = machine
        self.schema = schema
        self.zone = zone
        self.taken: set[tuple[str, str]] = set()  # person, message or run
        self.earlier: set[tuple[str, str]] = set()  # person, message gone before the clock moved

    def clock_moves(self) -> None:
        """What went out until now can no longer be expected, only be seen as not expected."""
        for key in self.machine.people:
            gone = (each for each in self.machine.seen(key).messages if each.outcome != "held")
            self.earlier.update((key, each.id) for each in gone)

    def unmet(self, line: Expectation) -> Unmet | None:
        """Why the line did not come true; None where it did."""
        key = line.person.text
        seen = self.machine.seen(key)
        match line:
            case ast.ExpectMessage(negated=True):
                return self._no_message(line, key, seen)
            case ast.ExpectMessage():
                return self._message(line, key, seen)
            case ast.ExpectRun():
                return self._run(line, key, seen)
            case ast.ExpectAttribute():
                return self._attribute(line, key, seen)
            case ast.ExpectMatch():
                return self._match(line, key, seen)

    def _no_message(self, line: ast.ExpectMessage, key: str, seen: Seen) -> Unmet | None:
        fitting = [each for each in self._open(key, seen, "sent") if _fits(line, each)]
        if not fitting:
            return None
        return Unmet(
            span=line.span,
            what=f"{key} did get a message that is not expected.",
            instead=("Sent, and expected by no line above:", *self._listed(fitting)),
            help="expect it in a line above, or change the journey so that it is not sent",
        )

    def _message(self, line: ast.ExpectMessage, key: str, seen: Seen) -> Unmet | None:
        sent = self._open(key, seen, "sent")
        fitting = [each for each in sent if _fits(line, each)]
        for each in fitting:
            if (key, each.id) not in self.earlier:
                self.taken |= {(key, each.id), (key, each.run)}
                return None
        skipped = [each for each in self._open(key, seen, "skipped") if _fits(line, each)]
        held = [each for each in self._open(key, seen, "held") if _fits(line, each)]
        now = [each for each in sent if (key, each.id) not in self.earlier]
        way = "see the timeline below for where the journey went"
        if fitting:
            instead = ("It was sent before the clock last moved:", *self._listed(fitting))
            way = "put the line above the `after` or `at` line that comes before it"
        elif held:
            instead = ("It is held:", *self._listed(held))
            way = "let time pass in an `after` line above, or expect that it is not sent yet"
        elif skipped:
            instead = ("It was not sent:", *self._listed(skipped))
            if any(each.reason == "no address" for each in skipped):
                attribute = "phone" if skipped[0].channel in {"sms", "whatsapp"} else "email"
                way = f'give them an address: `given {key} with {attribute} "…"`'
        elif now:
            instead = ("Sent instead:", *self._listed(now))
        else:
            instead = (f"Nothing was sent to {key} that no line above expects.",)
        named = "" if line.message is None else f' "{_short(line.message.value)}"'
        return Unmet(
            span=line.span,
            what=f"{key} did not get {_article(line.channel)} {line.channel}{named}.",
            instead=instead,
            help=way,
        )

    def _run(self, line: ast.ExpectRun, key: str, seen: Seen) -> Unmet | None:
        runs = [run for run in seen.runs if run.journey == slug(line.journey.text)]
        because = None if line.because is None else line.because.value
        tests: Mapping[str, Callable[[], bool]] = {
            "entered": lambda: bool(runs),
            "did not enter": lambda: all((key, run.id) in self.taken for run in runs),
            "in": lambda: any(run.left is None for run in runs),
            "not in": lambda: all(run.left is not None for run in runs),
            "left": lambda: any(_left(run, because) for run in runs),
            "goal": lambda: any(run.goal_at is not None for run in runs),
        }
        came_true = tests[line.what]()
        self.taken |= {(key, run.id) for run in runs}
        if came_true:
            return None
        told = tuple(self._run_in_words(run) for run in runs)
        return Unmet(
            span=line.span,
            what=f'It is not so that {key} {_FATES[line.what]} "{line.journey.text}".',
            instead=told or (f'{key} never entered "{line.journey.text}".',),
            help=_SEE,
        )

    def _attribute(self, line: ast.ExpectAttribute, key: str, seen: Seen) -> Unmet | None:
        asked = ast.Comparison(ast.Attribute(line.attribute), ast.Compare("is", line.value))
        if self.machine.matches(key, lower_condition(asked, self.schema)):
            return None
        name = line.attribute.text
        value = seen.attributes.get(name)
        return Unmet(
            span=line.span,
            what=f"`{name}` of {key} has another value.",
            instead=(f"It is {said(value)}." if value is not None else "It is not known.",),
            help=_SEE,
        )

    def _match(self, line: ast.ExpectMatch, key: str, seen: Seen) -> Unmet | None:
        if self.machine.matches(key, lower_condition(line.condition, self.schema)):
            return None
        values = ", ".join(f"{name} {said(value)}" for name, value in seen.attributes.items())
        return Unmet(
            span=line.span,
            what=f"{key} does not match this.",
            instead=(f"Known of {key}: {values or 'nothing'}.",),
            help=_SEE,
        )

    def _open(self, key: str, seen: Seen, outcome: str) -> list[Sent]:
        """Messages of that outcome that no line was about."""
        return [
            each
            for each in seen.messages
            if each.outcome == outcome and (key, each.id) not in self.taken
        ]

    def _listed(self, messages: Sequence[Sent]) -> tuple[str, ...]:
        return tuple(
            f"  {moment(each.at, self.zone)}  {_WORDS.get(each.channel, each.channel)} "
            f'"{_short(each.template or each.text or "")}"{self._because(each)}'
            for each in messages
        )

    def _because(self, each: Sent) -> str:
        until = "" if each.until is None else f" until {moment(each.until, self.zone)}"
        return f" ({each.reason}{until})" if each.reason else ""

    def _run_in_words(self, run: Passage) -> str:
        text = f"Entered on {moment(run.entered, self.zone)}"
        if run.left is None:
            return f"{text}, and is still in it."
        return f'{text}, left on {moment(run.left, self.zone)} because "{run.reason}".'


def _fits(line: ast.ExpectMessage, each: Sent) -> bool:
    if line.channel != "message" and _CHANNELS.get(line.channel, line.channel) != each.channel:
        return False
    if line.message is None:
        return True
    wanted = line.message.value.strip()
    if each.template is not None:
        return each.template == line.message.value or each.template == slug(wanted)
    words = (each.text or "").strip()
    return wanted in (words, words.split("\n")[0].strip())


def _left(run: Passage, because: str | None) -> bool:
    if run.left is None:
        return False
    return because is None or because.casefold() in (run.reason or "").casefold()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
