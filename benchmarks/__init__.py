"""Speed, measured: each figure stands beside its yardstick, taken in the same run.

Nothing here is asserted in tests.  `python -m benchmarks` runs all, and
`python -m benchmarks.compile_cold` one.
"""

from __future__ import annotations
