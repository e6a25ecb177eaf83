"""What a journey would have done over stored history: on a virtual clock, and nothing is sent.

People are read from the store page by page, stepped by the engine itself in memory, and forgotten:
what stays are figures.  Nothing is written anywhere.
"""

from __future__ import annotations

from cio_lang.simulate.figures import Figures
from cio_lang.simulate.run import Setting, possible, simulate

__all__ = ["Figures", "Setting", "possible", "simulate"]
