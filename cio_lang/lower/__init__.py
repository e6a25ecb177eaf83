"""A checked workspace in, its graphs out: journeys, segments, topics, templates, the policy.

Afterwards every name is a slug, every duration ISO 8601, and each node has an id that is made from
what the node says: an edit elsewhere in the journey leaves it as it is.  Of nodes that say the
same, the second is `-2`, the third `-3`, in reading order.  Steps that no run can reach are left
out.  After a structure (an `if`, a split, a wait with `otherwise`, …) all of its ways meet at the
next step; the body of a `repeat` goes back to its node.
"""

from __future__ import annotations

from cio_lang.lower.conditions import condition
from cio_lang.lower.documents import journey, lower, segment
from cio_lang.lower.steps import ID_LENGTH, step_id

__all__ = ["ID_LENGTH", "condition", "journey", "lower", "segment", "step_id"]
