"""The demo: eighteen months of real purchases through the real engine, to mail in a real inbox."""

from __future__ import annotations
