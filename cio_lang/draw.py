"""Chance that comes out the same each time: whom a split, an experiment or a spread puts where.

A hash of the person and of what is drawn for, so that a retry, another machine or a replay draws
the same, and two splits do not put the same people together.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from cio_lang import ir


def draw(person: str, *about: str) -> float:
    """A number from 0 to 100, evenly spread over people, for the person's key and what it is for.

    An experiment draws for ("experiment", name), who is held out of it for ("hold out", name); a
    split as `split_point` says.
    """
    written = "\x00".join(part.replace("\x00", "\x00\x00") for part in (person, *about))
    digest = blake2b(written.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 * 100


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
