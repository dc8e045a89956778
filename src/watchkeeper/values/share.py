"""Share: a part of a whole in exact billionths, read from text without guessing.

A percentage in a register is text: "25", "33.33 %", "1/3", "25..30". It is held as whole billionths,
so that a third is the interval of its two neighbours and no float rounds 49.9999999 up to a half.
A number is taken as written: a source that rounds is entered as an interval, e.g. "33.325..33.335".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from watchkeeper.values.refused import Invalid

WHOLE = 1_000_000_000  # units, each a billionth of the whole
_PERCENT = WHOLE // 100
_DECIMALS = 7  # of a percentage; an eighth would lie between two billionths
_NUMBER = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<part>[0-9]+))?(?P<sign> ?%)?\Z")
_FRACTION = re.compile(r"(?P<part>[0-9]{1,15})/(?P<whole>[0-9]{1,15})\Z")
_FORMS = "25, 33.33 %, 1/3, or LOW..HIGH of two of these"


@dataclass(frozen=True, slots=True)
class Share:
    """A closed interval of billionths of the whole, with the text it was read from."""

    low: int
    high: int
    as_written: str


def parse(text: str | None) -> Share | None:
    """Return the share that a text states, or None if it states none.

    Args:
        text: Percent with or without its sign, e.g. "25" or "33.33 %"; a fraction, e.g. "1/3", which is
            the interval of its two neighbouring billionths; "25..30" with both ends included, where a
            sign at the end is that of both. None or empty: no share is stated.

    Raises:
        Invalid: words, signs such as ">", separators, more than seven decimals, more than the whole, an
            interval turned round, or a bare number from above 0 to 1: it may be a percentage or a part.
    """
    if text is None or text == "":
        return None
    head, dots, tail = text.partition("..")
    if not dots:
        return Share(*_part(text, text), text)
    # "0.5..30%" is written of percentages; the sign need not be repeated.
    first = head if head.endswith("%") or "/" in head or not tail.endswith("%") else f"{head}%"
    low, high = _part(first, text)[0], _part(tail, text)[1]
    if high < low:
        raise Invalid(f'"{text}" ends below its beginning.')
    return Share(low, high, text)


def as_written(text: str) -> str:
    """Return a text unchanged if it states a share; raise `Invalid` as `parse` does."""
    parse(text)
    return text


def plain(units: int) -> str:
    """Return the exact percentage, e.g. "33.33 %"; what lies above the whole is written too, e.g. "110 %"."""
    whole, part = divmod(abs(units), _PERCENT)
    digits = str(part).rjust(_DECIMALS, "0").rstrip("0") if part else ""
    return f"{'-' if units < 0 else ''}{whole}{f'.{digits}' if digits else ''} %"


def between(low: int, high: int) -> str:
    """Return an interval in words, e.g. "25 %" or "25 % to 30 %"."""
    return plain(low) if low == high else f"{plain(low)} to {plain(high)}"


def _part(text: str, whole: str) -> tuple[int, int]:
    if found := _FRACTION.match(text):
        low, high = _fraction(int(found["part"]), int(found["whole"]), whole)
    elif found := _NUMBER.match(text):
        low = high = _percentage(found, whole)
    else:
        raise Invalid(f'"{whole}" is not a share that can be read without guessing; write {_FORMS}.')
    if high > WHOLE:
        raise Invalid(f'"{whole}" is more than the whole.')
    return low, high


def _fraction(part: int, whole: int, text: str) -> tuple[int, int]:
    if whole == 0:
        raise Invalid(f'"{text}" is a part of nothing.')
    low, rest = divmod(part * WHOLE, whole)
    return low, low + (rest > 0)


def _percentage(found: re.Match[str], text: str) -> int:
    decimals = (found["part"] or "").rstrip("0")
    if len(decimals) > _DECIMALS:
        raise Invalid(f'"{text}" has more than {_DECIMALS} decimals; rounding it would change evidence.')
    units = int(found["whole"]) * _PERCENT + int(decimals.ljust(_DECIMALS, "0"))
    if not found["sign"] and 0 < units <= _PERCENT:
        raise Invalid(f'"{text}" may be {plain(units)} or a part of one; write it with its sign, or as a fraction.')
    return units
