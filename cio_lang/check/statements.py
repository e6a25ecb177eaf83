"""One-line statements: a statement in, problems out."""

from __future__ import annotations

from collections.abc import Iterator

from cio_lang import ast, names
from cio_lang.check import conditions, durations
from cio_lang.check.scope import Scope
from cio_lang.problem import Problem, Report, nearest
from cio_lang.record import record
from cio_lang.schema import Schema, message_ref
from cio_lang.steps.send import EmptyMessage, UnknownTemplate
from cio_lang.values import assignable, carried

SCOPE = Scope("statement")
"""Outside any journey."""


@record(kw_only=True)
class NothingToSuggest(Problem):
    """`suggest 0 subjects …`."""

    code = "nothing-to-suggest"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "That is no subject at all.",
            "There would be nothing to choose from.",
            "write how many to suggest, as in `suggest 5 subjects for template …`",
        )


def check(statement: ast.Statement, schema: Schema) -> Iterator[Problem]:
    """Problems with a statement, before anything is asked or done."""
    match statement:
        case ast.Fact():
            yield from carried(statement.event, statement.properties, schema)
        case ast.SetFact():
            yield from assignable(statement.attribute, statement.value, schema)
        case ast.ShowActivity():
            if statement.window is not None:
                yield from conditions.window(statement.window, SCOPE)
        case ast.CountPeople() | ast.PeopleWhere():
            if statement.condition is not None:
                yield from conditions.check(statement.condition, SCOPE, schema)
        case ast.SendTo():
            yield from _message(statement.message, schema)
            yield from _people(statement.to, schema)
        case ast.StartFor():
            yield from _maybe(names.journey(statement.journey, schema))
            yield from _people(statement.people, schema)
        case ast.Preview():
            yield from _template(statement.template, schema)
        case ast.Write():
            if statement.people is not None:
                yield from _people(statement.people, schema)
        case ast.Suggest():
            if statement.count < 1:
                yield NothingToSuggest(span=statement.span)
            yield from _template(statement.template, schema)
        case ast.Predict():
            if statement.event is not None:
                yield from _maybe(names.event(statement.event, schema))
            if statement.within is not None:
                yield from _maybe(durations.duration(statement.within, "soon"))
            yield from _people(statement.people, schema)
        case ast.CompareSubjects() | ast.Improve() | ast.WhyNot():
            yield from _maybe(names.journey(statement.journey, schema))
        case ast.Show() | ast.BestTime() | ast.Forget():
            return


def _maybe(problem: Problem | None) -> Iterator[Problem]:
    if problem is not None:
        yield problem


def _people(recipients: ast.Recipients, schema: Schema) -> Iterator[Problem]:
    if isinstance(recipients, ast.PeopleWhere):
        yield from conditions.check(recipients.condition, SCOPE, schema)


def _message(message: ast.Text, schema: Schema) -> Iterator[Problem]:
    ref = message_ref(message, schema.settings.templates)
    if ref.kind == "missing":
        yield from _template(ast.Name(ref.text, span=message.span), schema)
    elif not ref.text.strip():
        yield EmptyMessage(span=message.span)


def _template(named: ast.Name, schema: Schema) -> Iterator[UnknownTemplate]:
    known = schema.settings.templates
    if named.text not in known:
        yield UnknownTemplate(
            span=named.span, template=named.text, suggestion=nearest(named.text, known)
        )
