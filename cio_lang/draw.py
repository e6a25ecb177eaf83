"""Chance that comes out the same each time: whom a split, an experiment or a spread puts where.

A hash of the person and of what is drawn for, so that a retry, another machine or a replay draws
the same, and two splits do not put the same people together.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from hashlib import blake2b

from cio_lang import ir


def draw(person: str, *about: str) -> float:
    """A number from 0 to 100, evenly spread over people, for the person's key and what it is for.

    An experiment draws for ("experiment", name), who is held out of it for ("hold out", name); a
    split as `split_point` says.
    """
    return _hash(person, *about) / 2**64 * 100


def split_point(person: str, journey: str, number: int) -> float:
    """The number that a split draws; `number` is its place among the journey's splits.

    (`graph_data.splits` counts them.)  What shares are called, how much each gets and what comes in
    them is not part of it: whoever writes those anew draws nobody anew.
    """
    return draw(person, "split", journey, str(number))


def share_at(point: float, shares: Sequence[ir.Share]) -> ir.Share:
    """The share that a drawn number falls into; they lie one after the other and add up to 100."""
    end = 0.0
    for share in shares[:-1]:
        end += share.percent
        if point < end:
            return share
    return shares[-1]


# ── the draws of conditions: `in the first 10% of the draw "holdout 2026"` ───────────────────────

LOTS = 2**31 - 1
"""How many lots there are: a prime, so that a draw puts all of them into another order, and small
enough for what a draw works out to fit into 64 bits with a sign."""


def lot(person: str) -> int:
    """The number of a person, by their key, that all draws are made with: from 0 up to `LOTS`."""
    return _hash("lot", person) % LOTS


@lru_cache(maxsize=1024)
def order(name: str) -> tuple[int, int]:
    """Factor and summand of a draw: the lot n stands at place (factor * n + summand) % LOTS.

    Carter and Wegman, "Universal classes of hash functions" (1979): places are evenly spread, and
    those of two people, or of one person in two draws, tell nothing of each other.  Whole numbers
    are enough to work it out, so that any database can.
    """
    return 1 + _hash("factor", name) % (LOTS - 1), _hash("summand", name) % LOTS


def place(name: str, lot: int) -> int:
    """Where a lot stands in the draw of that name: from 0 up to `LOTS`, each place taken once."""
    factor, summand = order(name)
    return (factor * lot + summand) % LOTS


def edge(percent: float) -> int:
    """The first place that is not among the first so many percent of a draw."""
    share = Decimal(repr(percent)) * LOTS / 100
    return int(share.to_integral_value(ROUND_CEILING))


def _hash(*parts: str) -> int:
    """64 bits that the texts decide."""
    written = "\x00".join(part.replace("\x00", "\x00\x00") for part in parts)
    digest = blake2b(written.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
