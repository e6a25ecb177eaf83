"""The shell around the editor's features: speaks the Language Server Protocol by pygls.

Problems are sent as soon as a text changes; warnings of lint, which looks at the whole workspace,
once the typing stops.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from cio_lang import __version__
from cio_lang.lsp import colours, completion, diagnostics, hovering, lookup, mending, renaming
from cio_lang.lsp import formatting as layout
from cio_lang.lsp import symbols as outline
from cio_lang.lsp.positions import Edit, Encoding, Position, Range, applied, column, range_of
from cio_lang.lsp.snapshot import Snapshot
from cio_lang.lsp.workspaces import Folder, Folders
from cio_lang.problem import Problem
from cio_lang.source import Source

_QUIET = 0.3
"""Seconds without a key pressed after which lint looks at the workspace."""

_ENCODINGS: Mapping[types.PositionEncodingKind, Encoding] = {
    types.PositionEncodingKind.Utf8: "utf-8",
    types.PositionEncodingKind.Utf16: "utf-16",
    types.PositionEncodingKind.Utf32: "utf-32",
}

Link = Callable[[str], Path | None]
"""The page of a problem's code, where there is one on this machine."""


class _Where(Protocol):
    """A request about a place."""

    @property
    def text_document(self) -> types.TextDocumentIdentifier: ...

    @property
    def position(self) -> types.Position: ...


class Refused(JsonRpcException):
    """What an editor asked for cannot be; it is told why, and nothing went wrong here."""


def _went_wrong(record: logging.LogRecord) -> bool:
    """Whether a line of the protocol's log is about more than a refusal."""
    return not (record.exc_info and isinstance(record.exc_info[1], Refused))


logging.getLogger("pygls.protocol.json_rpc").addFilter(_went_wrong)


class Editor(LanguageServer):
    """What is open in one editor, and what was sent to it."""

    def __init__(self, link: Link) -> None:
        super().__init__(
            "cio", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental
        )
        self.link = link
        self.folders = Folders()
        self.sent: dict[str, tuple[diagnostics.Diagnostic, ...]] = {}
        self.warnings: dict[int, Sequence[Problem]] = {}
        self.timers: dict[int, asyncio.TimerHandle] = {}

    @property
    def encoding(self) -> Encoding:
        """How this editor counts characters."""
        chosen = types.PositionEncodingKind(self.server_capabilities.position_encoding or "utf-16")
        return _ENCODINGS[chosen]

    def place(self, uri: str) -> tuple[Folder, str]:
        """The workspace of a file, and its label there."""
        path = Path(to_fs_path(uri) or uri).resolve()
        folder = self.folders.of(path)
        return folder, folder.label(path)

    def at(self, where: _Where) -> tuple[Snapshot, str, int, int]:
        """The snapshot, label, line and column of a place."""
        folder, label = self.place(where.text_document.uri)
        snapshot = folder.snapshot()
        line = where.position.line + 1
        source = snapshot.source(label) or Source(label, "")
        return (
            snapshot,
            label,
            line,
            column(source.line(line), where.position.character, self.encoding),
        )

    # ── problems ─────────────────────────────────────────────────────────────────────────────────

    def changed(self, folder: Folder) -> None:
        """Send the problems of a workspace, and those of lint in a moment."""
        self.warnings.pop(id(folder), None)
        self.send(folder)
        timer = self.timers.pop(id(folder), None)
        if timer is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self.timers[id(folder)] = loop.call_later(_QUIET, self.lint, folder)

    def lint(self, folder: Folder) -> None:
        """Look for what was hardly meant, and send it with the problems."""
        self.timers.pop(id(folder), None)
        self.warnings[id(folder)] = folder.snapshot().warnings
        self.send(folder)

    def send(self, folder: Folder) -> None:
        """Send the problems of each file for which they are not what was sent last."""
        snapshot = folder.snapshot()
        warnings = self.warnings.get(id(folder), ())
        labels = {*snapshot.documents, *(body.name for body in snapshot.settings.bodies.values())}
        for label in sorted(labels):
            found = diagnostics.diagnostics(snapshot, label, self.encoding, warnings)
            self._send(folder, label, found)
        self._send(folder, "cio.toml", tuple(self._mistakes(folder)))

    def clear(self, folder: Folder, label: str) -> None:
        """A file is gone: so are its problems."""
        self._send(folder, label, ())

    def _send(self, folder: Folder, label: str, found: tuple[diagnostics.Diagnostic, ...]) -> None:
        uri = _uri(folder, label)
        before = self.sent.get(uri, None if label in folder.open else ())
        if before == found:
            return
        self.sent[uri] = found
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, [self._diagnostic(each, folder) for each in found])
        )

    def _mistakes(self, folder: Folder) -> Iterator[diagnostics.Diagnostic]:
        if not folder.mistakes:
            return
        path = folder.path("cio.toml")
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        source = Source("cio.toml", text)
        for problem in folder.mistakes:
            report = problem.report()
            message = f"{report.what}\n{report.why}\nHelp: {report.help}"
            place = range_of(problem.span, source, self.encoding)
            yield diagnostics.Diagnostic(place, "error", problem.code, message, False, ())

    def _diagnostic(self, found: diagnostics.Diagnostic, folder: Folder) -> types.Diagnostic:
        page = self.link(found.code)
        error = found.severity == "error"
        return types.Diagnostic(
            range=_range(found.range),
            severity=types.DiagnosticSeverity.Error if error else types.DiagnosticSeverity.Warning,
            code=found.code,
            code_description=None if page is None else types.CodeDescription(page.as_uri()),
            source="cio",
            message=found.message,
            tags=[types.DiagnosticTag.Unnecessary] if found.unused else None,
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(_uri(folder, each.label), _range(each.range)), each.message
                )
                for each in found.related
            ]
            or None,
        )


