"""Scenarios: people, what they do on a virtual clock, and what is expected of the journeys.

    scenario "Trial nudge"
      given alice with plan "trial" and trial_started_at 2026-03-01 and email "alice@example.com"
      at 2026-03-08 09:00
      when alice does signed_up with plan "Pro"
      set plan of alice to "free"
      after 3 days
      expect email "trial-ends" to alice
      expect no message to alice
      expect alice entered "Trial conversion"
      expect alice left "Trial conversion" because "plan_upgraded"
      expect alice reached the goal of "Trial conversion"
      expect alice matches plan is "free" and in segment "Buyers"

Times are in the workspace's zone.  People of `given` lines are known, and the journeys in force,
from one day before the first `at`; `given alice since 2025-01-01` has known alice for longer.  Each
message is expected once: an `expect` line takes the first that fits, by template, by its words or
by its first line, and `expect no …` is about those that no line above took.  So is `did not enter`,
besides `is in` and `is not in`.
"""

from cio_lang.scenario.read import read
from cio_lang.scenario.run import Outcome, run

__all__ = ["Outcome", "read", "run"]
