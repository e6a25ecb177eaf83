"""A process that does all the work there is at one instant: the one that tests kill.

python -m tests.guarantees.work STORE PORT NOW
"""

from __future__ import annotations

import sys
from datetime import datetime

from cio_lang.runtime.advance import replay
from cio_lang.store import open_store
from tests.workspace import send_all


def main() -> None:
    """Replay and send everything up to the given instant."""
    where, port, now = sys.argv[1:]
    instant = datetime.fromisoformat(now)
    with open_store(where) as store:
        replay(store, instant, batch=4)
        send_all(store, int(port), instant, connections=2)


if __name__ == "__main__":
    main()
