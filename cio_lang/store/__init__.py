"""The store: a SQLite file or a schema of a PostgreSQL database per workspace."""

from __future__ import annotations

from cio_lang.store.outbox import Attempt, Claimed, Settlement
from cio_lang.store.store import Store, open_store
from cio_lang.store.timeline import JourneySummary

__all__ = ["Attempt", "Claimed", "JourneySummary", "Settlement", "Store", "open_store"]
