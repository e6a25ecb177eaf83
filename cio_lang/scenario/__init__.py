"""Scenarios carried out: people, what they do on a virtual clock, and what must come of it.

    scenario "Trial nudge"
      given alice with plan "trial" and trial_started_at 2026-03-01 and email "alice@example.com"
      at 2026-03-08 09:00
      when alice does signed_up with plan "Pro"
      when plan of alice becomes "free"
      after 3 days
      expect email "trial-ends" to alice
      expect no message to alice
      expect alice entered "Trial conversion"
      expect alice left "Trial conversion" because "plan_upgraded"
      expect alice reached the goal of "Trial conversion"
      expect plan of alice is "free"
      expect alice matches plan is "free" and in segment "Buyers"

Times are in the workspace's zone.  People of `given` lines are known, and the journeys in force,
from one day before the first `at`; `given alice since 2025-01-01` has known alice for longer.

Each message is expected once: an `expect` line takes the first that fits of those that went out
since the clock last moved, by template, by its words or by its first line; `expect no …` is about
all that no line above took.  So is `did not enter`, besides `in` and `not in`.

`run` carries out one scenario; `machine` is what it asks of whatever runs the journeys; `coverage`
counts the ways through the journeys that no scenario took.
"""

from cio_lang.scenario.coverage import Coverage, coverage
from cio_lang.scenario.places import Found, scenarios_of
from cio_lang.scenario.run import Outcome, machine_for, run

__all__ = ["Coverage", "Found", "Outcome", "coverage", "machine_for", "run", "scenarios_of"]
