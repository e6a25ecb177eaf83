"""Whether everything is there that running journeys needs: one check for each part."""

from __future__ import annotations

from cio_lang.doctor.checks import CHECKS, examine
from cio_lang.doctor.finding import Check, Finding

__all__ = ["CHECKS", "Check", "Finding", "examine"]