def serve(link: Link) -> None:
    """Talk to one editor over standard input and output, until it says goodbye."""
    made(link).start_io()


def made(link: Link) -> Editor:
    """A server with all of its features."""
    server = Editor(link)
    _texts(server)
    _reading(server)
    _writing(server)
    return server


def _texts(server: Editor) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        folder, label = server.place(params.text_document.uri)
        if folder.is_empty:
            folder.reload()
        folder.write(label, params.text_document.text)
        server.changed(folder)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        folder, label = server.place(params.text_document.uri)
        text = folder.open.get(label, "")
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                edit = Edit(_ours(change.range), change.text)
                text = applied(text, edit, server.encoding)
            else:
                text = change.text
        folder.write(label, text)
        server.changed(folder)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        folder, _ = server.place(params.text_document.uri)
        folder.reload()
        server.changed(folder)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        folder, label = server.place(params.text_document.uri)
        folder.close(label)
        if label not in folder.snapshot().documents:
            server.clear(folder, label)
        if folder.is_empty:
            for other in folder.snapshot().documents:
                server.clear(folder, other)
            server.folders.forget(folder)
        else:
            server.changed(folder)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def touched(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [Path(to_fs_path(change.uri) or "").resolve() for change in params.changes]
        for folder in server.folders.all():
            inside = [path for path in paths if path.is_relative_to(folder.root)]
            if not inside or folder.alone:
                continue
            before = set(folder.snapshot().documents)
            folder.reload()
            for label in before - set(folder.snapshot().documents):
                server.clear(folder, label)
            server.changed(folder)


def _reading(server: Editor) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        found = hovering.hover(*server.at(params), server.encoding)
        if found is None:
            return None
        text = types.MarkupContent(types.MarkupKind.Markdown, found.text)
        return types.Hover(text, _range(found.range))

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=['"', " ", ".", "{"]),
    )
    def complete(params: types.CompletionParams) -> types.CompletionList:
        items = completion.completion(*server.at(params), server.encoding)
        return types.CompletionList(False, [_item(each) for each in items])

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        snapshot, label, line, at = server.at(params)
        named = lookup.name_at(snapshot, label, line, at)
        found = None if named is None else lookup.declared_at(snapshot, named)
        if found is None:
            return _template(server, params, named)
        return _location(server, params.text_document.uri, snapshot, found.span.file, found.span)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        snapshot, label, line, at = server.at(params)
        named = lookup.name_at(snapshot, label, line, at)
        if named is None:
            return []
        uri = params.text_document.uri
        return [
            _location(server, uri, snapshot, each.span.file, each.span)
            for each in lookup.every_place(snapshot, named)
            if params.context.include_declaration or not each.declares
        ]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        folder, label = server.place(params.text_document.uri)
        found = outline.symbols(folder.snapshot(), label, server.encoding)
        return [_symbol(each) for each in found]

    @server.feature(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        types.SemanticTokensLegend(list(colours.TYPES), list(colours.MODIFIERS)),
    )
    def tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
        folder, label = server.place(params.text_document.uri)
        return types.SemanticTokens(list(colours.tokens(folder.snapshot(), label, server.encoding)))


