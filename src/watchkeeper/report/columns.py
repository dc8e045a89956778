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
_SMALLEST_UPRIGHT_PT = 7.0
_PADDING_EM = 0.9
# Beyond this many ems a column of running text gains nothing from more room.
_TEXT_EM = 34.0
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
    """Return the largest size in which the longest word of every column fits, upright if it can be.

    Args:
        header: The column heads; set in bold.
        rows: The cells, ready texts.
        weights: Wished widths in any unit; empty for widths that follow the text.
        landscape: Turn the page in any case.
    """
    texts = [[head, *(row[place] for row in rows)] for place, head in enumerate(header)]
    words = [
        max(_em(word) for text in column for word in _WORD_ENDS.split(soften(text))) + _PADDING_EM for column in texts
    ]
    full = [min(max(_em(text) for text in column), _TEXT_EM) + _PADDING_EM for column in texts]
    upright = None if landscape else _size(sum(words), PORTRAIT_PT, _SMALLEST_UPRIGHT_PT)
    room = LANDSCAPE_PT if upright is None else PORTRAIT_PT
    size = upright or _size(sum(words), room, 0.0) or _SIZES_PT[-1]
    return Fit(size, _shared(words, full, weights, room / size, size), upright is None)


def soften(text: str) -> str:
    """Return the text with places to break in digests, addresses and other very long words."""
    return " ".join(_broken(word) if len(word) > _LONG_WORD else word for word in text.split(" "))


def _size(ems: float, room: float, least: float) -> float | None:
    return next((size for size in _SIZES_PT if size >= least and ems * size <= room), None)


def _shared(
    words: Sequence[float], full: Sequence[float], weights: Sequence[float], room: float, size: float
) -> tuple[float, ...]:
    """Share out the room: first each longest word, then towards what is wished for or what the text would fill."""
    if sum(words) >= room:
        return tuple(round(word / sum(words) * room * size, 1) for word in words)
    wished = [weight / sum(weights) * room for weight in weights] if weights else list(full)
    lacking = [max(0.0, wish - word) for wish, word in zip(wished, words, strict=True)]
    spare = min(room - sum(words), sum(lacking)) if not weights else room - sum(words)
    share = spare / sum(lacking) if sum(lacking) else 0.0
    return tuple(round((word + lack * share) * size, 1) for word, lack in zip(words, lacking, strict=True))


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
