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
_PADDING_EM = 1.2
_BOLD = 1.08
# Beyond this many ems a column of running text gains nothing from more room.
_TEXT_EM = 34.0
# A column is read with ease on one line, or in lines of this length.
_EASY_EM = 14.0
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
    words = [max(_BOLD * _longest(column[0]), *map(_longest, column[1:]), 0.0) for column in texts]
    # A head may run over three lines; what stands below it should not have to.
    lines = [max(_em(column[0]) / 3, *map(_em, column[1:]), 0.0) for column in texts]
    full = [max(word, min(line, _TEXT_EM)) for line, word in zip(lines, words, strict=True)]
    least, most = [word + _PADDING_EM for word in words], [text + _PADDING_EM for text in full]
    easy = [max(floor, min(one, _EASY_EM)) for floor, one in zip(least, most, strict=True)]
    size, room = _size(sum(least), sum(easy), landscape=landscape)
    start = easy if sum(easy) * size <= room else least
    shares = weights or [sum(map(_em, column)) for column in texts]
    widths = tuple(round(em * size, 1) for em in _shared(start, most, shares, room / size))
    return Fit(size, widths, room == LANDSCAPE_PT)


def soften(text: str) -> str:
    """Return the text with places to break in digests, addresses and other very long words."""
    return " ".join(_broken(word) if len(word) > _LONG_WORD else word for word in text.split(" "))


def _size(least: float, easy: float, *, landscape: bool) -> tuple[float, float]:
    """Return the type size and the room, from the ems that columns need at least and need to be read with ease."""
    tries = [(easy, PORTRAIT_PT, size) for size in _SIZES_PT if size >= _TURNED_BELOW_PT]
    if not landscape:
        tries += [(least, PORTRAIT_PT, size) for size in _SIZES_PT if size == _SMALLEST_UPRIGHT_PT]
    tries += [(easy, LANDSCAPE_PT, size) for size in _SIZES_PT if size >= _SMALLEST_UPRIGHT_PT]
    tries += [(least, LANDSCAPE_PT, size) for size in _SIZES_PT]
    fitting = ((size, room) for need, room, size in tries if need * size <= room)
    return next(fitting, (_SIZES_PT[-1], LANDSCAPE_PT))


def _shared(least: Sequence[float], most: Sequence[float], shares: Sequence[float], room: float) -> list[float]:
    """Share out the room by weight, none below its least and none above what its text fills on one line."""
    if sum(least) >= room:
        return [one / sum(least) * room for one in least]
    given = list(least)
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


def _longest(text: str) -> float:
    return max(map(_em, _WORD_ENDS.split(soften(text))))


def _em(text: str) -> float:
    return sum(map(_letter_em, text))


def _letter_em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in " .,:;'|!()[]ijlt":
        return 0.32
    return 0.74 if letter.isupper() else 0.86 if letter in "mw" else 0.53
