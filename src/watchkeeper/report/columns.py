"""Columns: how wide each column of a table is set, and in what size, so that it stays on the page.

Widths are estimated from the letters, since fonts are not measured here; the estimate is on the
wide side. A column is never narrower than its longest word. Where that cannot hold even in the
smallest type, long words are broken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

PORTRAIT_PT = 480.0
LANDSCAPE_PT = 726.0
_SIZES_PT = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
_TURNED_BELOW_PT, _SMALLEST_UPRIGHT_PT = 7.5, 7.0
# How many times its room the text of all columns may take, each set on one line, before it wraps too often.
_CROWDED = 1.6
_PADDING_EM = 1.2
# Beyond this many ems a column of running text gains nothing from more room.
_TEXT_EM = 34.0
# A column this narrow is given the room to stand on one line, wherever there is any.
_SHORT_EM = 13.0
_LONG_WORD = 22
_BREAK = "\u200b"
_WORD_ENDS = re.compile(r"[\s\u200b]+|(?<=[/-])(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is set: type size, the width of each column, and whether the page is turned."""

    size_pt: float
    widths_pt: tuple[float, ...]
    landscape: bool


def fit(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, weights: Sequence[float] = (), landscape: bool = False
) -> Fit:
    """Return the largest size in which a table reads well, upright if it can be.

    Args:
        header: The column heads; set in bold.
        rows: The cells, ready texts.
        weights: Wished widths in any unit; empty for widths that follow the text.
        landscape: Turn the page rather than crowd the columns.
    """
    texts = [[head, *(row[place] for row in rows)] for place, head in enumerate(header)]
    words = [max(_em(word) for text in column for word in _WORD_ENDS.split(soften(text))) for column in texts]
    # A head may run over two lines; what stands below it should not have to.
    lines = [max(_em(column[0]) / 2, *map(_em, column[1:]), 0.0) for column in texts]
    full = [max(word, min(line, _TEXT_EM)) for line, word in zip(lines, words, strict=True)]
    least, most = [word + _PADDING_EM for word in words], [text + _PADDING_EM for text in full]
    need, wish = sum(least), sum(most) / _CROWDED
    upright = _size(need, wish, PORTRAIT_PT, _TURNED_BELOW_PT)
    if upright is None and not landscape:
        upright = _size(need, 0.0, PORTRAIT_PT, _SMALLEST_UPRIGHT_PT)
    room = LANDSCAPE_PT if upright is None else PORTRAIT_PT
    size = upright or _size(need, wish, room, _SMALLEST_UPRIGHT_PT) or _size(need, 0.0, room, 0.0) or _SIZES_PT[-1]
    shares = weights or [sum(map(_em, column)) for column in texts]
    return Fit(size, tuple(round(em * size, 1) for em in _shared(least, most, shares, room / size)), upright is None)


def soften(text: str) -> str:
    """Return the text with places to break in digests, addresses and other very long words."""
    return " ".join(_broken(word) if len(word) > _LONG_WORD else word for word in text.split(" "))


def _size(need: float, wish: float, room: float, least: float) -> float | None:
    return next((size for size in _SIZES_PT if size >= least and max(need, wish) * size <= room), None)


def _shared(least: Sequence[float], most: Sequence[float], shares: Sequence[float], room: float) -> list[float]:
    """Share out the room by weight, none below its least and none above what its text fills on one line."""
    if sum(least) >= room:
        return [one / sum(least) * room for one in least]
    short = [one if one <= _SHORT_EM else floor for floor, one in zip(least, most, strict=True)]
    given = short if sum(short) < room else list(least)
    growing = [place for place, one in enumerate(most) if one > given[place]]
    while growing:
        spare, weight = room - sum(given), sum(shares[place] for place in growing)
        wished = {place: given[place] + spare * shares[place] / weight for place in growing}
        filled = [place for place in growing if wished[place] >= most[place]]
        for place in filled or growing:
            given[place] = most[place] if filled else wished[place]
        growing = [place for place in growing if place not in filled] if filled else []
    return given


def _broken(word: str) -> str:
    parts = re.split(r"(?<=[/@:_=?&-])", word)
    return _BREAK.join(_BREAK.join(part[at : at + 8] for at in range(0, len(part), 8)) for part in parts if part)


def _em(text: str) -> float:
    return sum(map(_letter_em, text))


def _letter_em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in " .,:;'|!()[]ijlt":
        return 0.32
    return 0.74 if letter.isupper() else 0.86 if letter in "mw" else 0.53
