"""What all tests share: a quiet, repeatable environment."""

from __future__ import annotations

import os

import pytest

# Prefect would otherwise write to the home folder and report its use.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output is compared as text, so no colours, and lines of one width everywhere."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
