"""Steps a second in the demo's replay; yardstick: one Prefect flow run per person, over 50 people.

A step is one decision recorded by the engine: an entry, a branch, a wait, a message, an end.  Both
sides do the same work on the same store; only who is in a flow run with whom differs.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from cio_lang.demo import run, workspace
from cio_lang.demo.phases import Silent
from cio_lang.runtime.engine import plan, replay_person
from cio_lang.runtime.server import PrefectServer
from cio_lang.store import Store, open_store
from cio_lang.workspace import Workspace

PEOPLE = 2_000
ALONE = 50


def main() -> None:
    """Print both in steps a second, and the people a second behind them."""
    with tempfile.TemporaryDirectory() as folder, PrefectServer(Path(folder) / "prefect") as server:
        from cio_lang.runtime import flows

        place = workspace.fresh(Path(folder) / "batches")
        with open_store(place.store_path, create=True) as store:
            run.deploy(place, store)
            run.load(store, PEOPLE, Silent())
        done = flows.run_replay(server, place.store_path, run.month_ends(), place.timezone, [])
        steps = done.advanced.steps / done.advance_seconds
        people = PEOPLE / done.advance_seconds

        place = workspace.fresh(Path(folder) / "alone")
        with open_store(place.store_path, create=True) as store:
            run.deploy(place, store)
            run.load(store, ALONE + 1, Silent())
            alone_steps, seconds = one_flow_run_each(store, place, server)

    from benchmarks.beside import show

    show(
        f"replay in batches, {PEOPLE:,} people, {done.flow_runs // 2} flow runs",
        steps,
        f"one flow run per person, {ALONE} people",
        alone_steps / seconds,
        "steps/s",
    )
    print(f"  {'people through 18 months':<58} {people:>12,.1f} people/s")
    print(f"  {'the same, one flow run each':<58} {ALONE / seconds:>12,.1f} people/s")


def one_flow_run_each(store: Store, place: Workspace, server: PrefectServer) -> tuple[int, float]:
    """Steps and seconds for everybody in the store, each in a flow run of their own."""
    from prefect import flow
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

    until = run.month_ends()[-1]
    journeys = store.journeys()
    graphs = {deployed.digest: deployed.graph for deployed in journeys}
    arranged = plan(journeys, graphs, store.segments(), place.zone)

    @flow(name="one-person", persist_result=False, validate_parameters=False)
    async def one_person(person: int) -> int:
        (state,) = store.load_batch([person])
        change = replay_person(state, arranged, until)
        store.save_batch([change], until)
        return len(change.decisions)

    async def everybody() -> tuple[int, float]:
        # The first run is not counted: it opens the connection to the server.
        first, *rest = store.due_people(until, ALONE + 1)
        await one_person(first)
        start = time.perf_counter()
        steps = [await one_person(person) for person in rest]
        return sum(steps), time.perf_counter() - start

    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_HOME: server.home}):
        return asyncio.run(everybody())


if __name__ == "__main__":
    main()
