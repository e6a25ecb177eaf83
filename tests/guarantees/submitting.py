"""A process in which threads submit single events, and say which were acknowledged.

python -m tests.guarantees.submitting STORE THREADS EACH
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from threading import Thread

from cio_lang.store import open_store
from cio_lang.store.group_commit import GroupCommit
from cio_lang.store.state import NewEvent

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def event(thread: int, n: int) -> NewEvent:
    """The same for the same numbers, so that it can be submitted again."""
    return NewEvent(f"p{n % 50}", "did", NOW + timedelta(seconds=n), {"n": n}, id=f"{thread}-{n}")


def main() -> None:
    """Each thread submits one event after the other, and writes its id once it is stored."""
    where, threads, each = sys.argv[1:]

    def submit(thread: int) -> None:
        for n in range(int(each)):
            commits.submit(event(thread, n)).result()
            os.write(1, f"{thread}-{n}\n".encode())

    with open_store(where, durable=True) as store, GroupCommit(store) as commits:
        working = [Thread(target=submit, args=(n,)) for n in range(int(threads))]
        for thread in working:
            thread.start()
        for thread in working:
            thread.join()


if __name__ == "__main__":
    main()
