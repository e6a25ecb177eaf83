"""What a check is, and what it found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cio_lang.problem import Report
from cio_lang.record import record
from cio_lang.workspace import Workspace


@record
class Finding:
    """What one check found: in words where all is well, as what, why and one way out where not."""

    name: str
    says: str
    wrong: Report | None = None

    @property
    def well(self) -> bool:
        """Whether there is nothing to do."""
        return self.wrong is None


@record
class Check:
    """One part that is looked at; `look` is given the workspace and the machine's time."""

    name: str
    summary: str
    look: Callable[[Workspace, datetime], str | Report]

    def find(self, workspace: Workspace, now: datetime) -> Finding:
        """Look, and say what was found."""
        found = self.look(workspace, now)
        if isinstance(found, Report):
            return Finding(self.name, found.what, found)
        return Finding(self.name, found)
