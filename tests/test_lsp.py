"""The language in an editor: each feature by its cases, and all of them by a real client.

A case is a file with `‸` where the cursor stands.  `UPDATE_CASES=1` writes what is expected anew;
read the diff.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import random
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cio_lang import ast, steps
from cio_lang.compiler import compile_sources
from cio_lang.grammar import choices
from cio_lang.lint import RULES
from cio_lang.lsp import positions
from cio_lang.lsp.colours import TYPES, tokens
from cio_lang.lsp.completion import completion
from cio_lang.lsp.formatting import formatting
from cio_lang.lsp.hovering import hover
from cio_lang.lsp.lookup import every_place, name_at
from cio_lang.lsp.mending import actions, all_fixes
from cio_lang.lsp.naming import ROLES
from cio_lang.lsp.positions import Edit, Position, Range
from cio_lang.lsp.renaming import CannotRename, rename, renameable
from cio_lang.lsp.server import Refused
from cio_lang.lsp.snapshot import Snapshot, take
from cio_lang.lsp.symbols import symbols
from cio_lang.problem import Problem
from cio_lang.schema import Settings
from cio_lang.source import Source
from tests.editor_client import Client, at, editor, span

CASES = Path(__file__).parent / "cases" / "lsp"
ALL = Path(__file__).parent / "cases"
SCHEMA = (CASES / "schema.journey").read_text()
SETTINGS = Settings(templates=frozenset({"welcome", "pro-tips"}))
UPDATE = os.environ.get("UPDATE_CASES") == "1"
CURSOR = "‸"


def snapshot_of(*texts: str, schema: str = SCHEMA) -> Snapshot:
    files = {f"{name}.journey": text for name, text in zip("abcdef", texts, strict=False)}
    return take(SETTINGS, {"schema.journey": schema, **files})


def cut(text: str) -> tuple[str, int, int]:
    """The text without its cursor, and the line and column that it stood at."""
    before, after = text.split(CURSOR)
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def compare(path: Path, made: str) -> None:
    if UPDATE:
        path.write_text(made)
    assert path.read_text() == made


def named(path: Path) -> str:
    return path.stem


# ── completion and hover ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", sorted((CASES / "completion").glob("*.journey")), ids=named)
def test_what_can_be_written(path: Path) -> None:
    text, line, column = cut(path.read_text())
    items = completion(snapshot_of(text), "a.journey", line, column, "utf-16")
    rows = [
        f"{item.kind:<10} {item.label}" + (f"  ({item.detail})" if item.detail else "")
        for item in items
    ]
    compare(path.with_suffix(".txt"), "".join(f"{row}\n" for row in rows))


@pytest.mark.parametrize("path", sorted((CASES / "completion").glob("*.journey")), ids=named)
def test_what_is_offered_can_be_read(path: Path) -> None:
    """Whatever is taken, the parser reads the line up to there and can go on."""
    text, line, column = cut(path.read_text())
    for item in completion(snapshot_of(text), "a.journey", line, column, "utf-16"):
        if "{{" in text:
            continue
        put = positions.applied(text, item.edit, "utf-16")
        end = item.edit.range.start.character + len(item.edit.text)
        rows = put.split("\n")
        rows[line - 1] = rows[line - 1][:end] + " "
        assert choices(Source("a.journey", "\n".join(rows)), line, end + 2) is not None, item.label


@pytest.mark.parametrize("path", sorted((CASES / "hover").glob("*.journey")), ids=named)
def test_what_is_said_of_a_place(path: Path) -> None:
    text, line, column = cut(path.read_text())
    found = hover(snapshot_of(text), "a.journey", line, column, "utf-16")
    compare(path.with_suffix(".md"), "nothing\n" if found is None else f"{found.text}\n")


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def trees() -> Iterator[type[Any]]:
    yield from (each for each in vars(ast).values() if dataclasses.is_dataclass(each))
    yield from (kind.tree for kind in steps.STEPS)


def test_every_name_in_a_tree_has_a_role() -> None:
    without = [
        (tree.__name__, field.name)
        for tree in trees()
        for field in dataclasses.fields(tree)
        if "Name" in str(field.type).replace("ast.Name", "Name").split(" ")[0].split("[")[-1]
        or "Name" in str(field.type)
        if (tree, field.name) not in ROLES
    ]
    assert without == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('journey "A"\n  when someone does order_‸placed\n\n  leave\n', 2),
        ('segment "A"\n  pl‸an is "free"\n', 3),
        ('segment "A"\n  did order_placed where am‸ount is $5\n', 2),
        ('segment "A"\n  did signed_up where sou‸rce is "x"\n', 2),
        ('segment "A"\n  in segment "V‸IP"\n', 2),
        ('journey "A"\n  when started\n  topic "Product ti‸ps"\n\n  leave\n', 3),
        ('journey "A"\n  when started\n\n  start journey "Onboard‸ing"\n', 2),
        ('journey "A"\n  when someone does order_placed\n\n  email "{{ event.it‸ems }}."\n', 2),
    ],
    ids=["event", "attribute", "property", "other-property", "segment", "topic", "journey",
         "placeholder"],
)  # fmt: skip
def test_every_place_of_a_name_is_found(text: str, count: int) -> None:
    text, line, column = cut(text)
    snapshot = snapshot_of(text)
    found = name_at(snapshot, "a.journey", line, column)
    assert found is not None
    places = every_place(snapshot, found)
    assert len(places) == count
    assert sum(place.declares for place in places) == 1


def renamed(snapshot: Snapshot, line: int, column: int, new: str) -> dict[str, str]:
    edits = rename(snapshot, "a.journey", line, column, new, "utf-16")
    made = {}
    for label, each in edits.items():
        source = snapshot.source(label)
        assert source is not None
        text = source.text
        for edit in sorted(each, key=lambda edit: edit.range.start, reverse=True):
            text = positions.applied(text, edit, "utf-16")
        made[label] = text
    return made


def test_a_rename_reaches_every_file_and_what_it_says_stays() -> None:
    body = Source("templates/welcome.email.md", "You are on {{ person.plan | upcase }}.\n")
    texts = {
        "a.journey": 'journey "Ä 👍"\n  when someone matches plan is "Pro"\n\n'
        '  email "👍 {{ person.plan }}: {{ event.plan }}"\n  set plan to "free"\n',
        "schema.journey": SCHEMA,
    }
    given_ = dataclasses.replace(SETTINGS, bodies={"welcome": body})
    snapshot = take(given_, texts)
    made = renamed(snapshot, 2, 25, "tier")
    assert made["a.journey"] == (
        'journey "Ä 👍"\n  when someone matches tier is "Pro"\n\n'
        '  email "👍 {{ person.tier }}: {{ event.plan }}"\n  set tier to "free"\n'
    )
    assert made[body.name] == "You are on {{ person.tier | upcase }}.\n"
    assert 'attribute tier: one of "free", "Pro"' in made["schema.journey"]
    assert 'segment "VIP"\n  tier is "Pro"' in made["schema.journey"]


def test_a_name_of_several_words_is_put_in_quotes_and_one_that_was_quoted_stays_so() -> None:
    text = 'segment "A"\n  did signed_up\n\nsegment "B"\n  did "signed_up" today\n'
    snapshot = snapshot_of(text)
    assert renamed(snapshot, 2, 8, "Signed up")["a.journey"] == (
        'segment "A"\n  did "Signed up"\n\nsegment "B"\n  did "Signed up" today\n'
    )
    assert renamed(snapshot, 2, 8, "joined")["a.journey"] == (
        'segment "A"\n  did joined\n\nsegment "B"\n  did "joined" today\n'
    )
    assert '"leave"' in renamed(snapshot, 2, 8, "leave")["a.journey"]


@pytest.mark.parametrize(
    ("text", "new", "why"),
    [
        ('segment "A"\n  em‸ail is known\n', "mail", "Every workspace has `email`"),
        ('segment "A"\n  pl‸an is "Pro"\n', "seats", "There is already an attribute `seats`."),
        ('segment "A"\n  in segment "V‸IP"\n', "key-accounts", "There is already a segment"),
        (
            'segment "A"\n  in the first 10% of the draw "hold‸out"\n',
            "control",
            "With another name everybody would be drawn anew.",
        ),
        ('segment "A"\n  in segment "V‸IP"\n', " ", "A name has at least one letter"),
        ('segment "A"\n  plan i‸s "Pro"\n', "x", "There is no name here"),
        ('journey "A"\n  when started\n\n  email "wel‸come"\n', "x", "is named by its file"),
        ('journey "A"\n  when started\n\n  email "{{ person.pl‸an }}"\n', "a b", "one word"),
    ],
    ids=[
        "built-in",
        "taken",
        "same-file-name",
        "draw",
        "empty",
        "no-name",
        "template-file",
        "placeholder",
    ],
)
def test_a_rename_that_cannot_be_is_refused(text: str, new: str, why: str) -> None:
    text, line, column = cut(text)
    with pytest.raises(CannotRename, match=why.replace("(", r"\(")):
        rename(snapshot_of(text), "a.journey", line, column, new, "utf-16")


def test_only_names_can_be_renamed() -> None:
    snapshot = snapshot_of('segment "A"\n  plan is "Pro"\n')
    assert renameable(snapshot, "a.journey", 2, 4, "utf-16") == Range(
        Position(1, 2), Position(1, 6)
    )
    assert renameable(snapshot, "a.journey", 2, 9, "utf-16") is None
    assert renameable(snapshot, "missing.journey", 1, 1, "utf-16") is None


# ── fixes, formatting, colours, outline ──────────────────────────────────────────────────────────


def test_fixes_of_what_is_chosen_and_of_everything() -> None:
    text = (
        'journey "A"\n  when someone does signd_up\n  topic "Product tips"\n\n'
        '  email "welcom"\n  set plna to "Pro"\n'
    )
    snapshot = snapshot_of(text)
    first = Range(Position(1, 22), Position(1, 22))
    (action,) = actions(snapshot, "a.journey", first, "utf-16")
    assert (action.title, action.code) == ("Write `signed_up`", "unknown-event")
    every = all_fixes(snapshot, "a.journey", "utf-16")
    assert every is not None
    for edit in sorted(every.edits, key=lambda edit: edit.range.start, reverse=True):
        text = positions.applied(text, edit, "utf-16")
    assert text == (
        'journey "A"\n  when someone does signed_up\n  topic "Product tips"\n\n'
        '  email "welcome"\n  set plan to "Pro"\n'
    )
    assert all_fixes(snapshot, "schema.journey", "utf-16") is None
    assert actions(snapshot, "missing.journey", first, "utf-16") == ()


@pytest.mark.parametrize(
    "text",
    [
        'journey "A"\n  when started\n  leave',
        '\n\n\njourney "A"\n  when started\n\n\n  leave\n\n\n',
        'journey   "A"\r\n  when started\r\n\r\n  leave\r\n',
        'journey "A"\n  when started\n\n  leave\n',
        "",
        "\n",
        "# only this",
        "event a\nevent b\n  x: text\n\n\n# end\n",
        'journey "A"\n  when started\n\n  email "👍"   # 👍\n',
    ],
)
def test_formatting_gives_the_canonical_text(text: str) -> None:
    from cio_lang.format import format_file
    from cio_lang.grammar import parse

    source = Source("a.journey", text)
    edits, problems = formatting(source, "utf-16")
    assert problems == ()
    made = text
    for edit in edits:
        made = positions.applied(made, edit, "utf-16")
    tree, _ = parse(source)
    assert made.replace("\r\n", "\n") == format_file(tree)


def test_a_broken_file_is_not_formatted() -> None:
    edits, problems = formatting(Source("a.journey", 'journey "A"\n   oops\n'), "utf-16")
    assert edits == ()
    assert problems[0].span.line == 2


def test_colours_are_those_of_names() -> None:
    text = (
        '# 👍 hello\njourney "Ä"\n  > English\n  when someone does signed_up\n\n'
        '  email """\n    Hi\n  """ # end\n  set plan to "Pro"\n'
    )
    snapshot = snapshot_of(text)
    data = tokens(snapshot, "a.journey", "utf-16")
    lines = text.split("\n")
    row = start = 0
    found = []
    for i in range(0, len(data), 5):
        row += data[i]
        start = data[i + 1] + (start if data[i] == 0 else 0)
        units = lines[row].encode("utf-16-le")[2 * start : 2 * (start + data[i + 2])]
        found.append((units.decode("utf-16-le"), TYPES[data[i + 3]], data[i + 4]))
    assert found == [
        ("# 👍 hello", "comment", 0),
        ("journey", "keyword", 0),
        ('"Ä"', "function", 1),
        ("> English", "comment", 2),
        ("when", "keyword", 0),
        ("someone", "keyword", 0),
        ("does", "keyword", 0),
        ("signed_up", "event", 0),
        ("email", "keyword", 0),
        ('"""', "string", 0),
        ("Hi", "string", 0),
        ('"""', "string", 0),
        ("# end", "comment", 0),
        ("set", "keyword", 0),
        ("plan", "variable", 0),
        ("to", "keyword", 0),
        ('"Pro"', "string", 0),
    ]


