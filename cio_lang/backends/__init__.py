"""What can be made of a graph, one module each; `BACKENDS` is the list."""

from __future__ import annotations

from cio_lang.backends import english, mermaid
from cio_lang.backends.backend import Backend

__all__ = ["BACKENDS", "Backend", "english", "mermaid"]

BACKENDS: tuple[Backend, ...] = (mermaid.BACKEND, english.BACKEND)
