"""Cells: what a cell of others says as a whole number, an amount, an instant or a hash, or why it does not.

Nothing goes through a float on its way, and nothing is rounded: an amount with more decimals than its unit has is
refused, since the smallest part of what was stolen is evidence too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from watchkeeper.values.refused import Invalid

_WHOLE = re.compile(r"[0-9]{1,78}\Z")
_DECIMAL = re.compile(r"([0-9]{1,78})(?:\.([0-9]{1,78}))?\Z")
_EXPONENT = re.compile(r"[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+\Z")
_HASH = re.compile(r"(?:0x|0X|\\x)?([0-9a-fA-F]{64})\Z")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?"
    r"(?: ?(?:UTC|Z|([+-][0-9]{2}:?[0-9]{2})))?\Z"
)
_LATEST_S = 4_102_444_800  # the year 2100; what lies behind it was not written in seconds
_LARGEST_PLACE = 2**53  # of blocks and places in them; far beyond any chain, and within every number column
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def whole(text: str, what: str) -> int:
    """Return a whole number; raise `Invalid` for anything else, with `what` it should have been."""
    if not _WHOLE.match(text):
        raise Invalid(f'"{text[:40]}" is no {what}: digits alone are.')
    return int(text)


def place(text: str, what: str) -> int | None:
    """Return the number of a block or a place in it, or None for an empty cell."""
    if not text:
        return None
    found = whole(text, what)
    if found > _LARGEST_PLACE:
        raise Invalid(f'"{text[:40]}" is no {what}: no chain has come that far.')
    return found


def amount(text: str, decimals: int) -> int:
    """Return an amount in the smallest part of a unit that has `decimals` digits behind the point.

    Raises:
        Invalid: sign, exponent or separators, or more decimals than the unit has.
    """
    match = _DECIMAL.match(text)
    if match is None and _EXPONENT.match(text):
        raise Invalid(
            f'"{text[:40]}" is written with an exponent, as programs do that hold amounts as floating-point numbers; '
            "the exact amount is lost. Take it from the chain's own data."
        )
    if match is None:
        raise Invalid(f'"{text[:40]}" is no amount: plain digits with an optional point are, no sign, no separators.')
    part = (match[2] or "").rstrip("0")
    if len(part) > decimals:
        raise Invalid(
            f'"{text[:60]}" has more decimals than the {decimals} of its unit; rounding would change evidence. '
            "The unit may be another, or the amount was worked out and not taken from the chain."
        )
    return int(match[1] + part.ljust(decimals, "0"))


def instant(text: str, form: str) -> int | None:
    """Return seconds since 1970 UTC, or None for an empty cell.

    Args:
        text: The cell.
        form: "iso" (YYYY-MM-DD hh:mm:ss, a zone behind it or UTC), "epoch-s" or "epoch-ms".

    Raises:
        Invalid: another form, or an instant that does not exist or cannot be one of a chain.
    """
    if not text:
        return None
    seconds = _iso(text) if form == "iso" else whole(text, "instant") // (1000 if form == "epoch-ms" else 1)
    if not 0 <= seconds < _LATEST_S:
        raise Invalid(f'"{text[:40]}" lies before 1970 or after 2100; seconds and milliseconds may be mixed up.')
    return seconds


def tx_hash(text: str) -> str:
    r"""Return a hash of 32 bytes as 0x and lower case; "\x" and bare digits are taken too."""
    match = _HASH.match(text)
    if match is None:
        raise Invalid(f'"{text[:80]}" is no hash of a transaction or block: 0x and 64 hex digits are.')
    return f"0x{match[1].lower()}"


def _iso(text: str) -> int:
    match = _TIME.match(text)
    if match is None:
        raise Invalid(f'"{text[:40]}" is no instant: YYYY-MM-DD hh:mm:ss is, with a zone behind it or in UTC.')
    try:
        zone = (match[3] or "+00:00").replace(":", "")
        local = datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}")
    except ValueError as error:
        raise Invalid(f'"{text[:40]}" names an instant that does not exist ({error}).') from error
    return int((local - _EPOCH) / timedelta(seconds=1))
