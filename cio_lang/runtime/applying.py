"""What `cio apply` does: new versions, and what they mean for those inside, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cio_lang import ir
from cio_lang.record import record
from cio_lang.runtime.policies import Policy, Step, carry_out
from cio_lang.store import Store
from cio_lang.store.state import Deployment

__all__ = ["Applied", "apply"]


@record
class Applied:
    """What changed, and who was moved or taken out."""

    deployment: Deployment
    steps: tuple[Step, ...]


def apply(
    store: Store,
    graphs: Sequence[ir.Graph],
    templates: Mapping[str, str],
    at: datetime,
    *,
    policy: Policy = "pinned",
    author: str = "",
    note: str = "",
) -> Applied:
    """Put the graphs and templates into force; the same again changes nothing."""
    with store.transaction():
        deployment = store.deploy(graphs, templates, at, author, note)
        return Applied(deployment, tuple(carry_out(store, policy, at)))
