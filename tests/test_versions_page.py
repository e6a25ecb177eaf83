"""`docs/versions.md` shows what is printed: `UPDATE_CASES=1` writes it again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.mail_server import MailServer
from tests.transcript import told

PAGE = Path(__file__).parent.parent / "docs" / "versions.md"


def test_the_page_of_versions_shows_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text()
    with MailServer() as server:
        monkeypatch.setattr("cio_lang.cli.up._channels", lambda workspace: _mail(server.port))
        again = told(page, tmp_path)
    if os.environ.get("UPDATE_CASES") == "1":
        PAGE.write_text(again)
    assert again == page


def _mail(port: int) -> list[object]:
    from tests.workspace import channel

    return [channel(port)]
