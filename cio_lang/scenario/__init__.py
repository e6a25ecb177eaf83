"""Scenarios: people, what they do on a virtual clock, and what is expected of the journeys."""

from cio_lang.scenario.read import read
from cio_lang.scenario.run import Outcome, run

__all__ = ["Outcome", "read", "run"]