def _writing(server: Editor) -> None:
    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.Range | None:
        found = renaming.renameable(*server.at(params), server.encoding)
        return None if found is None else _range(found)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit:
        folder, _ = server.place(params.text_document.uri)
        try:
            edits = renaming.rename(*server.at(params), params.new_name, server.encoding)
        except renaming.CannotRename as refused:
            raise Refused(str(refused), code=types.LSPErrorCodes.RequestFailed) from None
        return types.WorkspaceEdit(
            {_uri(folder, label): _edits(each) for label, each in edits.items()}
        )

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        folder, label = server.place(params.text_document.uri)
        source = folder.snapshot().source(label)
        if source is None:
            return None
        edits, problems = layout.formatting(source, server.encoding)
        if problems:
            line = problems[0].span.line
            server.window_show_message(
                types.ShowMessageParams(
                    types.MessageType.Warning,
                    f"Line {line} cannot be read, so the file is left as it is.",
                )
            )
            return None
        return _edits(edits)

    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds))
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        folder, label = server.place(params.text_document.uri)
        snapshot, warnings = folder.snapshot(), server.warnings.get(id(folder), ())
        only = params.context.only
        found: list[types.CodeAction] = []
        if only is None or types.CodeActionKind.QuickFix in only:
            chosen = _ours(params.range)
            for each in mending.actions(snapshot, label, chosen, server.encoding, warnings):
                about = [
                    one
                    for one in params.context.diagnostics
                    if one.code == each.code and each.at == _ours(one.range)
                ]
                found.append(_action(each, types.CodeActionKind.QuickFix, folder, about))
        if only is not None and any(
            str(kind).startswith(types.CodeActionKind.SourceFixAll) for kind in only
        ):
            every = mending.all_fixes(snapshot, label, server.encoding, warnings)
            if every is not None:
                found.append(_action(every, types.CodeActionKind.SourceFixAll, folder, []))
        return found


# ── our words in the protocol's ──────────────────────────────────────────────────────────────────


def _template(server: Editor, params: types.DefinitionParams, named: Any) -> types.Location | None:
    """The file of a template that is named where none is declared."""
    folder, _ = server.place(params.text_document.uri)
    if named is None or named.role != "template" or folder.alone:
        return None
    path = folder.path(f"templates/{named.text}.email.md")
    if not path.is_file():
        return None
    start = types.Position(0, 0)
    return types.Location(path.as_uri(), types.Range(start, start))


def _location(
    server: Editor, uri: str, snapshot: Snapshot, label: str, span: Any
) -> types.Location:
    folder, _ = server.place(uri)
    source = snapshot.source(label) or Source(label, "")
    return types.Location(_uri(folder, label), _range(range_of(span, source, server.encoding)))


def _uri(folder: Folder, label: str) -> str:
    return from_fs_path(str(folder.path(label))) or label


def _range(given: Range) -> types.Range:
    start, end = given.start, given.end
    return types.Range(
        types.Position(start.line, start.character), types.Position(end.line, end.character)
    )


def _ours(given: types.Range) -> Range:
    return Range(
        Position(given.start.line, given.start.character),
        Position(given.end.line, given.end.character),
    )


def _edits(edits: Sequence[Edit]) -> list[types.TextEdit]:
    return [types.TextEdit(_range(edit.range), edit.text) for edit in edits]


def _action(
    action: mending.Action,
    kind: types.CodeActionKind,
    folder: Folder,
    about: list[types.Diagnostic],
) -> types.CodeAction:
    return types.CodeAction(
        action.title,
        kind=kind,
        diagnostics=about or None,
        is_preferred=kind == types.CodeActionKind.QuickFix or None,
        edit=types.WorkspaceEdit({_uri(folder, action.label): _edits(action.edits)}),
    )


_ITEMS: Mapping[completion.ItemKind, types.CompletionItemKind] = {
    "word": types.CompletionItemKind.Keyword,
    "unit": types.CompletionItemKind.Unit,
    "value": types.CompletionItemKind.EnumMember,
    "event": types.CompletionItemKind.Event,
    "attribute": types.CompletionItemKind.Variable,
    "property": types.CompletionItemKind.Property,
    "segment": types.CompletionItemKind.Class,
    "topic": types.CompletionItemKind.Module,
    "template": types.CompletionItemKind.File,
    "journey": types.CompletionItemKind.Function,
    "experiment": types.CompletionItemKind.Value,
    "draw": types.CompletionItemKind.Value,
}


def _item(item: completion.Item) -> types.CompletionItem:
    return types.CompletionItem(
        item.label,
        kind=_ITEMS[item.kind],
        detail=item.detail or None,
        sort_text=f"{0 if item.first else 1}{item.label}",
        filter_text=item.edit.text,
        text_edit=types.TextEdit(_range(item.edit.range), item.edit.text),
    )


_SYMBOLS: Mapping[outline.SymbolKind, types.SymbolKind] = {
    "journey": types.SymbolKind.Function,
    "segment": types.SymbolKind.Class,
    "event": types.SymbolKind.Event,
    "attribute": types.SymbolKind.Variable,
    "property": types.SymbolKind.Property,
    "topic": types.SymbolKind.Namespace,
    "template": types.SymbolKind.File,
    "rule": types.SymbolKind.Interface,
    "step": types.SymbolKind.Method,
}


def _symbol(symbol: outline.Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        symbol.name,
        _SYMBOLS[symbol.kind],
        _range(symbol.range),
        _range(symbol.selection),
        detail=symbol.detail or None,
        children=[_symbol(each) for each in symbol.children],
    )
