"""A client of the language server: the one that pygls brings, over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).parent.parent


class Client(LanguageClient):
    """Keeps what the server says of its own accord."""

    def __init__(self) -> None:
        super().__init__("cio tests", "1")
        self.problems: dict[str, list[types.Diagnostic]] = {}
        self.shown: list[str] = []
        self.changed = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.problems[params.uri] = list(params.diagnostics)
            self.changed.set()

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            self.shown.append(params.message)
            self.changed.set()

    async def until(self, uri: str, codes: list[str]) -> list[types.Diagnostic]:
        """The problems of a file, once they are these."""
        async with asyncio.timeout(20):
            while uri not in self.problems or [p.code for p in self.problems[uri]] != codes:
                self.changed.clear()
                await self.changed.wait()
        return self.problems[uri]

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file; its address."""
        uri = path.as_uri()
        written = path.read_text() if text is None else text
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "journey", 1, written))
        )
        return uri

    def change(self, uri: str, version: int, range_: types.Range | None, text: str) -> None:
        """Type something."""
        change: types.TextDocumentContentChangeEvent = (
            types.TextDocumentContentChangeWholeDocument(text)
            if range_ is None
            else types.TextDocumentContentChangePartial(range_, text)
        )
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri), [change]
            )
        )


@asynccontextmanager
async def editor(root: Path, encodings: list[str] | None = None) -> AsyncIterator[Client]:
    """An editor with a folder open, talking to a `cio lsp` of its own."""
    client = Client()
    await client.start_io(
        sys.executable, "-m", "cio_lang.cli", "lsp", cwd=str(root),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    await client.initialize_async(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(general=general), root_uri=root.as_uri()
        )
    )
    client.initialized(types.InitializedParams())
    try:
        yield client
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


def span(line: int, start: int, end: int) -> types.Range:
    """A range on one line."""
    return types.Range(types.Position(line, start), types.Position(line, end))


def at(uri: str, line: int, character: int) -> tuple[types.TextDocumentIdentifier, types.Position]:
    """A place, as requests take it."""
    return types.TextDocumentIdentifier(uri), types.Position(line, character)