def test_the_outline_of_a_file() -> None:
    found = symbols(snapshot_of(), "schema.journey", "utf-16")
    assert [(each.name, each.kind, each.detail) for each in found] == [
        ("order_placed", "event", ""),
        ("signed_up", "event", ""),
        ("plan", "attribute", 'one of "free", "Pro"'),
        ("seats", "attribute", "number"),
        ("trial_ends_at", "attribute", "date"),
        ("Product tips", "topic", ""),
        ("Thanks", "template", "email"),
        ("VIP", "segment", ""),
        ("Key accounts", "segment", "by hand"),
        ("Onboarding", "journey", ""),
    ]
    assert [(child.name, child.detail) for child in found[0].children] == [
        ("amount", "money"),
        ("items", "number"),
    ]
    assert [child.name for child in found[-1].children] == ['email "Thanks"']
    assert found[0].range == Range(Position(0, 0), Position(3, 15))
    for each in found:
        assert each.range.start <= each.selection.start <= each.selection.end <= each.range.end


# ── places ───────────────────────────────────────────────────────────────────────────────────────

TEXTS = st.text(st.sampled_from("ab\n\ré👍\u2028\t"), max_size=12)


@given(
    TEXTS,
    TEXTS,
    st.integers(0, 12),
    st.integers(0, 12),
    st.sampled_from(["utf-8", "utf-16", "utf-32"]),
)
@settings(max_examples=300, deadline=None)
def test_an_edit_does_what_slicing_does(
    text: str, new: str, one: int, other: int, encoding: positions.Encoding
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    places = [_client_position(text, offset, encoding) for offset in (start, end)]
    # A place between \r and \n is inside of a line end: clients never send one.
    if any(text[offset - 1 : offset + 1] == "\r\n" for offset in (start, end)):
        return
    edit = Edit(Range(*places), new)
    assert positions.applied(text, edit, encoding) == text[:start] + new + text[end:]


def _client_position(text: str, offset: int, encoding: positions.Encoding) -> Position:
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    last = before.rsplit("\n", 1)[-1]
    return Position(before.count("\n"), positions.units(last, encoding))


# ── blocks: read by themselves, as the whole ─────────────────────────────────────────────────────

JOURNEYS = sorted(path for path in ALL.rglob("*.journey") if "lsp" not in path.parts)


def told(problems: Sequence[Problem]) -> list[tuple[object, ...]]:
    return sorted(
        (each.span.file, each.span.line, each.span.column, each.span.end_line,
         each.span.end_column, each.code, *dataclasses.astuple(each.report()))
        for each in problems
    )  # fmt: skip


def same_as_the_whole(snapshot: Snapshot, text: str) -> None:
    whole = compile_sources([Source("a.journey", text)], SETTINGS)
    checked = [each for each in whole.problems if each.code != "guarantee-broken"]
    assert told(snapshot.problems) == told(checked)


@pytest.mark.parametrize("start", range(0, len(JOURNEYS), 60))
def test_blocks_have_the_problems_of_the_whole_file(start: int) -> None:
    for path in JOURNEYS[start : start + 60]:
        text = path.read_bytes().decode("utf-8", "replace")
        same_as_the_whole(take(SETTINGS, {"a.journey": text}), text)


@pytest.mark.parametrize("seed", range(4))
def test_after_any_edits_the_problems_are_those_of_the_whole_file(seed: int) -> None:
    chance = random.Random(seed)
    texts = [path.read_bytes().decode("utf-8", "replace") for path in JOURNEYS]
    lines = "\n".join(chance.sample(texts, 12)).split("\n")
    pool = [*lines, '"""', '  email """', "\tx", 'topic "A"', 'journey "x"', "#", "> hi",
            "  wait 3 days", 'segment "Z"', "   bad", "event a", ""]  # fmt: skip
    snapshot = take(SETTINGS, {"a.journey": "\n".join(lines)})
    for _ in range(25):
        where = chance.randrange(len(lines))
        match chance.randrange(3):
            case 0:
                lines.insert(where, chance.choice(pool))
            case 1 if len(lines) > 1:
                lines.pop(where)
            case _:
                column = chance.randrange(len(lines[where]) + 1)
                row = lines[where]
                lines[where] = row[:column] + chance.choice('ab "#') + row[column:]
        text = "\n".join(lines)
        snapshot = take(SETTINGS, {"a.journey": text}, snapshot)
        same_as_the_whole(snapshot, text)


def test_what_did_not_change_is_not_read_again() -> None:
    text = "\n".join(f'segment "S{n}"\n  seats is {n}\n' for n in range(20))
    one = take(SETTINGS, {"a.journey": text, "schema.journey": SCHEMA})
    two = take(SETTINGS, {"a.journey": f"\n{text}x", "schema.journey": SCHEMA}, one)
    before = {placed.block.name for placed in one.blocks()}
    after = {placed.block.name for placed in two.blocks()}
    assert len(after - before) == 2
    kept = before & after
    assert all(two.found[name] is one.found[name] for name in kept) or one.schema != two.schema


def test_a_template_that_is_open_counts_as_it_stands_in_the_editor() -> None:
    body = Source("templates/welcome.email.md", "Hi {{ person.plna }}.\n")
    given_ = dataclasses.replace(SETTINGS, bodies={"welcome": body})
    text = 'journey "A"\n  when started\n  topic "Product tips"\n\n  email "welcome"\n'
    snapshot = take(given_, {"a.journey": text, "schema.journey": SCHEMA})
    assert [each.span.file for each in snapshot.problems] == [body.name]


# ── a real client ────────────────────────────────────────────────────────────────────────────────

JOURNEY = """journey "Hello"
  when someone does signed_up
  only people where in segment "VIP"
  topic "Product tips"

  email "Hi {{ person.plan | default: \\"you\\" }} 👍"
  if did order_placed where amount is more than $5
    leave
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "my workspace"
    (root / "journeys").mkdir(parents=True)
    (root / "templates").mkdir()
    (root / "cio.toml").write_text('name = "Acme"\n')
    (root / "templates" / "welcome.email.md").write_text("---\nsubject: Hi\n---\nHello.\n")
    (root / "journeys" / "schema.journey").write_text(SCHEMA)
    (root / "journeys" / "a.journey").write_text(JOURNEY)
    return root


Talk = Callable[[Client], Coroutine[Any, Any, None]]


def run(root: Path, talk: Talk, encodings: list[str] | None = None) -> None:
    async def whole() -> None:
        async with editor(root, encodings) as client:
            await talk(client)

    asyncio.run(whole())


def test_a_whole_session(workspace: Path) -> None:
    async def talk(client: Client) -> None:
        path = workspace / "journeys" / "a.journey"
        uri = client.open(path)
        assert await client.until(uri, []) == []

        # Typing a mistake shows it, with its place in UTF-16, a page and a fix.
        client.change(uri, 2, span(1, 20, 29), "signd_up")
        (found,) = await client.until(uri, ["unknown-event"])
        assert found.range == span(1, 20, 28)
        assert found.source == "cio" and found.code_description is not None
        page = Path(found.code_description.href.removeprefix("file://"))
        assert page.name == "unknown-event.md" and page.is_file()
        document = types.TextDocumentIdentifier(uri)
        (action,) = await client.text_document_code_action_async(
            types.CodeActionParams(document, found.range, types.CodeActionContext([found]))
        )
        assert action.title == "Write `signed_up`"
        (edit,) = action.edit.changes[uri]
        client.change(uri, 3, edit.range, edit.new_text)
        await client.until(uri, [])

        # Completion, hover, definition, references.
        listed = await client.text_document_completion_async(
            types.CompletionParams(*at(uri, 1, 20))
        )
        assert [item.label for item in listed.items] == ["order_placed", "signed_up"]
        said = await client.text_document_hover_async(types.HoverParams(*at(uri, 1, 22)))
        assert "Starts each time someone does signed_up" in said.contents.value
        place = await client.text_document_definition_async(types.DefinitionParams(*at(uri, 2, 34)))
        assert place.uri.endswith("journeys/schema.journey")
        places = await client.text_document_references_async(
            types.ReferenceParams(types.ReferenceContext(True), *at(uri, 1, 22))
        )
        assert len(places) == 2

        # Rename: behind an emoji, where columns of UTF-16 and code points part.
        client.change(uri, 4, types.Range(types.Position(5, 9), types.Position(5, 9)), "👍 ")
        edits = await client.text_document_rename_async(types.RenameParams(*at(uri, 5, 26), "tier"))
        assert edits.changes[uri][0].range == span(5, 25, 29)
        with pytest.raises(JsonRpcException, match="There is already an attribute `seats`"):
            await client.text_document_rename_async(types.RenameParams(*at(uri, 5, 26), "seats"))

        # Outline, colours, formatting.
        outline = await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(document)
        )
        assert [symbol.name for symbol in outline] == ["Hello"]
        colours = await client.text_document_semantic_tokens_full_async(
            types.SemanticTokensParams(document)
        )
        assert len(colours.data) % 5 == 0 and colours.data
        options = types.DocumentFormattingParams(document, types.FormattingOptions(2, True))
        client.change(uri, 5, span(1, 6, 7), "   ")
        assert await client.text_document_formatting_async(options)
        client.change(uri, 6, span(1, 2, 2), "nonsense ")
        await client.until(uri, ["unknown-line"])
        assert await client.text_document_formatting_async(options) is None
        while not client.shown:
            client.changed.clear()
            await client.changed.wait()
        assert client.shown == ["Line 2 cannot be read, so the file is left as it is."]

    run(workspace, talk)


def test_an_edit_in_one_file_shows_in_another(workspace: Path) -> None:
    async def talk(client: Client) -> None:
        journey = client.open(workspace / "journeys" / "a.journey")
        schema = client.open(workspace / "journeys" / "schema.journey")
        await client.until(journey, [])
        line = SCHEMA.split("\n").index("event signed_up")
        client.change(schema, 2, span(line, 6, 15), "joined")
        await client.until(journey, ["unknown-event"])
        client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(schema))
        )
        await client.until(journey, [])

        # What changes on the disk counts too.
        (workspace / "journeys" / "schema.journey").write_text(SCHEMA.replace("signed_up", "in"))
        changed = types.FileEvent(schema, types.FileChangeType.Changed)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
        await client.until(journey, ["unknown-event"])
        (workspace / "cio.toml").write_text("name = 1\n")
        settings_ = (workspace / "cio.toml").as_uri()
        changed = types.FileEvent(settings_, types.FileChangeType.Changed)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
        await client.until(settings_, ["wrong-setting"])

    run(workspace, talk)


def test_warnings_come_when_the_typing_stops(tmp_path: Path) -> None:
    rule = RULES[0]

    async def talk(client: Client) -> None:
        path = tmp_path / "alone.journey"
        path.write_text("")
        uri = client.open(path, rule.bad)
        await client.until(uri, [])
        (warning,) = await client.until(uri, [rule.code])
        assert warning.severity == types.DiagnosticSeverity.Warning

    run(tmp_path, talk)


def test_a_file_in_no_workspace(tmp_path: Path) -> None:
    async def talk(client: Client) -> None:
        text = (
            'journey "Alone"\n  when someone does anything\n\n'
            '  email "hello-there"\n  wiat 3 days\n'
        )
        path = tmp_path / "alone.journey"
        path.write_text(text)
        uri = client.open(path)
        (found,) = await client.until(uri, ["unknown-line"])
        assert found.range == span(4, 2, 6)

    run(tmp_path, talk)


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 17), ("utf-16", 15), ("utf-32", 14)])
def test_characters_are_counted_as_the_editor_counts(
    encoding: str, start: int, tmp_path: Path
) -> None:
    async def talk(client: Client) -> None:
        uri = client.open(tmp_path / "x.journey", 'journey "👍" oops\n')
        (found,) = await client.until(uri, ["after-the-end"])
        assert found.range.start.character == start - 2

    (tmp_path / "x.journey").write_text("")
    run(tmp_path, talk, [encoding])


SCENARIO = """scenario "Hello"
  given ann
  when ann does signed_up
  expect ann in "Hello"
  expect ann in "Helo"
"""


def test_scenarios_are_part_of_a_workspace(workspace: Path) -> None:
    async def talk(client: Client) -> None:
        uri = client.open(workspace / "scenarios" / "a.scenario")
        await client.until(uri, ["unknown-journey"])
        edits = await client.text_document_rename_async(
            types.RenameParams(*at(uri, 3, 20), "Welcome")
        )
        assert {Path(each).name: len(made) for each, made in edits.changes.items()} == {
            "a.journey": 1,
            "a.scenario": 1,
        }

    (workspace / "scenarios").mkdir()
    (workspace / "scenarios" / "a.scenario").write_text(SCENARIO)
    run(workspace, talk)


def test_templates_are_known_and_opened_by_their_names(workspace: Path) -> None:
    async def talk(client: Client) -> None:
        text = JOURNEY.replace('email "Hi', 'email "welcome"\n  wait 1 day\n  email "Hi')
        uri = client.open(workspace / "journeys" / "a.journey", text)
        await client.until(uri, [])
        place = await client.text_document_definition_async(types.DefinitionParams(*at(uri, 5, 12)))
        assert place.uri.endswith("templates/welcome.email.md")

    run(workspace, talk)


def test_a_refusal_is_no_mistake_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("pygls.protocol.json_rpc")
    for error in (Refused("There is one already."), ValueError("A mistake")):
        try:
            raise error
        except Exception:
            log.exception("Failed")
    assert [str(each.exc_info[1]) for each in caplog.records if each.exc_info] == ["A mistake"]
